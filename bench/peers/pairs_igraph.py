#!/usr/bin/env python3
"""igraph's scores of pairs: Jaccard of pairs, and Adamic-Adar as similarity_inverse_log_weighted, which scores whole rows."""
import igraph

from pairs import drive


def graph_of(network):
    return igraph.Graph(n=network.n, edges=network.edges)


def jaccard(network, _):
    graph = graph_of(network)
    return lambda: graph.similarity_jaccard(pairs=network.pairs, loops=False)


def adamic_adar(network, _):
    graph = graph_of(network)

    def run():
        sources = sorted({source for source, _ in network.pairs})
        row_of = {source: row for row, source in enumerate(sources)}
        rows = graph.similarity_inverse_log_weighted(vertices=sources)
        return [rows[row_of[source]][target] for source, target in network.pairs]

    return run


if __name__ == "__main__":
    drive("igraph", igraph.__version__, {"jaccard": (jaccard, {}), "adamic-adar": (adamic_adar, {})})
