#!/usr/bin/env python3
"""Average precision over random of a logistic regression on the 26 features of Benson et al. 2018: the golden values of
learned_triples_test.cpp.

  make_triple_logistic_golden.py FOLDER SET...      such as .../simplicial email-Enron NDC-classes

Printed are, under correct labels, the figures of LIBLINEAR with its own tolerance and of its optimum (tol=1e-8). Written with
NumPy 2 and scikit-learn 1.9.1. Sets of some ten thousand open triangles take seconds, larger ones are too much for it.
"""
import collections
import gzip
import itertools
import pathlib
import sys

import numpy
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

MOST = 25  # nodes of a simplex


def read(folder, name):
    def values(part):
        return numpy.array(gzip.open(folder / name / f"{name}-{part}.txt.gz").read().split(), dtype=numpy.int64)
    ends = numpy.cumsum(values("nverts"))
    nodes, times = values("simplices"), values("times")
    order = numpy.argsort(times, kind="stable")
    simplices = [tuple(sorted(set(nodes[(ends[i - 1] if i else 0):ends[i]].tolist()))) for i in order]
    return [simplex for simplex in simplices], times[order]


def between(simplices, times, after, until):
    return [simplex for simplex, time in zip(simplices, times) if (after is None or time > after) and time <= until and len(simplex) <= MOST]


def triples_of(simplices):
    return {triple for simplex in set(simplices) for triple in itertools.combinations(simplex, 3)}


def candidates(simplices, times, train, until):
    """Features and labels of the triangles that are open in the first simplices."""
    cut, end = (int(numpy.rint(numpy.percentile(times, 100 * share))) for share in (train, until))
    first, closing = between(simplices, times, None, cut), triples_of(between(simplices, times, cut, end))
    ties, neighbors, members = collections.Counter(), collections.defaultdict(set), collections.Counter()
    for simplex in first:
        ties.update(itertools.combinations(simplex, 2))
        members.update(simplex)
    for u, v in ties:
        neighbors[u].add(v)
        neighbors[v].add(u)
    closed = triples_of(first)
    rows, labels = [], []
    rank = {node: (len(found), node) for node, found in neighbors.items()}
    for i, found in neighbors.items():
        for j, k in itertools.combinations(sorted(v for v in found if rank[v] > rank[i]), 2):
            triple = tuple(sorted((i, j, k)))
            if k not in neighbors[j] or triple in closed:
                continue
            sizes = [*(ties[min(pair), max(pair)] for pair in ((i, j), (j, k), (i, k))), *(len(neighbors[v]) for v in (i, j, k)),
                     *(members[v] for v in (i, j, k))]
            common = [*(len(neighbors[u] & neighbors[v]) for u, v in ((i, j), (i, k), (j, k))), len(neighbors[i] & neighbors[j] & neighbors[k])]
            rows.append([*sizes, *common, *numpy.log(sizes), *numpy.log1p(common)])
            labels.append(triple in closing)
    return numpy.array(rows), numpy.array(labels)


def main():
    folder = pathlib.Path(sys.argv[1])
    print("set\tliblinear\toptimum")
    for name in sys.argv[2:]:
        simplices, times = read(folder, name)
        x, y = candidates(simplices, times, 0.6, 0.8)
        later_x, later_y = candidates(simplices, times, 0.8, 1)
        figures = []
        for settings in ({}, {"tol": 1e-8, "max_iter": 10_000}):
            model = LogisticRegression(C=1, solver="liblinear", **settings).fit(x, y)
            figures.append(average_precision_score(later_y, model.decision_function(later_x)) / later_y.mean())
        print(name, *(f"{figure:.5f}" for figure in figures), sep="\t")


if __name__ == "__main__":
    main()
