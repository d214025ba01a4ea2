#!/usr/bin/env python3
"""Multi-label node classification on BlogCatalog, or PPI or DBLP, by the protocol of the FastRP authors' notebook.

One-vs-rest logistic regression with L2 penalty (scikit-learn) on frozen embeddings, with a column
of ones for the intercept, so that it is penalised as the liblinear solver of the notebook does it; the number of labels of each test node is given; micro-
and macro-F1 over random shuffles at several shares of labelled nodes. Needs NumPy and scikit-learn, and the data set beside the
checkout (ADJOIN_DATA names another folder).

  python3 bench/accuracy/blogcatalog.py --adjoin build/release/adjoin -- --dialect gtmac --dim 512 --weights 1,1,7.81,45.28 --beta -0.628
  python3 bench/accuracy/blogcatalog.py --data PPI --c 1 --ratios 0.1,0.5,0.9 -- --method prone
  python3 bench/accuracy/blogcatalog.py --c 1 --solver liblinear -- --method randne --dim 512 --weights 0,1,100,1000

What stands behind `--` goes to `adjoin embed`. Shuffle i splits with NumPy's default_rng(i) and embeds with --seed 42.
"""
import argparse
import concurrent.futures
import gzip
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.multiclass import OneVsRestClassifier

DATA = pathlib.Path(os.environ.get("ADJOIN_DATA", pathlib.Path(__file__).parents[3] / "shared" / "data"))


def embed(adjoin, edges_file, options, seed):
    """The embedding, its row of each node name, and the run record."""
    with tempfile.TemporaryDirectory() as folder:
        edges = pathlib.Path(folder, "edges.txt")
        with gzip.open(edges_file, "rb") as packed, open(edges, "wb") as plain:
            shutil.copyfileobj(packed, plain)
        out = pathlib.Path(folder, "x.npy")
        subprocess.run([adjoin, "embed", edges, "-o", out, "--seed", str(seed), "--quiet", *options], check=True)
        names = pathlib.Path(folder, "x.names.txt").read_text(encoding="utf-8").splitlines()
        record = json.loads(pathlib.Path(folder, "x.npy.run.json").read_text(encoding="utf-8"))
        return np.load(out), {name: row for row, name in enumerate(names)}, record


def label_matrix(labels_file, row_of):
    """One row a node of the embedding; labels of nodes without an edge, which have no vector, are left out."""
    pairs = np.loadtxt(labels_file, dtype=int)
    labels = np.zeros((len(row_of), pairs[:, 1].max() + 1), dtype=int)
    for node, label in pairs:
        if str(node) in row_of:
            labels[row_of[str(node)], label] = 1
    return labels[:, labels.any(axis=0)]


def score(task):
    """Micro- and macro-F1 of one shuffle at one share of labelled nodes."""
    x, labels, ratio, shuffle, c, solver = task
    warnings.filterwarnings("ignore", message="Label not")  # a rare label may miss from the training part
    order = np.random.default_rng(shuffle).permutation(len(x))
    train, test = np.split(order, [round(ratio * len(x))])
    model = OneVsRestClassifier(LogisticRegression(C=c, solver=solver, fit_intercept=False, max_iter=500)).fit(x[train], labels[train])
    probability = model.predict_proba(x[test])
    counts = labels[test].sum(axis=1)
    ranks = (-probability).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    predicted = (ranks < counts[:, None]).astype(int)
    return f1_score(labels[test], predicted, average="micro"), f1_score(labels[test], predicted, average="macro")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adjoin", default="build/release/adjoin")
    parser.add_argument("--data", default="blogcatalog", choices=("blogcatalog", "PPI", "dblp"))
    parser.add_argument("--ratios", default="0.1,0.9", help="shares of labelled nodes")
    parser.add_argument("--shuffles", type=int, default=10)
    parser.add_argument("--seed", type=int, default=42, help="of the embedding")
    parser.add_argument("--c", type=float, default=0.1, help="inverse strength of the penalty")
    parser.add_argument("--solver", default="lbfgs", choices=("lbfgs", "liblinear"),
                        help="liblinear is the notebook's, and the one for vectors of any length, such as RandNE's")
    parser.add_argument("options", nargs="*", help="for adjoin embed, behind --")
    arguments = parser.parse_args()
    folder = DATA / "labels" / arguments.data
    if not folder.exists():
        sys.exit(f"skipped: no {arguments.data} in {DATA} (ADJOIN_DATA names another folder)")
    x, row_of, record = embed(arguments.adjoin, folder / "edges.txt.gz", arguments.options, arguments.seed)
    x = np.hstack([x.astype(np.float64), np.ones((len(x), 1))])
    labels = label_matrix(folder / "labels.txt", row_of)
    labelled = labels.any(axis=1)  # the protocol says nothing of nodes without a label: they are neither learnt from nor asked
    x, labels = x[labelled], labels[labelled]
    print(f"{arguments.data}: embed {' '.join(arguments.options) or '(defaults)'}: {x.shape[0]} x {x.shape[1] - 1}, {record['seconds']:.2f} s, "
          f"{labels.shape[1]} labels, C = {arguments.c}, {arguments.shuffles} shuffles, seed {arguments.seed}")
    print("| labelled | micro-F1 | macro-F1 |\n|---|---|---|", flush=True)
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        for ratio in map(float, arguments.ratios.split(",")):
            tasks = [(x, labels, ratio, shuffle, arguments.c, arguments.solver) for shuffle in range(arguments.shuffles)]
            micro, macro = 100 * np.array(list(pool.map(score, tasks))).T
            print(f"| {ratio:.0%} | {micro.mean():.2f} ± {micro.std(ddof=1):.2f} | {macro.mean():.2f} ± {macro.std(ddof=1):.2f} |",
                  flush=True)


if __name__ == "__main__":
    main()
