#!/usr/bin/env python3
"""Graphs with labels, and how well an embedding tells them: the one scoring program for every peer.

  score.py graph --data FOLDER --out FOLDER       FOLDER holds edges.txt.gz and labels.txt (lines: node label)
  score.py labels --graph FOLDER --embedding X.npy --ratios 0.1,0.9 --shuffles 10 --c 0.1 --threads 2

The protocol is that of bench/accuracy/blogcatalog.py: one-vs-rest logistic regression, the number of labels of a test node given,
shuffle i by default_rng(i). Columns are first brought to mean 0 and variance 1, so that the penalty means the same for
embeddings of any scale; adjoin's default embeddings are so already. Prints a JSON line: micro and macro, a list of shuffles a ratio.
"""
import argparse
import concurrent.futures
import gzip
import json
import pathlib
import warnings

import numpy as np


def make_graph(data, out):
    """The folder that every driver reads (offsets.npy, targets.npy), and labels.npy: node i, label, by number of the node."""
    import scipy.sparse

    with gzip.open(data / "edges.txt.gz", "rt") as file:
        edges = np.loadtxt(file, dtype=np.int64)
    labels = np.loadtxt(data / "labels.txt", dtype=np.int64)
    names = np.unique(np.concatenate([edges.ravel(), labels[:, 0]]))
    edges = np.searchsorted(names, edges)
    edges = edges[edges[:, 0] != edges[:, 1]]
    ones = np.ones(len(edges), dtype=np.int8)
    half = scipy.sparse.coo_array((ones, (edges[:, 0], edges[:, 1])), shape=(len(names), len(names))).tocsr()
    both = (half + half.T).tocsr()
    both.sort_indices()
    out.mkdir(parents=True, exist_ok=True)
    np.save(out / "labels.npy", np.stack([np.searchsorted(names, labels[:, 0]), labels[:, 1]], axis=1))
    np.save(out / "targets.npy", both.indices.astype(np.int32))
    np.save(out / "offsets.npy", both.indptr.astype(np.int64))


def label_matrix(pairs, n):
    labels = np.zeros((n, pairs[:, 1].max() + 1), dtype=int)
    labels[pairs[:, 0], pairs[:, 1]] = 1
    return labels[:, labels.any(axis=0)]


def score(task):
    """Micro- and macro-F1 of one shuffle at one share of labelled nodes."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import f1_score
    from sklearn.multiclass import OneVsRestClassifier

    x, labels, ratio, shuffle, c = task
    warnings.filterwarnings("ignore", message="Label not")  # a rare label may miss from the training part
    order = np.random.default_rng(shuffle).permutation(len(x))
    train, test = np.split(order, [round(ratio * len(x))])
    model = OneVsRestClassifier(LogisticRegression(C=c, fit_intercept=False, max_iter=500)).fit(x[train], labels[train])
    probability = model.predict_proba(x[test])
    ranks = (-probability).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    predicted = (ranks < labels[test].sum(axis=1)[:, None]).astype(int)
    return [100 * f1_score(labels[test], predicted, average=average) for average in ("micro", "macro")]


def score_labels(arguments):
    x = np.load(arguments.embedding)
    labels = label_matrix(np.load(arguments.graph / "labels.npy"), len(x))
    spread = x.std(axis=0, dtype=np.float64)
    x = (x - x.mean(axis=0, dtype=np.float64)) / np.where(spread > 0, spread, 1)
    # 32-bit floats halve the time; the F1 of BlogCatalog did not change in its fourth digit.
    x = np.hstack([x, np.ones((len(x), 1))]).astype(np.float32)
    known = labels.any(axis=1)
    x, labels = x[known], labels[known]
    tasks = [(x, labels, ratio, shuffle, arguments.c) for ratio in arguments.ratios for shuffle in range(arguments.shuffles)]
    with concurrent.futures.ProcessPoolExecutor(arguments.threads) as pool:
        scores = np.array(list(pool.map(score, tasks))).reshape(len(arguments.ratios), arguments.shuffles, 2)
    print(json.dumps({"ratios": arguments.ratios, "c": arguments.c, "micro": scores[..., 0].round(4).tolist(),
                      "macro": scores[..., 1].round(4).tolist()}))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=["graph", "labels"])
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--graph", type=pathlib.Path)
    parser.add_argument("--embedding", type=pathlib.Path)
    parser.add_argument("--ratios", type=lambda text: [float(part) for part in text.split(",")], default=[0.1, 0.5, 0.9])
    parser.add_argument("--shuffles", type=int, default=10)
    parser.add_argument("--c", type=float, default=0.1)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    if arguments.step == "graph":
        make_graph(arguments.data, arguments.out)
    else:
        score_labels(arguments)


if __name__ == "__main__":
    main()
