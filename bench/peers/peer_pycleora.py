#!/usr/bin/env python3
"""pycleora (Cleora, written in Rust): each iteration is the mean over neighbours, then rows of length one; with `whiten`, its
default since 3.2, also a whitening of the columns. The graph is handed over as lines of text, which is its only way in."""
import importlib.metadata

import numpy as np
import pycleora

from driver import drive


def embed(graph, options):
    own = options.of_method
    sources = graph.sources()
    once = sources < graph.targets  # every line is an edge in both directions
    lines = (f"{source} {target}" for source, target in zip(sources[once].tolist(), graph.targets[once].tolist()))
    matrix = pycleora.SparseMatrix.from_iterator(lines, "complex::reflexive::node", num_workers=options.threads)
    row_of = np.array(matrix.entity_ids, dtype=np.int64)

    def run():
        result = pycleora.embed(matrix, options.dim, own.iterations, seed=options.seed, num_workers=options.threads, whiten=own.whiten)
        rows = np.zeros((graph.n, options.dim), dtype=np.float32)  # it does not know nodes without edges
        rows[row_of] = result
        return rows

    return run


if __name__ == "__main__":
    drive("pycleora", importlib.metadata.version("pycleora"), embed={"cleora": (embed, {"iterations": 40, "whiten": True})})
