#!/usr/bin/env python3
"""Draws an embedding in two dimensions, coloured by label.

Reads EMBEDDING.npy with EMBEDDING.names.txt beside it (what `adjoin embed -o EMBEDDING.npy` writes) and a labels file: two
tab-separated columns, name and label, under a header line. Needs NumPy and matplotlib; --method tsne needs scikit-learn too.

The picture of README.md:
  adjoin embed data/borders/edges.tsv -o borders.npy
  python3 bench/report/plot_embedding.py borders.npy data/borders/regions.tsv -o docs/images/borders.svg --method tsne \\
      --annotate "Portugal,Greece,Russia,China,Vietnam,Saudi Arabia,Nigeria,Kenya,South Africa,Brazil,Panama,Texas,Florida,Quebec,Ireland"
"""
import argparse
import sys
from pathlib import Path

import numpy as np

COLOURS = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#ee8866", "#44bb99", "#775544", "#222255"]
OTHER_COLOUR = "#999999"
UNLABELLED = "no label"
LABEL_OFFSETS = [(7, 0), (-7, 0), (0, 8), (0, -8), (6, 7), (-6, 7), (6, -7), (-6, -7), (14, 14), (-14, 14), (14, -14),
                 (-14, -14)]  # in points, the nearest first


def read_embedding(path: Path) -> tuple[np.ndarray, list[str]]:
    vectors = np.load(path)
    names = path.with_suffix(".names.txt").read_text(encoding="utf-8").splitlines()
    if vectors.ndim != 2 or len(names) != len(vectors):
        sys.exit(f"{path}: {vectors.shape} is not one row for each of the {len(names)} names beside it")
    return vectors.astype(np.float64), names


def read_labels(path: Path) -> dict[str, str]:
    labels = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()[1:], start=2):
        columns = line.split("\t")
        if len(columns) != 2:
            sys.exit(f"{path}:{number}: {len(columns)} columns where name and label were expected")
        labels[columns[0]] = columns[1]
    return labels


def to_unit_length(vectors: np.ndarray) -> np.ndarray:
    """Rows of length one, because adjoin's vectors are compared by their angle; zero rows stay zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def project_by_pca(vectors: np.ndarray) -> np.ndarray:
    centred = vectors - vectors.mean(axis=0)
    left, singular, _ = np.linalg.svd(centred, full_matrices=False)
    return left[:, :2] * singular[:2]


def project_by_tsne(vectors: np.ndarray, perplexity: float) -> np.ndarray:
    from sklearn.manifold import TSNE

    perplexity = min(perplexity, (len(vectors) - 1) / 3)
    return TSNE(metric="cosine", perplexity=perplexity, init="pca", random_state=0).fit_transform(vectors)


def annotate(figure, axes, points: np.ndarray, places: dict[str, np.ndarray]) -> None:
    """Writes each name on the side of its point where it covers the fewest points and names."""
    from matplotlib.text import Text

    figure.draw_without_rendering()  # lays the axes out, so that positions in pixels are final
    figure.set_layout_engine("none")
    taken = axes.transData.transform(points)
    for name, place in places.items():
        best, least = None, np.inf
        for x, y in LABEL_OFFSETS:
            text = axes.annotate(name, place, xytext=(x, y), textcoords="offset points", fontsize=9.5, color="#222222",
                                 ha="left" if x > 0 else "right" if x < 0 else "center",
                                 va="bottom" if y > 0 else "top" if y < 0 else "center",
                                 arrowprops={"arrowstyle": "-", "color": "#888888", "lw": 0.6, "shrinkA": 0, "shrinkB": 2.5})
            text.update_positions(figure.canvas.get_renderer())
            box = Text.get_window_extent(text).padded(5)  # without the line to the point
            outside = box.x0 < 0 or box.x1 > figure.bbox.x1 or box.y0 < 0 or box.y1 > figure.bbox.y1
            covered = box.count_contains(taken) + (1000 if outside else 0) + abs(x) / 100
            if covered < least:
                best, text, least = text, best, covered
            if text is not None:
                text.remove()
        best.update_positions(figure.canvas.get_renderer())
        box = Text.get_window_extent(best).padded(2)
        # The name's own place is taken now: a grid of points stands for it.
        columns, rows = np.meshgrid(np.linspace(box.x0, box.x1, 12), np.linspace(box.y0, box.y1, 4))
        taken = np.vstack([taken, np.column_stack([columns.ravel(), rows.ravel()])])


def draw(points: np.ndarray, names: list[str], labels: dict[str, str], annotated: list[str], output: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams.update({"svg.hashsalt": "adjoin", "font.family": "sans-serif"})
    import matplotlib.pyplot as plt

    of_node = [labels.get(name, UNLABELLED) for name in names]
    groups = sorted(set(of_node) - {UNLABELLED}, key=lambda label: (-of_node.count(label), label))
    colour = {label: COLOURS[i] if i < len(COLOURS) else OTHER_COLOUR for i, label in enumerate(groups)}
    colour[UNLABELLED] = OTHER_COLOUR

    figure, axes = plt.subplots(figsize=(9, 6), layout="constrained")
    for label in groups + ([UNLABELLED] if UNLABELLED in of_node else []):
        rows = [row for row, found in enumerate(of_node) if found == label]
        axes.scatter(points[rows, 0], points[rows, 1], s=34, color=colour[label], label=label, linewidths=0.5,
                     edgecolors="white")
    axes.set_axis_off()
    axes.margins(0.07)
    figure.legend(loc="outside lower center", ncols=5, frameon=False, fontsize=9.5, handletextpad=0.2)
    annotate(figure, axes, points, {name: points[names.index(name)] for name in annotated})
    metadata = {"Date": None} if output.suffix == ".svg" else None
    figure.savefig(output, dpi=110, metadata=metadata, facecolor="white")


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw an embedding in two dimensions, coloured by label.")
    parser.add_argument("embedding", type=Path, help="an .npy file with its .names.txt beside it")
    parser.add_argument("labels", type=Path, help="tab-separated name and label, with a header line")
    parser.add_argument("-o", "--output", type=Path, required=True, help=".svg, .png or .pdf")
    parser.add_argument("--method", choices=["pca", "tsne"], default="pca")
    parser.add_argument("--perplexity", type=float, default=30, help="of t-SNE: about how many neighbours count")
    parser.add_argument("--annotate", default="", help="names to write beside their points, separated by commas")
    arguments = parser.parse_args()

    vectors, names = read_embedding(arguments.embedding)
    if len(names) < 3:
        sys.exit(f"{arguments.embedding}: {len(names)} rows are too few for a picture")
    annotated = [name for name in arguments.annotate.split(",") if name]
    unknown = [name for name in annotated if name not in names]
    if unknown:
        sys.exit(f"{arguments.embedding} has no row named {', '.join(unknown)}")
    vectors = to_unit_length(vectors)
    if arguments.method == "pca":
        points = project_by_pca(vectors)
    else:
        points = project_by_tsne(vectors, arguments.perplexity)
    draw(points, names, read_labels(arguments.labels), annotated, arguments.output)


if __name__ == "__main__":
    main()
