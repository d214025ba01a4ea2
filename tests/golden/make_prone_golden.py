#!/usr/bin/env python3
"""Writes prone_*.tsv: ProNE embeddings of Zachary's karate club by an implementation that shares nothing with adjoin's.

NumPy in double precision on dense matrices; LAPACK's QR and singular values; the Chebyshev polynomials by their three-term
recurrence, with SciPy's Bessel functions. Made with NumPy 2.x, SciPy 1.x, networkx 3.x and xxhash 3.x.
Run: python3 make_prone_golden.py
"""
import pathlib

import numpy as np
from scipy.special import iv

from normals import karate, normal_rows, positive_qr, write_rows

HERE = pathlib.Path(__file__).parent
DIMENSION = 8
SKETCH = 32  # 8 + 10, up to a multiple of 16
STREAM = 5


def unit_rows(x):
    norms = np.linalg.norm(x, axis=1, keepdims=True)
    return np.divide(x, norms, out=np.zeros_like(x), where=norms > 1e-12)


def logarithms(adjacency):
    """ln(s_ij / d_i) - ln(q_j) where there is an edge."""
    degrees = adjacency.sum(axis=1, keepdims=True)
    share = np.divide(adjacency, degrees, out=np.zeros_like(adjacency), where=degrees > 0)
    drawn = share.sum(axis=0) ** 0.75
    drawn = drawn / drawn.sum()
    edge = adjacency > 0
    values = np.zeros_like(adjacency)
    values[edge] = np.log(share[edge]) - np.log(np.broadcast_to(drawn, adjacency.shape)[edge])
    return values


def factorize(matrix, names, iterations):
    basis = positive_qr(matrix @ normal_rows(names, SKETCH, STREAM))
    for _ in range(iterations):
        basis = positive_qr(matrix @ positive_qr(matrix.T @ basis))
    inner, sigma, _ = np.linalg.svd(basis.T @ matrix)
    inner = inner[:, :DIMENSION] * np.where(inner[:, :DIMENSION].sum(axis=0) < 0, -1.0, 1.0)
    return unit_rows(basis @ inner * np.sqrt(sigma[:DIMENSION]))


def propagate(adjacency, x, order, theta, mu):
    n = len(adjacency)
    closed = np.eye(n) + adjacency
    m = (1 - mu) * np.eye(n) - closed / closed.sum(axis=1, keepdims=True)
    y = m @ m / 2 - np.eye(n)
    before, now = x, y @ x
    total = iv(0, theta) * before
    for i in range(1, order):
        total = total + 2 * (-1) ** i * iv(i, theta) * now
        before, now = now, 2 * y @ now - before
    left, sigma, right = np.linalg.svd(closed @ (x - total), full_matrices=False)
    return unit_rows(left * np.sqrt(sigma) * np.where(right.sum(axis=1) < 0, -1.0, 1.0))


def prone(adjacency, names, iterations=5, order=10, theta=0.5, mu=0.2):
    x = factorize(logarithms(adjacency), names, iterations)
    return propagate(adjacency, x, order, theta, mu) if order > 1 else x


def main():
    names, plain, weighted, arrows = karate()
    cases = {
        "default": (plain, {}),
        "factors": (plain, dict(order=1, iterations=2)),
        "weighted": (weighted, dict(order=5, theta=1.5, mu=0.6)),
        "directed": (arrows, {}),
    }
    for case, (matrix, options) in cases.items():
        write_rows(HERE / f"prone_{case}.tsv", names, prone(matrix, names, **options))


if __name__ == "__main__":
    main()
