"""Methods of link prediction beside one another, on the same splits."""

import contextlib
import inspect
import operator
import statistics
import time
from typing import NamedTuple

import numpy as np

from adjoin import _core
from adjoin._options import progress_callable, table, takes_options
from adjoin.errors import InvalidData
from adjoin.graph import as_graph
from adjoin.judging import link_metrics, split_edges
from adjoin.links import link_scores


class LinkRun(NamedTuple):
    """A method on one split."""

    method: str
    run: int  # the split's round, or its fold
    split: str  # the hash
    values: dict[str, float]  # by the metric's name
    seconds: float  # of the scores, and of what the method learned for them


class LinkComparison:
    """What compare_links() finds. Printed, it is a table of means and deviations."""

    runs: list[LinkRun]

    def __init__(self, runs):
        self.runs = runs

    def summary(self) -> dict[str, dict[str, tuple[float, float]]]:
        """By method and metric: the mean over the runs, and the standard deviation (R - 1; 0 for one run)."""
        values = {}
        for run in self.runs:
            for metric, value in run.values.items():
                values.setdefault(run.method, {}).setdefault(metric, []).append(value)
        return {method: {metric: (statistics.fmean(found), statistics.stdev(found) if len(found) > 1 else 0.0)
                         for metric, found in of_method.items()} for method, of_method in values.items()}

    def to_frame(self):
        """A pandas frame with a row a run."""
        import pandas

        return pandas.DataFrame([{"method": run.method, "run": run.run, "split": run.split, **run.values, "seconds": run.seconds}
                                 for run in self.runs])

    def __repr__(self):
        rows = [(method, *(f"{mean:.4f} \u00b1 {deviation:.4f}" for mean, deviation in of_method.values()))
                for method, of_method in self.summary().items()]
        head = ("method", *next(iter(self.summary().values()), {}))
        widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
        return "\n".join("  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))])
                         for row in (head, *rows))


def _named(methods):
    """Methods by their names, which are text."""
    if isinstance(methods, str):
        methods = [methods]
    named = dict(methods) if hasattr(methods, "items") else {name: name for name in ([] if callable(methods) else methods)}
    if not named or not all(isinstance(name, str) for name in named):
        raise TypeError("methods are names of scores, or a dict from a name to a score's name or to a function of (training, pairs)")
    return named


def _scorer(graph, name, method, run_options):
    """A function of a training graph and rows of pairs."""
    if callable(method):
        return method
    if not isinstance(method, str):
        raise TypeError(f"method {name!r} is neither the name of a score nor a function of (training, pairs)")
    link_scores(graph, [], method, by_row=True)  # a name that is none is told before anything is computed
    return lambda training, pairs: link_scores(training, pairs, method, by_row=True, **run_options)


def _scores_of(name, scorer, training, positives, negatives):
    """Of both, which the method sees in an order that does not tell which is which."""
    pairs = np.concatenate([positives, negatives])
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    found = np.asarray(scorer(training, pairs[order]))
    if found.shape != (len(pairs),) or found.dtype.kind not in "biuf":
        raise ValueError(f"method {name!r} gave {found.dtype} of shape {found.shape} and not a number for each of {len(pairs)} pairs")
    if np.isnan(found).any():
        source, target = pairs[order][np.isnan(found)][0]
        raise ValueError(f"method {name!r} gave NaN for the pair of rows {source} and {target}")
    scores = np.empty(len(pairs))
    scores[order] = found
    return scores[:len(positives)], scores[len(positives):]


def _check_names(options):
    """A keyword that no table has is told as this function's."""
    known = inspect.signature(compare_links).parameters
    for name in options:
        if name not in known:
            meant = _core.nearest_word(name, list(known))
            raise TypeError(f"compare_links() has no option '{name}'" + (f"; did you mean {meant}?" if meant else ""))


@takes_options("split", "metrics", "run")
def compare_links(graph, methods, *, runs: int = 0, progress=None, **options) -> LinkComparison:
    """Methods of link prediction beside one another: each scores the held-out edges and the pairs without an edge of the same splits,
    and sees of a split the training graph alone. What `adjoin linkpred` does, with methods of your own; the first error ends it.

    graph: a Graph, or anything that as_graph() takes.
    methods: names of scores (link_score_names()); or a dict from a name of your own to a score's, or to a function of (training, pairs)
        that gives a number a pair, the higher the likelier: training is a Graph, pairs a (k, 2) array of its rows, in an order that
        tells nothing.
    runs: independent splits, numbered on from `round`; with folds, one a fold from `fold` on. 0 takes 10, or the folds that are left.
    progress: True for a bar, or a function of (stage, done, total, unit).

    Options of runs (threads, seed, device, memory) are those of the splits and of scores by name.
    """
    graph = as_graph(graph)
    _check_names(options)
    options = {name: value for name, value in options.items() if value is not None}
    run_options = {row["name"]: options[row["name"]] for row in table("run") if row["name"] in options}
    judged = {row["name"]: options.pop(row["name"]) for row in table("metrics") if row["name"] in options}
    with contextlib.suppress(InvalidData):  # of a K that two scores are too few for; metrics that are none are told at once
        link_metrics([1.0], [0.0], **judged)
    scorers = {name: _scorer(graph, name, method, run_options) for name, method in _named(methods).items()}
    if options.get("negatives") == "none":
        raise ValueError("negatives = 'none' leaves nothing to rank the held-out edges against")
    folds = int(options.get("folds", 0))
    numbered = "fold" if folds else "round"
    first = int(options.pop(numbered, 0))
    runs = operator.index(runs) or (folds - first if folds else 10)
    if runs < 1 or (folds and runs > folds - first):
        raise ValueError(f"runs = {runs} is not from 1" + (f" to the {folds - first} folds from {first} on" if folds else " on"))
    tell = progress_callable(progress) or (lambda *_: None)
    found = []
    for run in range(first, first + runs):
        split = split_edges(graph, **{**options, numbered: run})
        if len(split.test) == 0:
            raise ValueError("test = 0 holds no edge out to judge by")
        for name, scorer in scorers.items():
            began = time.perf_counter()
            positives, negatives = _scores_of(name, scorer, split.training, split.test, split.test_negatives)
            seconds = time.perf_counter() - began
            found.append(LinkRun(name, run, split.hash, link_metrics(positives, negatives, **judged), seconds))
            tell("compare", len(found), runs * len(scorers), "runs")
    return LinkComparison(found)
