"""The degree distribution of a graph: the share of nodes that have at least a degree, which needs no bins and does not scatter."""
import numpy as np

from .picture import check_output, save
from .style import COLOURS, figure


def draw_degrees(drawing, output):
    """drawing: {"title", "graph", "series": [{"name", "degrees", "nodes"}]}: how many nodes have each degree, rising. Nodes without an edge
    count, but have no place on a logarithmic scale."""
    check_output(output)
    drawn, axes = figure(6.4, 4.2)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_major_formatter("{x:g}")
    for index, series in enumerate(drawing["series"]):
        degrees, nodes = np.array(series["degrees"]), np.array(series["nodes"])
        share = nodes[::-1].cumsum()[::-1] / nodes.sum()
        shown = degrees > 0
        label = f"{series['name']}: mean {(degrees * nodes).sum() / nodes.sum():.2f}, highest {degrees.max():,}"
        axes.plot(degrees[shown], share[shown], marker="o", markersize=4, linewidth=1, color=COLOURS[index], label=label)
    axes.set_xlabel("degree")
    axes.set_ylabel("share of nodes with at least this degree")
    axes.legend(loc="lower left", labelcolor="linecolor")
    save(drawn, output, drawing["title"], f"degree distribution: {drawing['graph']}")
