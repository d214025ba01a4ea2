"""Results as Markdown tables: medians of the rounds, ratios against adjoin on the same graph, and what could not be measured."""
import os
import statistics

GIGA = 1e9


class Summary:
    """What the rounds of one run gave together."""

    def __init__(self, run, answers, score):
        self.run, self.score = run, score
        good = [answer for answer in answers.values() if "failed" not in answer]
        self.failed = next((answer["failed"] for answer in answers.values() if "failed" in answer), None if good else "not run")
        self.rounds = len(good)
        if good:
            self.version = good[-1]["version"]
            self.seconds = statistics.median(value for answer in good for value in answer["seconds"])
            self.load_seconds = statistics.median(answer["load_seconds"] for answer in good)
            self.peak_bytes = max(answer["peak_bytes"] for answer in good)
            self.checksum = good[-1]["checksum"]
            self.last = good[-1]

    def name(self):
        return f"{self.run.label} {self.version}" if self.rounds else self.run.label


def summaries(runs, results):
    return [Summary(run, results.of("run", run), results.of("score", run).get(0)) for run in runs]


def row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def table(*columns):
    return [row(*columns), row(*["---"] * len(columns))]


def seconds(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def groups(items, key):
    """Items by key, both in order of first appearance."""
    result = {}
    for item in items:
        result.setdefault(key(item), []).append(item)
    return result


def ratio(of, ours):
    return f"{of.seconds / ours.seconds:.2f}" if ours else ""


def ours_in(group):
    return next((item for item in group if item.run.peer == "adjoin" and item.rounds), None)


def fastrp_table(items):
    lines = []
    for (steps, graph, dim), group in groups(items, lambda s: (s.run.steps, s.run.graph, s.run.dim)).items():
        ours = ours_in(group)
        lines += [f"{steps}; {graph}, d = {dim}:", ""]
        lines += table("program", "seconds", "times adjoin's", "loading", "peak MiB", "mean cosine of neighbours", "rounds")
        for item in group:
            if item.rounds:
                lines.append(row(item.name(), seconds(item.seconds), ratio(item, ours), seconds(item.load_seconds),
                                 item.peak_bytes >> 20, f"{item.checksum:.3f}", item.rounds))
        lines.append("")
    return lines


def spmm_table(items, copies):
    rate = statistics.median(c.last["bytes"] / c.seconds for c in copies) if copies else None
    lines = [f"A copy of 512 MiB in the same rounds reads and writes {rate / GIGA:.1f} GB/s." if rate else "The copy was not measured.",
             "Gathered: the bytes of rows that the non-zeros name. Compulsory: matrix and operand read once, result written once.", ""]
    lines += table("graph", "d", "program", "seconds", "times adjoin's", "gathered / copy", "compulsory / copy", "peak MiB", "rounds")
    for group in groups(items, lambda s: (s.run.graph, s.run.dim)).values():
        ours = ours_in(group)
        for item in group:
            if not item.rounds:
                continue
            shares = ["", ""]
            if rate:
                shares = [f"{size / item.seconds / rate:.2f}" for size in product_bytes(item)]
            lines.append(row(item.run.graph, item.run.dim, item.name(), seconds(item.seconds), ratio(item, ours), *shares,
                             item.peak_bytes >> 20, item.rounds))
        sums = [item.checksum for item in group if item.rounds]
        if sums and max(sums) - min(sums) > 1e-3 * abs(sums[0]):
            lines.append(row(f"**the products differ: {sums}**", *[""] * 8))
    return [*lines, ""]


def product_bytes(item):
    nodes, nonzeros, width = item.run.nodes, item.run.nonzeros, 4 * item.run.dim
    return nonzeros * width, 8 * (nodes + 1) + 4 * nonzeros + 2 * nodes * width


def mean_and_spread(values):
    spread = f" ± {statistics.stdev(values):.2f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.2f}{spread}"


def quality_table(items):
    lines = []
    for graph, group in groups(items, lambda s: s.run.graph).items():
        scored = [item for item in group if item.rounds and item.score and "failed" not in item.score]
        if not scored:
            continue
        for measure in ("micro", "macro"):
            shuffles = len(scored[0].score[measure][0])
            lines += [f"{graph}, {measure}-F1 at the share of labelled nodes, {shuffles} shuffle{'s' if shuffles > 1 else ''}:", ""]
            lines += table("program", "d", "seconds", "peak MiB", *(f"{ratio:.0%}" for ratio in scored[0].score["ratios"]))
            for item in scored:
                lines.append(row(item.name(), item.run.dim, seconds(item.seconds), item.peak_bytes >> 20,
                                 *map(mean_and_spread, item.score[measure])))
            lines.append("")
    return lines


def missing(items):
    """A line for each thing that could not be measured."""
    reasons = {}
    for item in items:
        for said in (item.failed, (item.score or {}).get("failed")):
            if said and said != "not run":
                reasons.setdefault(f"{item.run.label}: {said}", set()).add(item.run.graph)
    unfinished = sum(item.failed == "not run" for item in items)
    lines = [f"- {reason} ({', '.join(sorted(where))})" for reason, where in reasons.items()]
    return lines + ([f"- {unfinished} runs of the suite are not done yet"] if unfinished else [])


def graph_list(items, graphs):
    """What each graph is, once."""
    lines = []
    for name, group in groups(items, lambda s: s.run.graph).items():
        run = max((item.run for item in group), key=lambda run: run.nodes)
        lines.append(f"- {name}: {graphs[name]['what']}; {run.nodes:,} nodes, {run.nonzeros:,} non-zeros")
    return lines


def report(items, graphs):
    by_table = groups(items, lambda s: s.run.table)
    lines = [f"{os.cpu_count()} processors; seconds: medians, from a graph in memory to a result in memory.", "",
             *graph_list(items, graphs), ""]
    if "fastrp" in by_table:
        lines += ["### FastRP end to end", "", *fastrp_table(by_table["fastrp"])]
    if any(item.rounds for item in by_table.get("spmm", [])):
        copies = [item for item in by_table.get("copy", []) if item.rounds]
        lines += ["### One product", "", *spmm_table(by_table["spmm"], copies)]
    if "quality" in by_table:
        lines += ["### Node classification", "", *quality_table(by_table["quality"])]
    gaps = missing(items)
    return "\n".join([*lines, *(["Not measured:", "", *gaps] if gaps else [])])
