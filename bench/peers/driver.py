"""What every Python driver shares (driver.hpp is the same for C++): its arguments, the graph's arrays, the input of the product,
the checks of the results and the line that it prints. README.md states the contract.

A driver makes its peer's own graph, then returns the call to be timed:

  def product(graph, options):                  # loading: not counted
      matrix = own_matrix(graph)
      return lambda x: matrix @ x               # counted

  drive("name", "1.2.3", spmm=product, embed={"method": (embedding, {"option": default})})
"""
import argparse
import json
import os
import pathlib
import resource
import sys
import time
import types

import numpy as np

BLOCK = 1 << 12


def blocks(rows):
    """Slices of rows, each small enough to stay in the cache."""
    return (slice(begin, min(begin + BLOCK, rows)) for begin in range(0, rows, BLOCK))


class Graph:
    """offsets (n + 1) and targets of the adjacency matrix, which has no values. 32-bit offsets where they are enough: SciPy
    wants one type for both arrays."""

    def __init__(self, folder):
        offsets = np.load(os.path.join(folder, "offsets.npy"))
        self.targets = np.load(os.path.join(folder, "targets.npy"))
        self.offsets = offsets.astype(np.int32) if len(self.targets) < 2**31 else offsets
        self.degrees = np.diff(self.offsets)
        self.n = len(self.degrees)

    def matrix(self, values=None):
        """SciPy's CSR matrix with these values, or ones, in 32-bit floats."""
        import scipy.sparse

        if values is None:
            values = np.ones(len(self.targets), dtype=np.float32)
        return scipy.sparse.csr_matrix((values, self.targets, self.offsets), shape=(self.n, self.n), copy=False)

    def sources(self):
        return np.repeat(np.arange(self.n, dtype=self.targets.dtype), self.degrees)


def tiny_graph(nodes):
    """A ring: what compiles itself at the first call does so on this one, before the clock starts."""
    graph = Graph.__new__(Graph)
    graph.n, graph.degrees = nodes, np.full(nodes, 2)
    graph.offsets = np.arange(0, 2 * nodes + 1, 2, dtype=np.int32)
    ring = np.arange(nodes)
    graph.targets = np.sort(np.stack([(ring + 1) % nodes, (ring - 1) % nodes], axis=1), axis=1).ravel().astype(np.int32)
    return graph


def fill_input(rows, columns):
    x = np.empty((rows, columns), dtype=np.float32)
    j = np.arange(columns, dtype=np.uint64) * np.uint64(2246822519)
    for block in blocks(rows):
        i = np.arange(block.start, block.stop, dtype=np.uint64) * np.uint64(2654435761)
        hashed = (i[:, None] + j).astype(np.uint32)
        x[block] = (hashed >> np.uint32(16)).astype(np.float32) / np.float32(65536) - np.float32(0.5)
    return x


def product_checksum(y):
    total = 0.0
    columns = 3 * np.arange(y.shape[1])
    for block in blocks(len(y)):
        factor = 1 + (np.arange(block.start, block.stop)[:, None] + columns) % 7
        total += float((np.abs(y[block]).astype(np.float64) * factor).sum())
    return total


def neighbor_cosine(graph, z):
    """Mean cosine of each node that has neighbours with its middle neighbour (driver.hpp)."""
    nodes = np.flatnonzero(graph.degrees)
    middle = graph.targets[graph.offsets[nodes] + graph.degrees[nodes] // 2]
    length = np.maximum(np.sqrt(np.einsum("ij,ij->i", z, z)), 1e-30)
    total = 0.0
    for block in blocks(len(nodes)):
        a, b = nodes[block], middle[block]
        total += float((np.einsum("ij,ij->i", z[a], z[b]) / (length[a] * length[b])).sum())
    return total / max(len(nodes), 1)


def value_of(text):
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def parse_arguments(spmm, embed):
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graph", required=True, help="a folder with offsets.npy and targets.npy")
    parser.add_argument("--task", required=True, choices=["spmm"] * bool(spmm) + ["embed"] * bool(embed))
    parser.add_argument("--method", choices=list(embed), default=next(iter(embed), None))
    parser.add_argument("--dim", type=int, default=128)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--warmup", type=int, default=1, help="runs before those that count")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", help="writes the last embedding there (.npy, float32, row i is node i)")
    parser.add_argument("--set", action="append", default=[], metavar="OPTION=VALUE", help="of the method; the value as JSON")
    options = parser.parse_args()
    known = embed[options.method][1] if options.task == "embed" else {}
    options.of_method = types.SimpleNamespace(**known)
    for name, _, text in (entry.partition("=") for entry in options.set):
        if name not in known:
            parser.error(f"--set {name}: the method has {', '.join(known) or 'no options'}")
        setattr(options.of_method, name, value_of(text))
    return options


def drive(peer, version, spmm=None, embed=None, own_measure=None):
    """`own_measure`: for a peer that is a program of its own; called after each run, it returns seconds and peak bytes."""
    embed = embed or {}
    options = parse_arguments(spmm, embed)
    began = time.perf_counter()
    graph = Graph(options.graph)
    task = spmm if options.task == "spmm" else embed[options.method][0]
    run = task(graph, options)
    load_seconds = time.perf_counter() - began
    arguments = [fill_input(graph.n, options.dim)] if options.task == "spmm" else []
    result, seconds, peak_bytes = None, [], 0
    for _ in range(options.warmup + options.repeats):
        del result
        began = time.perf_counter()
        result = run(*arguments)
        seconds.append(time.perf_counter() - began)
        if own_measure:
            seconds[-1], peak_bytes = own_measure()
    peak_bytes = peak_bytes or 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    line = {"peer": peer, "version": version, "task": options.task, "graph": pathlib.Path(options.graph).name, "dim": options.dim,
            "threads": options.threads, "load_seconds": round(load_seconds, 6),
            "seconds": [round(value, 6) for value in seconds[options.warmup:]],
            "peak_bytes": peak_bytes}
    if options.task == "embed":
        line["method"], line["options"] = options.method, vars(options.of_method)
        result = np.ascontiguousarray(result, dtype=np.float32)
        line["checksum"] = neighbor_cosine(graph, result)
        if options.out:
            np.save(options.out, result)
            line["out"] = options.out
    else:
        line["checksum"] = product_checksum(np.asarray(result))
    print(json.dumps(line), flush=True)
