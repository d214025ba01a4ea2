"""Records of benches, as cells: all rounds of one program with one method on one data set.

Five kinds are read: records of the bench harness (with `schema`), lines that `adjoin linkpred -o` writes, the list that `adjoin linkpred
--json` prints, what `adjoin simplices predict --evaluate --json` prints, and logs of epochs that `adjoin train --log` writes. Beside a file of the harness may stand its plan, which says what was asked for.
"""
import dataclasses
import json
import statistics

from .failure import Failure


@dataclasses.dataclass
class Cell:
    """The rounds of one number in a table."""

    records: list
    anchor: str = ""

    @property
    def first(self):
        return self.records[0]

    def values(self, metric):
        """In percent where the metric is a share."""
        scale = 100 if self.first["task"] == "linkpred" else 1
        if metric in self.first.get("scores", {}):
            return [scale * value for record in self.records for value in record["scores"][metric]]
        return [scale * record["metrics"][metric] for record in self.records if metric in record["metrics"]]

    def mean(self, metric):
        return statistics.mean(self.values(metric))

    def deviation(self, metric):
        values = self.values(metric)
        return statistics.stdev(values) if len(values) > 1 else 0.0

    @property
    def seconds(self):
        return [record["seconds"] for record in self.records]

    @property
    def median_seconds(self):
        return statistics.median(self.seconds)

    @property
    def peak_bytes(self):
        return max((record["peak_bytes"] for record in self.records if record.get("peak_bytes")), default=None)

    @property
    def curves(self):
        return next((record["curves"] for record in self.records if record.get("curves")), None)


@dataclasses.dataclass
class Experiment:
    name: str
    title: str
    about: str
    task: str
    published: dict
    data: list
    cells: list


@dataclasses.dataclass
class Suite:
    name: str
    title: str
    about: str
    experiments: list
    missing: list  # (sentence, what it is of)
    planned: int
    records: list


def files_of(path):
    if path.is_dir():
        found = sorted([*path.glob("*.jsonl"), *(file for file in path.glob("*.json") if not file.name.endswith(".plan.json"))])
        if not found:
            raise Failure(f"{path}: there are no records in this folder (files .jsonl, as bench/run writes them)")
        return found
    if not path.exists():
        raise Failure(f"{path}: there is no such file")
    return [path]


def parsed(path):
    text = path.read_text(encoding="utf-8")
    try:
        whole = json.loads(text)
        lines = whole if isinstance(whole, list) else [whole]
    except ValueError:
        lines = []
        rows = text.split("\n")
        for number, line in enumerate(rows, start=1):
            if not line.strip():
                continue
            try:
                lines.append(json.loads(line))
            except ValueError:
                if number == len(rows):  # without an end of line: a run that was stopped, or goes on
                    continue
                raise Failure(f"{path}:{number}: this line is no JSON object") from None
    if lines and isinstance(lines[0], dict) and "training" in lines[0]:
        return check_training(lines, path)
    for number, record in enumerate(lines, start=1):
        if not isinstance(record, dict) or not ("schema" in record or {"graph", "method"} <= record.keys() or "evaluations" in record):
            raise Failure(f"{path}:{number}: this is no record of bench/run, adjoin linkpred, adjoin simplices predict or adjoin train")
        if record.get("schema", 1) != 1:
            raise Failure(f"{path}:{number}: the record has schema {record['schema']}, and this program knows 1")
    return lines


EPOCH_KEYS = {"epoch", "loss", "validation", "learning_rate", "seconds"}


def check_training(lines, path):
    """A log of epochs: a line that says what is trained, then a line an epoch."""
    for number, record in enumerate(lines[1:], start=2):
        if not isinstance(record, dict) or not EPOCH_KEYS <= record.keys():
            raise Failure(f"{path}:{number}: this is no epoch of adjoin train")
    return lines


