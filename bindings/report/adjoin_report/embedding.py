"""An embedding in two dimensions, coloured by label.

The picture of README.md:
  adjoin embed data/borders/edges.tsv -o borders.npy
  adjoin plot borders.npy --labels data/borders/regions.tsv -o docs/images/borders.svg --method tsne \\
      --annotate "Portugal,Greece,Russia,China,Vietnam,Saudi Arabia,Nigeria,Kenya,South Africa,Brazil,Panama,Texas,Florida,Quebec,Ireland"
"""
import numpy as np

from .failure import Failure
from .names import annotate
from .picture import check_output, save

COLOURS = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#ee8866", "#44bb99", "#775544", "#222255"]
OTHER_COLOUR = "#999999"
UNLABELLED = "no label"


def read_embedding(path):
    """Vectors, and the names of their rows: NAME.npy with NAME.names.txt beside it, or text of a name and numbers a line, as word2vec has
    it."""
    if path.suffix == ".npy":
        try:
            vectors = np.load(path)
        except ValueError as error:
            raise Failure(f"{path}: {error}") from None
        beside = path.with_suffix(".names.txt")
        if not beside.exists():
            raise Failure(f"{path}: there is no {beside.name} beside it, which adjoin embed writes")
        names = beside.read_text(encoding="utf-8").splitlines()
    else:
        names, vectors = read_text(path)
    if vectors.ndim != 2 or len(names) != len(vectors):
        raise Failure(f"{path}: {vectors.shape} is not one row for each of the {len(names)} names beside it")
    if len(names) < 3:
        raise Failure(f"{path}: {len(names)} rows are too few for a picture")
    return vectors.astype(np.float64), names


def read_text(path):
    names, rows = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        columns = line.split("\t") if "\t" in line else line.split()
        if number == 1 and (len(columns) == 2 or any(not is_number(column) for column in columns[1:])):
            continue  # word2vec's head of counts, or a table's
        if not all(map(is_number, columns[1:])) or (rows and len(columns) != len(rows[0]) + 1):
            raise Failure(f"{path}:{number}: a name and {len(rows[0]) if rows else 'some'} numbers are expected")
        names.append(columns[0])
        rows.append([float(column) for column in columns[1:]])
    return names, np.array(rows)


def is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def read_labels(path):
    """The first label of each name. A first line that is a head is left out where it says node, name or id."""
    labels = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        columns = next((line.split(mark) for mark in ("\t", ",") if mark in line), line.split())
        if len(columns) != 2:
            raise Failure(f"{path}:{number}: {len(columns)} columns where name and label were expected")
        if not labels and columns[0].lower() in ("node", "name", "id"):
            continue
        labels.setdefault(*columns)
    return labels


def to_unit_length(vectors):
    """Rows of length one, because adjoin's vectors are compared by their angle; zero rows stay zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def project_by_pca(vectors):
    """The first two principal components; each turned so that its largest entry is positive, whatever the machine's LAPACK says."""
    centred = vectors - vectors.mean(axis=0)
    values, axes = np.linalg.eigh(centred.T @ centred)
    points = centred @ axes[:, np.argsort(values)[::-1][:2]]
    if points.shape[1] < 2:
        points = np.column_stack([points, np.zeros(len(points))])
    signs = np.sign(points[np.abs(points).argmax(axis=0), [0, 1]])
    return points * np.where(signs == 0, 1, signs)


def project_by_tsne(vectors, perplexity):
    try:
        from sklearn.manifold import TSNE
    except ImportError:
        raise Failure("--method tsne needs scikit-learn: apt-get install python3-sklearn, or pip install scikit-learn") from None
    perplexity = min(perplexity, (len(vectors) - 1) / 3)
    return TSNE(metric="cosine", perplexity=perplexity, init="pca", random_state=0).fit_transform(vectors)


def draw_embedding(arguments):
    check_output(arguments.output)
    vectors, names = read_embedding(arguments.input)
    labels = read_labels(arguments.labels) if arguments.labels else {}
    annotated = [name for name in arguments.annotate.split(",") if name]
    row_of = {name: row for row, name in enumerate(names)}
    unknown = [name for name in annotated if name not in row_of]
    if unknown:
        raise Failure(f"{arguments.input} has no row named {', '.join(unknown)}")
    if arguments.labels and not labels.keys() & row_of.keys():
        raise Failure(f"{arguments.labels}: none of its {len(labels)} names is in {arguments.input}")
    vectors = to_unit_length(vectors)
    points = project_by_pca(vectors) if arguments.method == "pca" else project_by_tsne(vectors, arguments.perplexity)
    drawn = picture_of(points, names, labels, [(name, points[row_of[name]]) for name in annotated], arguments.output.suffix == ".html")
    save(drawn, arguments.output, arguments.title, f"{len(names)} nodes in two dimensions by {arguments.method}")


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
    for label in groups + ([UNLABELLED] if UNLABELLED in of_node else []):
        rows = [row for row, found in enumerate(of_node) if found == label]
        axes.scatter(points[rows, 0], points[rows, 1], s=size, color=colour[label], label=label, linewidths=0.5 if size > 10 else 0,
                     edgecolors=CARD if on_page else "white")
    axes.set_axis_off()
    axes.margins(0.07)
    if labels:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0), ncols=5, frameon=False, fontsize=9.5, handletextpad=0.2,
                     labelcolor=INK if on_page else "black")
    if annotated:
        annotate(drawn, axes, points, annotated, ink=INK if on_page else "#222222", line=MUTED if on_page else "#888888")
    return drawn
