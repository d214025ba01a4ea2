"""An embedding in two dimensions, coloured by label.

The picture of README.md:
  adjoin embed data/borders/edges.tsv -o borders.npy
  adjoin plot borders.npy --labels data/borders/regions.tsv -o docs/images/borders.svg --layout tsne \\
      --annotate "Portugal,Greece,Russia,China,Vietnam,Saudi Arabia,Nigeria,Kenya,South Africa,Brazil,Panama,Texas,Florida,Quebec,Ireland"
"""
import numpy as np

from .failure import Failure
from .names import annotate
from .picture import check_output, save

COLOURS = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#ee8866", "#44bb99", "#775544", "#222255"]
OTHER_COLOUR = "#999999"
UNLABELLED = "no label"
PERPLEXITY = 30  # of t-SNE: about how many neighbours count


def by_tsne(points):
    try:
        from sklearn.manifold import TSNE
    except ImportError:
        raise Failure("--layout tsne needs scikit-learn: apt-get install python3-sklearn, or pip install scikit-learn") from None
    perplexity = min(PERPLEXITY, (len(points) - 1) / 3)
    return TSNE(perplexity=perplexity, init="pca", random_state=0).fit_transform(points)


def draw_embedding(drawing, output):
    """drawing: {"title", "layout": "pca" or "tsne", "points": coordinates of each node along principal components, "names", "labels": one
    or null each, or null, "shares" of the variance, "nodes": how many there are, drawn or not, "annotate": names to write}."""
    check_output(output)
    points, names = np.array(drawing["points"], dtype=np.float64), drawing["names"]
    if drawing["layout"] == "tsne":
        points = by_tsne(points)
    elif points.shape[1] < 2:
        points = np.column_stack([points, np.zeros(len(points))])
    labels = {name: label for name, label in zip(names, drawing["labels"] or []) if label is not None}
    row_of = {name: row for row, name in enumerate(names)}
    annotated = [(name, points[row_of[name]]) for name in drawing["annotate"]]
    drawn = picture_of(points, names, labels, annotated, output.suffix == ".html")
    of_all = "" if len(names) == drawing["nodes"] else f" of {drawing['nodes']:,}"
    if drawing["layout"] == "tsne":
        how = "by t-SNE"
    else:
        how = f"along two principal components, {100 * sum(drawing['shares'][:2]):.0f} % of the variance"
    save(drawn, output, drawing["title"], f"{len(names):,}{of_all} nodes {how}", names)


def picture_of(points, names, labels, annotated, on_page):
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams.update({"font.family": "sans-serif", "svg.fonttype": "none" if on_page else "path"})
    import matplotlib.pyplot as plt

    from .style import CARD, INK, MUTED

    of_node = [labels.get(name, UNLABELLED) for name in names]
    groups = sorted(set(of_node) - {UNLABELLED}, key=lambda label: (-of_node.count(label), label))
    colour = {label: COLOURS[i] if i < len(COLOURS) else OTHER_COLOUR for i, label in enumerate(groups)}
    colour[UNLABELLED] = OTHER_COLOUR if labels else COLOURS[0]
    drawn, axes = plt.subplots(figsize=(9, 6), layout="constrained")
    size = 34 if len(names) <= 1000 else max(3.0, 34000 / len(names))
    shown = groups + ([UNLABELLED] if UNLABELLED in of_node else [])
    rows = sorted(range(len(names)), key=lambda row: shown.index(of_node[row]))  # small groups lie on top
    edge = {"linewidths": 0.5 if size > 10 else 0, "edgecolors": CARD if on_page else "white"}
    marks = axes.scatter(points[rows, 0], points[rows, 1], s=size, color=[colour[of_node[row]] for row in rows], **edge)
    if on_page:
        marks.set_urls([f"name:{row}" for row in rows])  # which picture.save makes names under the pointer
    for label in shown:
        axes.scatter([], [], s=size, color=colour[label], label=label, **edge)  # for the legend
    axes.set_axis_off()
    axes.margins(0.07)
    if labels:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0), ncols=5, frameon=False, fontsize=9.5, handletextpad=0.2,
                     labelcolor=INK if on_page else "black")
    if annotated:
        annotate(drawn, axes, points, annotated, ink=INK if on_page else "#222222", line=MUTED if on_page else "#888888")
    return drawn
