"""Node classification: everybody's embedding, one head for all. Micro- and macro-F1 at shares of labelled nodes.

Heads. scikit-learn: score.py, one-vs-rest logistic regression over shuffles. adjoin: `adjoin classify`. same-splits: scikit-learn on
the splits that `adjoin classify` wrote, for the comparison of the two. The embedding is made once a round; a record is one head's.
"""
import json
import shlex

from ..job import Job, tuple_of
from ..problem import Problem
from ..process import json_of, output_of, variables
from ..places import PEERS
from ..records import digest, file_digest
from .drivers import arguments_of, driver_words, shown, unavailable

experiment_keys = {"dims": list, "shares": list, "shuffles": int, "head": str, "c": float, "intercept": str, "scaling": str, "solver": str}
method_keys = {"arguments": list}
required = ["shares", "shuffles"]
method_required = []
NOT_COMPUTING = {"read", "index", "build", "nodes", "unpack", "write"}
HEADS = ("scikit-learn", "adjoin", "same-splits")


def jobs(bench, suite, experiment):
    head = experiment.own.get("head", "scikit-learn")
    if head not in HEADS:
        raise Problem(f"{experiment.where}.head: there is no head {head}; there are {', '.join(HEADS)}")
    for round_number in range(experiment.rounds):
        for data in experiment.data:
            for method in experiment.methods:
                if round_number >= method.get("rounds", experiment.rounds):
                    continue
                for dim in experiment.own.get("dims", [128]):
                    for threads in experiment.threads:
                        yield job_of(bench, suite, experiment, method, data, dim, head, round_number, threads)


def job_of(bench, suite, experiment, method, data, dim, head, round_number, threads):
    program = method["program"]
    scoring = {key: experiment.own[key] for key in ("shares", "shuffles", "c", "intercept", "scaling", "solver") if key in experiment.own}
    options = {"dim": dim, "arguments": arguments_of(method), "head": head, **scoring}
    run_of = measure
    try:
        identity = [bench.datasets.digest(data), *bench.programs.identity(program), file_digest(PEERS / "score.py")]
        identity += bench.environments.packages("numpy") if head != "adjoin" else []
    except Problem as problem:
        identity, run_of = [], unavailable(problem)
    name = method.get("label", program)
    label = f"{name}, d = {dim}" if len(experiment.own.get("dims", [0])) > 1 else name
    what = tuple_of(experiment, suite, data, program, name, label, options, round_number, threads, identity)
    seed = experiment.seed + round_number
    return Job([what], lambda pending: run_of(bench, experiment, method, data, dim, head, scoring, seed, threads, pending))


def measure(bench, experiment, method, data, dim, head, scoring, seed, threads, pending):
    timeout = method.get("timeout", experiment.timeout)
    place = bench.cache / "embeddings"
    place.mkdir(exist_ok=True)
    out = place / f"{digest(pending[0])}.npy"
    embed = by_adjoin if method["program"] == "adjoin" else by_driver
    measured = embed(bench, method, data, dim, seed, threads, timeout, out)
    labels = bench.datasets.file(data, "labels")
    measured["metrics"], measured["scores"] = score(bench, out, labels, head, scoring, threads)
    measured["protocol"] = f"{scoring['shuffles']} shuffles, head {head}"
    nodes, edges = bench.datasets.size(data)
    for file in place.glob(f"{out.stem}*"):
        file.unlink()
    yield pending[0], {**measured, "nodes": nodes, "edges": edges}


def by_adjoin(bench, method, data, dim, seed, threads, timeout, out):
    command = ["adjoin", "embed", str(bench.datasets.store(data)), "-o", str(out.relative_to(bench.cache)), "--dim", str(dim),
               "--seed", str(seed), "--threads", str(threads), "--quiet", *arguments_of(method)]
    output_of([bench.programs.adjoin(), *command[1:]], timeout, bench.cache, variables(threads, bench.programs.adjoin_path))
    record = json.loads(out.with_name(out.name + ".run.json").read_text(encoding="utf-8"))
    seconds = sum(stage["seconds"] for stage in record["stages"] if stage["name"] not in NOT_COMPUTING)
    return {"version": record["version"], "cpu_level": record["cpu_level"], "command": shlex.join(command), "seconds": seconds,
            "load_seconds": record["seconds"] - seconds, "peak_bytes": record["peak_bytes"]}


def by_driver(bench, method, data, dim, seed, threads, timeout, out):
    arrays = bench.datasets.arrays(data)
    program = bench.programs.command(method["program"])
    words = [*driver_words(arrays, "embed", dim, threads, method, warmup=0, repeats=1), "--seed", str(seed), "--out",
             str(out.relative_to(bench.cache))]
    answer = json_of([*program, *words], timeout, bench.cache, variables(threads, bench.programs.adjoin_path), last=True)
    names = (bench.cache / arrays / "names.txt").read_text(encoding="utf-8")
    out.with_suffix(".names.txt").write_text(names, encoding="utf-8")
    return {"version": answer["version"], "cpu_level": None, "command": shlex.join([*shown(bench, program), *words]),
            "seconds": answer["seconds"][-1], "load_seconds": answer["load_seconds"], "peak_bytes": answer["peak_bytes"]}


def score(bench, vectors, labels, head, scoring, threads):
    """({"micro-F1 at 10%": mean over shuffles, ...}, {the same names: values}), in percent."""
    # same-splits asks how near the two programs are, so both get the defaults of adjoin classify.
    given = {"c": 1.0, "intercept": "free", "scaling": "none", **scoring}
    if head == "scikit-learn":
        given = {"c": 0.1, "intercept": "penalized", "scaling": "columns", **scoring}
    shares = ",".join(f"{share:g}" for share in scoring["shares"])
    splits = vectors.with_suffix(".splits.tsv")
    environment = variables(1, bench.programs.adjoin_path)
    if head in ("adjoin", "same-splits"):
        command = [bench.programs.adjoin(), "classify", vectors, labels, "--unknown-nodes", "drop", "--shares", shares, "--repeats",
                   scoring["shuffles"], "--c", given["c"], "--intercept", given["intercept"], "--scaling", given["scaling"],
                   "--threads", threads, "--splits", splits, "--json", "--quiet"]
        answer = json_of(command, 4 * 3600, bench.cache, environment)
        values = {f"{word}-F1 at {found['share']:.0%}": [100 * value for value in found[key]["values"]]
                  for word, key in (("micro", "micro_f1"), ("macro", "macro_f1")) for found in answer["shares"]}
    if head in ("scikit-learn", "same-splits"):
        command = [bench.environments.python("numpy"), PEERS / "score.py", "labels", "--embedding", vectors, "--labels", labels,
                   "--shares", shares, "--shuffles", scoring["shuffles"], "--c", given["c"], "--threads", threads,
                   "--intercept", given["intercept"], "--scaling", given["scaling"], "--solver", given.get("solver", "lbfgs"),
                   *(["--splits", splits] if head == "same-splits" else [])]
        answer = json_of(command, 4 * 3600, bench.cache, environment, last=True)
        values = {f"{word}-F1 at {share:.0%}": found for word in ("micro", "macro") for share, found in zip(scoring["shares"], answer[word])}
    return {name: sum(found) / len(found) for name, found in values.items()}, values
