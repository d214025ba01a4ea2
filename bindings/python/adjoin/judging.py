"""Edges held out to judge by, and metrics of how well scores find them."""

from typing import NamedTuple

import numpy as np

from adjoin import _core
from adjoin._options import progress_callable, takes_options
from adjoin.graph import Graph, as_graph


class EdgeSplit(NamedTuple):
    """What split_edges() makes. Pairs are rows of two numbers: i is the node names[i] and row i of every embedding of the graph, and
    link_scores() takes them with by_row=True."""

    training: Graph  # every node and the edges that are not held out
    validation: np.ndarray
    validation_negatives: np.ndarray
    test: np.ndarray
    test_negatives: np.ndarray
    hash: str  # the same for the same split, here, in the command and in its records


@takes_options("split", "run")
def split_edges(graph, *, progress=None, **options) -> EdgeSplit:
    """Holds out edges at random, and as many pairs without an edge, checked for leaks: what `adjoin split` does, to the same pairs.

    graph: a Graph, or anything that as_graph() takes. Its features stay with it; the training graph has none.

    An edge's part depends on the seed and the names of its ends alone, not on the order of the input.
    """
    training, *pairs, hash_text = _core.split_edges(as_graph(graph)._core, options, progress_callable(progress))
    return EdgeSplit(Graph(training), *(numbers.reshape(-1, 2) for numbers in pairs), hash_text)


@takes_options("metrics")
def link_metrics(positives, negatives, **options) -> dict[str, float]:
    """How well scores tell linked pairs from others: every positive and every negative in one ranking, the highest first.

    positives, negatives: scores of the pairs with and without an edge.
    """
    scores = [np.ascontiguousarray(values, dtype=np.float64) for values in (positives, negatives)]
    for values in scores:
        if values.ndim != 1:
            raise ValueError(f"scores are two vectors of numbers, one a pair, and not of shape {values.shape}")
    return _core.link_metrics(*scores, options)
