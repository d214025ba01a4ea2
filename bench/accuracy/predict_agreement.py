#!/usr/bin/env python3
"""How much of the best 100 links `adjoin predict` finds without scoring all pairs, as a table in Markdown.

  ninja -C build/dev adjoin_command
  python3 bench/accuracy/predict_agreement.py --adjoin build/dev/adjoin

For each graph, method and kind of candidates: the share of the links of --candidates all that are found too, and in brackets the share of
all pairs without an edge that was scored. A link counts as found if its score is at least the worst of the exact ones, so that it does
not matter which of equal links was taken. "bounds" is what --candidates auto does for methods that have bounds. The edges come from
ADJOIN_DATA/link, or from beside the checkout.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("ADJOIN_DATA", ROOT.parent / "shared" / "data")) / "link"
GRAPHS = ["USAir", "NS", "PB", "Celegans", "Ecoli"]
# Method and kinds of candidates that it may be used with.
CASES = [
    ("adamic-adar", ["auto"]),
    ("resource-allocation", ["auto"]),
    ("jaccard", ["auto"]),
    ("local-path", ["auto", "two-hop"]),
    ("katz", ["auto", "two-hop"]),
    ("rooted-pagerank", ["auto", "push"]),
    ("personalized-pagerank", ["push"]),
    ("simrank", ["two-hop", "push"]),
    ("spectral", ["two-hop", "push"]),
    ("matrix-factorization", ["two-hop", "push"]),
    ("fastrp", ["nearest"]),
    ("combined", ["two-hop", "push", "nearest"]),
]


def predict(adjoin, graph, top, *arguments):
    command = [adjoin, "predict", str(DATA / f"{graph}.txt"), "--top", str(top), "--json", *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adjoin", default=str(ROOT / "build" / "dev" / "adjoin"))
    parser.add_argument("--top", type=int, default=100)
    parser.add_argument("--methods", help="only these, with commas between")
    arguments = parser.parse_args()
    if not DATA.exists():
        sys.exit(f"no data sets in {DATA} (ADJOIN_DATA names another folder)")
    print("| method | candidates | " + " | ".join(GRAPHS) + " |")
    print("|---" * (2 + len(GRAPHS)) + "|")
    for method, kinds in CASES:
        if arguments.methods and method not in arguments.methods.split(","):
            continue
        exact = {graph: predict(arguments.adjoin, graph, arguments.top, "--method", method, "--candidates", "all") for graph in GRAPHS}
        for kind in kinds:
            cells = []
            for graph in GRAPHS:
                fast = predict(arguments.adjoin, graph, arguments.top, "--method", method, "--candidates", kind)
                worst = exact[graph]["links"][-1]["score"] * (1 - 1e-6)
                found = sum(link["score"] >= worst for link in fast["links"]) / len(exact[graph]["links"])
                candidates = fast["candidates"]
                scored = f" ({candidates['scored'] / candidates['possible']:.0%})" if "scored" in candidates else ""
                cells.append(f"{found:.0%}{scored}")
            print(f"| {method} | {'bounds' if kind == 'auto' else kind} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
