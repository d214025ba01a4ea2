#!/usr/bin/env python3
"""The package fastrp (FastRP-rs, written in Rust), called with the arrays of a CSR matrix.

Its steps: a random matrix of signs, one entry in three not zero; each hop is the mean over neighbours; the sum of the orders
times `weights`, the first of which is of the random matrix itself. With `undirected` the program adds the transpose first."""
import importlib.metadata

import fastrp
import numpy as np

from driver import drive


def embed(graph, options):
    own = options.of_method
    offsets, targets = graph.offsets.astype(np.int64), graph.targets.astype(np.int64)
    ones = np.ones(len(targets), dtype=np.float64)  # what the program takes without a copy
    weights = [float(weight) for weight in own.weights]
    return lambda: fastrp.fit_csr(offsets, targets, ones, graph.n, options.dim, weights=weights, seed=options.seed,
                                  undirected=own.undirected)


if __name__ == "__main__":
    drive("fastrp-rs", importlib.metadata.version("fastrp"), embed={"fastrp": (embed, {"weights": [0, 1, 1], "undirected": False})})
