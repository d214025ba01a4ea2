#!/usr/bin/env python3
"""Writes linkpred_paths/*.tsv: scores of all pairs of Zachary's karate club by paths and walks, for tests/algorithms/linkpred.

Distances and PageRank by networkx, Katz by SciPy's dense inverse, truncated sums by NumPy's powers; all in double precision.
Row x, column y is the score of the pair (x, y). Made with NumPy 2.4.6, SciPy 1.17.1 and networkx 3.6.1.
Run: python3 make_linkpred_paths_golden.py
"""
import pathlib

import networkx
import numpy as np
import scipy.linalg

HERE = pathlib.Path(__file__).parent / "linkpred_paths"
BETA = 0.02
LENGTH = 4
EPSILON = 0.01
ALPHA = 0.15


def graphs():
    """The club, the same with weights 1..5, and that with every edge from its smaller to its larger number only."""
    club = networkx.karate_club_graph()
    plain = networkx.to_numpy_array(club, nodelist=sorted(club), weight=None)
    weighted = plain * (1 + np.add.outer(np.arange(len(plain)), np.arange(len(plain))) % 5)
    return {"plain": plain, "weighted": weighted, "directed": np.triu(weighted)}


def distances(graph, nodes):
    found = dict(networkx.all_pairs_shortest_path_length(graph))
    return [[found[x].get(y, -1) for y in range(nodes)] for x in range(nodes)]


def pagerank(graph, nodes):
    rows = []
    for x in range(nodes):
        # A node without neighbours goes on to the personalisation vector: back to the root.
        vector = networkx.pagerank(graph, alpha=1 - ALPHA, personalization={x: 1}, max_iter=100_000, tol=1e-15, weight="weight")
        rows.append([vector[y] for y in range(nodes)])
    return rows


def write(name, rows):
    with open(HERE / f"{name}.tsv", "w", encoding="ascii") as file:
        for row in rows:
            file.write("\t".join(f"{value:.9g}" for value in row) + "\n")


def main():
    for name, a in graphs().items():
        nodes = len(a)
        kind = networkx.DiGraph if name == "directed" else networkx.Graph
        graph = networkx.from_numpy_array(a, create_using=kind)
        powers = [np.linalg.matrix_power(a, length) for length in range(LENGTH + 1)]
        write(f"distance_{name}", distances(graph, nodes))
        write(f"local_path_{name}", powers[2] + EPSILON * powers[3])
        write(f"katz_truncated_{name}", sum(BETA**length * powers[length] for length in range(1, LENGTH + 1)))
        write(f"katz_exact_{name}", scipy.linalg.inv(np.eye(nodes) - BETA * a) - np.eye(nodes))
        write(f"pagerank_{name}", pagerank(graph, nodes))


if __name__ == "__main__":
    main()
