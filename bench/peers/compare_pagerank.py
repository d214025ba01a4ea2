#!/usr/bin/env python3
"""Personalised PageRank of many roots by adjoin beside NetworKit and igraph: the same graph and roots, and errors no larger than theirs.

  pip install networkit igraph numpy
  cmake --preset dev && ninja -C build/dev bench_fastrp bench_pagerank
  python3 bench/peers/compare_pagerank.py --sources 10

The graph is R-MAT of Graph500's parameters, edge factor 16; alpha is 0.15. NetworKit has forward push, scd.ApproximatePageRank, of walks
that stay with probability 1/2; its alpha / (2 - alpha) makes them the same vectors. A new object is made for each root, as it keeps its
residuals. igraph's personalized_pagerank (PRPACK) is exact to rounding and takes no tolerance.

Errors are measured on the first roots, beside power iteration to 1e-14: in sum over nodes (L1), and the largest at a node for each of its
edges. For each method of a peer adjoin's epsilon is the largest of a power of ten, or half or a fifth of one, whose L1 error is not above
the peer's. Peers have one thread for a root; adjoin uses one, or with --threads as many, on different roots. Peers and adjoin are timed on the
first --sources roots, in turns, and the seconds are for 1,000.
"""
import argparse
import datetime
import json
import pathlib
import statistics
import subprocess
import time

import numpy as np

import told
from compare_linkpred import graph_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
ALPHA = 0.15
EPSILONS = [factor * 10.0 ** -digits for digits in range(5, 15) for factor in (1, 0.5, 0.2)][:-2]  # to adjoin's least, 1e-14


