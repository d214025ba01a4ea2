#!/usr/bin/env python3
"""The authors' tables of how often four nodes close (arbenson/ScHoLP-Tutorial, output/4-node-closures), as tests read them.

  make_four_node_golden.py CLOSURES_4NODE.csv

The input has a line a set, share of the time in percent and configuration: dataset,initial_cutoff,k1,k2,k3,k4,open,closed. Of the sets
that tests know, simplicial/four_node_SET.tsv gets percent, edges, the four digits of the ties as the authors write them, open and closed.
"""
import csv
import pathlib
import sys

SETS = ("email-Enron", "contact-high-school", "contact-primary-school", "NDC-classes", "tags-ask-ubuntu", "threads-ask-ubuntu")
EDGES = {-3: 3, -2: 4, -1: 5}


def main():
    folder = pathlib.Path(__file__).parent / "simplicial"
    with open(sys.argv[1], newline="", encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    for name in SETS:
        lines = []
        for row in rows:
            if row["dataset"] != name:
                continue
            key = [int(row[f"k{place}"]) for place in range(1, 5)]
            lines.append([int(row["initial_cutoff"]), EDGES.get(key[0], 6), *key, int(row["open"]), int(row["closed"])])
        assert len(lines) == 4 * 27, (name, len(lines))
        text = "".join("\t".join(map(str, line)) + "\n" for line in sorted(lines))
        (folder / f"four_node_{name}.tsv").write_text(text, encoding="utf-8")


main()
