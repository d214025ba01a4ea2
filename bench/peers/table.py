#!/usr/bin/env python3
"""adjoin beside every peer: makes the peers' environments and graphs, runs everybody in turns, prints the tables.

  cmake --preset dev && ninja -C build/dev
  python3 bench/peers/table.py --suite speed
  python3 bench/peers/table.py --suite quality --only adjoin-embed nodevectors
  python3 bench/peers/table.py --suite all --small              # minutes, on small graphs: does everything run?

Runs that are done are kept in a file and skipped the next time, so a run that was stopped goes on where it was. Python 3.11 or
later, nothing else: the peers' packages go into virtual environments under --cache. README.md says more.
"""
import argparse
import datetime
import os
import pathlib
import shlex
import struct
import subprocess
import sys
import tomllib

from environments import Environments, Unavailable
from report import report, summaries
from runs import HERE, Peers, Results, environment_of, execute, expand, measure

ROOT = HERE.parents[1]
TABLES = {"speed": ["copy", "fastrp", "spmm"], "quality": ["quality"]}
DATA = pathlib.Path(os.environ.get("ADJOIN_DATA", ROOT.parent / "shared" / "data"))


def read_toml(name):
    with open(HERE / name, "rb") as file:
        return tomllib.load(file)


def array_size(path):
    """Entries of a one-dimensional .npy file, by its header alone."""
    with open(path, "rb") as file:
        file.seek(8)
        (length,) = struct.unpack("<H", file.read(2))
        header = file.read(length).decode("latin1")
    return int(header.split("'shape': (")[1].split(",")[0])


