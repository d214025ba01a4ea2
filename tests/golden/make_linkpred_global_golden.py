#!/usr/bin/env python3
"""Writes linkpred_global/*.tsv: scores of all pairs of Zachary's karate club by the whole graph, for tests/algorithms/linkpred.

Resistance distances and SimRank's limit by networkx, SimRank's fifth round, the factorisation and the spectrum by NumPy with dense
matrices in double precision. Row x, column y is the score of the pair (x, y). Made with NumPy 2.4.6 and networkx 3.6.1.
Run: python3 make_linkpred_global_golden.py
"""
import pathlib

import networkx
import numpy as np

from make_linkpred_paths_golden import graphs
from normals import normal_rows

HERE = pathlib.Path(__file__).parent / "linkpred_global"
STREAM = 11
RANK, ALPHA, LAMBDA, TURNS = 3, 40.0, 1.0, 7
EIGENVECTORS = 4


def resistance(a):
    graph = networkx.from_numpy_array(a)
    found = networkx.resistance_distance(graph, weight="weight", invert_weight=False)
    return [[found[x][y] for y in range(len(a))] for x in range(len(a))]


def simrank_limit(a, kind):
    graph = networkx.from_numpy_array(a, create_using=kind)
    found = networkx.simrank_similarity(graph, importance_factor=0.8, max_iterations=10_000, tolerance=1e-14)
    return [[found[x][y] for y in range(len(a))] for x in range(len(a))]


def simrank_rounds(a, rounds):
    into = a.sum(axis=0)
    means = np.divide(a, into, out=np.zeros_like(a), where=into > 0)
    similarity = np.eye(len(a))
    for _ in range(rounds):
        similarity = 0.8 * means.T @ similarity @ means
        np.fill_diagonal(similarity, 1)
    return similarity


def turn(weights, other):
    """The best rows for `other`: every pair is a term of its own sum of squares."""
    rows = []
    for weight in weights:
        confidence = 1 + ALPHA * weight
        system = other.T @ (confidence[:, None] * other) + LAMBDA * np.eye(RANK)
        rows.append(np.linalg.solve(system, other.T @ (confidence * (weight > 0))))
    return np.array(rows)


def factorization(a, symmetric):
    targets = normal_rows([str(node) for node in range(len(a))], RANK, STREAM)
    for _ in range(TURNS):
        sources = turn(a, targets)
        targets = turn(a.T, sources)
    scores = sources @ targets.T
    return (scores + scores.T) / 2 if symmetric else scores


def spectral(a):
    roots = 1 / np.sqrt(a.sum(axis=0))
    values, vectors = np.linalg.eigh(roots[:, None] * a * roots)
    kept = slice(len(a) - 1 - EIGENVECTORS, None)  # the largest is 1: the component's own
    return (vectors[:, kept] * values[kept]) @ vectors[:, kept].T


def write(name, rows):
    with open(HERE / f"{name}.tsv", "w", encoding="ascii") as file:
        for row in rows:
            file.write("\t".join(f"{value:.9g}" for value in row) + "\n")


def main():
    HERE.mkdir(exist_ok=True)
    for name, weighted in graphs().items():
        directed = name == "directed"
        plain = (weighted > 0).astype(float)
        kind = networkx.DiGraph if directed else networkx.Graph
        write(f"factorization_{name}", factorization(weighted, not directed))
        if name != "weighted":
            write(f"simrank_{name}", simrank_rounds(plain, 5))
            write(f"simrank_limit_{name}", simrank_limit(plain, kind))
        if not directed:
            write(f"resistance_{name}", resistance(weighted))
            write(f"spectral_{name}", spectral(weighted))


if __name__ == "__main__":
    main()
