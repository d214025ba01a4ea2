#!/usr/bin/env python3
"""FastRP and ProNE in the way of their authors' Python programs: SciPy and scikit-learn, no more care for speed than there.
Written from the articles and what is known of the programs; no line is theirs.

fastrp  Chen et al. 2019, with the steps of the authors' program: scikit-learn's sparse random matrix with one entry in sqrt(n)
        not zero, scaled by degree^beta; every order is kept, its rows scaled to length one, times its weight; at the end every
        column to mean 0 and variance 1.
prone   Zhang et al. 2019: a randomised SVD of log(share of an edge in its node) - log(share of its end among negative samples,
        with exponent 0.75), then Bessel-weighted Chebyshev terms of the modulated Laplacian, then an SVD of the result."""
import numpy as np
import scipy
import scipy.sparse as sparse
import scipy.special
from sklearn.preprocessing import normalize, scale
from sklearn.random_projection import SparseRandomProjection
from sklearn.utils.extmath import randomized_svd

from driver import drive


def fastrp(graph, options):
    own = options.of_method
    adjacency = graph.matrix(np.ones(len(graph.targets)))  # in doubles, as NumPy makes them

    def run():
        degrees = np.maximum(np.asarray(adjacency.sum(axis=1)).ravel(), 1)
        projection = SparseRandomProjection(n_components=options.dim, random_state=options.seed)
        projection.fit(adjacency)
        state = sparse.diags(degrees**own.beta) @ projection.components_.T
        transition = normalize(adjacency, norm="l1")
        orders = []
        for _ in own.weights:
            state = transition @ state
            orders.append(state)
        total = sum(weight * dense_unit_rows(order) for weight, order in zip(own.weights, orders))
        return scale(total)

    return run


def dense_unit_rows(order):
    return normalize(order.toarray() if sparse.issparse(order) else order, norm="l2")


def by_svd(left, singular):
    return normalize(left * np.sqrt(singular), norm="l2")


def factorised(transition, dim, seed):
    """Step one: the sparse matrix of log ratios, and its randomised SVD."""
    ends = np.asarray(transition.sum(axis=0)).ravel() ** 0.75
    ends /= ends.sum()
    ratios = transition.copy()
    ratios.data = np.log(np.maximum(transition.data, 1e-30)) - np.log(ends[transition.indices])
    left, singular, _ = randomized_svd(ratios, n_components=dim, n_iter=5, random_state=seed)
    return by_svd(left, singular)


def propagated(adjacency, start, order, mu, theta):
    """Step two: the filter exp(-theta/2 ((L - mu)^2 - 1)), by its expansion in Chebyshev polynomials of the first kind."""
    n = len(start)
    looped = adjacency + sparse.eye(n, dtype=np.float32, format="csr")
    transition = normalize(looped, norm="l1")
    shifted = sparse.eye(n, dtype=np.float32, format="csr") * (1 - mu) - transition

    def square(x):  # the argument of the polynomials
        return 0.5 * (shifted @ (shifted @ x)) - x

    before, now = start, square(start)
    total = scipy.special.iv(0, theta) * before - 2 * scipy.special.iv(1, theta) * now
    for term in range(2, order):
        before, now = now, 2 * square(now) - before
        total += (2 if term % 2 == 0 else -2) * scipy.special.iv(term, theta) * now
    return looped @ (start - total)


def prone(graph, options):
    own = options.of_method
    adjacency = graph.matrix()

    def run():
        start = factorised(normalize(adjacency, norm="l1"), options.dim, options.seed)
        result = propagated(adjacency, start, own.step, own.mu, own.theta)
        left, singular, _ = np.linalg.svd(result, full_matrices=False)
        return by_svd(left, singular)

    return run


if __name__ == "__main__":
    drive("authors' way", f"SciPy {scipy.__version__}", embed={
        "fastrp": (fastrp, {"weights": [1, 1, 1], "beta": -0.628}), "prone": (prone, {"step": 10, "mu": 0.2, "theta": 0.5})})
