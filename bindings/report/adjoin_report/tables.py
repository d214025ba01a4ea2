"""The tables of a report: every number with the place on the page where its command stands."""
import dataclasses

from .words import metric_name, time_text


@dataclasses.dataclass
class Number:
    text: str = ""
    value: float | None = None  # what the column sorts by
    spread: str = ""  # the deviation
    note: str = ""  # what was published of it
    anchor: str = ""
    best: bool = False


@dataclasses.dataclass
class Table:
    title: str
    columns: list  # of titles; the first is of the rows' names
    rows: list  # of (name, number of its colour, [Number or text])
    about: str = ""


def mark_best(rows, column, largest):
    """Where several are equal as shown, each is the best."""
    numbers = [cells[column] for _, _, cells in rows if isinstance(cells[column], Number) and cells[column].value is not None]
    if len(numbers) < 2:
        return
    best = (max if largest else min)(numbers, key=lambda number: number.value).text
    for number in numbers:
        number.best = number.text == best


def by_label(cells):
    """Cells of each row: one label of one program with one choice of options and threads."""
    rows = {}
    for cell in cells:
        rows.setdefault((cell.first["label"], cell.first["program"], cell.first["threads"]), []).append(cell)
    return rows


def rounds_note(cells, of_all):
    """Where a row has fewer rounds than others."""
    rounds, most = max(len(cell.records) for cell in cells), max(len(cell.records) for cell in of_all)
    return f" ({rounds} round{'s' if rounds > 1 else ''})" if rounds < most else ""


def metric_number(cell, metric, published=""):
    deviation = f"± {cell.deviation(metric):.2f}" if len(cell.values(metric)) > 1 else ""
    return Number(f"{cell.mean(metric):.2f}", cell.mean(metric), deviation, published, cell.anchor)


def published_of(experiment, cell, metric, data):
    label = cell.first["method"] if cell.first["program"].startswith("adjoin") else cell.first["label"]
    known = experiment.published.get(metric, {}).get(label, [])
    index = experiment.data.index(data)
    return known[index] if index < len(known) else ""


def metrics_of(cells):
    return list(dict.fromkeys(metric for cell in cells for metric in cell.first["metrics"]))


def grid(experiment, palette, title, number_of, columns, largest, with_mean=False):
    """A row a method, a column for each of `columns`: (title, data set, argument of number_of)."""
    rows = []
    for (label, program, _), cells in by_label(experiment.cells).items():
        by_data = {cell.first["data"]: cell for cell in cells}
        numbers = [number_of(by_data[data], argument, data) if data in by_data else Number() for _, data, argument in columns]
        if with_mean:
            values = [number.value for number in numbers]
            mean = None if None in values else sum(values) / len(values)
            numbers.append(Number("" if mean is None else f"{mean:.2f}", mean, anchor=cells[0].anchor.replace("c", "r", 1)))
        rows.append((label + rounds_note(cells, experiment.cells), palette.number(program), numbers))
    for column in range(len(columns) + with_mean):
        mark_best(rows, column, largest)
    return Table(title, ["method", *(name for name, _, _ in columns), *(["mean"] if with_mean else [])], rows)


def of_links(experiment, palette):
    """Quality, seconds and memory of link prediction."""
    metrics, data = metrics_of(experiment.cells), experiment.data
    columns = [(one if len(metrics) == 1 else metric_name(metric) if len(data) == 1 else f"{one}, {metric_name(metric)}", one, metric)
               for one in data for metric in metrics]
    title = f"{metric_name(metrics[0])}, %" if len(metrics) == 1 else "Metrics, %"

    def quality(cell, metric, one):
        return metric_number(cell, metric, published_of(experiment, cell, metric, one)) if metric in cell.first["metrics"] else Number()

    def seconds(cell, _, __):
        return Number(time_text(cell.median_seconds), cell.median_seconds, anchor=cell.anchor)

    def memory(cell, _, __):
        return Number(f"{cell.peak_bytes / 2**20:.1f}", cell.peak_bytes, anchor=cell.anchor) if cell.peak_bytes else Number()

    once = [(one, one, None) for one in data]
    tables = [grid(experiment, palette, title, quality, columns, True, len(metrics) == 1 and len(data) > 1),
              grid(experiment, palette, "Time, median of a split", seconds, once, False),
              grid(experiment, palette, "Peak memory of the process, MiB", memory, once, False)]
    if experiment.published:
        tables[0].about = "In brackets what was published of the cell."
    return tables


