#!/usr/bin/env python3
"""Scores of node pairs by adjoin beside others: the same graph and pairs, in turns.

  pip install networkit igraph scipy networkx
  cmake --preset dev && ninja -C build/dev bench_fastrp bench_linkpred
  python3 bench/peers/compare_linkpred.py --repeats 3

The graph is R-MAT of Graph500's parameters, edge factor 16. The pairs: uniform ones, and pairs of two ends of random paths of two
edges, which is where hubs meet. Seconds around the call that scores, from a graph and pairs in the peer's own shape; NetworKit and
igraph take Python lists, the making of which is not counted. NetworkX scores a hundredth of the pairs, times a hundred.
"""
import argparse
import datetime
import json
import pathlib
import statistics
import subprocess
import sys
import time

import numpy as np

import told

ROOT = pathlib.Path(__file__).resolve().parents[2]


def graph_of(build, folder, scale):
    if not (folder / "offsets.npy").exists():
        subprocess.run([build / "bench" / "peers" / "bench_fastrp", "--scale", str(scale), "--export", folder], check=True)
    return np.load(folder / "offsets.npy"), np.load(folder / "targets.npy")


def drawn_pairs(offsets, targets, count, kind):
    """Pairs of different nodes."""
    random = np.random.default_rng(7)
    n = len(offsets) - 1
    if kind == "uniform":
        pairs = random.integers(0, n, (2 * count, 2))
    else:
        entries = random.integers(0, len(targets), 2 * count)
        middle = targets[entries]
        other = targets[offsets[middle] + (random.random(2 * count) * (offsets[middle + 1] - offsets[middle])).astype(np.int64)]
        source = np.searchsorted(offsets, entries, side="right") - 1
        pairs = np.stack([source, other], axis=1)
    return np.ascontiguousarray(pairs[pairs[:, 0] != pairs[:, 1]][:count]).astype(np.uint32)


class Peer:
    """One library's graph, and its scores: a function a score, which returns their sum."""

    scores = {}
    share = 1  # of the pairs

    def measure(self, pairs, repeats):
        results = {}
        for name, function in self.scores.items():
            part = self.shape(pairs[::self.share])
            seconds = []
            for _ in range(repeats):
                begin = time.perf_counter()
                values = function(part)
                seconds.append((time.perf_counter() - begin) * self.share)
            results[name] = {"seconds": seconds, "sum": float(np.sum(values)) * self.share}
        return results


class Networkit(Peer):
    def __init__(self, offsets, targets):
        import networkit

        n = len(offsets) - 1
        rows = np.repeat(np.arange(n), np.diff(offsets))
        once = rows < targets
        self.graph = networkit.GraphFromCoo((rows[once].astype(np.uint64), targets[once].astype(np.uint64)), n=n)
        link = networkit.linkprediction
        self.scores = {
            name: (lambda pairs, index=index: [score for _, score in index(self.graph).runOn(pairs)])
            for name, index in (("common-neighbors", link.CommonNeighborsIndex), ("jaccard", link.JaccardIndex),
                                ("adamic-adar", link.AdamicAdarIndex), ("resource-allocation", link.ResourceAllocationIndex))
        }

    @staticmethod
    def shape(pairs):
        return [(int(x), int(y)) for x, y in pairs]


class Igraph(Peer):
    def __init__(self, offsets, targets):
        import igraph

        n = len(offsets) - 1
        rows = np.repeat(np.arange(n), np.diff(offsets))
        once = rows < targets
        self.graph = igraph.Graph(n=n, edges=np.stack([rows[once], targets[once]], axis=1))
        self.scores = {"jaccard": lambda pairs: self.graph.similarity_jaccard(pairs=pairs, loops=False)}

    shape = staticmethod(Networkit.shape)


