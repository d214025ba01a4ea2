"""Comparisons that measure adjoin and its peers in one process, because they need more than a call: pairs of a drawn graph, equal errors.

A script of bench/peers prints a JSON line a result: data, program, method, seconds (a list, one a round), and metrics. What the suite
names of them becomes records, one a round.
"""
import json

from ..job import Job, tuple_of
from ..places import PEERS
from ..problem import Problem
from ..process import Failed, output_of, variables
from ..records import file_digest
from .drivers import shown, told, unavailable

experiment_keys = {"script": str, "arguments": list}
method_keys = {}
required = ["script"]
method_required = ["methods"]


def jobs(bench, suite, experiment):
    script, run_of = PEERS / experiment.own["script"], measure
    if not script.exists():
        raise Problem(f"{experiment.where}.script: there is no {script.name} in bench/peers")
    try:
        identity = [file_digest(script), *bench.environments.packages("comparison"),
                    *(file_digest(path) for path in sorted((bench.programs.build / "bench" / "peers").glob("bench_*")) if path.is_file())]
    except Problem as problem:
        identity, run_of = [], unavailable(problem)
    arguments = [str(word) for word in experiment.own.get("arguments", [])]
    whats = []
    for data in experiment.data:
        for method in experiment.methods:
            for name in method["methods"]:
                label = f"{name}, {method.get('label', method['program'])}"
                whats += [tuple_of(experiment, suite, data, method["program"], name, label, {"arguments": arguments}, round_number,
                                   experiment.threads[0], identity) for round_number in range(experiment.rounds)]
    yield Job(whats, lambda pending: run_of(bench, experiment, script, arguments, pending))


def measure(bench, experiment, script, arguments, pending):
    command = [bench.environments.python("comparison"), str(script), "--json", "--build", str(bench.programs.build), "--graphs",
               str(bench.cache / "comparisons"), "--repeats", str(experiment.rounds), *arguments]
    output = output_of(command, experiment.timeout, bench.cache, variables(experiment.threads[0], bench.programs.adjoin_path))
    found = {}
    for line in output.splitlines():
        answer = json.loads(line)
        found[answer["data"], answer["program"], answer["method"]] = answer
    shown_command = told(shown(bench, command))
    for what in pending:
        answer = found.get((what["data"], what["program"], what["method"]))
        if answer is None or what["round"] >= len(answer["seconds"]):
            yield what, {"failed": answer["failed"] if answer and "failed" in answer else "the script said nothing of it", "command": shown_command}
            continue
        ours = what["program"].startswith("adjoin")
        yield what, {"version": bench.programs.version() if ours else answer["version"], "cpu_level": bench.programs.cpu_level() if ours else None,
                     "protocol": answer["protocol"], "command": shown_command, "seconds": answer["seconds"][what["round"]],
                     "peak_bytes": None, "metrics": answer.get("metrics", {})}
    if not found:
        raise Failed("it printed no result")
