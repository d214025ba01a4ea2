"""bench/compare OLD NEW: is the new one slower or worse?

By medians over rounds: slower or faster is what differs by more than a tenth and by more than 10 ms (or --share, --seconds), so that
neither the noise of what is short nor a hundredth of what is long is told. Metrics are compared round by round, as the rounds of two
runs have the same splits: worse is a mean difference of more than --points of a point that is also beyond twice its standard error.
"""
import argparse
import math
import pathlib
import statistics
import sys

from .problem import Problem
from .records import read


def cells_of(path):
    """By what is measured, the records of each round; of two of one round, the later."""
    path = pathlib.Path(path)
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not files:
        raise Problem(f"{path}: there are no records in this folder (files .jsonl)")
    cells = {}
    for file in files:
        if not file.exists():
            raise Problem(f"{file}: there is no such file")
        for record in read(file)[0]:
            if "failed" not in record:
                about = (record["suite"], record["experiment"], record["data"], record["label"], record["options"].get("dim"), record["threads"])
                cells.setdefault(about, {})[record["round"]] = record
    return cells


def judged_time(old, new, share, least):
    before, after = (statistics.median(record["seconds"] for record in rounds.values()) for rounds in (old, new))
    if abs(after - before) <= max(least, share * before):
        return None
    return "slower" if after > before else "faster", f"{before:.4g} s to {after:.4g} s ({after / before:.2f} times)"


def judged_metric(name, old, new, points):
    scale = 100 if next(iter(old.values()))["task"] == "linkpred" else 1
    both = [scale * (new[at]["metrics"][name] - old[at]["metrics"][name]) for at in sorted(old.keys() & new.keys()) if name in old[at]["metrics"]
            and name in new[at]["metrics"]]
    if not both:
        return None
    mean = statistics.mean(both)
    error = statistics.stdev(both) / math.sqrt(len(both)) if len(both) > 1 else 0.0
    if abs(mean) <= max(points, 2 * error):
        return None
    return "worse" if mean < 0 else "better", f"{name} {mean:+.3f} points over {len(both)} round{'s' if len(both) > 1 else ''}"


def findings(old, new, arguments):
    for about, rounds in old.items():
        if about not in new:
            yield about, "missing", "not in the new run"
            continue
        found = judged_time(rounds, new[about], arguments.share, arguments.seconds)
        if found:
            yield about, *found
        for name in next(iter(rounds.values()))["metrics"]:
            found = judged_metric(name, rounds, new[about], arguments.points)
            if found:
                yield about, *found
    for about in new.keys() - old.keys():
        yield about, "new", "not in the old run"


def main():
    parser = argparse.ArgumentParser(prog="bench/compare", description="Judges a change by the records of two runs.", epilog=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", help="a file of records, or a folder of them")
    parser.add_argument("new")
    parser.add_argument("--share", type=float, default=0.1, help="of the old time, that a new one may differ by")
    parser.add_argument("--seconds", type=float, default=0.01, help="that a new time may differ by")
    parser.add_argument("--points", type=float, default=0.05, help="that a metric may differ by")
    arguments = parser.parse_args()
    try:
        old, new = cells_of(arguments.old), cells_of(arguments.new)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 2
    bad = 0
    print("| what | data | method | verdict | |\n|---|---|---|---|---|")
    for (suite, experiment, data, label, dim, threads), verdict, said in findings(old, new, arguments):
        bad += verdict in ("slower", "worse", "missing")
        more = "".join(f", {name} {value}" for name, value in (("d =", dim), ("threads", threads)) if value is not None)
        print(f"| {suite}, {experiment} | {data} | {label}{more} | {verdict} | {said} |")
    print(f"\n{len(old.keys() & new.keys())} cells in both; {bad} slower, worse or missing", file=sys.stderr)
    return 1 if bad else 0
