"""The pictures of a report. Each takes cells and gives an SVG element, and the legend where there is one."""
import dataclasses
import itertools
import math

from .names import annotate
from .style import COLOURS, INK, MUTED, SERIES, figure, svg_text
from .words import metric_name, program_name, tick_text, time_text

WIDE, NARROW = 4.6, 3.9  # inches; a column of the page, or a phone


@dataclasses.dataclass
class Chart:
    title: str
    svg: str
    legend: list  # (number of the colour, name)
    about: str = ""


NUMBERS = itertools.count()


def made(drawn, title, legend=(), about=""):
    return Chart(title, svg_text(drawn, f"f{next(NUMBERS)}", title), list(legend), about)


def time_axis(axis):
    """Powers of ten in words."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axis.set_major_locator(LogLocator(10, numticks=6))
    axis.set_major_formatter(FuncFormatter(tick_text))
    axis.set_minor_formatter(NullFormatter())


class Palette:
    """A colour for each program, the same on the whole page; adjoin's is the first."""

    def __init__(self, programs):
        others = [name for name in programs if not name.startswith("adjoin")]
        self.numbers = {name: 1 + index % (SERIES - 1) for index, name in enumerate(others)}

    def number(self, program):
        return self.numbers.get(program, 0)

    def colour(self, program):
        return COLOURS[self.number(program)]

    def legend(self, cells):
        shown = {}
        for cell in cells:
            program = cell.first["program"]
            shown.setdefault("adjoin" if program.startswith("adjoin") else program, self.number(program))
        return [(number, program_name(name)) for name, number in shown.items()]


def label_of(cell):
    return cell.first["label"]


def bars(cells, metric, title, palette, unit="%"):
    """Dots on a line a method, the best above, deviations as bars through them."""
    ranked = sorted(cells, key=lambda cell: cell.mean(metric))
    drawn, axes = figure(WIDE, 0.75 + 0.19 * len(ranked))
    for place, cell in enumerate(ranked):
        colour = palette.colour(cell.first["program"])
        axes.errorbar(cell.mean(metric), place, xerr=cell.deviation(metric) or None, fmt="o", color=colour, markersize=5, elinewidth=2,
                      alpha=0.95)
    axes.set_yticks(range(len(ranked)), [label_of(cell) for cell in ranked])
    axes.set_ylim(-0.7, len(ranked) - 0.3)
    axes.set_xlabel(f"{metric_name(metric)}, {unit}")
    return made(drawn, title, palette.legend(ranked), "Mean and standard deviation.")


def intervals(cells, labels, title, palette):
    """Times random, the best above, on a logarithmic axis; the dotted line is random."""
    ranked = sorted((cell for cell in cells if labels in cell.first["metrics"]), key=lambda cell: cell.first["metrics"][labels])
    drawn, axes = figure(WIDE, 0.75 + 0.19 * len(ranked))
    axes.set_xscale("log")
    axes.axvline(1, color=MUTED, linewidth=0.8, linestyle=(0, (2, 3)))
    for place, cell in enumerate(ranked):
        value, interval = cell.first["metrics"][labels], cell.first["intervals"][labels]
        low, high = interval or (value, value)
        axes.errorbar(value, place, xerr=[[max(value - low, 0)], [max(high - value, 0)]], fmt="o", color=palette.colour(cell.first["program"]),
                      markersize=5, elinewidth=2, alpha=0.95)
    plain_axis(axes.xaxis)
    axes.set_yticks(range(len(ranked)), [label_of(cell) for cell in ranked])
    axes.set_ylim(-0.7, len(ranked) - 0.3)
    axes.set_xlabel("times random")
    return made(drawn, title, palette.legend(ranked), "Average precision over that of random scores; bars hold the middle 95 % over resamples "
                                                      "of the triangles that close.")


