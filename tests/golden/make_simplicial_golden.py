#!/usr/bin/env python3
"""Writes simplicial/long_range.tsv: how far above random the long-range scores of Benson et al. 2018 tell the open triangles of
public sets, by inverses of dense matrices (NumPy, LAPACK) and scikit-learn's average precision.

  make_simplicial_golden.py DATA      DATA: the folder that holds simplicial/email-Enron and the others

Scores are rounded to 13 decimals before they are ranked: triangles whose exact scores are equal differ in the last digits of
an inverse, and ranking by these moves the figures of NDC-classes by some percent. The parts of simplicial PageRank are by singular
vectors, for email-Enron alone.
"""
import gzip
import itertools
import math
import pathlib
import sys

import numpy as np
from sklearn.metrics import average_precision_score

SETS = ("email-Enron", "contact-high-school", "contact-primary-school", "NDC-classes", "tags-ask-ubuntu")
ALPHA = 0.85
DECIMALS = 13


def read_set(folder, name):
    def numbers(part):
        with gzip.open(folder / "simplicial" / name / f"{name}-{part}.txt.gz", "rt") as lines:
            return [int(line) for line in lines]
    nodes = iter(numbers("simplices"))
    return [(time, sorted({next(nodes) for _ in range(size)})) for size, time in zip(numbers("nverts"), numbers("times"))]


def cut_of(simplices, share):
    times = sorted(time for time, _ in simplices)
    place = share * (len(times) - 1)
    low = math.floor(place)
    high = min(low + 1, len(times) - 1)
    return round(times[low] + (times[high] - times[low]) * (place - low))


class Candidates:
    """The projection of the first four fifths, its open triangles and what becomes of them."""

    def __init__(self, simplices):
        cut = cut_of(simplices, 0.8)
        training = [set_ for time, set_ in simplices if time <= cut]
        members = sorted(set().union(*training))
        number = {node: i for i, node in enumerate(members)}
        n = len(members)
        self.weights = np.zeros((n, n))
        self.closed = set()
        for set_ in training:
            places = [number[node] for node in set_]
            for i, j in itertools.combinations(places, 2):
                self.weights[i, j] += 1
                self.weights[j, i] += 1
            self.closed.update(itertools.combinations(places, 3))
        later = set()
        for time, set_ in simplices:
            if time > cut:
                later.update(itertools.combinations([number[node] for node in set_ if node in number], 3))
        linked = self.weights > 0
        degrees = linked.sum(0)
        triples = []
        for i in range(n):
            for j in np.nonzero(linked[i, i + 1:])[0] + i + 1:
                triples += [(i, j, k) for k in np.nonzero(linked[i, j + 1:] & linked[j, j + 1:])[0] + j + 1
                            if (i, j, k) not in self.closed]
        self.triples = np.array(triples)
        closes = np.array([triple in later for triple in map(tuple, triples)])
        ends = degrees[self.triples]
        lowest_first = (ends[:, 0] <= ends[:, 1]) & (ends[:, 0] <= ends[:, 2])
        self.labels = {"correct": closes, "reference": closes & lowest_first}

    def improvement(self, of_pairs, labels):
        """of_pairs: a matrix of the three pairs' numbers, both ways."""
        a, b, c = self.triples.T
        both = of_pairs + of_pairs.T
        scores = np.round(both[a, b] + both[a, c] + both[b, c], DECIMALS)
        truth = self.labels[labels]
        return average_precision_score(truth, scores) / truth.mean()


def walk_matrices(weights):
    n = len(weights)
    for prefix, w in (("", (weights > 0).astype(float)), ("weighted-", weights)):
        beta = min(0.25 / np.linalg.norm(w, 2), 0.5)
        yield f"{prefix}katz", np.linalg.inv(np.eye(n) - beta * w) - np.eye(n)
        sums = w.sum(0)
        yield f"{prefix}pagerank", (1 - ALPHA) * np.linalg.inv(np.eye(n) - ALPHA * w / np.where(sums > 0, sums, 1))


def simplicial_scores(candidates):
    """Of each triple the sum of |S_ef| over ordered pairs of its edges, for S and its parts."""
    linked = candidates.weights > 0
    n = len(linked)
    edges = [(i, j) for i in range(n) for j in range(i + 1, n) if linked[i, j]]
    place = {edge: e for e, edge in enumerate(edges)}
    gradient = np.zeros((len(edges), n))
    for e, (i, j) in enumerate(edges):
        gradient[e, i], gradient[e, j] = -1, 1
    closed = sorted(candidates.closed)
    curl = np.zeros((len(closed), len(edges)))
    for t, (i, j, k) in enumerate(closed):
        curl[t, place[i, j]], curl[t, place[j, k]], curl[t, place[i, k]] = 1, 1, -1
    degrees = linked.sum(0)
    scale = np.abs(curl).sum(0) + np.array([degrees[i] + degrees[j] for i, j in edges])
    start = 1 / ALPHA - 1
    s = start * np.linalg.inv(start * np.eye(len(edges)) + (gradient @ gradient.T + curl.T @ curl) / scale)

    def image(matrix):
        vectors, values, _ = np.linalg.svd(matrix, full_matrices=False)
        basis = vectors[:, values > 1e-8]
        return basis @ (basis.T @ s)
    parts = {"gradient": image(gradient), "curl": image(curl.T)}
    parts["harmonic"] = s - parts["gradient"] - parts["curl"]
    of_triples = np.array([(place[i, j], place[i, k], place[j, k]) for i, j, k in candidates.triples])
    for name, matrix in (("simplicial-pagerank", s), *((f"simplicial-pagerank-{part}", m) for part, m in parts.items())):
        sizes = np.abs(matrix)
        yield name, sum(sizes[of_triples[:, p], of_triples[:, q]] for p in range(3) for q in range(3) if p != q)


def main():
    data = pathlib.Path(sys.argv[1])
    rows = []
    for name in SETS:
        candidates = Candidates(read_set(data, name))
        for method, matrix in walk_matrices(candidates.weights):
            rows += [(name, labels, method, candidates.improvement(matrix, labels)) for labels in candidates.labels]
        if name == "email-Enron":
            for method, scores in simplicial_scores(candidates):
                for labels, truth in candidates.labels.items():
                    rows.append((name, labels, method,
                                 average_precision_score(truth, np.round(scores, DECIMALS)) / truth.mean()))
        print(name, file=sys.stderr)
    target = pathlib.Path(__file__).parent / "simplicial" / "long_range.tsv"
    target.parent.mkdir(exist_ok=True)
    target.write_text("".join(f"{name}\t{labels}\t{method}\t{value:.6f}\n" for name, labels, method, value in rows))


main()