class Adjoin:
    def __init__(self, build, folder, roots, threads):
        self.program, self.folder, self.roots, self.threads = build / "bench" / "peers" / "bench_pagerank", folder, roots, threads
        self.n = len(np.load(folder / "offsets.npy")) - 1
        self.file, self.out = folder / "roots.bin", folder / "vectors.bin"

    def call(self, task, roots, *rest):
        roots.tofile(self.file)
        command = [self.program, task, self.folder, self.file, *map(str, rest)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def vectors(self, roots, method, error):
        self.call("vectors", roots, method, error, self.out)
        return np.fromfile(self.out).reshape(-1, self.n)

    def seconds(self, epsilon):
        return json.loads(self.call("seconds", self.roots, epsilon, self.threads, 1))["seconds"][0]

    def clean(self):
        self.file.unlink(missing_ok=True)
        self.out.unlink(missing_ok=True)


class Networkit:
    program = "networkit"

    def __init__(self, offsets, targets, epsilon):
        import networkit

        networkit.setNumberOfThreads(1)
        rows = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
        once = rows < targets
        self.n = len(offsets) - 1
        self.graph = networkit.GraphFromCoo((rows[once].astype(np.uint64), targets[once].astype(np.uint64)), n=self.n)
        self.push = networkit.scd.ApproximatePageRank
        self.name, self.epsilon = f"NetworKit {networkit.__version__}, push, {epsilon:g}", epsilon
        self.method = f"push at {epsilon:g}"

    def run(self, root):
        return self.push(self.graph, ALPHA / (2 - ALPHA), self.epsilon).run(root)

    def vector(self, root):
        values = np.zeros(self.n)
        for node, value in self.run(root):
            values[node] = value
        return values


class Igraph:
    program, method = "igraph", "exact"

    def __init__(self, offsets, targets):
        import igraph

        rows = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
        once = rows < targets
        self.graph = igraph.Graph(n=len(offsets) - 1, edges=np.stack([rows[once], targets[once]], axis=1))
        self.name = f"igraph {igraph.__version__}, PRPACK"

    def run(self, root):
        return self.graph.personalized_pagerank(reset_vertices=root, damping=1 - ALPHA, directed=False)

    def vector(self, root):
        return np.array(self.run(root))


def seconds_of(peer, roots):
    begin = time.perf_counter()
    for root in roots:
        peer.run(int(root))
    return time.perf_counter() - begin


def errors(found, exact, degrees):
    difference = np.abs(found - exact)
    return difference.sum(axis=1).mean(), (difference / np.maximum(degrees, 1)).max()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "dev")
    parser.add_argument("--scale", type=int, default=18)
    parser.add_argument("--threads", type=int, default=1, help="adjoin's")
    parser.add_argument("--sources", type=int, default=10, help="roots that are timed")
    parser.add_argument("--judged", type=int, default=3, help="roots whose errors are measured")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--epsilons", type=float, nargs="*", default=[1e-6, 1e-7], help="NetworKit's")
    parser.add_argument("--without-igraph", action="store_true")
    parser.add_argument("--graphs", type=pathlib.Path, help="where graphs are kept")
    parser.add_argument("--json", action="store_true", help="a JSON line a result")
    arguments = parser.parse_args()
    folder = (arguments.graphs or arguments.build.parent / "peers" / "graphs") / f"rmat-{arguments.scale}"
    offsets, targets = graph_of(arguments.build, folder, arguments.scale)
    degrees = np.diff(offsets)
    roots = np.random.default_rng(7).choice(np.flatnonzero(degrees), arguments.sources, replace=False).astype(np.uint32)
    judged = roots[:arguments.judged]
    adjoin = Adjoin(arguments.build, folder, roots, arguments.threads)
    exact = adjoin.vectors(judged, "power-iteration", 1e-14)
    own = {}
    protocol = f"seconds for 1,000 roots at an L1 error no larger than the peer's, adjoin on {arguments.threads} threads, {len(roots)} roots timed"
    write = (lambda *_, **__: None) if arguments.json else print
    write(f"{datetime.date.today()}, R-MAT scale {arguments.scale}, {len(roots)} roots, errors of {len(judged)}, adjoin on {arguments.threads} threads, medians of "
          f"{arguments.repeats}, seconds for 1,000 roots\n")
    write("| peer | L1 error | most an edge | seconds | adjoin's epsilon | L1 error | most an edge | seconds | ratio |\n"
          "|---|---|---|---|---|---|---|---|---|", flush=True)
    peers = [lambda epsilon=epsilon: Networkit(offsets, targets, epsilon) for epsilon in arguments.epsilons]
    for make in peers + ([] if arguments.without_igraph else [lambda: Igraph(offsets, targets)]):
        peer = make()
        theirs = errors(np.stack([peer.vector(int(root)) for root in judged]), exact, degrees)
        for epsilon in EPSILONS:
            if epsilon not in own:
                own[epsilon] = errors(adjoin.vectors(judged, "push", epsilon), exact, degrees)
            if own[epsilon][0] <= theirs[0]:
                break
        else:
            if arguments.json:
                told.failed(f"rmat-{arguments.scale}", "adjoin-library", peer.method, "no epsilon of push is as exact")
            write(f"| {peer.name} | {theirs[0]:.1e} | {theirs[1]:.1e} | | none is as exact | | | | |", flush=True)
            continue
        times = [(seconds_of(peer, roots), adjoin.seconds(epsilon)) for _ in range(arguments.repeats)]
        if arguments.json:
            for program, column, found in ((peer.program, 0, theirs), ("adjoin-library", 1, own[epsilon])):
                told.result(f"rmat-{arguments.scale}", program, peer.method, [pair[column] * 1000 / len(roots) for pair in times],
                            told.version_of(peer.program) if column == 0 else "", protocol, {"L1 error": found[0]})
        slow, fast = (statistics.median(column) * 1000 / len(roots) for column in zip(*times))
        ratio = statistics.median(theirs_of / ours_of for theirs_of, ours_of in times)
        write(f"| {peer.name} | {theirs[0]:.1e} | {theirs[1]:.1e} | {slow:.1f} | {epsilon:g} | {own[epsilon][0]:.1e} | {own[epsilon][1]:.1e} "
              f"| {fast:.1f} | {ratio:.1f} |", flush=True)
    adjoin.clean()


if __name__ == "__main__":
    main()