def of_training(lines, path):
    """One record in the harness's schema of a log of epochs."""
    head, epochs = lines[0], lines[1:]
    if not epochs:
        return []
    evaluated = [epoch for epoch in epochs if epoch["validation"] is not None]
    best = max(evaluated, key=lambda epoch: (epoch["validation"], -epoch["epoch"]), default=None)
    return [{"schema": 1, "suite": "training", "experiment": f"{head['training']}, {head['metric']}", "title": f"Training for {head['training']}s", "task": "training",
             "data": head["training"], "program": "adjoin", "method": head["model"], "label": f"{head['model']} ({path.stem})", "options": {},
             "seed": head.get("seed"), "threads": None, "cpu_level": None, "version": None, "protocol": None, "machine": None, "when": None,
             "command": f"adjoin train {head['training']} GRAPH --model {head['model']} --log {path.name}", "key": str(path), "round": 0,
             "seconds": sum(epoch["seconds"] or 0 for epoch in epochs), "peak_bytes": None, "epochs": epochs, "metric": head["metric"],
             "metrics": {head["metric"]: best["validation"]} if best else {}, "best_epoch": best["epoch"] if best else None}]


METRIC_KEYS = {"mean", "sd", "runs"}


def of_linkpred(record, path):
    """Records in the harness's schema, of a line of `adjoin linkpred`: one a run."""
    about = record.get("record", record)
    folder, _, file = record["graph"].rpartition("/")
    data = "/".join([*folder.split("/")[-1:], file.split(".")[0]]).lstrip("/")  # karate/edges: files of two folders may have one name
    common = {"schema": 1, "suite": path.stem, "experiment": record["split"], "title": f"{record['split']}; {record['negatives']} negatives",
              "task": "linkpred", "data": data, "program": "adjoin", "method": record["method"], "label": record["method"],
              "options": about.get("options", {}), "seed": about.get("seed"), "threads": about.get("threads"),
              "cpu_level": about.get("cpu_level"), "version": about.get("version", ""), "protocol": f"{record['split']}; {record['negatives']}",
              "machine": None, "command": f"adjoin linkpred {record['graph']} --methods {record['method']}", "when": None}
    if "refusal" in record:
        return [{**common, "key": "", "round": 0, "failed": record["refusal"]}]
    if "run" in record:
        return [{**common, "key": record["key"], "round": record["run"], "metrics": record["metrics"], "split_hash": record["split_hash"],
                 "seconds": record["seconds"], "peak_bytes": record["peak_bytes"], "curves": record.get("curves")}]
    metrics = {name: value["runs"] for name, value in record.items() if isinstance(value, dict) and METRIC_KEYS <= value.keys()}
    count = max(map(len, metrics.values()), default=0)
    return [{**common, "key": f"{data} {record['method']} {index}", "round": index, "metrics": {name: runs[index] for name, runs in metrics.items()},
             "split_hash": record["split_hash"][index], "seconds": record["seconds"], "peak_bytes": record["peak_bytes"],
             "curves": record.get("curves") if index == 0 else None} for index in range(count)]


def of_simplices(record, path):
    """Records in the harness's schema, one a method, of what `adjoin simplices predict --evaluate` printed: a metric for each way of
    labelling."""
    about, options = record["record"], record["record"]["options"]
    file = record["data"].rpartition("/")[2]
    data = file.split(".")[0].removesuffix("-nverts").removesuffix("-simplices") or file
    split = f"trained on the first {100 * float(options['train']):g} %, judged up to {100 * float(options['until']):g} %"
    what = "open triangles" if "open_triangles" in record else "open tetrahedra"
    common = {"schema": 1, "suite": "simplices", "experiment": f"{what}, {split}", "title": f"Which {what} close: {split}", "task": "simplices",
              "data": data, "program": "adjoin", "options": {}, "seed": about.get("seed"), "threads": about.get("threads"),
              "cpu_level": about.get("cpu_level"), "version": about.get("version", ""), "protocol": split, "machine": None, "when": None,
              "round": 0, "seconds": about["seconds"], "peak_bytes": about["peak_bytes"], "nodes": record["nodes"], "edges": record["edges"],
              "candidates": f"{record[what.replace(' ', '_')]:,} {what}", "about_labels": record.get("about_labels", "")}
    made = {}
    for evaluation in record["evaluations"]:
        for row in evaluation.get("methods", []):
            name, labels = row["method"], evaluation["labels"]
            one = made.setdefault(name, {**common, "method": name, "label": name, "key": f"{data} {name}", "metrics": {}, "intervals": {}, "positives": {},
                                         "command": f"adjoin simplices predict {record['data']} --evaluate --nodes {options['nodes']} --methods {name} --labels {options['labels']}"})
            if "refusal" in row:
                one["failed"] = row["refusal"]
                continue
            one["metrics"][labels] = row["improvement"]
            one["intervals"][labels] = row.get("interval")
            one["positives"][labels] = evaluation["positives"]
    return list(made.values())


