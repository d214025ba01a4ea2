#!/usr/bin/env python3
"""NetworKit's node2vec (Grover, Leskovec 2016), in C++. The window and the number of passes are its own and cannot be set.
It refuses nodes without neighbours: they are left out before, and get zero rows."""
import networkit
import numpy as np

from driver import drive


def embed(graph, options):
    own = options.of_method
    networkit.setNumberOfThreads(options.threads)
    networkit.setSeed(options.seed, False)
    sources = graph.sources()
    once = sources < graph.targets
    kept = np.flatnonzero(graph.degrees)
    number = np.cumsum(graph.degrees > 0) - 1
    pairs = number[sources[once]], number[graph.targets[once]]
    mine = networkit.GraphFromCoo(pairs, n=len(kept), weighted=False, directed=False)

    def run():
        algorithm = networkit.embedding.Node2Vec(mine, own.p, own.q, own.length, own.walks, options.dim)
        algorithm.run()
        rows = np.zeros((graph.n, options.dim), dtype=np.float32)
        rows[kept] = algorithm.getFeatures()
        return rows

    return run


if __name__ == "__main__":
    drive("networkit", networkit.__version__, embed={"node2vec": (embed, {"walks": 10, "length": 40, "p": 1, "q": 1})})
