#!/usr/bin/env python3
"""DeepWalk (Perozzi, Al-Rfou, Skiena 2014): uniform walks, made by NumPy for all nodes at once, and gensim's Word2Vec (skip-gram,
five negative samples, one pass) over them. Both steps are timed."""
import gensim
import numpy as np
from gensim.models import Word2Vec

from driver import drive


def walks(graph, count, length, random):
    """count x n walks of `length` nodes, as rows; a walk that meets a node without neighbours stays there."""
    rows = []
    for _ in range(count):
        nodes = np.empty((graph.n, length), dtype=np.int64)
        nodes[:, 0] = random.permutation(graph.n)
        for step in range(1, length):
            here = nodes[:, step - 1]
            degree = graph.degrees[here]
            place = graph.offsets[here] + (random.random(graph.n) * degree).astype(np.int64)
            nodes[:, step] = np.where(degree > 0, graph.targets[np.minimum(place, len(graph.targets) - 1)], here)
        rows.append(nodes)
    return np.concatenate(rows)


def embed(graph, options):
    own = options.of_method

    def run():
        random = np.random.default_rng(options.seed)
        words = [str(node) for node in range(graph.n)]
        sentences = [[words[node] for node in walk] for walk in walks(graph, own.walks, own.length, random).tolist()]
        model = Word2Vec(sentences, vector_size=options.dim, window=own.window, min_count=0, sg=1, hs=0, negative=5,
                         workers=options.threads, epochs=1, seed=options.seed)
        return model.wv[words]

    return run


if __name__ == "__main__":
    drive("DeepWalk, gensim", gensim.__version__, embed={"deepwalk": (embed, {"walks": 10, "length": 40, "window": 10})})
