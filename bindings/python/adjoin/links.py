"""Which pairs of nodes are linked: scores of pairs, and the best of all pairs."""

from typing import NamedTuple

import numpy as np

from adjoin import _core
from adjoin._options import progress_callable, takes_options
from adjoin.graph import as_graph


class ScoredLink(NamedTuple):
    source: str
    target: str
    score: float


def link_score_names() -> list[str]:
    """Every score that link_scores() knows."""
    return _core.link_score_names()


def _rows_of_names(graph, pairs):
    ends = pairs.tolist() if isinstance(pairs, np.ndarray) else [tuple(pair) for pair in pairs]
    if not all(len(pair) == 2 for pair in ends):
        raise ValueError("a pair is two names of nodes")
    return graph.rows([name for pair in ends for name in pair]).reshape(-1, 2)


def _checked_rows(graph, pairs):
    rows = np.asarray(pairs)
    if rows.size == 0:
        return np.empty((0, 2), dtype=np.int64)
    if rows.ndim != 2 or rows.shape[1] != 2 or rows.dtype.kind not in "iu":
        raise ValueError("with by_row, pairs are a (k, 2) array of whole numbers; leave by_row out for names")
    if rows.min() < 0 or rows.max() >= graph.node_count:
        raise ValueError(f"pairs name row {rows.max() if rows.min() >= 0 else rows.min()} of {graph.node_count} nodes")
    return rows.astype(np.int64, copy=False)


@takes_options("link_scores", "run")
def link_scores(graph, pairs, methods="adamic-adar", *, by_row: bool = False, progress=None, **options) -> np.ndarray:
    """How likely pairs of nodes are linked, by what their neighbourhoods share or the paths between them. Higher is likelier.

    graph: a Graph, or anything that as_graph() takes.
    pairs: names of nodes, two a pair: a list of tuples, or a (k, 2) array.
    methods: a score's name, for k numbers; or a list of them, for k x m. link_score_names() has all; short names (aa, cn, jc, ra)
        are known too.
    by_row: pairs are numbers of nodes, as split_edges() gives them, and not names.
    """
    graph = as_graph(graph)
    rows = _checked_rows(graph, pairs) if by_row else _rows_of_names(graph, pairs)
    names = [methods] if isinstance(methods, str) else list(methods)
    scores = _core.link_scores(graph._core, np.ascontiguousarray(rows[:, 0]), np.ascontiguousarray(rows[:, 1]), names, options,
                               progress_callable(progress))
    return scores[:, 0] if isinstance(methods, str) else scores


@takes_options("link_scores", "run")
def best_links(graph, method: str = "adamic-adar", count: int = 100, *, progress=None, **options) -> list[ScoredLink]:
    """The pairs without an edge that score highest, the best first, found without trying all pairs; nothing is approximated.

    graph: a Graph, or anything that as_graph() takes.
    method: a score of the neighbourhood (adamic-adar, resource-allocation, jaccard, ...), local-path, katz or rooted-pagerank.
    """
    graph = as_graph(graph)
    sources, targets, scores = _core.best_links(graph._core, method, count, options, progress_callable(progress))
    name = graph._core.nodes.name
    return [ScoredLink(name(source), name(target), float(score)) for source, target, score in zip(sources, targets, scores)]
