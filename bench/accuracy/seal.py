#!/usr/bin/env python3
"""SEAL's table (Zhang, Chen, NeurIPS 2018): AUC over random 90/10 splits, as many uniform negatives as test edges.

  ninja -C build/dev adjoin_command
  python3 bench/accuracy/seal.py --adjoin build/dev/adjoin

By the command itself, `adjoin linkpred`. Parameters are those of the authors' Main.m: Katz with beta 0.001, rooted PageRank with damping
0.85 from both ends, SimRank with 0.8 and 5 rounds, 5 factors. Beside the paper's heuristics stands what is learned from the training
graph alone, `combined`, and SEAL's own row. The edges come from ADJOIN_DATA/link, or from beside the checkout.
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
# NS has nodes without edges, which an edge list does not name; negatives are drawn among them too.
NODES = {"USAir": 332, "NS": 1589, "PB": 1222, "Celegans": 297, "Ecoli": 1805}
# Method, and the paper's cell for each graph; of some there is none. That of `combined` is SEAL's.
PAPER = {
    "common-neighbors": [93.80, 94.42, 92.04, 85.13, 93.71],
    "jaccard": [89.79, 94.43, 87.41, 80.19, 81.31],
    "preferential-attachment": [88.84, 68.65, 90.14, 74.79, 91.82],
    "adamic-adar": [95.06, 94.45, 92.36, 86.95, 95.36],
    "resource-allocation": [95.77, 94.45, 92.46, 87.49, 95.95],
    "katz": [92.88, 94.85, 92.92, 86.34, 93.50],
    "rooted-pagerank": [94.67, 94.89, 93.54, 90.32, 95.57],
    "simrank": [78.89, 94.79, 77.08, 77.07, 62.49],
    "matrix-factorization": [94.08, 74.55, 94.30, 85.90, 93.76],
    "shortest-path": None,
    "resistance-distance": None,
    "spectral": None,
    "combined": [96.62, 98.85, 94.72, 90.30, 97.64],
}


def cell(values, paper):
    deviation = statistics.stdev(values) if len(values) > 1 else 0
    return f"{statistics.mean(values):.2f} ± {deviation:.2f}" + (f" ({paper:.2f})" if paper else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adjoin", default=str(ROOT / "build" / "dev" / "adjoin"))
    parser.add_argument("--runs", type=int, default=10)
    arguments = parser.parse_args()
    if not DATA.exists():
        sys.exit(f"no data sets in {DATA} (ADJOIN_DATA names another folder)")
    records = {}
    with tempfile.TemporaryDirectory() as folder:
        graphs = []
        for name, nodes in NODES.items():
            names = pathlib.Path(folder, f"{name}.txt")
            names.write_text("".join(f"{node}\n" for node in range(nodes)), encoding="ascii")
            graphs.append(pathlib.Path(folder, f"{name}.adjoin"))
            subprocess.run([arguments.adjoin, "convert", DATA / f"{name}.txt", graphs[-1], "--nodes", names, "--quiet"], check=True)
        output = subprocess.run([arguments.adjoin, "linkpred", *graphs, "--methods", ",".join(PAPER), "--validation", "0", "--test", "0.1",
                                 "--runs", str(arguments.runs), "--metrics", "auc", "--katz-beta", "0.001", "--alpha", "0.15",
                                 "--factors", "5", "--json"], check=True, stdout=subprocess.PIPE, text=True).stdout
        for record in json.loads(output):
            records[pathlib.Path(record["graph"]).stem, record["method"]] = record
    print(f"{datetime.date.today()}, {arguments.runs} splits, seed 42; AUC, mean and deviation over splits; (paper; beside combined: SEAL's)\n")
    print("| method | " + " | ".join(NODES) + " | mean | seconds |\n|" + "---|" * (len(NODES) + 3))
    for method, paper in PAPER.items():
        rows = [records[name, method] for name in NODES]
        values = [[100 * value for value in row["auc"]["runs"]] for row in rows]
        cells = [cell(column, paper[i] if paper else None) for i, column in enumerate(values)]
        mean = statistics.mean(statistics.mean(column) for column in values)
        seconds = sum(row["seconds"] for row in rows)
        print(f"| {method} | " + " | ".join(cells) + f" | {mean:.2f} | {seconds:.2f} |")


if __name__ == "__main__":
    main()
