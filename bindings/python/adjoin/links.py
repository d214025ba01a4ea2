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


@takes_options("link_scores", "run")
def link_scores(graph, pairs, methods="adamic-adar", *, progress=None, **options) -> np.ndarray:
    """How likely pairs of nodes are linked, by what their neighbourhoods share or the paths between them. Higher is likelier.

    graph: a Graph, or anything that as_graph() takes.
    pairs: names of nodes, two a pair: a list of tuples, or a (k, 2) array.
    methods: a score's name, for k numbers; or a list of them, for k x m. link_score_names() has all; short names (aa, cn, jc, ra)
        are known too.
    """
    graph = as_graph(graph)
    ends = pairs.tolist() if isinstance(pairs, np.ndarray) else [tuple(pair) for pair in pairs]
    if not all(len(pair) == 2 for pair in ends):
        raise ValueError("a pair is two names of nodes")
    rows = graph.rows([name for pair in ends for name in pair]).reshape(-1, 2)
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
