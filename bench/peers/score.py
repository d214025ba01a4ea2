#!/usr/bin/env python3
"""Graphs with labels as arrays, and how well an embedding tells the labels: the one scoring program for everybody.

  score.py graph --edges EDGES.txt.gz --names NAMES.txt --out FOLDER      lines of two names; a name a line, in the order of the nodes
  score.py labels --embedding X.npy --labels LABELS.txt --shares 0.1,0.9 --shuffles 10 --c 0.1 [--splits SPLITS.tsv]

The protocol of the FastRP authors' notebook: one-vs-rest logistic regression with L2 penalty on frozen vectors, the number of labels of
each test node given; nodes without a label are neither learnt from nor asked. Rows are put in the order of their names (whole numbers by
value), and shuffle i is that of default_rng(i), so that everybody's shuffles are the same. X.names.txt has the name of each row.
Intercept: penalized is a column of ones, as the notebook's solver does it. Scaling: columns brings each to mean 0 and variance 1, over
all nodes, or with --splits over the nodes to train on; rows makes each of length one. With --splits the splits are those that `adjoin
classify --splits` wrote, and so are the scores. Prints a JSON line: micro and macro, in percent, a list of shuffles a share.
"""
import argparse
import concurrent.futures
import csv
import gzip
import json
import pathlib
import warnings

import numpy as np


def lines_of(path):
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else open(path, encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#") and line.strip():
                yield line.rstrip("\n").split("\t") if "\t" in line else line.split()


def make_graph(arguments):
    """The folder that every driver reads: offsets.npy, targets.npy, and names.txt."""
    import scipy.sparse

    names = arguments.names.read_text(encoding="utf-8").splitlines()
    number = {name: node for node, name in enumerate(names)}
    edges = np.array([[number[row[0]], number[row[1]]] for row in lines_of(arguments.edges)])
    edges = edges[edges[:, 0] != edges[:, 1]]
    ones = np.ones(len(edges), dtype=np.int8)
    half = scipy.sparse.coo_array((ones, (edges[:, 0], edges[:, 1])), shape=(len(names), len(names))).tocsr()
    both = (half + half.T).tocsr()
    both.sort_indices()
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "names.txt").write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    np.save(arguments.out / "targets.npy", both.indices.astype(np.int32))
    np.save(arguments.out / "offsets.npy", both.indptr.astype(np.int64))


def read_vectors(path):
    """Rows and their names, in the order of the names."""
    x = np.load(path)
    names = path.with_suffix(".names.txt").read_text(encoding="utf-8").splitlines()
    order = sorted(range(len(names)), key=lambda row: (len(names[row]), names[row]) if names[row].isdigit() else (0, names[row]))
    return x[order], [names[row] for row in order]


def label_matrix(path, names):
    row = {name: i for i, name in enumerate(names)}
    pairs = [pair[:2] for pair in lines_of(path)]
    kinds = {label: k for k, label in enumerate(sorted({label for node, label in pairs if node in row}))}
    labels = np.zeros((len(names), len(kinds)), dtype=int)
    for node, label in pairs:
        if node in row:
            labels[row[node], kinds[label]] = 1
    return labels


def score(task):
    """Micro- and macro-F1 on one split."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import f1_score
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.preprocessing import StandardScaler

    x, labels, train, test, arguments = task
    warnings.filterwarnings("ignore", message="Label not")  # a rare label may miss from the training part
    if arguments.splits and arguments.scaling == "columns":
        x = StandardScaler().fit(x[train]).transform(x)
    if arguments.intercept == "penalized":
        x = np.hstack([x, np.ones((len(x), 1), dtype=x.dtype)])
    # The tolerance of the comparison of two programs on the same splits; else scikit-learn's own, as the tables always had it.
    more = {"tol": 1e-6, "max_iter": 2000} if arguments.splits else {"max_iter": 500}
    one = LogisticRegression(C=arguments.c, solver=arguments.solver, fit_intercept=arguments.intercept == "free", **more)
    probability = OneVsRestClassifier(one).fit(x[train], labels[train]).predict_proba(x[test])
    ranks = (-probability).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    predicted = (ranks < labels[test].sum(axis=1)[:, None]).astype(int)
    return [100 * f1_score(labels[test], predicted, average=average, zero_division=0) for average in ("micro", "macro")]


def given_splits(path, names):
    """(train, test) rows of each column of letters."""
    with open(path, encoding="utf-8", newline="") as file:
        letters = {line[0]: line[1:] for line in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    count = len(letters["node"])
    return [tuple(np.array([i for i, name in enumerate(names) if letters.get(name, [""] * count)[column] == letter]) for letter in "TE")
            for column in range(count)]


def score_labels(arguments):
    x, names = read_vectors(arguments.embedding)
    labels = label_matrix(arguments.labels, names)
    if arguments.scaling == "rows":
        x = x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-30)
    if arguments.scaling == "columns" and not arguments.splits:
        spread = x.std(axis=0, dtype=np.float64)
        x = (x - x.mean(axis=0, dtype=np.float64)) / np.where(spread > 0, spread, 1)
        # 32-bit floats halve the time; the F1 of BlogCatalog did not change in its fourth digit.
        x = x.astype(np.float32)
    else:
        x = x.astype(np.float64)
    if arguments.splits:
        tasks = [(x, labels, *split, arguments) for split in given_splits(arguments.splits, names)]
    else:
        known = labels.any(axis=1)
        x, labels = x[known], labels[known]
        orders = [np.random.default_rng(shuffle).permutation(len(x)) for shuffle in range(arguments.shuffles)]
        tasks = [(x, labels, *np.split(order, [round(share * len(x))]), arguments) for share in arguments.shares for order in orders]
    with concurrent.futures.ProcessPoolExecutor(arguments.threads) as pool:
        scores = np.array(list(pool.map(score, tasks))).reshape(len(arguments.shares), arguments.shuffles, 2)
    print(json.dumps({"shares": arguments.shares, "c": arguments.c, "micro": scores[..., 0].round(4).tolist(),
                      "macro": scores[..., 1].round(4).tolist()}))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=["graph", "labels"])
    for name in ("--edges", "--names", "--out", "--embedding", "--labels", "--splits"):
        parser.add_argument(name, type=pathlib.Path)
    parser.add_argument("--shares", type=lambda text: [float(part) for part in text.split(",")], default=[0.1, 0.5, 0.9])
    parser.add_argument("--shuffles", type=int, default=10)
    parser.add_argument("--c", type=float, default=0.1)
    parser.add_argument("--intercept", choices=["none", "free", "penalized"], default="penalized")
    parser.add_argument("--scaling", choices=["none", "rows", "columns"], default="columns")
    parser.add_argument("--solver", choices=["lbfgs", "liblinear"], default="lbfgs",
                        help="liblinear is the notebook's, and the one for vectors of any length, such as RandNE's")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    if arguments.step == "graph":
        make_graph(arguments)
    else:
        score_labels(arguments)


if __name__ == "__main__":
    main()
