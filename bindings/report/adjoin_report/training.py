"""The course of trainings: loss of the training part, and the metric of the validation part, by epoch."""
import matplotlib.pyplot as plt
from matplotlib.ticker import MaxNLocator

from .failure import Failure
from .picture import check_output, save
from .runs import read_runs
from .style import COLOURS, MUTED, figure


def draw_training(drawing, output):
    """drawing: {"title", "metric", "runs": [{"name", "best_epoch", "epochs": [{"epoch", "loss", "validation"}]}]}."""
    check_output(output)
    plt.close(figure(1, 1)[0])  # the settings of all pictures
    drawn, (left, right) = plt.subplots(1, 2, figsize=(8.6, 3.4), layout="constrained")
    for index, run in enumerate(drawing["runs"]):
        colour = COLOURS[index % len(COLOURS)]
        epochs = run["epochs"]
        left.plot([epoch["epoch"] for epoch in epochs], [epoch["loss"] for epoch in epochs], color=colour, linewidth=1.6, label=run["name"])
        evaluated = [epoch for epoch in epochs if epoch["validation"] is not None]
        right.plot([epoch["epoch"] for epoch in evaluated], [epoch["validation"] for epoch in evaluated], color=colour, linewidth=1.6)
        for epoch in evaluated:
            if epoch["epoch"] == run["best_epoch"]:
                right.plot(epoch["epoch"], epoch["validation"], color=colour, marker="o", markersize=5)
    for axes, name in ((left, "loss"), (right, f"{drawing['metric']} of the validation part")):
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_ylabel(name, color=MUTED)
    left.legend(loc="upper right", labelcolor="linecolor")
    save(drawn, output, drawing["title"], "loss and metric by epoch")


def draw_log(path, output, title):
    cells = [cell for suite in read_runs([path]) for experiment in suite.experiments for cell in experiment.cells if "epochs" in cell.first]
    if not cells:
        raise Failure(f"{path}: there are no epochs in it; adjoin train node GRAPH --log LOG.jsonl makes some")
    runs = [{"name": cell.first["method"], "best_epoch": cell.first["best_epoch"], "epochs": cell.first["epochs"]} for cell in cells]
    draw_training({"title": title, "metric": cells[0].first["metric"], "runs": runs}, output)
