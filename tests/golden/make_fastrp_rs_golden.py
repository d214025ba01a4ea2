#!/usr/bin/env python3
"""Writes fastrp_rs_*.tsv: FastRP of Zachary's karate club by the program whose dialect adjoin calls fastrp-rs.

Made with the package fastrp 0.1.1 (Rust, from PyPI) and NumPy 2.4.6: pip install fastrp==0.1.1 numpy==2.4.6, then
python3 make_fastrp_rs_golden.py. The program draws its random numbers in its own way, so fastrp_rs_raw.tsv holds the random
matrix by itself (weights 1,0,0); every other file is a result that follows from it. transcription() says how, in NumPy; before
a file is written, the two are compared to 1e-5.

An edge of the file is stored once, from its first name to its second, in the cases `directed`, `undirected` and `weighted_*`,
so that some nodes have no neighbours there; `symmetric` stores both directions. Rows: name, then 8 numbers.
"""
import importlib.metadata
import pathlib

import fastrp
import numpy as np

HERE = pathlib.Path(__file__).parent
EDGES = HERE.parents[1] / "data" / "karate" / "edges.txt"
SEED = 42
DIMENSION = 8


def adjacency():
    """34 x 34, an edge once: entry (source, target)."""
    pairs = np.loadtxt(EDGES, dtype=int) - 1
    matrix = np.zeros((34, 34), dtype=np.float32)
    matrix[pairs[:, 0], pairs[:, 1]] = 1
    return matrix


def weighted(matrix):
    """Weights 1 to 5 by the position of the node in the file: equal in both directions."""
    return matrix * (1 + np.add.outer(np.arange(34), np.arange(34)) % 5).astype(np.float32)


def transcription(random, matrix, weights, undirected):
    """Order 0 is the random matrix as drawn: entries sqrt(3), 0, -sqrt(3) with probabilities 1/6, 2/3, 1/6, not divided by
    sqrt(d). A hop sums the neighbours' vectors times the edge weights and divides by the number of neighbours, whatever the
    weights are. Nothing is normalised, no degree is raised to a power. A node without neighbours is zero from the first hop
    on. `undirected` takes M + M^T, so a self-loop, and an edge that is stored in both directions, get twice their weight.
    """
    step = (matrix + matrix.T if undirected else matrix).astype(np.float64)
    count = np.maximum((step != 0).sum(axis=1), 1)
    state = random.astype(np.float64)
    total = weights[0] * state
    for weight in weights[1:]:
        state = step @ state / count[:, None]
        total += weight * state
    return total


def write(case, rows):
    with open(HERE / f"fastrp_rs_{case}.tsv", "w", encoding="ascii") as file:
        for name, row in enumerate(rows, 1):
            file.write(f"{name}\t" + "\t".join(f"{value:.9g}" for value in row) + "\n")


def main():
    edges = adjacency()
    both = edges + edges.T
    random = np.asarray(fastrp.fit_dense(edges, DIMENSION, weights=[1.0, 0.0, 0.0], seed=SEED))
    write("raw", random)
    cases = {
        "directed": (edges, [0.5, 1.0, 2.0], False),
        "undirected": (edges, [0.5, 1.0, 2.0], True),
        "symmetric": (both, [0.5, 1.0, 2.0], False),
        "defaults": (edges, [0.0, 1.0, 1.0], True),
        "weighted_directed": (weighted(edges), [0.5, 1.0, 2.0], False),
        "weighted_undirected": (weighted(edges), [0.5, 1.0, 2.0], True),
    }
    for case, (matrix, weights, undirected) in cases.items():
        rows = np.asarray(fastrp.fit_dense(matrix, DIMENSION, weights=weights, seed=SEED, undirected=undirected))
        difference = np.abs(rows - transcription(random, matrix, weights, undirected)).max()
        assert difference < 1e-5, (case, difference)
        write(case, rows)
        print(f"{case}: differs from the transcription by {difference:.1e}")
    print(f"fastrp {importlib.metadata.version('fastrp')}, NumPy {np.__version__}")


if __name__ == "__main__":
    main()
