#!/usr/bin/env python3
"""Writes neighborhood_scores.tsv: scores of every pair of Zachary's karate club.

Jaccard, Adamic-Adar, resource allocation, preferential attachment and common neighbours by NetworkX's link prediction functions, the
others from the formulas of Lü and Zhou's survey (Physica A 390, 2011) over NetworkX's neighbourhoods. Run: python3
make_neighborhood_golden.py
"""
import itertools
import math
import pathlib

import networkx as nx

HERE = pathlib.Path(__file__).parent


def main():
    graph = nx.karate_club_graph()
    pairs = list(itertools.combinations(sorted(graph), 2))
    by_networkx = {
        name: {(u, v): score for u, v, score in function(graph, pairs)}
        for name, function in (("jaccard", nx.jaccard_coefficient), ("aa", nx.adamic_adar_index), ("ra", nx.resource_allocation_index),
                               ("pa", nx.preferential_attachment))
    }
    names = ["common-neighbors", "jaccard", "salton", "sorensen", "hub-promoted", "hub-depressed", "leicht-holme-newman", "adamic-adar",
             "resource-allocation", "preferential-attachment"]
    with open(HERE / "neighborhood_scores.tsv", "w", encoding="ascii") as file:
        file.write("\t".join(["source", "target", *names]) + "\n")
        for u, v in pairs:
            c = len(list(nx.common_neighbors(graph, u, v)))
            k, q = graph.degree(u), graph.degree(v)
            scores = [c, by_networkx["jaccard"][u, v], c / math.sqrt(k * q), 2 * c / (k + q), c / min(k, q), c / max(k, q), c / (k * q),
                      by_networkx["aa"][u, v], by_networkx["ra"][u, v], by_networkx["pa"][u, v]]
            file.write("\t".join([str(u + 1), str(v + 1), *(f"{score:.12g}" for score in scores)]) + "\n")


if __name__ == "__main__":
    main()
