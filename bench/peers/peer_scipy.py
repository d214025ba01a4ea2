"""SciPy and NumPy on the same input, with the arguments, tasks and output lines of the C++ drivers (driver.hpp).

SciPy's product runs on one thread; it has no other. The first hop multiplies two sparse matrices, as the random matrix
is still sparse there, and passes over dense rows go block by block, so that a block stays in the cache."""
import argparse
import json
import os
import sys
import time

import numpy as np
import scipy
import scipy.sparse as sparse

BLOCK = 1 << 12


def blocks(rows):
    return (slice(begin, min(begin + BLOCK, rows)) for begin in range(0, rows, BLOCK))


def fill_input(rows, columns):
    x = np.empty((rows, columns), dtype=np.float32)
    j = np.arange(columns, dtype=np.uint64) * np.uint64(2246822519)
    for block in blocks(rows):
        i = np.arange(block.start, block.stop, dtype=np.uint64) * np.uint64(2654435761)
        hashed = (i[:, None] + j).astype(np.uint32)
        x[block] = (hashed >> np.uint32(16)).astype(np.float32) / np.float32(65536) - np.float32(0.5)
    return x


def product_checksum(y):
    total = 0.0
    columns = 3 * np.arange(y.shape[1])
    for block in blocks(len(y)):
        factor = 1 + (np.arange(block.start, block.stop)[:, None] + columns) % 7
        total += float((np.abs(y[block]).astype(np.float64) * factor).sum())
    return total


class Runner:
    def __init__(self, options):
        self.options = options
        offsets = np.load(os.path.join(options.graph, "offsets.npy"))
        targets = np.load(os.path.join(options.graph, "targets.npy"))
        if len(targets) < 2**31:
            offsets = offsets.astype(np.int32)  # half the bytes, and SciPy wants one type for both arrays
        self.degrees = np.diff(offsets)
        self.n = len(self.degrees)
        ones = np.ones(len(targets), dtype=np.float32)
        self.adjacency = sparse.csr_matrix((ones, targets, offsets), shape=(self.n, self.n), copy=False)
        self.x = None

    def spmm(self):
        if self.x is None:
            self.x = fill_input(self.n, self.options.dim)
        began = time.perf_counter()
        y = self.adjacency @ self.x
        seconds = time.perf_counter() - began
        return seconds, product_checksum(y)

    def fastrp(self):
        began = time.perf_counter()
        degrees = np.maximum(self.degrees, 1).astype(np.float32)
        mean = sparse.csr_matrix((np.repeat(1 / degrees, self.degrees), self.adjacency.indices, self.adjacency.indptr),
                                 shape=self.adjacency.shape, copy=False)
        state = self.projection(degrees)
        total = np.zeros((self.n, self.options.dim), dtype=np.float32)
        for weight in self.options.weights:
            state = mean @ state
            if sparse.issparse(state):
                state = state.toarray()
            if weight != 0:
                self.add_unit_rows(weight, state, total)
        del state
        self.standardize(total)
        seconds = time.perf_counter() - began
        return seconds, self.neighbor_cosine(total)

    def projection(self, degrees):
        """diag(degree^beta) times sparse signs, one entry in sqrt(n) not zero, found by the lengths of the gaps."""
        dim, s = self.options.dim, np.sqrt(self.n)
        random = np.random.default_rng(1)
        size = self.n * dim
        expected = size / s
        places = np.cumsum(random.geometric(1 / s, int(expected + 10 * np.sqrt(expected) + 10))) - 1
        places = places[places < size]
        rows, columns = np.divmod(places, dim)
        values = np.where(random.random(len(places)) < 0.5, -1, 1) * np.sqrt(s / dim)
        values *= degrees[rows] ** self.options.beta
        offsets = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=self.n))]).astype(np.int32)
        return sparse.csr_matrix((values.astype(np.float32), columns.astype(np.int32), offsets), shape=(self.n, dim))

    def add_unit_rows(self, weight, state, total):
        for block in blocks(self.n):
            part = state[block]
            length = np.sqrt(np.einsum("ij,ij->i", part, part))
            scale = np.divide(weight, length, out=np.zeros_like(length), where=length > 0)
            total[block] += part * scale[:, None]

    def standardize(self, x):
        """Columns to mean 0 and variance 1 over the nodes that have neighbours; the others are zero and stay so."""
        has = self.degrees > 0
        count = max(int(has.sum()), 1)
        sums = np.zeros(x.shape[1])
        for block in blocks(self.n):
            sums += x[block].sum(0)
        mean = (sums / count).astype(np.float32)
        squares = np.zeros(x.shape[1])
        for block in blocks(self.n):
            part = x[block]
            part -= mean
            part[~has[block]] = 0
            squares += np.einsum("ij,ij->j", part, part)
        variance = squares / count
        scale = np.where(variance > 0, 1 / np.sqrt(np.where(variance > 0, variance, 1)), 1).astype(np.float32)
        for block in blocks(self.n):
            x[block] *= scale

    def neighbor_cosine(self, z):
        """Mean cosine of each node that has neighbours with its middle neighbour (driver.hpp)."""
        nodes = np.flatnonzero(self.degrees)
        middle = self.adjacency.indices[self.adjacency.indptr[nodes] + self.degrees[nodes] // 2]
        length = np.maximum(np.sqrt(np.einsum("ij,ij->i", z, z)), 1e-30)
        total = 0.0
        for block in blocks(len(nodes)):
            a, b = nodes[block], middle[block]
            total += float((np.einsum("ij,ij->i", z[a], z[b]) / (length[a] * length[b])).sum())
        return total / max(len(nodes), 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--graph", required=True)
    parser.add_argument("--task", default="spmm", choices=["spmm", "fastrp"])
    parser.add_argument("--dim", type=int, default=128)
    parser.add_argument("--threads", type=int, default=2, help="accepted for likeness; SciPy's product has one thread")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--weights", type=lambda text: [float(part) for part in text.split(",")], default=[1, 1, 1])
    parser.add_argument("--beta", type=float, default=-0.628)
    parser.add_argument("--serve", action="store_true")
    options = parser.parse_args()
    runner = Runner(options)
    tasks = {"spmm": runner.spmm, "fastrp": runner.fastrp}

    def tell(task, seconds, checksum):
        print(json.dumps({"peer": "scipy", "version": scipy.__version__, "task": task,
                          "graph": os.path.basename(options.graph), "dim": options.dim, "threads": 1,
                          "seconds": seconds, "checksum": checksum}), flush=True)

    if options.serve:
        for line in sys.stdin:
            seconds, checksum = tasks[line.strip()]()
            tell(line.strip(), [seconds], checksum)
        return
    tasks[options.task]()
    runs = [tasks[options.task]() for _ in range(options.repeats)]
    tell(options.task, [seconds for seconds, _ in runs], runs[-1][1])


if __name__ == "__main__":
    main()
