"""Lifecycles of triangles: the share of what leaves each state, or stays in it, that comes to each other one, as a heat map."""
import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle

from .picture import check_output, save
from .style import CARD, COLOURS, INK, MUTED, figure

DARK = 0.55  # from this share on, letters are light


def percent(share):
    """Of 0 < share <= 1, in the least letters that do not say none or all of what is not."""
    if share < 0.005:
        return "<1"
    return ">99" if 0.995 <= share < 1 else f"{100 * share:.0f}"


def draw_lifecycles(drawing, output):
    """drawing: {"title", "states": names, "panels": [{"name", "triangles", "transitions": counts[to][from]}]}."""
    check_output(output)
    plt.close(figure(1, 1)[0])  # the settings of all pictures
    states = drawing["states"]
    drawn, panels = plt.subplots(1, len(drawing["panels"]), figsize=(5.2 * len(drawing["panels"]), 5.2), layout="constrained", squeeze=False)
    for axes, panel in zip(panels[0], drawing["panels"]):
        axes.set_title(f"{panel['name']}: {panel['triangles']:,}", color=INK)
        for column, _ in enumerate(states):
            from_here = [row[column] for row in panel["transitions"]]
            for row, count in enumerate(from_here):
                if count == 0:
                    continue
                share = count / sum(from_here)
                axes.add_patch(Rectangle((row - 0.5, column - 0.5), 1, 1, facecolor=COLOURS[0], alpha=share, linewidth=0))
                axes.text(row, column, percent(share), ha="center", va="center", fontsize=8, color=CARD if share >= DARK else INK)
        axes.set_xlim(-0.5, len(states) - 0.5)
        axes.set_ylim(len(states) - 1.5, -0.5)  # nothing leaves the last state
        axes.set_aspect("equal")
        axes.set_xticks(range(len(states)), states, rotation=45)
        axes.set_yticks(range(len(states) - 1), states[:-1])
        axes.set_xlabel("state after a simplex")
    panels[0][0].set_ylabel("state before, % of what leaves or stays in it", color=MUTED)
    save(drawn, output, drawing["title"], "lifecycles of triangles: transitions between states")
