#!/usr/bin/env python3
"""Writes principal_components.tsv: 24 rows of 6 numbers, then what NumPy's singular values say of them, in double precision: of each
row its place along 3 components, and the shares of variance of these. Made with NumPy 2.x. Run: python3 make_principal_components_golden.py
"""
import pathlib

import numpy as np

ROWS, COLUMNS, COMPONENTS = 24, 6, 3


def main():
    random = np.random.default_rng(11)
    x = np.round(random.normal(size=(ROWS, COLUMNS)) * [3, 1, 0.5, 2, 0.1, 1] + [5, 0, -2, 1, 0, 0], 3)
    u, s, v = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    signs = np.where(v.sum(axis=1) >= 0, 1, -1)
    coordinates = (u * s * signs)[:, :COMPONENTS]
    shares = (s**2 / (s**2).sum())[:COMPONENTS]
    with open(pathlib.Path(__file__).parent / "principal_components.tsv", "w", encoding="ascii") as file:
        for row in [*x, *coordinates, shares]:
            file.write("\t".join(f"{value:.9g}" for value in row) + "\n")


if __name__ == "__main__":
    main()