def of_classes(experiment, palette):
    tables = []
    for data in experiment.data:
        cells = [cell for cell in experiment.cells if cell.first["data"] == data]
        metrics = metrics_of(cells)
        rows = []
        for cell in cells:
            rows.append((cell.first["label"], palette.number(cell.first["program"]),
                         [Number(time_text(cell.median_seconds), cell.median_seconds, anchor=cell.anchor),
                          Number(f"{(cell.peak_bytes or 0) / 2**20:.0f}", cell.peak_bytes, anchor=cell.anchor),
                          *(metric_number(cell, metric) for metric in metrics)]))
        for column in range(2 + len(metrics)):
            mark_best(rows, column, column > 1)
        tables.append(Table(f"{data}, %", ["program", "time", "MiB", *metrics], rows))
    return tables


def of_times(experiment, palette):
    """Embeddings, products: a row a program on a graph."""
    tables = []
    rate = copy_rate(experiment)
    for data in experiment.data:
        cells = [cell for cell in experiment.cells if cell.first["data"] == data and cell.first["options"].get("task") != "copy"]
        if not cells:
            continue
        rows = []
        for cell in cells:
            ours = next((other for other in cells if other.first["program"] == "adjoin-library" and
                         (other.first["options"].get("dim"), other.first["threads"]) == (cell.first["options"].get("dim"), cell.first["threads"])), None)
            ratio = cell.median_seconds / ours.median_seconds if ours else None
            numbers = [Number(str(cell.first["threads"]), cell.first["threads"], anchor=cell.anchor),
                       Number(time_text(cell.median_seconds), cell.median_seconds, anchor=cell.anchor),
                       Number(f"{ratio:.2f}" if ratio else "", ratio, anchor=cell.anchor),
                       Number(f"{(cell.peak_bytes or 0) / 2**20:.0f}", cell.peak_bytes, anchor=cell.anchor)]
            if rate and "bytes" in cell.first:
                share = cell.first["bytes"]["gathered"] / cell.median_seconds / rate
                numbers.append(Number(f"{share:.2f}", share, anchor=cell.anchor))
            rows.append((cell.first["label"], palette.number(cell.first["program"]), numbers))
        size = cells[0].first
        tables.append(Table(data, ["program", "threads", "time", "times adjoin's", "MiB",
                                   *(["gathered / copy"] if rate and len(rows[0][2]) == 5 else [])], rows,
                            f"{size['nodes']:,} nodes, {size['edges']:,} edges as stored."))
    return tables


def copy_rate(experiment):
    """Bytes a second of the plain copy in the same experiment."""
    copies = [cell for cell in experiment.cells if cell.first["options"].get("task") == "copy"]
    return max((cell.first["bytes"]["copied"] / cell.median_seconds for cell in copies), default=None)


def of_micro(experiment, palette):
    rows = []
    names = list(dict.fromkeys(name for cell in experiment.cells for name in cell.first["measures"]))
    for cell in experiment.cells:
        measures = cell.records[-1]["measures"]
        rows.append((cell.first["label"], palette.number("adjoin"),
                     [Number(time_text(cell.median_seconds), cell.median_seconds, anchor=cell.anchor),
                      *(Number(f"{measures[name]:.4g}", measures[name], anchor=cell.anchor) if name in measures else Number() for name in names)]))
    return [Table("Benches", ["bench", "time", *names], rows)]


