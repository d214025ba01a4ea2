#!/usr/bin/env python3
"""karateclub's RandNE (Zhang et al. 2018). Its graph is NetworkX's, and making NetworkX's matrix of it is part of what it does."""
import importlib.metadata
import warnings

import networkx
from karateclub import RandNE

from driver import drive

warnings.filterwarnings("ignore", category=FutureWarning)


def embed(graph, options):
    sources = graph.sources()
    once = sources <= graph.targets
    mine = networkx.Graph()
    mine.add_nodes_from(range(graph.n))
    mine.add_edges_from(zip(sources[once].tolist(), graph.targets[once].tolist()))

    def run():
        method = RandNE(dimensions=options.dim, alphas=options.of_method.alphas, seed=options.seed)
        method.fit(mine)
        return method.get_embedding()

    return run


if __name__ == "__main__":
    drive("karateclub", importlib.metadata.version("karateclub"), embed={"randne": (embed, {"alphas": [0.5, 0.5]})})
