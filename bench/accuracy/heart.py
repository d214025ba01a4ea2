#!/usr/bin/env python3
"""Heuristics under the two protocols of HeaRT (Li et al., NeurIPS 2023): MRR, AUC and Hits@10 over random 85/5/10 splits.

  ninja -C build/dev bench_heart
  python3 bench/accuracy/heart.py --program build/dev/bench/accuracy/bench_heart

existing: each positive of the test among as many uniform negatives, which all share. intended, released: among 500 hard negatives of its own.
Ranks are means of ties, for Hits@10 too. Katz has beta 0.005, rooted PageRank alpha 0.15: from both ends in the existing setting, from the end
that a negative keeps in the others, as HeaRT scores it. In brackets: the same protocol measured by an independent program over other random
splits. The graphs come from ADJOIN_DATA/citation, or from beside the checkout.
"""
import argparse
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("ADJOIN_DATA", ROOT.parent / "shared" / "data")) / "citation"
METHODS = ["common-neighbors", "adamic-adar", "resource-allocation", "jaccard", "preferential-attachment", "shortest-path", "katz",
           "rooted-pagerank", "feature-cosine"]
# Data, setting, rounds, epsilon of the push, and what the other program measured: metric by metric, in the order of METHODS.
TABLES = [
    ("cora", "existing", 10, "1e-7", {"mrr": [22.2, 29.6, 30.3, 20.4, 8.4, 15.7, 29.0, 40.9], "auc": [71.76, 71.84, 71.84, 71.71, 63.01, 81.19, 81.28, 83.32],
                                      "hits@10": [44.3, 44.3, 44.3, 44.3, 14.1, 44.3, 52.9, 62.9]}),
    ("pubmed", "existing", 10, "1e-5", {"mrr": [13.5, 15.9, 14.7, 5.2, 4.7], "auc": [64.32, 64.32, 64.32, 64.29, 71.98],
                                        "hits@10": [28.8, 27.5, 27.5, 23.1, 9.8]}),
    ("cora", "intended", 20, "1e-7", {"mrr": [9.38, 11.52, 11.34, None, None, None, None, 16.44, 9.58],
                                      "hits@10": [19.95, 24.86, 24.58, None, None, None, None, 31.77, 17.79]}),
    ("cora", "released", 20, "1e-7", {"mrr": [10.48, 12.68, 12.53, None, None, None, None, 17.73, 12.43],
                                      "hits@10": [22.18, 26.74, 26.52, None, None, None, None, 34.49, 22.62]}),
]


def rounds_of(program, data, setting, rounds, epsilon):
    features = DATA / data / "features.mtx.gz"
    words = [program, DATA / data / "edges.txt", features if setting != "existing" else "none", setting, str(rounds), epsilon]
    result = subprocess.run(words, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in result.stdout.splitlines()]


def cell(values, other):
    deviation = statistics.stdev(values) if len(values) > 1 else 0
    return f"{statistics.mean(values):.2f} ± {deviation:.2f}" + (f" ({other})" if other is not None else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build" / "dev" / "bench" / "accuracy" / "bench_heart"))
    parser.add_argument("--rounds", type=int, help="splits of each table; default: as many as the other program took")
    parser.add_argument("--only", help="a data set, a setting, or both as cora-existing")
    arguments = parser.parse_args()
    if not DATA.exists():
        sys.exit(f"no data sets in {DATA} (ADJOIN_DATA names another folder)")
    for data, setting, rounds, epsilon, others in TABLES:
        if arguments.only not in (None, data, setting, f"{data}-{setting}"):
            continue
        runs = rounds_of(arguments.program, data, setting, arguments.rounds or rounds, epsilon)
        seconds = statistics.median(run["seconds"] for run in runs)
        print(f"{data}, {setting}: {len(runs)} splits, seed 42, epsilon {epsilon}; {datetime.date.today()}; "
              f"a split and its negatives took {seconds:.2f} s (median)\n")
        print("| score | " + " | ".join(others) + " |\n|" + "---|" * (len(others) + 1))
        for i, method in enumerate(METHODS):
            if method not in runs[0]["methods"]:
                continue
            cells = [cell([run["methods"][method][metric] for run in runs], known[i] if i < len(known) else None)
                     for metric, known in others.items()]
            print(f"| {method} | " + " | ".join(cells) + " |", flush=True)
        print()


if __name__ == "__main__":
    main()
