"""The report: one HTML page, with nothing from elsewhere."""
import datetime
import os
import pathlib
import re
import statistics

from . import charts
from .failure import Failure
from .runs import read_runs
from .style import DARK, LIGHT, variables
from .tables import TABLES, by_label, copy_rate, metrics_of
from .words import metric_name

HERE = pathlib.Path(__file__).resolve().parent


class Entry:
    """Where a number comes from: at the foot of the page."""

    def __init__(self, cell):
        first = cell.first
        self.anchor, self.data, self.command = cell.anchor, first["data"], first["command"]
        facts = [("version", first.get("version")), ("seed", first.get("seed")), ("threads", first.get("threads")),
                 ("instructions", first.get("cpu_level")), ("protocol", first.get("protocol")),
                 ("graph", f"{first['nodes']:,} nodes, {first['edges']:,} edges" if "nodes" in first else None)]
        self.facts = [(name, value) for name, value in facts if value is not None]
        self.metrics = list(first["metrics"])
        self.rounds = [{"round": record["round"] + 1, "split": record.get("split_hash"), "seconds": record["seconds"],
                        "peak_bytes": record.get("peak_bytes"), "command": record["command"], "when": record.get("when"),
                        "metrics": [record["metrics"].get(metric) for metric in self.metrics]} for record in cell.records]


def number_cells(suites):
    """Gives each cell its anchor, and each row of a table its own: r of the number of its first cell."""
    count = 0
    for suite in suites:
        for experiment in suite.experiments:
            for cells in by_label(experiment.cells).values():
                for cell in cells:
                    cell.anchor = f"c{count}"
                    count += 1


def groups_of_charts(experiment, palette):
    """(title, [Chart]) each."""
    cells, metrics = experiment.cells, metrics_of(experiment.cells)
    of_data = {data: [cell for cell in cells if cell.first["data"] == data] for data in experiment.data}
    if experiment.task == "linkpred":
        return groups_of_links(of_data, metrics, palette) + [("Memory", [charts.memory(cells, "Peak memory", palette)])]
    if experiment.task == "classify":
        return [(data, charts_of_classes(found, palette)) for data, found in of_data.items() if found]
    if experiment.task in ("embed", "products"):
        return groups_of_times(experiment, of_data, palette)
    if experiment.task == "simplices":
        return [(data, [charts.intervals(found, labels, f"{labels.capitalize()} labels", palette)
                        for labels in dict.fromkeys(labels for cell in found for labels in cell.first["metrics"])])
                for data, found in of_data.items() if found]
    if experiment.task == "training":
        return [("Epochs", charts_of_training(cells))]
    if experiment.task == "comparison":
        return [(data, [charts.times(found, "Time", palette)]) for data, found in of_data.items() if found]
    return groups_of_micro(of_data, palette)


def charts_of_training(cells):
    """Loss and metric of the validation part by epoch."""
    metric = cells[0].first["metric"]
    losses, metrics = ([(cell.first["label"], [(epoch["epoch"], epoch[key], 0) for epoch in cell.first["epochs"] if epoch[key] is not None])
                        for cell in cells] for key in ("loss", "validation"))
    found = [charts.lines(losses, "Loss of training", "epoch", "loss", marks=False)]
    evaluated = [(name, points) for name, points in metrics if points]
    if evaluated:
        found.append(charts.lines(evaluated, f"{metric.capitalize()} of validation", "epoch", metric, marks=False))
    return found


def groups_of_micro(of_data, palette):
    """Benches that say what share of a plain copy's bandwidth they reach."""
    groups = []
    for data, cells in of_data.items():
        entries = [(cell.first["label"].removesuffix("/real_time"), "adjoin", statistics.median(record["measures"]["of_copy"] for record in cell.records))
                   for cell in cells if "of_copy" in cell.first["measures"]]
        if entries:
            groups.append((data, [charts.shares(entries, "Share of the measured bandwidth", palette)]))
    return groups


def groups_of_links(of_data, metrics, palette):
    groups = []
    for data, cells in of_data.items():
        if not cells:
            continue
        found = [charts.bars(cells, metric, metric_name(metric), palette) for metric in metrics]
        found.append(charts.quality_and_time(cells, metrics[0], f"{metric_name(metrics[0])} against time", palette))
        drawn = charts.best_with_curves(cells, metrics[0])
        if drawn:
            found += [charts.curve_chart(drawn, "roc", "ROC"), charts.curve_chart(drawn, "precision_recall", "Precision and recall")]
            note = f"Of the first split; {len(drawn)} of {len(cells)} methods, the best that differ."
            found[-1].about = found[-2].about = note
        groups.append((data, found))
    return groups


def share_of(metric):
    return float(metric.split(" at ")[1].rstrip("%"))


def charts_of_classes(cells, palette):
    found = []
    for word in ("micro", "macro"):
        metrics = [metric for metric in metrics_of(cells) if metric.startswith(word)]
        if len(metrics) > 1:
            best = sorted(cells, key=lambda cell: -cell.mean(metrics[-1]))[:charts.SERIES]
            best.sort(key=lambda cell: not cell.first["program"].startswith("adjoin"))  # whose colours are the first
            series = [(cell.first["label"], [(share_of(metric), cell.mean(metric), cell.deviation(metric)) for metric in metrics]) for cell in best]
            found.append(charts.lines(series, f"{word}-F1", "labelled nodes, %", f"{word}-F1, %"))
        if metrics:
            found.append(charts.quality_and_time(cells, metrics[0], f"{metrics[0]} against time", palette))
    return [*found, charts.memory(cells, "Peak memory", palette)]


