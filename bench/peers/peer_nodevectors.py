#!/usr/bin/env python3
"""nodevectors: ProNE (SciPy and scikit-learn) and GGVec (Numba). What it compiles at the first call is compiled before the clock
starts, on a ring of 32 nodes."""
import importlib.metadata

import nodevectors
import numpy as np

from driver import drive, tiny_graph


def method(make):
    def embed(graph, options):
        own = vars(options.of_method)
        make(8, options, own).fit_transform(tiny_graph(32).matrix())
        matrix = graph.matrix()

        def run():
            np.random.seed(options.seed)
            return make(options.dim, options, own).fit_transform(matrix)

        return run

    return embed


def prone(dim, _, own):
    return nodevectors.ProNE(n_components=dim, verbose=False, **own)


def ggvec(dim, options, own):
    return nodevectors.GGVec(n_components=dim, threads=options.threads, verbose=False, **own)


if __name__ == "__main__":
    drive("nodevectors", importlib.metadata.version("nodevectors"), embed={
        "prone": (method(prone), {"step": 10, "mu": 0.2, "theta": 0.5}), "ggvec": (method(ggvec), {"order": 1, "max_epoch": 350})})
