#!/usr/bin/env python3
"""Heads of scikit-learn, learned from the training graph alone: a share of its edges is held out, as many pairs without an edge are
drawn, and what is learned on them scores the pairs from features of the whole training graph.

svd       the dot product of a truncated SVD of the adjacency matrix; nothing is learned
heuristics, forest   a logistic regression, or a forest of trees, on neighbourhood scores, degrees and that product"""
import numpy as np
import sklearn
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pairs import drive

BLOCK = 1 << 15


def svd_factors(matrix, options):
    rank = min(options["rank"], matrix.shape[0] - 1)
    model = TruncatedSVD(rank, random_state=options["seed"])
    left = model.fit_transform(matrix)
    return left, model.components_.T


def products(factors, pairs):
    left, right = factors
    return np.einsum("ij,ij->i", left[pairs[:, 0]], right[pairs[:, 1]])


def features(matrix, pairs, options):
    degrees = np.asarray(matrix.sum(axis=0)).ravel()
    by_log = np.divide(1, np.log(degrees, where=degrees > 1, out=np.ones_like(degrees)), where=degrees > 1, out=np.zeros_like(degrees))
    by_degree = np.divide(1, degrees, where=degrees > 0, out=np.zeros_like(degrees))
    weights = np.stack([np.ones_like(degrees), by_log, by_degree], axis=1)
    common = np.concatenate([matrix[part[:, 0]].multiply(matrix[part[:, 1]]) @ weights
                             for part in np.array_split(pairs, max(1, len(pairs) // BLOCK))])
    ends = degrees[pairs]
    either = ends.sum(axis=1) - common[:, 0]
    jaccard = np.divide(common[:, 0], either, where=either > 0, out=np.zeros_like(either))
    return np.column_stack([common, jaccard, np.log1p(ends.min(axis=1)), np.log1p(ends.max(axis=1)),
                            np.log1p(ends.prod(axis=1)), products(svd_factors(matrix, options), pairs)])


def drawn_without_edge(matrix, count, random):
    found = []
    while len(found) < count:
        source, target = random.integers(0, matrix.shape[0], 2)
        if source != target and matrix[source, target] == 0:
            found.append((source, target))
    return np.array(found)


def learned(head):
    def method(network, options):
        matrix = network.matrix()
        pairs = np.array(network.pairs)

        def run():
            random = np.random.default_rng(options["seed"])
            edges = np.array(network.edges)
            held = random.permutation(len(edges))[:max(1, round(options["held_out"] * len(edges)))]
            rest = matrix.tolil()
            for source, target in edges[held]:
                rest[source, target] = rest[target, source] = 0
            rest = rest.tocsr()
            rest.eliminate_zeros()
            without = drawn_without_edge(matrix, len(held), random)
            learn_on = np.concatenate([edges[held], without])
            answers = np.repeat([1, 0], [len(held), len(without)])
            model = head(options).fit(features(rest, learn_on, options), answers)
            return model.predict_proba(features(matrix, pairs, options))[:, 1]

        return run

    return method


def svd(network, options):
    matrix, pairs = network.matrix(), np.array(network.pairs)
    return lambda: products(svd_factors(matrix, options), pairs)


def logistic(options):
    return make_pipeline(StandardScaler(), LogisticRegression(C=options["c"], max_iter=1000, random_state=options["seed"]))


def forest(options):
    return HistGradientBoostingClassifier(max_iter=100, random_state=options["seed"])


if __name__ == "__main__":
    drive("scikit-learn", sklearn.__version__, {
        "svd": (svd, {"rank": 16}),
        "heuristics": (learned(logistic), {"rank": 16, "held_out": 0.1, "c": 1.0}),
        "forest": (learned(forest), {"rank": 16, "held_out": 0.1}),
    })
