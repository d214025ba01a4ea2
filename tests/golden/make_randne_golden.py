#!/usr/bin/env python3
"""Writes randne_*.tsv: RandNE embeddings of Zachary's karate club by an implementation that shares nothing with adjoin's.

NumPy in double precision; LAPACK's Householder QR; every power formed and added on its own. Made with NumPy 2.x, networkx 3.x
and xxhash 3.x. Run: python3 make_randne_golden.py
"""
import pathlib

import numpy as np

from normals import karate, normal_rows, positive_qr, write_rows

HERE = pathlib.Path(__file__).parent
DIMENSION = 8
STREAM = 4


def randne(adjacency, names, weights, orthogonal=True, transition=True):
    start = normal_rows(names, DIMENSION, STREAM) / np.sqrt(DIMENSION)
    if orthogonal:
        start = positive_qr(start) * np.sqrt(len(names) / DIMENSION)
    degrees = adjacency.sum(axis=1, keepdims=True)
    step = np.divide(adjacency, degrees, out=np.zeros_like(adjacency), where=degrees > 0) if transition else adjacency
    return sum(weight * np.linalg.matrix_power(step, order) @ start for order, weight in enumerate(weights))


def main():
    names, plain, weighted, arrows = karate()
    cases = {
        "default": (plain, dict(weights=[1, 1e2, 1e4, 1e5])),
        "gaussian": (weighted, dict(weights=[1, 0.1, 0.001], orthogonal=False, transition=False)),
        "directed": (arrows, dict(weights=[0.5, 2])),
        "long": (weighted, dict(weights=[0, 1, 0, 2, 3, 5])),
    }
    for case, (matrix, options) in cases.items():
        write_rows(HERE / f"randne_{case}.tsv", names, randne(matrix, names, **options))


if __name__ == "__main__":
    main()