def converted(record, path):
    if "schema" in record:
        return [record]
    return of_simplices(record, path) if "evaluations" in record else of_linkpred(record, path)


def read_runs(paths):
    """The suites of all files, in this order."""
    by_suite, plans = {}, {}
    for given in paths:
        for path in files_of(given):
            records = parsed(path)
            training = records and "training" in records[0]
            for made in of_training(records, path) if training else [made for record in records for made in converted(record, path)]:
                by_suite.setdefault(made["suite"], []).append(made)
            plan = path.with_suffix(".plan.json")
            if plan.exists():
                found = json.loads(plan.read_text(encoding="utf-8"))
                plans[found["suite"]] = found
                by_suite.setdefault(found["suite"], [])
    if not any(by_suite.values()) and not plans:
        raise Failure(f"{', '.join(map(str, paths))}: there are no records in it")
    return [suite_of(name, records, plans.get(name)) for name, records in by_suite.items()]


def identity(record):
    """Two records with the same are of the same thing, and the later counts: programs are built anew, peers installed later."""
    options = json.dumps(record["options"], sort_keys=True)
    return record["experiment"], record["data"], record["program"], record["label"], options, record["threads"], record["round"]


def cells_of(records):
    cells = {}
    for record in records:
        cells.setdefault(identity(record)[:-1], []).append(record)
    return [Cell(sorted(group, key=lambda record: record["round"])) for group in cells.values()]


def suite_of(name, records, plan):
    latest = {identity(record): record for record in records}
    records = list(latest.values())
    good = [record for record in records if "failed" not in record]
    plan = plan or {"title": name, "about": "", "problems": [], "experiments": [], "planned": []}
    experiments = []
    told = {entry["name"]: entry for entry in plan["experiments"]}
    for key in dict.fromkeys([*told, *(record["experiment"] for record in good)]):
        of_experiment = [record for record in good if record["experiment"] == key]
        if not of_experiment:
            continue
        entry = told.get(key, {})
        data = [one for one in dict.fromkeys([*entry.get("data", []), *(record["data"] for record in of_experiment)])]
        experiments.append(Experiment(key, entry.get("title", of_experiment[0]["title"]), entry.get("about", ""), of_experiment[0]["task"],
                                      entry.get("published", {}), data, cells_of(of_experiment)))
    return Suite(name, plan["title"], plan["about"], experiments, missing_of(plan, records), len(plan["planned"]), good)


def missing_of(plan, records):
    missing = [(problem, "the suite") for problem in plan["problems"]]
    reasons = {}
    for record in records:
        if "failed" in record:
            reasons.setdefault(record["failed"], ([], []))
            for found, name in zip(reasons[record["failed"]], (record["label"], record["data"])):
                if name not in found:
                    found.append(name)
    missing += [(f"{'; '.join(labels)}: {reason}", ", ".join(data)) for reason, (labels, data) in reasons.items()]
    there = {record["key"] for record in records}
    waiting = {}
    for entry in plan["planned"]:
        if entry["key"] not in there:
            waiting.setdefault(entry["experiment"], []).append(entry)
    for name, entries in waiting.items():
        missing.append((f"{len(entries)} record{'s' if len(entries) > 1 else ''} of {name} not made yet",
                        ", ".join(dict.fromkeys(entry["data"] for entry in entries))))
    return missing
