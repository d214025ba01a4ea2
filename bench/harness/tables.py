"""Records as Markdown tables: means and deviations over rounds, medians of times, ratios against adjoin, and what is missing."""
import statistics

from .machine import phrase

GIGA = 1e9


def groups(items, key):
    """Items by key, both in order of first appearance."""
    result = {}
    for item in items:
        result.setdefault(key(item), []).append(item)
    return result


def row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def head(*columns):
    return ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]


def seconds_text(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def spread(values, digits=2):
    deviation = f" ± {statistics.stdev(values):.{digits}f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.{digits}f}{deviation}"


def good(records):
    return [record for record in records if "failed" not in record]


def linkpred(experiment, records):
    """A row a method, a column a data set and metric; in brackets what was published of the cell."""
    data = [name for name in experiment.data if any(record["data"] == name for record in good(records))]
    metrics = experiment.own["metrics"]
    columns = [(name, metric) for name in data for metric in metrics]
    titles = [name if len(metrics) == 1 else metric if len(data) == 1 else f"{name}, {metric}" for name, metric in columns]
    averaged = len(metrics) == 1 and len(data) > 1
    lines = head("method", *titles, *(["mean"] if averaged else []), "seconds")
    most = max(record["round"] for record in records)
    for label, of_label in groups(good(records), lambda record: record["label"]).items():
        rounds = 1 + max(record["round"] for record in of_label)
        method, cells, means, seconds = of_label[0]["method"], [], [], 0.0
        for name in data:
            runs = [record for record in of_label if record["data"] == name]
            if not runs:
                cells += [""] * len(metrics)
                continue
            seconds += statistics.mean(record["seconds"] for record in runs)
            for metric in metrics:
                values = [100 * record["metrics"][metric] for record in runs]
                means.append(statistics.mean(values))
                known = experiment.published.get(metric, {}).get(method if of_label[0]["program"].startswith("adjoin") else label, [])
                index = experiment.data.index(name)
                cell = spread(values)
                if index < len(known) and known[index] != "":
                    cell += f" ({known[index]})"
                cells.append(cell)
        whole = averaged and len(means) == len(data)
        note = f" ({rounds} round{'s' if rounds > 1 else ''})" if rounds <= most else ""
        lines.append(row(label + note, *cells, *([f"{statistics.mean(means):.2f}" if whole else ""] if averaged else []), f"{seconds:.2f}"))
    return lines


def classify(_, records):
    lines = []
    for name, of_data in groups(good(records), lambda record: record["data"]).items():
        for word in ("micro", "macro"):
            metrics = [metric for metric in of_data[0]["metrics"] if metric.startswith(word)]
            lines += ["", f"{name}, {word}-F1, {of_data[0]['protocol']}:", ""]
            lines += head("program", "d", "threads", "seconds", "peak MiB", *(metric.split(" at ")[1] for metric in metrics))
            for (label, threads), runs in groups(of_data, lambda record: (record["label"], record["threads"])).items():
                cells = [spread([value for record in runs for value in record["scores"][metric]]) for metric in metrics]
                lines.append(row(f"{label} {runs[-1]['version']}", runs[0]["options"]["dim"], threads,
                                 seconds_text(statistics.median(record["seconds"] for record in runs)),
                                 max(record["peak_bytes"] for record in runs) >> 20, *cells))
    return lines


def cell_of(record):
    return record["data"], record["options"].get("dim"), record["threads"]


def embed(_, records):
    lines = []
    for (name, dim, threads), of_cell in groups(good(records), cell_of).items():
        programs = groups(of_cell, lambda record: record["label"])
        ours = next((median(runs) for runs in programs.values() if runs[0]["program"] == "adjoin-library"), None)
        lines += ["", f"{name}, d = {dim}, {threads} thread{'s' if threads > 1 else ''}:", ""]
        lines += head("program", "seconds", "times adjoin's", "loading", "peak MiB", "mean cosine of neighbours", "rounds")
        for runs in programs.values():
            first = runs[0]
            lines.append(row(f"{first['method']} {first['version']}", seconds_text(median(runs)), f"{median(runs) / ours:.2f}" if ours else "",
                             seconds_text(statistics.median(record["load_seconds"] for record in runs)),
                             max(record["peak_bytes"] for record in runs) >> 20, f"{first['checksum']:.3f}", len(runs)))
    return lines


def median(runs):
    return statistics.median(record["seconds"] for record in runs)


def products(_, records):
    records = good(records)
    copies = [record["bytes"]["copied"] / record["seconds"] for record in records if record["options"]["task"] == "copy"]
    rate = statistics.median(copies) if copies else None
    lines = [f"A copy of 512 MiB in the same rounds reads and writes {rate / GIGA:.1f} GB/s." if rate else "The copy was not measured.",
             "Gathered: the bytes of rows that the non-zeros name. Compulsory: matrix and operand read once, result written once.", ""]
    lines += head("graph", "d", "program", "seconds", "times adjoin's", "gathered / copy", "compulsory / copy", "peak MiB", "rounds")
    for (name, dim, _), of_cell in groups([r for r in records if r["options"]["task"] == "spmm"], cell_of).items():
        programs = groups(of_cell, lambda record: record["label"])
        ours = next((median(runs) for runs in programs.values() if runs[0]["program"] == "adjoin-library"), None)
        for runs in programs.values():
            first = runs[0]
            shares = [f"{first['bytes'][kind] / median(runs) / rate:.2f}" if rate else "" for kind in ("gathered", "compulsory")]
            lines.append(row(name, dim, f"{first['method']} {first['version']}", seconds_text(median(runs)),
                             f"{median(runs) / ours:.2f}" if ours else "", *shares, max(r["peak_bytes"] for r in runs) >> 20, len(runs)))
        sums = [runs[0]["checksum"] for runs in programs.values()]
        if max(sums) - min(sums) > 1e-3 * abs(sums[0]):
            lines.append(row(name, dim, f"**the products differ: {sums}**", *[""] * 6))
    return lines


def micro(_, records):
    lines = head("bench", "median seconds", "rounds", "counters")
    for label, runs in groups(good(records), lambda record: record["label"]).items():
        counters = ", ".join(f"{name} {value:.4g}" for name, value in runs[-1]["measures"].items())
        lines.append(row(label, seconds_text(median(runs)), len(runs), counters))
    return lines


def comparison(_, records):
    """A row a program, beside adjoin at the same method on the same data."""
    lines = head("data", "method", "seconds", "times adjoin's", "rounds", "")
    by_method = groups(good(records), lambda record: (record["data"], record["method"]))
    for (name, _), of_method in by_method.items():
        ours = next((median(runs) for program, runs in groups(of_method, lambda record: record["program"]).items()
                     if program.startswith("adjoin")), None)
        for label, runs in groups(of_method, lambda record: record["label"]).items():
            metrics = ", ".join(f"{metric} {value:.3g}" for metric, value in runs[0]["metrics"].items())
            lines.append(row(name, label, seconds_text(median(runs)), f"{median(runs) / ours:.2f}" if ours else "", len(runs), metrics))
    return lines


TABLES = {"linkpred": linkpred, "classify": classify, "embed": embed, "products": products, "micro": micro,
          "comparison": comparison}


def missing(suite, records, planned):
    """A line for each thing that could not be measured."""
    reasons = {}
    for record in records:
        if "failed" in record:
            labels, data = reasons.setdefault(record["failed"], ({}, {}))
            labels[record["label"]] = data[record["data"]] = True
    lines = [f"- {problem}" for problem in suite.problems]
    lines += [f"- {'; '.join(labels)}: {reason} ({', '.join(data)})" for reason, (labels, data) in reasons.items()]
    if len(records) < planned:
        lines.append(f"- {planned - len(records)} of {planned} records are not made yet")
    return lines


def dates(records):
    days = sorted({record["when"][:10] for record in records})
    return days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"


def markdown(suite, records, planned, note=""):
    lines = [f"# {suite.title}", "", *([suite.about.strip(), ""] if suite.about else [])]
    if records:
        lines += [f"`bench/run {suite.name}`, {dates(records)}; {phrase(records[-1]['machine'])}; seed {suite.seed}.{' ' + note if note else ''}", ""]
    for experiment in suite.experiments:
        of_experiment = [record for record in records if record["experiment"] == experiment.name]
        if not good(of_experiment):
            continue
        rounds = 1 + max(record["round"] for record in of_experiment)
        lines += [f"## {experiment.title}", "", *([experiment.about.strip(), ""] if experiment.about else []),
                  f"{rounds} round{'s' if rounds > 1 else ''}.", "", *TABLES[experiment.task](experiment, of_experiment), ""]
    gaps = missing(suite, records, planned)
    return "\n".join([*lines, *(["## Missing", "", *gaps, ""] if gaps else [])]).replace("\n\n\n", "\n\n")
