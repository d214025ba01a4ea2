"""The degree distribution of a graph: the share of nodes that have at least a degree, which needs no bins and does not scatter."""
import gzip

import numpy as np

from .failure import Failure
from .picture import check_output, save
from .style import COLOURS, figure


def read_degrees(path):
    """Degrees of the nodes that have an edge, self-loops left out; lines of two names, separated by tab, comma or space. A line
    that begins with # or % is a comment, and a first line of the words source and target, or the like, a head."""
    ends = set()
    number = 0
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else open(path, encoding="utf-8") as file:
        try:
            for number, line in enumerate(file, start=1):
                if line[0] in "#%\n":
                    continue
                columns = next((line.rstrip("\n").split(mark) for mark in ("\t", ",") if mark in line), line.split())
                if len(columns) < 2:
                    raise Failure(f"{path}:{number}: two names are expected; adjoin convert makes such a list of any graph")
                if not ends and columns[0].lower() in ("source", "from", "node", "src"):
                    continue
                if columns[0] != columns[1]:
                    ends.add((min(columns[:2]), max(columns[:2])))
        except (UnicodeDecodeError, gzip.BadGzipFile):
            raise Failure(f"{path}:{number + 1}: this is no text; adjoin convert {path} edges.tsv makes a list of any graph") from None
    if not ends:
        raise Failure(f"{path}: there is no edge in it")
    _, counts = np.unique(np.array([name for pair in ends for name in pair]), return_counts=True)
    return counts


def draw_degrees(path, output, title):
    check_output(output)
    degrees = read_degrees(path)
    values, counts = np.unique(degrees, return_counts=True)
    share = counts[::-1].cumsum()[::-1] / len(degrees)
    drawn, axes = figure(6.4, 4.2)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.plot(values, share, marker="o", markersize=4, linewidth=1, color=COLOURS[0])
    axes.set_xlabel(f"degree; mean {degrees.mean():.2f}, highest {degrees.max()}")
    axes.set_ylabel(f"share of {len(degrees):,} nodes with at least this degree")
    save(drawn, output, title, "degree distribution")
