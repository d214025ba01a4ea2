"""Micro benches (Google Benchmark): a record for each bench and repetition. `data` names programs of build/bench/micro."""
import re
import subprocess

from ..job import Job, tuple_of
from ..problem import Problem
from ..process import json_of, variables
from ..records import file_digest
from .drivers import told, unavailable

experiment_keys = {}
method_keys = {"filter": str}
required = []
method_required = []
OWN_KEYS = {"name", "run_name", "run_type", "family_index", "per_family_instance_index", "repetitions", "repetition_index", "threads", "iterations",
            "real_time", "cpu_time", "time_unit", "aggregate_name", "aggregate_unit", "label", "error_occurred", "error_message"}
UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}


def jobs(bench, suite, experiment):
    for program in experiment.data:
        for method in experiment.methods:
            for round_number in range(experiment.rounds):
                for threads in experiment.threads:
                    yield job_of(bench, suite, experiment, method, program, round_number, threads)


def job_of(bench, suite, experiment, method, program, round_number, threads):
    run_of, pattern, names = measure, method.get("filter", "."), [program]
    try:
        path = bench.programs.built(f"bench/micro/{program}")
        identity = [file_digest(path)]
        names = [name for name in bench.programs.once(f"benches {path}", lambda: list_of(path)) if re.search(pattern, name)]
        if not names:
            raise Problem(f"{experiment.where}.methods.filter: no bench of {program} is like {pattern}")
    except Problem as problem:
        identity, run_of = [], unavailable(problem)
        names = names or [program]
    whats = [tuple_of(experiment, suite, program, method["program"], name, name, {}, round_number, threads, identity) for name in names]
    return Job(whats, lambda pending: run_of(bench, experiment, method, program, threads, pending))


def escaped(name):
    """For POSIX expressions, which know no other escapes."""
    return re.sub(r"([.^$*+?()\[\]{}|\\])", r"\\\1", name)


def list_of(path):
    return subprocess.run([path, "--benchmark_list_tests=true"], capture_output=True, text=True, check=True).stdout.split("\n")[:-1]


def measure(bench, experiment, method, program, threads, pending):
    path = bench.programs.built(f"bench/micro/{program}")
    names = {what["method"]: what for what in pending}
    pattern = "^(" + "|".join(map(escaped, names)) + ")$"
    command = [path, f"--benchmark_filter={pattern}", "--benchmark_format=json", "--benchmark_enable_random_interleaving=true"]
    answer = json_of(command, method.get("timeout", experiment.timeout), bench.cache, variables(threads, bench.programs.adjoin_path))
    for entry in answer["benchmarks"]:
        if entry["run_type"] != "iteration" or entry["name"] not in names:
            continue
        shown = [f"bench/micro/{program}", f"--benchmark_filter=^{escaped(entry['name'])}$"]
        if entry.get("error_occurred"):
            yield names[entry["name"]], {"failed": entry["error_message"], "command": told(shown)}
            continue
        measures = {key: value for key, value in entry.items() if key not in OWN_KEYS}
        yield names[entry["name"]], {"version": bench.programs.version(), "cpu_level": bench.programs.cpu_level(), "command": told(shown),
                                     "protocol": "Google Benchmark", "seconds": entry["real_time"] * UNITS[entry["time_unit"]],
                                     "peak_bytes": None, "metrics": {}, "measures": measures}
