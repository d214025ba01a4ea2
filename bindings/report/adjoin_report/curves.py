"""ROC and precision-recall curves of `adjoin linkpred --curves N`, or of records of the bench harness, side by side."""
import matplotlib.pyplot as plt

from .charts import best_with_curves, label_of
from .failure import Failure
from .picture import check_output, save
from .runs import read_runs
from .style import COLOURS, MUTED, figure
from .tables import metrics_of


def draw_curves(path, output, title):
    check_output(output)
    cells = [cell for suite in read_runs([path]) for experiment in suite.experiments for cell in experiment.cells if cell.curves]
    if not cells:
        raise Failure(f"{path}: there are no curves in it; adjoin linkpred GRAPH --curves 200 -o RESULTS.jsonl makes some")
    data = list(dict.fromkeys(cell.first["data"] for cell in cells))
    plt.close(figure(1, 1)[0])  # the settings of all pictures
    drawn, rows = plt.subplots(len(data), 2, figsize=(8.6, 3.9 * len(data)), layout="constrained", squeeze=False)
    for name, (left, right) in zip(data, rows):
        shown = best_with_curves([cell for cell in cells if cell.first["data"] == name], metrics_of(cells)[0])
        for index, cell in enumerate(shown):
            left.plot(*zip(*cell.curves["roc"]), color=COLOURS[index], linewidth=1.6, label=label_of(cell))
            right.plot(*zip(*cell.curves["precision_recall"]), color=COLOURS[index], linewidth=1.6, drawstyle="steps-pre")
        left.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle=(0, (2, 3)))
        left.set_xlabel("false positive rate")
        left.set_ylabel(f"{name}: true positive rate")
        right.set_xlabel("recall")
        right.set_ylabel("precision")
        right.set_ylim(-0.01, 1.02)
        left.legend(loc="lower right", labelcolor="linecolor")
    save(drawn, output, title, "ROC and precision-recall curves")
