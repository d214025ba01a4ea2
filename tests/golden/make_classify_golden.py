#!/usr/bin/env python3
"""Writes evaluate/classify_*.tsv and evaluate/partitions.tsv: what scikit-learn makes of the borders graph, on splits drawn by
a program that shares nothing with adjoin's, and of pairs of partitions.

Vectors: eigenvectors of the normalised Laplacian, of different lengths and with means that are not 0. Labels: a place's region;
and, for several labels a place, whether it has many borders or few besides. Nodes are named by their numbers. Made with scikit-learn
1.9.1 and NumPy 2.x, solvers run until their gradient is below 1e-10. Run: python3 make_classify_golden.py
"""
import pathlib
import warnings

import numpy as np
import xxhash
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, adjusted_rand_score, f1_score, normalized_mutual_info_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.preprocessing import StandardScaler, normalize

from make_fastrp_golden import SEED, philox4x32

HERE = pathlib.Path(__file__).parent / "evaluate"
BORDERS = pathlib.Path(__file__).parents[2] / "data" / "borders"
COLUMNS = 16
STREAM = 7
SHARES = (0.1, 0.5, 0.9)
REPEATS = 3


def write(name, rows):
    with open(HERE / f"{name}.tsv", "w", encoding="ascii") as file:
        for row in rows:
            file.write("\t".join(f"{value:.9g}" for value in np.atleast_1d(row)) + "\n")


def borders():
    """Vectors, the number of each place's region, and an indicator matrix of several labels a place."""
    regions = dict(line.split("\t") for line in (BORDERS / "regions.tsv").read_text(encoding="utf-8").splitlines()[1:])
    names = sorted(regions, key=str.encode)
    place = {name: i for i, name in enumerate(names)}
    adjacency = np.zeros((len(names), len(names)))
    for line in (BORDERS / "edges.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        a, b = line.split("\t")
        adjacency[place[a], place[b]] = adjacency[place[b], place[a]] = 1
    degree = adjacency.sum(axis=1)
    laplacian = np.eye(len(names)) - adjacency / np.sqrt(np.outer(degree, degree))
    vectors = np.linalg.eigh(laplacian)[1][:, :COLUMNS] * (5 * (1 + np.arange(COLUMNS) % 4)) + 0.25 * (np.arange(COLUMNS) % 3)
    kinds = sorted(set(regions.values()))
    region = np.array([kinds.index(regions[name]) for name in names])
    several = np.column_stack([np.eye(len(kinds), dtype=int)[region], degree >= 6, degree <= 2])
    return np.round(vectors, 3), region, several


def split(n, share, repeat):
    """Training and test part: those with the smallest 64-bit numbers are the test."""
    numbers = []
    for node in range(n):
        key = xxhash.xxh3_64_intdigest(str(node).encode())
        words = philox4x32((repeat, STREAM, key & 0xFFFFFFFF, key >> 32), (SEED & 0xFFFFFFFF, SEED >> 32))
        numbers.append(words[0] << 32 | words[1])
    order = np.argsort(np.array(numbers, dtype=np.uint64), kind="stable")
    test = n - round(share * n)
    return np.sort(order[test:]), np.sort(order[:test])


def scores(x, labels, train, test, scaling, intercept, c):
    """Micro- and macro-F1 and accuracy."""
    if scaling == "rows":
        x = normalize(x)
    if scaling == "columns":
        x = StandardScaler().fit(x[train]).transform(x)
    if intercept == "penalized":
        x = np.hstack([x, np.ones((len(x), 1))])
    model = OneVsRestClassifier(LogisticRegression(C=c, fit_intercept=intercept == "free", tol=1e-10, max_iter=100_000))
    model.fit(x[train], labels[train])
    if labels.ndim == 1:
        predicted = model.predict(x[test])
    else:
        ranks = (-model.predict_proba(x[test])).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
        predicted = (ranks < labels[test].sum(axis=1)[:, None]).astype(int)
    means = [f1_score(labels[test], predicted, average=mean, zero_division=0) for mean in ("micro", "macro")]
    return [*means, accuracy_score(labels[test], predicted)]


def classify():
    """A line a split: several labels a place or one, scaling, intercept (both as adjoin numbers them), C, share, repeat, scores."""
    x, region, several = borders()
    write("classify_vectors", x)
    write("classify_labels", several)
    rows = []
    for many, scaling, intercept, c in ((0, "none", "free", 1), (0, "rows", "none", 10), (0, "columns", "penalized", 0.1),
                                        (1, "none", "free", 1), (1, "rows", "penalized", 5), (1, "columns", "none", 0.5)):
        for share in SHARES:
            for repeat in range(REPEATS):
                found = scores(x, several if many else region, *split(len(x), share, repeat), scaling, intercept, c)
                rows.append([many, ("none", "rows", "columns").index(scaling), ("none", "free", "penalized").index(intercept), c,
                             share, repeat, *found])
    write("classify_scores", rows)
    inertia = [[k, KMeans(k, n_init=300, random_state=0, tol=0, max_iter=1000).fit(x).inertia_] for k in (2, 3, 9)]
    write("kmeans_inertia", inertia)


def partitions():
    """Three lines each: two partitions, and their NMI by the arithmetic and the geometric mean, the minimum and the maximum, and ARI."""
    random = np.random.default_rng(5)
    pairs = [(random.integers(0, 4, 60), random.integers(0, 7, 60))]
    close = random.integers(0, 5, 60)
    pairs.append((close, np.where(random.random(60) < 0.2, random.integers(0, 5, 60), (close + 2) % 5)))
    one, alone = np.zeros(12, dtype=int), np.arange(12)
    halves = alone % 2
    pairs += [(one, one), (alone, alone), (one, alone), (alone, one), (one, halves), (halves, 1 - halves), (halves, alone),
              (halves, alone // 2 % 2), (halves[:1], halves[:1]), (halves[:2], halves[:2]), (halves[:2], one[:2])]
    rows = []
    for a, b in pairs:
        nmi = [normalized_mutual_info_score(a, b, average_method=mean) for mean in ("arithmetic", "geometric", "min", "max")]
        rows += [a, b, [*nmi, adjusted_rand_score(a, b)]]
    write("partitions", rows)


if __name__ == "__main__":
    warnings.filterwarnings("ignore", message="Label not")  # a rare label may miss from the training part
    classify()
    partitions()
