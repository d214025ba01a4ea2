#!/usr/bin/env python3
"""pecanpy's node2vec: walks by Numba (mode SparseOTF), Word2Vec of gensim. What Numba compiles at the first call is compiled before
the clock starts, on a ring of 32 nodes."""
import importlib.metadata

import numpy as np
from pecanpy.pecanpy import SparseOTF

from driver import drive, tiny_graph


def walker(graph, options):
    own = options.of_method
    mine = SparseOTF(p=own.p, q=own.q, workers=options.threads, verbose=False, random_state=options.seed)
    mine.set_node_ids([str(node) for node in range(graph.n)])
    mine.indptr, mine.indices = graph.offsets.astype(np.uint32), graph.targets.astype(np.uint32)
    mine.data = np.ones(len(graph.targets), dtype=np.float32)
    return mine


def embed(graph, options):
    own = options.of_method
    walker(tiny_graph(32), options).embed(dim=4, num_walks=1, walk_length=4, window_size=2, epochs=1, verbose=False)
    mine = walker(graph, options)
    return lambda: mine.embed(dim=options.dim, num_walks=own.walks, walk_length=own.length, window_size=own.window, epochs=1,
                              verbose=False)


if __name__ == "__main__":
    drive("pecanpy", importlib.metadata.version("pecanpy"),
          embed={"node2vec": (embed, {"walks": 10, "length": 40, "window": 10, "p": 1, "q": 1})})
