"""bench/run: runs a suite, or a part of it, and writes its tables."""
import argparse
import json
import os
import pathlib
import sys
import time
import tomllib

from . import machine, suite as suites
from .datasets import DataSets
from .job import Job
from .places import PEERS, ROOT, SUITES
from .problem import Problem, closest
from .programs import Programs
from .records import Results
from .tables import markdown
from .tasks import TASKS

EPILOG = """examples:
  bench/run smoke                               everything that ships, in a minute
  bench/run seal --programs adjoin --rounds 2   a part of a suite
  bench/run heart --tables bench/results/heart.md
Records that are there are not made again: a run that was stopped goes on where it was. Exit codes: 0 done, 1 something of the suite is
missing (said in a sentence each), 2 there is no such suite."""


class Bench:
    """What tasks work with."""

    def __init__(self, arguments):
        self.root = ROOT
        self.cache = pathlib.Path(arguments.cache).resolve()
        self.cache.mkdir(parents=True, exist_ok=True)
        with open(arguments.peers, "rb") as file:
            table = tomllib.load(file)
        self.programs = Programs(arguments.build, arguments.adjoin, self.cache, table, pathlib.Path(arguments.peers).name)
        self.environments = self.programs.environments
        self.datasets = DataSets(self.cache, self.programs, self.environments)


def parse():
    parser = argparse.ArgumentParser(prog="bench/run", description="Runs a suite of benches.", epilog=EPILOG,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", help="a name in bench/suites, or a .toml file", nargs="?")
    parser.add_argument("--experiments", nargs="+", metavar="NAME", help="these experiments of the suite")
    parser.add_argument("--data", nargs="+", metavar="NAME", help="these data sets")
    parser.add_argument("--programs", nargs="+", metavar="NAME", help="these programs: adjoin, and peers of peers.toml")
    parser.add_argument("--rounds", type=int, help="so many rounds at most")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="where the suite does not say")
    parser.add_argument("--build", default=str(ROOT / "build" / "dev"), help="where adjoin and the C++ drivers were built")
    parser.add_argument("--adjoin", help="the command to measure; BUILD/adjoin if not given")
    parser.add_argument("--cache", default=str(ROOT / "build" / "bench"), help="graphs, splits, environments")
    parser.add_argument("--peers", default=str(PEERS / "peers.toml"), help="the table of peers")
    parser.add_argument("--out", help="the file of records; CACHE/results/SUITE.jsonl if not given")
    parser.add_argument("--tables", help="a Markdown file for the tables; beside the records if not given")
    parser.add_argument("--note", default="", help="a sentence for the head of the tables, such as what else ran on the machine")
    parser.add_argument("--retry", action="store_true", help="run again what failed")
    parser.add_argument("--print", action="store_true", help="run nothing, make the tables of what is there")
    parser.add_argument("--list", action="store_true", help="list the suites that ship")
    return parser, parser.parse_args()


def chosen(arguments, suite):
    """Leaves the parts that were asked for. A name that is nowhere in the suite is a Problem."""
    for flag, wanted, known in (
            ("experiments", arguments.experiments, {experiment.name for experiment in suite.experiments}),
            ("data", arguments.data, {data for experiment in suite.experiments for data in experiment.data}),
            ("programs", arguments.programs, {method["program"] for experiment in suite.experiments for method in experiment.methods})):
        for name in wanted or []:
            if name not in known:
                raise Problem(f"--{flag} {name}: suite {suite.name} has no such thing{closest(name, known)}")
    for experiment in suite.experiments:
        if arguments.data:
            experiment.data = [data for data in experiment.data if data in arguments.data]
        if arguments.programs:
            experiment.methods = [method for method in experiment.methods if method["program"] in arguments.programs]
    if arguments.experiments:
        suite.experiments = [experiment for experiment in suite.experiments if experiment.name in arguments.experiments]


def planned(bench, suite):
    """All jobs, in order."""
    jobs = []
    for experiment in suite.experiments:
        try:
            jobs += list(TASKS[experiment.task].jobs(bench, suite, experiment))
        except Problem as problem:
            suite.problems.append(str(problem))
    return jobs


def run_job(job, results, told_machine, tell):
    pending = [what for what in job.whats if Job.key(what) not in results]
    if not pending:
        return
    began, left = time.monotonic(), list(pending)

    def add(what, measured):
        left.remove(what)
        results.add({"key": Job.key(what), **what, "machine": told_machine, **measured})
        tell(what, measured, time.monotonic() - began)

    try:
        for what, measured in job.run(pending):
            add(what, measured)
        for what in list(left):
            add(what, {"failed": "the program said nothing of it"})
    except Problem as problem:
        for what in list(left):
            add(what, {"failed": str(problem)})


def tell(what, measured, seconds):
    values = "; ".join(f"{name} {value:.4f}" for name, value in list(measured.get("metrics", {}).items())[:2])
    said = measured.get("failed") or values or f"{measured['seconds']:.3g} s"
    print(f"{what['experiment']}: {what['data']}, {what['label']}, round {what['round'] + 1}: {said} ({seconds:.1f} s)", file=sys.stderr,
          flush=True)


def latest(results, whats):
    """The last record of each, also of a program that was built anew since."""
    def about(what):
        return json.dumps([what[name] for name in ("experiment", "data", "program", "method", "options", "round", "seed", "threads")])

    found = {about(record): record for record in results.by_key.values()}
    return [{**found[about(what)], "label": what["label"]} for what in whats if about(what) in found]


def write_plan(path, suite, jobs):
    """What was asked for, so that a report can say what is missing."""
    plan = {"suite": suite.name, "title": suite.title, "about": suite.about, "problems": suite.problems,
            "experiments": [{"name": e.name, "task": e.task, "title": e.title, "about": e.about, "published": e.published,
                             "data": e.data} for e in suite.experiments],
            "planned": [{"key": Job.key(what), **{name: what[name] for name in ("experiment", "data", "program", "label", "round")}}
                        for job in jobs for what in job.whats]}
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.write_text(json.dumps(plan), encoding="utf-8")
    os.replace(new, path)


def run(arguments):
    suite = suites.read(arguments.suite, TASKS, arguments.threads, arguments.rounds)
    chosen(arguments, suite)
    bench = Bench(arguments)
    out = pathlib.Path(arguments.out or bench.cache / "results" / f"{suite.name}.jsonl")
    results = Results(out, arguments.retry)
    jobs = planned(bench, suite)
    for problem in suite.problems:
        print(problem, file=sys.stderr)
    write_plan(out.with_suffix(".plan.json"), suite, jobs)
    if not arguments.print:
        about = machine.description()
        for job in jobs:
            run_job(job, results, about, tell)
    whats = [what for job in jobs for what in job.whats]
    found = latest(results, whats) if arguments.print else results.of([Job.key(what) for what in whats])
    text = markdown(suite, found, len(whats), arguments.note)
    tables = pathlib.Path(arguments.tables or out.with_suffix(".md"))
    tables.parent.mkdir(parents=True, exist_ok=True)
    tables.write_text(text, encoding="utf-8")
    print(f"{len(found)} of {len(whats)} records in {out}, tables in {tables}", file=sys.stderr)
    return 1 if suite.problems or len(found) < len(whats) or any("failed" in record for record in found) else 0


def main():
    parser, arguments = parse()
    if arguments.list or not arguments.suite:
        for path in sorted(SUITES.glob("*.toml")):
            with open(path, "rb") as file:
                print(f"{path.stem:12} {tomllib.load(file)['title']}")
        return 0 if arguments.list else 2
    try:
        return run(arguments)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", file=sys.stderr)
        return 130
