#!/usr/bin/env python3
"""SEAL's table of heuristics (Zhang, Chen, NeurIPS 2018): AUC over random 90/10 splits, as many negatives as test edges.

  ninja -C build/dev adjoin_command
  python3 bench/accuracy/seal.py --adjoin build/dev/adjoin

By the commands themselves: `adjoin split`, `adjoin score`, `adjoin evaluate`. Parameters are those of the authors' Main.m: Katz with beta
0.001, rooted PageRank with damping 0.85 from both ends. The edges come from ADJOIN_DATA/link, or from beside the checkout.
"""
import argparse
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("ADJOIN_DATA", ROOT.parent / "shared" / "data")) / "link"
METHODS = ["common-neighbors", "jaccard", "preferential-attachment", "adamic-adar", "resource-allocation", "katz", "rooted-pagerank",
           "shortest-path"]
# NS has nodes without edges, which an edge list does not name; negatives are drawn among them too.
NODES = {"USAir": 332, "NS": 1589, "PB": 1222, "Celegans": 297, "Ecoli": 1805}
# The paper's cells; of shortest paths there are none.
PAPER = {
    "USAir": [93.80, 89.79, 88.84, 95.06, 95.77, 92.88, 94.67],
    "NS": [94.42, 94.43, 68.65, 94.45, 94.45, 94.85, 94.89],
    "PB": [92.04, 87.41, 90.14, 92.36, 92.46, 92.92, 93.54],
    "Celegans": [85.13, 80.19, 74.79, 86.95, 87.49, 86.34, 90.32],
    "Ecoli": [93.71, 81.31, 91.82, 95.36, 95.95, 93.50, 95.57],
}


def aucs(run, graph, folder, round_index):
    prefix = folder / "split"
    run("split", graph, "-o", prefix, "--validation", "0", "--test", "0.1", "--round", str(round_index))
    test, scores = f"{prefix}.test.tsv", f"{prefix}.scores.tsv"
    run("score", f"{prefix}.train.adjoin", test, "--methods", ",".join(METHODS), "--katz-beta", "0.001", "--alpha", "0.15", "-o", scores)
    rows = json.loads(run("evaluate", scores, test, "--metrics", "auc", "--json"))["methods"]
    return [100 * row["metrics"]["auc"] for row in rows]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adjoin", default=str(ROOT / "build" / "dev" / "adjoin"))
    parser.add_argument("--runs", type=int, default=10)
    arguments = parser.parse_args()

    def run(*words):
        return subprocess.run([arguments.adjoin, *words], check=True, capture_output=True, text=True).stdout

    if not DATA.exists():
        sys.exit(f"no data sets in {DATA} (ADJOIN_DATA names another folder)")
    print(f"{datetime.date.today()}, {arguments.runs} splits, seed 42, rounds 0 to {arguments.runs - 1}; AUC, mean and deviation; (paper)\n")
    print("| data | " + " | ".join(METHODS) + " |\n|" + "---|" * (len(METHODS) + 1))
    for name, paper in PAPER.items():
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            nodes, graph = folder / "nodes.txt", folder / "graph.adjoin"
            nodes.write_text("".join(f"{node}\n" for node in range(NODES[name])), encoding="ascii")
            run("convert", DATA / f"{name}.txt", graph, "--nodes", nodes)
            runs = [aucs(run, graph, folder, i) for i in range(arguments.runs)]
        cells = []
        for i in range(len(METHODS)):
            values = [run[i] for run in runs]
            deviation = statistics.stdev(values) if len(values) > 1 else 0
            cells.append(f"{statistics.mean(values):.2f} ± {deviation:.2f}" + (f" ({paper[i]:.2f})" if i < len(paper) else ""))
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
