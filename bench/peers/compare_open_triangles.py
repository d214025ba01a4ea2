#!/usr/bin/env python3
"""All open triangles of simplices and ten scores of each, by adjoin and by XGI with NetworkX: the same file, in turns, a fresh process a
run.

  pip install xgi networkx scipy
  ninja -C build/dev bench_open_triangles
  python3 bench/peers/compare_open_triangles.py --data tags-ask-ubuntu --repeats 3

Seconds from the simplices in memory to all scores in memory: reading is not counted, the projected graph is. Both have to find the same
open and closed triangles, and the same sum of each score to 1e-9. The last column is the ratio of processor time, of all threads together:
it says what one core does, and hardly moves with what else the machine does. Data sets come from ADJOIN_DATA/simplicial, or from beside
the checkout.
"""
import argparse
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys

import told

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("ADJOIN_DATA", ROOT.parent / "shared" / "data")) / "simplicial"
TOLERANCE = 1e-9


def output_of(command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def check_equal(mine, theirs):
    if (mine["open"], mine["closed"]) != (theirs["open"], theirs["closed"]):
        sys.exit(f"adjoin finds {mine['open']} open and {mine['closed']} closed triangles, "
                 f"the peer {theirs['open']} and {theirs['closed']}")
    for name, total in theirs["sums"].items():
        if abs(mine["sums"][name] - total) > TOLERANCE * abs(total):
            sys.exit(f"the scores {name} add up to {mine['sums'][name]} by adjoin and {total} by the peer")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "dev")
    parser.add_argument("--graphs", type=pathlib.Path, help="taken and not needed: every comparison is asked so")
    parser.add_argument("--data", nargs="+", default=["tags-ask-ubuntu"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="a JSON line a result")
    arguments = parser.parse_args()
    rows = []
    for name in arguments.data:
        path = DATA / name / f"{name}-nverts.txt.gz"
        mine, theirs, processor, result = [], [], [], {}
        for _ in range(arguments.repeats):
            result = output_of([arguments.build / "bench" / "peers" / "bench_open_triangles", path, str(arguments.threads), "1"])
            peer = output_of([sys.executable, pathlib.Path(__file__).with_name("peer_open_triangles.py"), path])
            check_equal(result, peer)
            mine.append(result["seconds"][0])
            theirs.append(peer["seconds"][0])
            processor.append(peer["processor_seconds"][0] / result["processor_seconds"][0])
        if arguments.json:
            version = told.version_of("xgi")
            for program, seconds in (("adjoin-library", mine), ("xgi", theirs)):
                told.result(name, program, "open-triangles", seconds, version, f"{arguments.threads} threads of adjoin, one of the peer",
                            {"open": result["open"]})
            continue
        ratios = [theirs[i] / mine[i] for i in range(len(mine))]
        rows.append(f"| {name} | {result['open']:,} | {statistics.median(mine):.3f} s | {statistics.median(theirs):.1f} s "
                    f"| {statistics.median(ratios):.0f} | {min(ratios):.0f} | {max(ratios):.0f} | {statistics.median(processor):.0f} |")
    if rows:
        print(f"{datetime.date.today()}, {arguments.threads} threads of adjoin, one of the peer, medians of {arguments.repeats}\n")
        print("| data | open triangles | adjoin | XGI with NetworkX | ratio, paired | from | to | of processor time |\n"
              "|---|---:|---:|---:|---:|---:|---:|---:|")
        print("\n".join(rows))


if __name__ == "__main__":
    main()