def groups_of_times(experiment, of_data, palette):
    groups, rate = [], copy_rate(experiment)
    for data, cells in of_data.items():
        cells = [cell for cell in cells if cell.first["options"].get("task") != "copy"]
        if not cells:
            continue
        found = [charts.times(cells, "Time", palette), charts.memory(cells, "Peak memory", palette)]
        if rate:
            entries = [(cell.first["label"], cell.first["program"], cell.first["bytes"]["gathered"] / cell.median_seconds / rate) for cell in cells]
            found.append(charts.shares(entries, "Share of the measured bandwidth", palette))
        threads = series_over(cells, lambda cell: cell.first["threads"])
        if threads:
            found.append(charts.lines(threads, "Over threads", "threads", "time"))
        groups.append((data, found))
    sizes = series_over([cell for cells in of_data.values() for cell in cells], lambda cell: cell.first["edges"], ("threads", "family"))
    if sizes:
        groups.append(("Over graph size", [charts.lines(sizes, "Time over edges", "edges as stored", "time", log=True)]))
    return groups


def series_over(cells, x_of, same=("family",)):
    """Seconds of each label over x, where it was measured at two values of x or more."""
    series = {}
    for cell in cells:
        if cell.first["options"].get("task") == "copy":
            continue
        about = (cell.first["label"], *(cell.first["threads"] for name in same if name == "threads"),
                 *(cell.first["data"].split("-")[0] for name in same if name == "family"))
        series.setdefault(about, []).append((x_of(cell), cell.median_seconds, 0))
    families = {about[-1] for about in series}
    return [(about[0] if len(families) == 1 else f"{about[0]}, {about[-1]}", points) for about, points in series.items()
            if len({x for x, _, _ in points}) > 1]


def facts_of(suite):
    """What the head of a suite says."""
    records = suite.records
    days = sorted({record["when"][:10] for record in records if record.get("when")})
    machines = list(dict.fromkeys(f"{m['processor']}, {m['processors']} processors, {m['memory_bytes'] / 2**30:.0f} GiB, {m['system']}"
                                  for m in (record.get("machine") for record in records) if m))
    versions = sorted({f"adjoin {record['version']}" for record in records if record["program"].startswith("adjoin")})
    levels = sorted({record["cpu_level"] for record in records if record.get("cpu_level")})
    return [("Measured", " to ".join(dict.fromkeys([days[0], days[-1]])) if days else ""), ("Machine", "; ".join(machines)),
            ("Version", ", ".join(versions)), ("Instructions", ", ".join(levels))]


def tiles_of(suite):
    cells = [cell for experiment in suite.experiments for cell in experiment.cells]
    return [("records", f"{len(suite.records):,}"), ("data sets", len({cell.first["data"] for cell in cells})),
            ("methods", len({cell.first["label"] for cell in cells})), ("programs", len({cell.first["program"] for cell in cells})),
            ("missing", len(suite.missing))]


def view_of(suite, palette):
    experiments = []
    for experiment in suite.experiments:
        entries = [{"anchor": cells[0].anchor.replace("c", "r", 1), "label": label, "program": program, "colour": palette.number(program),
                    "cells": [Entry(cell) for cell in cells]} for (label, program, _), cells in by_label(experiment.cells).items()]
        experiments.append({"id": f"{suite.name}-{experiment.name}".replace(" ", "-"), "title": experiment.title, "about": experiment.about,
                            "tables": TABLES[experiment.task](experiment, palette),
                            "shown": 1 if experiment.task == "linkpred" else 99, "groups": groups_of_charts(experiment, palette),
                            "entries": entries})
    return {"id": suite.name, "title": suite.title, "about": suite.about.strip(), "facts": [fact for fact in facts_of(suite) if fact[1]],
            "tiles": tiles_of(suite), "experiments": experiments, "missing": suite.missing}


def prose(text):
    """Text with `code` in it as HTML."""
    import markupsafe

    return markupsafe.Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(markupsafe.escape(text))))


def write_whole(path, text):
    """Under another name first, so that the page is whole or not there."""
    if not path.parent.exists():
        raise Failure(f"{path}: there is no folder {path.parent}")
    new = path.with_name(path.name + ".new")
    new.write_text(text, encoding="utf-8")
    os.replace(new, path)


def write_report(runs, output, title):
    import jinja2

    suites = read_runs(runs)
    number_cells(suites)
    palette = charts.Palette(dict.fromkeys(cell.first["program"] for suite in suites for experiment in suite.experiments for cell in experiment.cells))
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True,
                                     undefined=jinja2.StrictUndefined)
    environment.filters["metric"] = metric_name
    environment.filters["prose"] = prose
    days = sorted({record["when"][:10] for suite in suites for record in suite.records if record.get("when")})
    page = environment.get_template("report.html.j2").render(
        title=title, suites=[view_of(suite, palette) for suite in suites], light=variables(LIGHT), dark=variables(DARK),
        made=days[-1] if days else datetime.date.today().isoformat())
    write_whole(output, page)
