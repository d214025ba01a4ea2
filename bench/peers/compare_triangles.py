#!/usr/bin/env python3
"""Triangles counted by adjoin beside the GAP benchmark suite's tc: the same edge list, in turns, a fresh process a run.

  git clone https://github.com/sbeamer/gapbs && make -C gapbs tc CXX_FLAGS="-std=c++11 -O3 -fopenmp -march=native"
  cmake --preset dev && ninja -C build/dev adjoin_command bench_triangles
  python3 bench/peers/compare_triangles.py --gapbs gapbs --repeats 7

The graph is R-MAT of Graph500's parameters, edge factor 16. Seconds from the graph in memory to the number: reading is not counted,
ranking the nodes by degree is, in both. Each process counts twice and the second time is taken, when memory is at hand.
"""
import argparse
import datetime
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys

import told

ROOT = pathlib.Path(__file__).resolve().parents[2]
COUNTS = 2  # in a process


def edge_list(build, graphs, scale):
    """Without the comment that adjoin writes: GAPBS reads numbers only."""
    path = graphs / f"rmat-{scale}.el"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        written = path.with_suffix(".tsv")
        subprocess.run([build / "adjoin", "generate", "rmat", "--scale", str(scale), "-o", written, "--quiet"], check=True)
        with open(written, encoding="ascii") as source, open(path, "w", encoding="ascii") as target:
            target.writelines(line for line in source if not line.startswith("#"))
        written.unlink()
    return path


def ours(build, path, threads):
    command = [build / "bench" / "peers" / "bench_triangles", path, str(threads), str(COUNTS)]
    result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return result["triangles"], result["seconds"][-1]


def gapbs(folder, path, threads):
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    command = [folder / "tc", "-f", path, "-s", "-n", str(COUNTS), "-a"]
    said = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    return int(re.search(r"(\d+) triangles", said).group(1)), float(re.findall(r"Trial Time:\s+([\d.]+)", said)[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gapbs", type=pathlib.Path, required=True, help="the folder of the suite, with tc built")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "dev")
    parser.add_argument("--scale", type=int, default=18)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--graphs", type=pathlib.Path, help="where graphs are kept")
    parser.add_argument("--json", action="store_true", help="a JSON line a result")
    arguments = parser.parse_args()
    path = edge_list(arguments.build, arguments.graphs or arguments.build.parent / "peers" / "graphs", arguments.scale)
    mine, theirs = [], []
    for _ in range(arguments.repeats):
        count, seconds = ours(arguments.build, path, arguments.threads)
        mine.append(seconds)
        other, seconds = gapbs(arguments.gapbs.resolve(), path, arguments.threads)
        theirs.append(seconds)
        if count != other:
            sys.exit(f"adjoin counts {count} triangles and GAPBS {other}")
    if arguments.json:
        for program, seconds in (("adjoin-library", mine), ("gapbs", theirs)):
            told.result(f"rmat-{arguments.scale}", program, "triangles", seconds, "", f"{arguments.threads} threads, ranking counted",
                        {"triangles": count})
        return
    ratios = [theirs[i] / mine[i] for i in range(len(mine))]
    print(f"{datetime.date.today()}, R-MAT scale {arguments.scale}, {count:,} triangles, {arguments.threads} threads, "
          f"medians of {arguments.repeats}\n")
    print("| adjoin | GAPBS tc | ratio, paired | from | to |\n|---|---|---|---|---|")
    print(f"| {statistics.median(mine):.3f} s | {statistics.median(theirs):.3f} s | {statistics.median(ratios):.2f} "
          f"| {min(ratios):.2f} | {max(ratios):.2f} |")


if __name__ == "__main__":
    main()
