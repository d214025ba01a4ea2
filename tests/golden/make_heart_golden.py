#!/usr/bin/env python3
"""Writes heart_ranks.tsv: the ranks by which HeaRT chooses negatives of Zachary's karate club, for tests/algorithms/linkpred.

PageRank by SciPy's dense solver, ranks by scipy.stats.rankdata, cosines by NumPy. A line is an end of a held-out edge, in the order in which
the method meets them: mode (0 intended, 1 released), stage (0 validation, 1 test), the end, the other end, and the merged rank of each node
as a partner, 0 for those that are masked. Made with NumPy 2.4.6, SciPy 1.17.1 and networkx 3.6.1. Run: python3 make_heart_golden.py
"""
import pathlib

import networkx
import numpy as np
import scipy.linalg
import scipy.stats

OUTPUT = pathlib.Path(__file__).parent / "heart_ranks.tsv"
ALPHA = 0.15
NODES = 34


def features():
    v, f = np.ogrid[:NODES, :6]
    numbers = (v * v + 3 * v * f + 5 * f) % 11
    return np.where((v % 8 == 5) | (numbers > 4), 0, numbers).astype(float)


def cosines(x):
    lengths = np.sqrt((x * x).sum(axis=1))
    products = x @ x.T
    return np.divide(products, np.outer(lengths, lengths), out=np.zeros_like(products), where=products > 0).astype(np.float32)


def ranks_of(scores):
    ranks = np.empty(len(scores))
    last = 0
    if (scores > 0).any():
        rising = scipy.stats.rankdata(scores[scores > 0], method="min")
        ranks[scores > 0] = rising.max() - rising + 1
        last = ranks[scores > 0].max()
    ranks[scores == 0] = last + 1
    ranks[scores < 0] = last + 2
    return ranks


def main():
    edges = sorted(tuple(sorted(edge)) for edge in networkx.karate_club_graph().edges)
    validation, test = edges[::9], edges[4::6]
    test = [edge for edge in test if edge not in validation]
    adjacency = np.zeros((NODES, NODES))
    known = np.zeros((NODES, NODES), bool)
    for u, v in edges:
        if (u, v) not in validation and (u, v) not in test:
            adjacency[u, v] = adjacency[v, u] = 1
    degrees = adjacency.sum(axis=1)
    inverse = np.divide(1, degrees, out=np.zeros(NODES), where=degrees > 0)
    resources = (adjacency @ np.diag(inverse) @ adjacency).astype(np.float32)
    steps = np.diag(inverse) @ adjacency
    steps[degrees == 0, degrees == 0] = 1
    walks = scipy.linalg.solve(np.eye(NODES) - (1 - ALPHA) * steps.T, ALPHA * np.eye(NODES)).T
    walks = np.where(walks > 1e-10, walks.round(9), 0)
    with OUTPUT.open("w", encoding="ascii") as file:
        for mode in (0, 1):
            table = cosines(features())
            for stage, positives in enumerate((validation, test)):
                known = adjacency > 0
                if stage == 1:
                    for u, v in validation:
                        known[u, v] = known[v, u] = True
                for positive in positives:
                    for end, other in (positive, positive[::-1]):
                        masked = known[end].copy()
                        masked[[end, other]] = True
                        merged = np.full(NODES, np.inf)
                        for scores in (resources[end], walks[end], table[end]):
                            ranks = ranks_of(np.where(masked, -1, scores))
                            merged = np.minimum(merged, ranks)
                        if mode == 1:
                            table[end] = ranks  # those of the features came last
                        merged[masked] = 0
                        file.write("\t".join(str(int(value)) for value in (mode, stage, end, other, *merged)) + "\n")


if __name__ == "__main__":
    main()