def plain_axis(axis):
    """Numbers as they are on a logarithmic axis, few of them."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axis.set_major_locator(LogLocator(10, subs=(1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def quality_and_time(cells, metric, title, palette, unit="%"):
    """Seconds to the right, on a logarithmic axis; the metric up; names at those that nothing beats in both."""
    drawn, axes = figure(WIDE, 3.3)
    axes.set_xscale("log")
    best = -math.inf
    named = []
    for cell in sorted(cells, key=lambda cell: (max(cell.median_seconds, 1e-6), -cell.mean(metric))):
        seconds, value = max(cell.median_seconds, 1e-6), cell.mean(metric)
        low, high = max(min(cell.seconds), 1e-6), max(*cell.seconds, 1e-6)
        axes.errorbar(seconds, value, yerr=cell.deviation(metric) or None, xerr=[[seconds - low], [max(high - seconds, 0)]], fmt="o",
                      color=palette.colour(cell.first["program"]), markersize=5.5, elinewidth=1, alpha=0.9)
        if value > best:
            best = value
            named.append((seconds, value, label_of(cell)))
    time_axis(axes.xaxis)
    axes.set_xlabel("time, median; bars from least to most")
    axes.set_ylabel(f"{metric_name(metric)}, {unit}")
    axes.margins(x=0.1, y=0.14)
    points = [(max(cell.median_seconds, 1e-6), cell.mean(metric)) for cell in cells]
    annotate(drawn, axes, points, [(name, (seconds, value)) for seconds, value, name in named[:-5:-1]], 8.5, INK, MUTED)
    return made(drawn, title, palette.legend(cells), "Up and to the left is better; named are those that nothing beats in both.")


def curve_chart(cells, kind, title):
    drawn, axes = figure(NARROW, 3.7)
    for index, cell in enumerate(cells):
        points = cell.curves[kind]
        # Precision holds until the next threshold; a straight line would promise more. The area below is average precision.
        style = "default" if kind == "roc" else "steps-pre"
        axes.plot(*zip(*points), color=COLOURS[index], linewidth=1.6, drawstyle=style)
    if kind == "roc":
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle=(0, (2, 3)))
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(-0.01, 1.02)
    axes.set_xlabel("false positive rate" if kind == "roc" else "recall")
    axes.set_ylabel("true positive rate" if kind == "roc" else "precision")
    return made(drawn, title, [(index, label_of(cell)) for index, cell in enumerate(cells)])


def best_with_curves(cells, metric):
    """At most eight: those of adjoin that are best, then the best of others that are not the same curve again."""
    ranked = sorted((cell for cell in cells if cell.curves and cell.curves["roc"]), key=lambda cell: -cell.mean(metric))
    ours = [cell for cell in ranked if cell.first["program"].startswith("adjoin")]
    known = {round(cell.values(metric)[0], 4) for cell in ours}  # of the first split, as the curves are
    others = [cell for cell in ranked if cell not in ours and round(cell.values(metric)[0], 4) not in known]
    return [*ours[:SERIES - min(len(others), 2)], *others[:2]]


def memory(cells, title, palette):
    """The highest peak of each label, over data sets."""
    peaks = {}
    for cell in cells:
        if cell.peak_bytes:
            peaks.setdefault((label_of(cell), cell.first["program"]), []).append(cell.peak_bytes / 2**20)
    ranked = sorted(peaks.items(), key=lambda item: -max(item[1]))
    drawn, axes = figure(WIDE, 0.75 + 0.19 * len(ranked))
    axes.barh(range(len(ranked)), [max(values) for _, values in ranked], color=[palette.colour(key[1]) for key, _ in ranked], height=0.62)
    axes.set_yticks(range(len(ranked)), [key[0] for key, _ in ranked])
    axes.set_ylim(-0.7, len(ranked) - 0.3)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("peak of the process, MiB, highest over data sets")
    return made(drawn, title, palette.legend(cells), "An interpreter and its packages count for programs in Python.")


def times(cells, title, palette):
    """Median seconds with the least and the most, the fastest above."""
    ranked = sorted(cells, key=lambda cell: -cell.median_seconds)
    drawn, axes = figure(WIDE, 0.8 + 0.21 * len(ranked))
    axes.set_xscale("log")
    for place, cell in enumerate(ranked):
        low, high = cell.median_seconds - min(cell.seconds), max(cell.seconds) - cell.median_seconds
        axes.errorbar(cell.median_seconds, place, xerr=[[low], [high]], fmt="o", color=palette.colour(cell.first["program"]), markersize=5.5,
                      elinewidth=2)
    several = len({cell.first["threads"] for cell in cells}) > 1
    axes.set_yticks(range(len(ranked)), [f"{label_of(cell)}, {cell.first['threads']} threads" if several else label_of(cell) for cell in ranked])
    axes.set_ylim(-0.7, len(ranked) - 0.3)
    time_axis(axes.xaxis)
    axes.set_xlabel("time, median; bars from least to most")
    return made(drawn, title, palette.legend(ranked))


def lines(series, title, x_label, y_label, log=False, marks=True):
    """`series`: (name, [(x, y, deviation), ...]). `marks`: a dot at each point, where there are few."""
    drawn, axes = figure(WIDE, 3.3)
    if log:
        axes.set_xscale("log")
        axes.set_yscale("log")
        time_axis(axes.yaxis)
    if x_label == "threads":
        from matplotlib.ticker import FuncFormatter, MaxNLocator

        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda seconds, _: time_text(seconds) if seconds > 0 else "0"))
    styles = itertools.cycle(["-", (0, (4, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2))])
    legend = []
    for index, (name, points) in enumerate(series[:SERIES]):
        x, y, deviation = zip(*sorted(points))
        axes.errorbar(x, y, yerr=deviation if any(deviation) else None, color=COLOURS[index], marker="o" if marks else "", markersize=4,
                      linestyle=next(styles),
                      linewidth=1.6, elinewidth=1)
        legend.append((index, name))
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    if x_label == "threads":
        axes.set_ylim(bottom=0)
    return made(drawn, title, legend)


def shares(entries, title, palette):
    """`entries`: (name, program, share of the measured bandwidth)."""
    ranked = list(reversed(entries))
    drawn, axes = figure(WIDE, 0.8 + 0.21 * len(ranked))
    axes.barh(range(len(ranked)), [share for _, _, share in ranked], color=[palette.colour(program) for _, program, _ in ranked], height=0.62)
    axes.axvline(1, color=MUTED, linewidth=1, linestyle=(0, (2, 3)))
    axes.set_yticks(range(len(ranked)), [name for name, _, _ in ranked])
    axes.set_ylim(-0.7, len(ranked) - 0.3)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("over a plain copy's bandwidth")
    shown = {}
    for _, program, _ in entries:
        shown.setdefault("adjoin" if program.startswith("adjoin") else program, palette.number(program))
    return made(drawn, title, [(number, program_name(name)) for name, number in shown.items()],
                "Bytes gathered: those of rows that the non-zeros name. Above 1, rows stay in the cache.")