class Scipy(Peer):
    def __init__(self, offsets, targets):
        import scipy.sparse

        n = len(offsets) - 1
        self.a = scipy.sparse.csr_array((np.ones(len(targets)), targets, offsets), shape=(n, n))
        self.degrees = np.diff(offsets).astype(float)
        with np.errstate(divide="ignore"):
            self.by_log = np.where(self.degrees > 1, 1 / np.log(self.degrees), 0)
            self.by_degree = np.where(self.degrees > 0, 1 / self.degrees, 0)
        self.scores = {
            "common-neighbors": lambda pairs: self.weighed(pairs, np.ones(n)),
            "jaccard": self.jaccard,
            "adamic-adar": lambda pairs: self.weighed(pairs, self.by_log),
            "resource-allocation": lambda pairs: self.weighed(pairs, self.by_degree),
        }

    def weighed(self, pairs, weights):
        """In blocks, so that the rows picked out fit into memory."""
        return np.concatenate([self.a[part[:, 0]].multiply(self.a[part[:, 1]]) @ weights
                               for part in np.array_split(pairs, max(1, len(pairs) // 20000))])

    def jaccard(self, pairs):
        common = self.weighed(pairs, np.ones(len(self.degrees)))
        either = self.degrees[pairs[:, 0]] + self.degrees[pairs[:, 1]] - common
        return np.divide(common, either, out=np.zeros_like(common), where=either > 0)

    @staticmethod
    def shape(pairs):
        return pairs.astype(np.int64)


class Networkx(Peer):
    share = 100

    def __init__(self, offsets, targets):
        import networkx

        rows = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
        once = rows < targets
        self.graph = networkx.Graph()
        self.graph.add_nodes_from(range(len(offsets) - 1))
        self.graph.add_edges_from(zip(rows[once].tolist(), targets[once].tolist()))
        self.scores = {
            name: (lambda pairs, function=function: [score for _, _, score in function(self.graph, pairs)])
            for name, function in (("jaccard", networkx.jaccard_coefficient), ("adamic-adar", networkx.adamic_adar_index),
                                   ("resource-allocation", networkx.resource_allocation_index))
        }

    shape = staticmethod(Networkit.shape)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "dev")
    parser.add_argument("--scale", type=int, default=18)
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--peers", nargs="+", default=["networkit", "igraph", "scipy", "networkx"])
    parser.add_argument("--kinds", nargs="+", choices=["uniform", "two-hops"], default=["uniform", "two-hops"], help="of pairs")
    parser.add_argument("--graphs", type=pathlib.Path, help="where graphs are kept")
    parser.add_argument("--json", action="store_true", help="a JSON line a result")
    arguments = parser.parse_args()
    folder = (arguments.graphs or arguments.build.parent / "peers" / "graphs") / f"rmat-{arguments.scale}"
    offsets, targets = graph_of(arguments.build, folder, arguments.scale)
    peers = {}
    for name in arguments.peers:
        try:
            peers[name] = globals()[name.capitalize()](offsets, targets)
        except ImportError as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
    if not arguments.json:
        print(f"{datetime.date.today()}, R-MAT scale {arguments.scale}, {arguments.pairs:,} pairs, medians of {arguments.repeats}\n")
        print("| pairs | score | adjoin | peer | its time | ratio |\n|---|---|---|---|---|---|")
    protocol = f"{arguments.pairs:,} pairs of R-MAT scale {arguments.scale}"
    for kind in (name.replace("-", " ") for name in arguments.kinds):
        pairs = drawn_pairs(offsets, targets, arguments.pairs, kind)
        path = folder / "pairs.bin"
        pairs.tofile(path)
        command = [arguments.build / "bench" / "peers" / "bench_linkpred", folder, path, str(arguments.repeats)]
        ours = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        path.unlink()
        if arguments.json:
            for score, found in ours.items():
                told.result(kind, "adjoin-library", score, found["seconds"], "", protocol)
        for name, peer in peers.items():
            for score, result in peer.measure(pairs, arguments.repeats).items():
                mine, theirs = statistics.median(ours[score]["seconds"]), statistics.median(result["seconds"])
                if peer.share == 1 and abs(result["sum"] - ours[score]["sum"]) > 1e-4 * abs(result["sum"]):
                    sys.exit(f"{name} finds another {score}: {result['sum']} where adjoin has {ours[score]['sum']}")
                if arguments.json:
                    told.result(kind, name, score, result["seconds"], told.version_of(name), protocol)
                else:
                    print(f"| {kind} | {score} | {mine:.3f} s | {name} | {theirs:.2f} s | {theirs / mine:.1f} |", flush=True)


if __name__ == "__main__":
    main()
