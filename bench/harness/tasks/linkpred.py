"""Link prediction: adjoin by `adjoin linkpred`, everybody else on the same splits, which `adjoin split` writes.

A peer gets the training graph and pairs without labels, and writes a score a pair; `adjoin evaluate` judges them all. Of adjoin,
one process makes all methods of a round, so that hard negatives are drawn once; it keeps what it has in a file of its own, so
that nothing is computed twice after a stop.
"""
import json
import shlex
import shutil

from ..job import Job, tuple_of
from ..process import Failed, json_of, output_of, variables
from ..problem import Problem
from ..records import digest
from .drivers import shown, unavailable

CURVE_STEPS = 200  # points of a curve

experiment_keys = {"split": dict, "metrics": list, "features": bool}
method_keys = {}
required = ["split", "metrics"]
method_required = ["methods"]


def flags(options):
    """{"katz-beta": 0.001} as the command wants it."""
    words = []
    for name, value in options.items():
        if value is True:
            words.append(f"--{name}")
        elif value is not False:
            words += [f"--{name}", str(value)]
    return words


def jobs(bench, suite, experiment):
    for data in experiment.data:
        for threads in experiment.threads:
            for round_number in range(experiment.rounds):
                for method in experiment.methods:
                    if round_number < method.get("rounds", experiment.rounds):
                        yield job_of(bench, suite, experiment, method, data, round_number, threads)


def job_of(bench, suite, experiment, method, data, round_number, threads):
    program = method["program"]
    run_of = of_adjoin if program == "adjoin" else of_peer
    split = dict(experiment.own["split"])
    options = {**split, **method.get("options", {})} if program == "adjoin" else {"split": split, **method.get("options", {})}
    shared = {**options, "metrics": experiment.own["metrics"]}
    try:
        identity = [bench.datasets.digest(data), *bench.programs.identity("adjoin"),
                    *(bench.programs.identity(program) if program != "adjoin" else [])]
    except Problem as problem:
        identity, run_of = [], unavailable(problem)
    whats = []
    for name in method["methods"]:
        origin = method.get("label", "" if program == "adjoin" else program)
        label = f"{name}, {origin}" if origin else name
        whats.append(tuple_of(experiment, suite, data, program, name, label, shared, round_number, threads, identity))
    timeout = method.get("timeout", experiment.timeout)
    return Job(whats, lambda pending: run_of(bench, experiment, method, data, round_number, threads, experiment.seed, timeout, pending))


def of_adjoin(bench, experiment, method, data, round_number, threads, seed, timeout, pending):
    store = bench.datasets.store(data)
    nodes, edges = bench.datasets.size(data)
    work = bench.cache / "work"
    work.mkdir(exist_ok=True)
    names = [what["method"] for what in pending]
    command = ["adjoin", "linkpred", str(store), "--methods", ",".join(names), "--round", str(round_number), "--runs", "1",
               *flags(experiment.own["split"]), "--metrics", ",".join(experiment.own["metrics"]), *flags(method.get("options", {})),
               "--seed", str(seed), "--threads", str(threads), "--json"]
    command += curve_words(experiment.own, round_number)
    told = shlex.join(command)
    command += ["-o", str(work / f"{digest(told)}.jsonl")]
    answer = json_of([bench.programs.adjoin(), *command[1:]], timeout, bench.cache, variables(threads, bench.programs.adjoin_path))
    found = {record["method"]: record for record in answer}
    for what, name in zip(pending, names):
        record = found[name]
        if "refusal" in record:
            yield what, {"failed": record["refusal"], "command": told}
            continue
        measured = {"version": record["record"]["version"], "cpu_level": record["record"]["cpu_level"],
                    "nodes": nodes, "edges": edges, "protocol": f"{record['split']}; {record['negatives']} negatives",
                    "split_hash": record["split_hash"][0], "positives": record["positives"], "negatives": record["negative_pairs"],
                    "command": told, "seconds": record["seconds"], "peak_bytes": record["peak_bytes"],
                    "metrics": {metric: record[metric]["runs"][0] for metric in experiment.own["metrics"]}}
        if "curves" in record:
            measured["curves"] = record["curves"]
        yield what, measured


