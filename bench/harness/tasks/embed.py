"""Embeddings and products in time and memory, from a graph in memory to a result in memory: drivers of adjoin and of peers in turns,
everybody's first round before anybody's second, a fresh process a record."""
import pathlib
import struct

from ..job import Job, tuple_of
from ..problem import Problem
from ..process import json_of, variables
from .drivers import arguments_of, driver_words, shown, told, unavailable

experiment_keys = {"dims": list}
method_keys = {"arguments": list}
required = []
method_required = []
TASK, REPEATS = "embed", 1


def jobs(bench, suite, experiment):
    return jobs_of(bench, suite, experiment, TASK, REPEATS)


def jobs_of(bench, suite, experiment, task, repeats):
    for round_number in range(experiment.rounds):
        for data in experiment.data:
            for dim in experiment.own.get("dims", [128]):
                for method in experiment.methods:
                    if round_number >= method.get("rounds", experiment.rounds):
                        continue
                    for threads in experiment.threads:
                        yield job_of(bench, suite, experiment, method, data, dim, round_number, threads, method.get("task", task), repeats)


def job_of(bench, suite, experiment, method, data, dim, round_number, threads, task, repeats):
    program, run_of = method["program"], measure
    try:
        identity = [bench.datasets.digest(data), *bench.programs.identity(program)]
    except Problem as problem:
        identity, run_of = [], unavailable(problem)
    options = {"dim": dim, "arguments": arguments_of(method), "task": task}
    name = method.get("label", program)
    label = f"{name}, d = {dim}" if len(experiment.own.get("dims", [0])) > 1 else name
    what = tuple_of(experiment, suite, data, program, name, label, options, round_number, threads, identity)
    what["seed"] = 1  # of every driver of embeddings and products
    return Job([what], lambda pending: run_of(bench, experiment, method, data, dim, threads, task, repeats, pending))


def array_size(path):
    """Entries of a one-dimensional .npy file, by its header alone."""
    with open(path, "rb") as file:
        file.seek(8)
        (length,) = struct.unpack("<H", file.read(2))
        header = file.read(length).decode("latin1")
    return int(header.split("'shape': (")[1].split(",")[0])


def measure(bench, experiment, method, data, dim, threads, task, repeats, pending):
    arrays = bench.datasets.arrays(data)
    folder = pathlib.Path(bench.cache, arrays)
    nodes, nonzeros = array_size(folder / "offsets.npy") - 1, array_size(folder / "targets.npy")
    program = bench.programs.command(method["program"])
    words = driver_words(arrays, task, dim, threads, method, method.get("warmup", 1), repeats)
    answer = json_of([*program, *words], method.get("timeout", experiment.timeout), bench.cache,
                     variables(threads, bench.programs.adjoin_path), last=True)
    times = sorted(answer["seconds"])
    measured = {"version": answer["version"], "cpu_level": bench.programs.cpu_level() if method["program"] == "adjoin" else None,
                "nodes": nodes, "edges": nonzeros, "protocol": f"{task}, in memory", "command": told([*shown(bench, program), *words]),
                "seconds": times[len(times) // 2], "load_seconds": answer["load_seconds"], "peak_bytes": answer["peak_bytes"],
                "metrics": {}, "checksum": answer["checksum"]}
    if task == "embed":
        measured["metrics"]["mean cosine of neighbours"] = round(answer["checksum"], 4)
    if task == "spmm":
        measured["bytes"] = {"gathered": nonzeros * 4 * dim, "compulsory": 8 * (nodes + 1) + 4 * nonzeros + 2 * nodes * 4 * dim}
    if task == "copy":
        measured["bytes"] = {"copied": answer["bytes"]}
    yield pending[0], measured
