#!/usr/bin/env python3
"""How near `adjoin classify` comes to scikit-learn: the same embedding, the same splits, both scores in one table.

adjoin embeds BlogCatalog (or PPI, DBLP), classifies it, and writes its splits; scikit-learn's OneVsRestClassifier(LogisticRegression)
learns on the training part of each split and is scored on its test part, the number of labels of each node given. Needs NumPy and
scikit-learn, and the data set beside the checkout (ADJOIN_DATA names another folder).

  python3 bench/accuracy/classify.py --adjoin build/release/adjoin --shares 0.1,0.5,0.9 --repeats 5 -- --dim 128
  python3 bench/accuracy/classify.py --data PPI --c 0.1 --intercept penalized --scaling columns -- --method prone

What stands behind `--` goes to `adjoin embed`. Ends with 1 if the mean of a score differs by more than --most points.
"""
import argparse
import concurrent.futures
import csv
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
from sklearn.preprocessing import StandardScaler, normalize

DATA = pathlib.Path(os.environ.get("ADJOIN_DATA", pathlib.Path(__file__).parents[3] / "shared" / "data"))


def classify(arguments, folder, work):
    """Vectors, their names, the letters of each split by name, and what adjoin scored."""
    with gzip.open(folder / "edges.txt.gz", "rb") as packed, open(work / "edges.txt", "wb") as plain:
        shutil.copyfileobj(packed, plain)
    seed = ["--seed", str(arguments.seed)]
    subprocess.run([arguments.adjoin, "embed", work / "edges.txt", "-o", work / "x.npy", "--quiet", *seed, *arguments.options], check=True)
    found = subprocess.run([arguments.adjoin, "classify", work / "x.npy", folder / "labels.txt", "--unknown-nodes", "drop",
                            "--splits", work / "splits.tsv", "--json", *seed, "--shares", arguments.shares,
                            "--repeats", str(arguments.repeats), "--c", str(arguments.c), "--intercept", arguments.intercept,
                            "--scaling", arguments.scaling], check=True, capture_output=True, text=True)
    names = (work / "x.names.txt").read_text(encoding="utf-8").splitlines()
    with open(work / "splits.tsv", encoding="utf-8", newline="") as file:
        splits = {line[0]: line[1:] for line in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    return np.load(work / "x.npy"), names, splits, json.loads(found.stdout)


def label_matrix(file, names):
    row = {name: i for i, name in enumerate(names)}
    pairs = [line.split() for line in file.read_text(encoding="utf-8").splitlines()]
    kinds = {label: k for k, label in enumerate(sorted({label for _, label in pairs}))}
    labels = np.zeros((len(names), len(kinds)), dtype=int)
    for node, label in pairs:
        if node in row:
            labels[row[node], kinds[label]] = 1
    return labels


def score(task):
    """Micro- and macro-F1 of scikit-learn on one split, in points."""
    x, labels, train, test, arguments = task
    warnings.filterwarnings("ignore", message="Label not")  # a rare label may miss from the training part
    if arguments.scaling == "rows":
        x = normalize(x)
    if arguments.scaling == "columns":
        x = StandardScaler().fit(x[train]).transform(x)
    if arguments.intercept == "penalized":
        x = np.hstack([x, np.ones((len(x), 1))])
    one = LogisticRegression(C=arguments.c, fit_intercept=arguments.intercept == "free", max_iter=2000, tol=1e-6)
    probability = OneVsRestClassifier(one).fit(x[train], labels[train]).predict_proba(x[test])
    ranks = (-probability).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    predicted = (ranks < labels[test].sum(axis=1)[:, None]).astype(int)
    return [100 * f1_score(labels[test], predicted, average=mean, zero_division=0) for mean in ("micro", "macro")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adjoin", default="build/release/adjoin")
    parser.add_argument("--data", default="blogcatalog", choices=("blogcatalog", "PPI", "dblp"))
    parser.add_argument("--shares", default="0.1,0.5,0.9", help="of the labelled nodes to train on")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--c", type=float, default=1)
    parser.add_argument("--intercept", default="free", choices=("none", "free", "penalized"))
    parser.add_argument("--scaling", default="none", choices=("none", "rows", "columns"))
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--most", type=float, default=0.2, help="points by which the mean of a score may differ")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("options", nargs="*", help="for adjoin embed, behind --")
    arguments = parser.parse_args()
    folder = DATA / "labels" / arguments.data
    if not folder.exists():
        sys.exit(f"skipped: no {arguments.data} in {DATA} (ADJOIN_DATA names another folder)")
    with tempfile.TemporaryDirectory() as work:
        x, names, splits, ours = classify(arguments, folder, pathlib.Path(work))
    labels = label_matrix(folder / "labels.txt", names)
    tasks = []
    for column in range(len(splits["node"])):
        parts = [np.array([i for i, name in enumerate(names) if splits.get(name, [""] * (column + 1))[column] == letter]) for letter in "TE"]
        tasks.append((x.astype(np.float64), labels, *parts, arguments))
    with concurrent.futures.ProcessPoolExecutor(arguments.processes) as pool:
        theirs = np.array(list(pool.map(score, tasks))).reshape(len(ours["shares"]), arguments.repeats, 2)
    print(f"{arguments.data}: embed {' '.join(arguments.options) or '(defaults)'}, C = {arguments.c:g}, intercept {arguments.intercept}, "
          f"scaling {arguments.scaling}, {arguments.repeats} splits a share, seed {arguments.seed}")
    print("| share | score | adjoin | scikit-learn | difference of the means | largest of a split |\n|---|---|---|---|---|---|")
    farthest = 0.0
    for share, rows in zip(ours["shares"], theirs):
        for key, values in zip(("micro_f1", "macro_f1"), rows.T):
            own = 100 * np.array(share[key]["values"])
            difference = own.mean() - values.mean()
            farthest = max(farthest, abs(difference))
            print(f"| {share['share']:g} | {key} | {own.mean():.3f} | {values.mean():.3f} | {difference:+.3f} | "
                  f"{abs(own - values).max():.3f} |")
    print(f"farthest mean: {farthest:.3f} points, at most {arguments.most:g} allowed")
    sys.exit(0 if farthest <= arguments.most else 1)


if __name__ == "__main__":
    main()
