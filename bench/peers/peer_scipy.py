#!/usr/bin/env python3
"""SciPy and NumPy: the product, and FastRP written as fast as they allow.

SciPy's product runs on one thread; it has no other. The first hop multiplies two sparse matrices, as the random matrix
is still sparse there, and passes over dense rows go block by block, so that a block stays in the cache.

Methods. fastrp: the steps of the dialect gtmac. fastrp-rs: those of the package fastrp (peer_fastrp_rs.py); weights[0] is
of the random matrix itself."""
import numpy as np
import scipy
import scipy.sparse as sparse

from driver import blocks, drive


def mean_matrix(graph):
    degrees = np.maximum(graph.degrees, 1).astype(np.float32)
    return graph.matrix(np.repeat(1 / degrees, graph.degrees)), degrees


def sparse_signs(n, dim, s, seed):
    """Random signs, one entry in s not zero, found by the lengths of the gaps: rows, columns, signs."""
    random = np.random.default_rng(seed)
    size = n * dim
    expected = size / s
    places = np.cumsum(random.geometric(1 / s, int(expected + 10 * np.sqrt(expected) + 10))) - 1
    places = places[places < size]
    rows, columns = np.divmod(places, dim)
    return rows, columns, np.where(random.random(len(places)) < 0.5, -1, 1)


def sparse_rows(n, dim, rows, columns, values):
    offsets = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n))]).astype(np.int32)
    return sparse.csr_matrix((values.astype(np.float32), columns.astype(np.int32), offsets), shape=(n, dim))


def product(graph, _):
    matrix = graph.matrix()
    return lambda x: matrix @ x


def fastrp(graph, options):
    graph.matrix()
    own, n, dim = options.of_method, graph.n, options.dim

    def run():
        mean, degrees = mean_matrix(graph)
        s = np.sqrt(n)
        rows, columns, signs = sparse_signs(n, dim, s, options.seed)
        state = sparse_rows(n, dim, rows, columns, signs * np.sqrt(s / dim) * degrees[rows] ** own.beta)
        total = np.zeros((n, dim), dtype=np.float32)
        for weight in own.weights:
            state = mean @ state
            if sparse.issparse(state):
                state = state.toarray()
            if weight != 0:
                add_unit_rows(weight, state, total)
        del state
        standardize(total, graph.degrees > 0)
        return total

    return run


def add_unit_rows(weight, state, total):
    for block in blocks(len(state)):
        part = state[block]
        length = np.sqrt(np.einsum("ij,ij->i", part, part))
        scale = np.divide(weight, length, out=np.zeros_like(length), where=length > 0)
        total[block] += part * scale[:, None]


def standardize(x, has_neighbors):
    """Columns to mean 0 and variance 1 over the nodes that have neighbours; the others are zero and stay so."""
    count = max(int(has_neighbors.sum()), 1)
    sums = np.zeros(x.shape[1])
    for block in blocks(len(x)):
        sums += x[block].sum(0)
    mean = (sums / count).astype(np.float32)
    squares = np.zeros(x.shape[1])
    for block in blocks(len(x)):
        part = x[block]
        part -= mean
        part[~has_neighbors[block]] = 0
        squares += np.einsum("ij,ij->j", part, part)
    variance = squares / count
    scale = np.where(variance > 0, 1 / np.sqrt(np.where(variance > 0, variance, 1)), 1).astype(np.float32)
    for block in blocks(len(x)):
        x[block] *= scale


def fastrp_rs(graph, options):
    weights, n, dim = options.of_method.weights, graph.n, options.dim

    def run():
        mean, _ = mean_matrix(graph)
        rows, columns, signs = sparse_signs(n, dim, 3, options.seed)
        state = sparse_rows(n, dim, rows, columns, signs * np.sqrt(3))
        total = (weights[0] * state).toarray() if weights[0] != 0 else None
        for weight in weights[1:]:
            state = mean @ state
            if sparse.issparse(state):
                state = state.toarray()
            if weight == 0:
                continue
            if total is None:
                total = weight * state
                continue
            for block in blocks(n):
                total[block] += weight * state[block]
        return total

    return run


if __name__ == "__main__":
    drive("scipy", scipy.__version__, spmm=product,
          embed={"fastrp": (fastrp, {"weights": [1, 1, 1], "beta": -0.628}), "fastrp-rs": (fastrp_rs, {"weights": [0, 1, 1]})})