class Bench:
    def __init__(self, arguments):
        self.arguments = arguments
        self.suite = read_toml("suite.toml")
        table = read_toml("peers.toml")
        cache = pathlib.Path(arguments.cache)
        self.graphs = cache / ("small" if arguments.small else "graphs")
        self.embeddings = cache / "embeddings"
        self.environments = Environments(cache / "environments", {name: e["packages"] for name, e in table["environments"].items()})
        self.peers = Peers(table["peers"], self.environments, pathlib.Path(arguments.build), pathlib.Path(arguments.adjoin))
        self.variables = environment_of(arguments.threads, pathlib.Path(arguments.adjoin).resolve())
        self.results = Results(arguments.out or cache / ("small.jsonl" if arguments.small else "results.jsonl"))
        if arguments.retry:
            self.results.forget_failures()

    def runs(self):
        names = TABLES[self.arguments.suite] if self.arguments.suite in TABLES else sum(TABLES.values(), [])
        result = expand(self.suite, names, self.arguments.threads, self.arguments.repeats, self.arguments.small)
        only = self.arguments.only
        if only:
            unknown = set(only) - set(self.peers.table)
            if unknown:
                sys.exit(f"there is no peer {', '.join(sorted(unknown))}; there are {', '.join(self.peers.table)}")
            result = [run for run in result if run.peer in only or run.table == "copy"]
        if self.arguments.graphs:
            result = [run for run in result if run.graph in self.arguments.graphs or run.table == "copy"]
        return result

    def graph(self, name):
        """The folder of a graph, made first where it is missing. Raises Unavailable."""
        entry, folder = self.suite["graphs"][name], self.graphs / name
        if not (folder / "offsets.npy").exists():
            if "labelled" in entry:
                data = DATA / entry["labelled"]
                if not data.exists():
                    raise Unavailable(f"no data set {entry['labelled']} in {DATA} (ADJOIN_DATA names another folder)")
                command = [self.environments.python("numpy"), str(HERE / "score.py"), "graph", "--data", data, "--out", folder]
            else:
                command = [*self.peers.command("adjoin"), *entry["small" if self.arguments.small else "export"], "--export", folder]
            subprocess.run(command, check=True, capture_output=True)
        return folder

    def prepare(self, run, make=True):
        """Fills in what names the run; the answer that it failed, or None. `make`: also graphs and environments."""
        try:
            run.identity = self.peers.identity(run.peer)
            folder = self.graph(run.graph) if make else self.graphs / run.graph
            if not (folder / "offsets.npy").exists():
                return None
            run.nodes, run.nonzeros = array_size(folder / "offsets.npy") - 1, array_size(folder / "targets.npy")
            run.identity += f" {run.nodes} {run.nonzeros}"
            if make:
                self.peers.command(run.peer)
        except Unavailable as reason:
            return {"failed": str(reason)}
        return None

    def embedding(self, run):
        return self.embeddings / f"{run.digest()}.npy"

    def run_all(self, runs):
        unavailable = [self.prepare(run) for run in runs]
        self.embeddings.mkdir(parents=True, exist_ok=True)
        for round_index in range(max((run.repeats for run in runs), default=0)):
            for run, reason in zip(runs, unavailable):
                if round_index < run.repeats:
                    self.run_once(run, round_index, reason)

    def run_once(self, run, round_index, reason):
        done = self.results.of("run", run)
        wants_file = run.table == "quality" and round_index == 0
        if any("failed" in answer for answer in done.values()):
            return
        if round_index in done and not (wants_file and not self.embedding(run).exists() and not self.results.of("score", run)):
            return
        out = self.embedding(run) if wants_file else None
        answer = reason or measure(run, self.peers.command(run.peer), self.graphs / run.graph, out, self.variables)
        self.results.add("run", run, round_index, answer)
        told = answer.get("failed") or f"{answer['seconds'][-1]:.3f} s"
        print(f"{run.label}, {run.graph}, d = {run.dim}, round {round_index + 1}: {told}", file=sys.stderr, flush=True)

    def score_all(self, runs):
        scoring = self.suite["scoring"]
        ratios = [0.1, 0.9] if self.arguments.small else scoring["ratios"]
        for run in runs:
            if run.table != "quality" or not self.embedding(run).exists() or self.results.of("score", run):
                continue
            shuffles = 1 if self.arguments.small else self.suite["graphs"][run.graph]["shuffles"]
            command = [self.environments.python("numpy"), str(HERE / "score.py"), "labels", "--graph", self.graphs / run.graph,
                       "--embedding", self.embedding(run), "--ratios", ",".join(map(str, ratios)), "--shuffles", str(shuffles),
                       "--c", str(scoring["c"]), "--threads", str(run.threads)]
            answer = execute(command, 4 * 3600, environment_of(1, self.arguments.adjoin))
            self.results.add("score", run, 0, answer)
            told = answer.get("failed") or f"micro-F1 {sum(answer['micro'][0]) / shuffles:.2f} at {ratios[0]:.0%}"
            print(f"{run.label}, {run.graph}, d = {run.dim}: {told}", file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", choices=["speed", "quality", "all"], default="all")
    parser.add_argument("--only", nargs="+", metavar="PEER", help="these peers of peers.toml")
    parser.add_argument("--graphs", nargs="+", metavar="GRAPH", help="these graphs of suite.toml")
    parser.add_argument("--repeats", type=int, default=5, help="rounds; a row of the suite may ask for fewer")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--build", default=str(ROOT / "build" / "dev"), help="where bench_fastrp and the C++ peers were built")
    parser.add_argument("--adjoin", help="the command to measure; BUILD/adjoin if not given")
    parser.add_argument("--cache", default=str(ROOT / "build" / "peers"), help="environments, graphs, embeddings, results")
    parser.add_argument("--out", help="the file of results, a JSON object a line; CACHE/results.jsonl if not given")
    parser.add_argument("--retry", action="store_true", help="run again what failed")
    parser.add_argument("--small", action="store_true", help="small graphs, one shuffle, two shares of labelled nodes")
    parser.add_argument("--print", action="store_true", help="run nothing, print the tables of what is done")
    arguments = parser.parse_args()
    arguments.adjoin = arguments.adjoin or str(pathlib.Path(arguments.build, "adjoin"))
    bench = Bench(arguments)
    runs = bench.runs()
    if arguments.print:
        for run in runs:
            bench.prepare(run, make=False)
    else:
        bench.run_all(runs)
        bench.score_all(runs)
    print(f"{datetime.date.today()}, `{shlex.join(['python3', *sys.argv])}`\n")
    if arguments.small:
        print("Small graphs under the names of large ones: these numbers say only that everything runs.\n")
    print(report(summaries(runs, bench.results), bench.suite["graphs"]))


if __name__ == "__main__":
    main()