def of_comparison(experiment, palette):
    """A row a program and method; times are told beside adjoin's of the same method."""
    tables = []
    for data in experiment.data:
        cells = [cell for cell in experiment.cells if cell.first["data"] == data]
        metrics = metrics_of(cells)
        rows = []
        for cell in cells:
            ours = next((other for other in cells if other.first["program"].startswith("adjoin") and other.first["method"] == cell.first["method"]), None)
            ratio = cell.median_seconds / ours.median_seconds if ours else None
            rows.append((cell.first["label"], palette.number(cell.first["program"]),
                         [Number(time_text(cell.median_seconds), cell.median_seconds, anchor=cell.anchor),
                          Number(f"{ratio:.2f}" if ratio else "", ratio, anchor=cell.anchor),
                          *(Number(f"{cell.mean(metric):.3g}", cell.mean(metric), anchor=cell.anchor) for metric in metrics)]))
        if rows:
            tables.append(Table(data, ["method", "time", "times adjoin's", *metrics], rows))
    return tables


def of_simplices(experiment, palette):
    """How many times random each score is, by the ways of labelling side by side, with the middle 95 % over resamples."""
    cells = experiment.cells
    columns = [(one, labels) for one in experiment.data
               for labels in dict.fromkeys(labels for cell in cells if cell.first["data"] == one for labels in cell.first["metrics"])]
    rows = []
    for (label, program, _), found in by_label(cells).items():
        by_data = {cell.first["data"]: cell for cell in found}
        rows.append((label, palette.number(program), [improvement(by_data.get(one), labels) for one, labels in columns]))
    for column in range(len(columns)):
        mark_best(rows, column, True)
    reasons = list(dict.fromkeys(cell.first["about_labels"] for cell in cells if cell.first["about_labels"]))
    below = [f"{one} ({labels} labels)" for column, (one, labels) in enumerate(columns)
             if all(numbers[column].value is None or numbers[column].value < 1 for _, _, numbers in rows)]
    if below:
        reasons.append(f"Every score is below random on {', '.join(below)}.")
    sizes = []
    for one in experiment.data:
        first = next(cell.first for cell in cells if cell.first["data"] == one)
        closing = ", ".join(f"{count:,} close by {labels} labels" for labels, count in first["positives"].items())
        sizes.append(f"{one}: {first['candidates']}, {closing}.")
    title = "Average precision over that of random scores, with the middle 95 % over resamples of what closes"
    return [Table(title, ["method", *(f"{one}, {labels}" for one, labels in columns)], rows, " ".join([*reasons, *sizes]))]


def improvement(cell, labels):
    if cell is None or labels not in cell.first["metrics"]:
        return Number()
    value, interval = cell.first["metrics"][labels], cell.first["intervals"][labels]
    return Number(f"{value:.3f}", value, f"{interval[0]:.2f} to {interval[1]:.2f}" if interval else "", "", cell.anchor)


def of_training(experiment, palette):
    """How long each training took, and how good its best epoch was."""
    rows = []
    for cell in experiment.cells:
        first = cell.first
        best = first["metrics"].get(first["metric"])
        rows.append((first["label"], palette.number("adjoin"),
                     [Number(str(len(first["epochs"])), len(first["epochs"]), anchor=cell.anchor),
                      Number(str(first["best_epoch"] or ""), first["best_epoch"], anchor=cell.anchor),
                      Number("" if best is None else f"{best:.4f}", best, anchor=cell.anchor),
                      Number(f"{first['epochs'][-1]['loss']:.4f}", first["epochs"][-1]["loss"], anchor=cell.anchor),
                      Number(time_text(cell.median_seconds), cell.median_seconds, anchor=cell.anchor)]))
    mark_best(rows, 2, True)
    return [Table("Trainings", ["model", "epochs", "best epoch", f"{experiment.cells[0].first['metric']} of validation", "last loss", "time"], rows)]


TABLES = {"linkpred": of_links, "classify": of_classes, "embed": of_times, "products": of_times, "micro": of_micro,
          "comparison": of_comparison, "training": of_training, "simplices": of_simplices}
