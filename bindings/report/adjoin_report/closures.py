"""How often sets of nodes close, by configuration: a dot each on a logarithmic axis, or a ring at its beginning where none has closed."""
from .picture import check_output, save
from .style import COLOURS, INK, MUTED, figure


def draw_closures(drawing, output):
    """drawing: {"title", "nodes": 3 or 4, "configurations": [{"edges", "ties", "open", "closed"}]}."""
    check_output(output)
    rows = [row for row in drawing["configurations"] if row["open"] > 0]
    shares = [row["closed"] / row["open"] for row in rows]
    least = min((share for share in shares if share > 0), default=1e-3)
    drawn, axes = figure(7.4, 1.2 + 0.24 * max(len(rows), 3))
    axes.set_xscale("log")
    edge = 0.4 * least
    for place, (row, share) in enumerate(zip(rows, shares)):
        colour = COLOURS[row["edges"] % 4]
        if share > 0:
            axes.plot([edge, share], [place, place], color=colour, linewidth=1, alpha=0.45)
            axes.plot(share, place, marker="o", markersize=6, color=colour)
        else:
            axes.plot(edge, place, marker="o", markersize=6, color=colour, markerfacecolor="none", clip_on=False)
        axes.annotate(f"{row['closed']:,} of {row['open']:,}", (1.01, place), xycoords=("axes fraction", "data"), va="center", fontsize=8,
                      color=MUTED)
    axes.set_yticks(range(len(rows)), [row["ties"] if drawing["nodes"] == 3 else f"{row['edges']} edges: {row['ties']}" for row in rows])
    axes.tick_params(axis="y", pad=9)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(edge, max(1.3 * max(shares, default=0), 10 * edge))
    axes.grid(visible=False, axis="y")
    of_what = "pairs" if drawing["nodes"] == 3 else "triangles"
    axes.set_xlabel(f"share of open sets of {drawing['nodes']} nodes that close later; none: a ring")
    axes.set_ylabel(f"ties of {of_what}: 0 none, 1 weak, 2 strong", color=INK)
    save(drawn, output, drawing["title"], f"closure of sets of {drawing['nodes']} nodes by configuration")