def split_folder(bench, experiment, data, round_number, seed):
    """The files of a split, relative to the cache: the training graph as a store and as lines, all nodes, pairs without and with labels."""
    wanted = flags(experiment.own["split"])
    identity = digest(bench.datasets.digest(data), wanted, round_number, seed, bench.programs.identity("adjoin"))
    place = bench.cache / "splits" / f"{data}-{digest(wanted)[:6]}-{round_number}"
    if not bench.datasets.is_new(place, identity):
        return place
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    environment = variables(1, bench.programs.adjoin_path)
    adjoin = bench.programs.adjoin()
    output_of([adjoin, "split", bench.datasets.store(data), "-o", place / "part", "--round", round_number, *wanted, "--seed", seed, "--quiet"],
              3600, bench.cache, environment)
    output_of([adjoin, "convert", place / "part.train.adjoin", place / "train.tsv", "--quiet"], 3600, bench.cache, environment)
    rows = [line.split("\t") for line in (place / "part.test.tsv").read_text(encoding="utf-8").splitlines()]
    rows = rows[1:] if rows and rows[0][2:3] == ["label"] else rows
    (place / "pairs.tsv").write_text("".join(f"{row[0]}\t{row[1]}\n" for row in rows), encoding="utf-8")
    nodes = bench.datasets.entry(data).get("nodes")
    names = set(map(str, range(nodes))) if nodes else {name for row in rows for name in row[:2]}
    lines = [line.split("\t")[:2] for line in (place / "train.tsv").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    names.update(name for line in lines for name in line)
    (place / "nodes.txt").write_text("".join(f"{name}\n" for name in sorted(names)), encoding="utf-8")
    bench.datasets.made(place, identity)
    return place


def of_peer(bench, experiment, method, data, round_number, threads, seed, timeout, pending):
    place = split_folder(bench, experiment, data, round_number, seed)
    relative = place.relative_to(bench.cache)
    told = json.loads((place / "part.split.json").read_text(encoding="utf-8"))
    nodes, edges = bench.datasets.size(data)
    pair_count = len((place / "pairs.tsv").read_text(encoding="utf-8").splitlines())
    program = bench.programs.command(method["program"])
    environment = variables(threads, bench.programs.adjoin_path)
    for what in pending:
        scores = place / f"{method['program']}-{what['method']}.txt"
        words = ["--task", "pairs", "--folder", str(relative), "--method", what["method"], "--seed", str(seed), "--threads", str(threads),
                 "--out", str(scores.relative_to(bench.cache))]
        for name, value in method.get("options", {}).items():
            words += ["--set", f"{name}={json.dumps(value)}"]
        try:
            answer = json_of([*program, *words], timeout, bench.cache, environment, last=True)
            values = [float(line) for line in scores.read_text(encoding="ascii").splitlines()]
            if len(values) != pair_count:
                raise Failed(f"it scored {len(values)} pairs of {pair_count}")
            judged = evaluate(bench, place, scores, experiment.own, round_number, values, environment)
        except Problem as problem:
            yield what, {"failed": str(problem)}
            continue
        measured = {"version": answer["version"], "cpu_level": bench.programs.cpu_level() if "cpu_level" in answer else None,
                    "nodes": nodes, "edges": edges, "protocol": protocol_of(told),
                    "split_hash": told["split_hash"], "positives": told["test_edges"], "negatives": told["test_negatives"],
                    "command": shlex.join([*shown(bench, program), *words]), "seconds": answer["seconds"][-1],
                    "load_seconds": answer["load_seconds"], "peak_bytes": answer["peak_bytes"], **judged}
        yield what, measured


def protocol_of(told):
    options = told["record"]["options"]
    return f"{options['by']} split; {options['negatives']} negatives"


def curve_words(own, round_number):
    """Curves are kept of the first round, and of negatives that all positives share: others make no one ranking."""
    own_negatives = str(own["split"].get("negatives", "")).startswith("heart")
    return [] if round_number > 0 or own_negatives else ["--curves", str(CURVE_STEPS)]


def evaluate(bench, place, scores, own, round_number, values, environment):
    """Metrics, and curves, by `adjoin evaluate`."""
    table = scores.with_suffix(".tsv")
    pairs = (place / "pairs.tsv").read_text(encoding="utf-8").splitlines()
    table.write_text("".join(f"{pair}\t{value!r}\n" for pair, value in zip(pairs, values)), encoding="utf-8")
    command = [bench.programs.adjoin(), "evaluate", table, place / "part.test.tsv", "--metrics", ",".join(own["metrics"]), "--ties", "mean",
               *curve_words(own, round_number), "--json"]
    answer = json_of(command, 3600, bench.cache, environment)["methods"][0]
    table.unlink()
    return {key: answer[key] for key in ("metrics", "curves") if key in answer}
