"""What the tests of the Python package share."""

import importlib.util
import pathlib
import unittest

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[3]
KARATE = ROOT / "data" / "karate" / "edges.txt"
BORDERS = ROOT / "data" / "borders" / "edges.tsv"


def needs(package):
    """Skips where a package is missing that adjoin can do without."""
    return unittest.skipUnless(importlib.util.find_spec(package), f"{package} is not installed")


def drawn_matrix(seed, nodes=60, edges=180, symmetric=True, weighted=False):
    """A random adjacency matrix without self-loops, in SciPy's CSR, float32."""
    from scipy.sparse import coo_array, csr_array

    draw = np.random.default_rng(seed)
    pairs = np.unique(draw.integers(nodes, size=(edges, 2)), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    if symmetric:
        pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    values = draw.uniform(0.5, 2, len(pairs)) if weighted else np.ones(len(pairs))
    matrix = csr_array(coo_array((values.astype(np.float32), (pairs[:, 0], pairs[:, 1])), shape=(nodes, nodes)))
    return csr_array(matrix + matrix.T) if symmetric else matrix
