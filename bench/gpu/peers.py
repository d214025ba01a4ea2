#!/usr/bin/env python3
"""CuPy and PyTorch on the product that gpu_bench measures: Y = A X, A a graph without weights, X dense, 32-bit floats.

  gpu_bench --tasks none --graph rmat --scale 20 --write FOLDER
  python3 peers.py FOLDER --columns 128 256

Needs numpy, and CuPy or PyTorch with CUDA. Prints a JSON line for each product, in the way of gpu_bench: medians by the device's own
clock, after runs that do not count. A has values of one and 32-bit indices, as these libraries want it; X is of numbers from 0.5 to 1.5.
CuPy copies an X whose rows are not columns in memory to what its library wants, so it is timed with both. `difference` is the largest
relative one from sums in double precision, of rows drawn from all. What fails is told in its line, and the rest is measured.
"""
import argparse
import json
import pathlib
import statistics

import numpy as np

CHECKED_ROWS = 64


class Graph:
    def __init__(self, folder, name):
        self.name = name or folder.name
        self.offsets = np.load(folder / "offsets.npy")
        self.targets = np.load(folder / "targets.npy")
        self.n = len(self.offsets) - 1
        if len(self.targets) >= 2**31:
            raise SystemExit("error: the graph has too many non-zeros for 32-bit indices")
        self.checked = np.random.default_rng(7).choice(self.n, min(CHECKED_ROWS, self.n), replace=False)

    def difference(self, rows_of_x, rows_of_y):
        """rows_of_x, rows_of_y: what makes a host's array of these rows."""
        worst = 0.0
        for row in self.checked:
            neighbors = self.targets[self.offsets[row]:self.offsets[row + 1]]
            expected = rows_of_x(neighbors).astype(np.float64).sum(axis=0)
            found = rows_of_y(np.array([row])).astype(np.float64)[0]
            differences = np.abs(found - expected) / np.maximum(np.maximum(np.abs(found), np.abs(expected)), 1e-30)
            worst = max(worst, float(differences.max()) if not np.isnan(differences).any() else float("inf"))
        return worst


class Cupy:
    program = "CuPy"

    def __init__(self, graph):
        import cupy
        import cupyx.scipy.sparse

        self.cupy, self.version = cupy, cupy.__version__
        parts = (cupy.ones(len(graph.targets), dtype=cupy.float32), cupy.asarray(graph.targets), cupy.asarray(graph.offsets.astype(np.int32)))
        self.matrix = cupyx.scipy.sparse.csr_matrix(parts, shape=(graph.n, graph.n))
        self.matrix.has_canonical_format = True  # sorted, without duplicates: nothing to find out while the clock runs
        self.methods = {"row-major": "C", "column-major": "F"}

    def seconds(self, run, warmups, runs):
        events = [(self.cupy.cuda.Event(), self.cupy.cuda.Event()) for _ in range(runs)]
        for _ in range(warmups):
            run()
        for begin, end in events:
            begin.record()
            run()
            end.record()
        self.cupy.cuda.Device().synchronize()
        return [self.cupy.cuda.get_elapsed_time(begin, end) / 1e3 for begin, end in events]

    def input(self, rows, columns, method):
        random = self.cupy.random.default_rng(1)
        x = random.random((rows, columns), dtype=self.cupy.float32) + self.cupy.float32(0.5)
        return x if method == "row-major" else self.cupy.asfortranarray(x)

    def product(self, x):
        return self.matrix @ x

    def rows(self, x):
        return lambda rows: self.cupy.asnumpy(x[self.cupy.asarray(rows)])

    def free(self):
        self.cupy.get_default_memory_pool().free_all_blocks()


class Torch:
    program = "PyTorch"

    def __init__(self, graph):
        import torch

        if not torch.cuda.is_available():
            raise RuntimeError("PyTorch finds no GPU")
        self.torch, self.version = torch, torch.__version__
        parts = (torch.from_numpy(graph.offsets.astype(np.int32)), torch.from_numpy(graph.targets), torch.ones(len(graph.targets)))
        self.matrix = torch.sparse_csr_tensor(*(part.cuda() for part in parts), size=(graph.n, graph.n), check_invariants=False)
        self.methods = {"row-major": None}

    def seconds(self, run, warmups, runs):
        events = [[self.torch.cuda.Event(enable_timing=True) for _ in range(2)] for _ in range(runs)]
        for _ in range(warmups):
            run()
        for begin, end in events:
            begin.record()
            run()
            end.record()
        self.torch.cuda.synchronize()
        return [begin.elapsed_time(end) / 1e3 for begin, end in events]

    def input(self, rows, columns, _):
        self.torch.manual_seed(1)
        return self.torch.rand((rows, columns), device="cuda") + 0.5

    def product(self, x):
        return self.matrix @ x

    def rows(self, x):
        return lambda rows: x[self.torch.from_numpy(rows.astype(np.int64)).cuda()].cpu().numpy()

    def free(self):
        self.torch.cuda.empty_cache()


def tell(record):
    print(json.dumps(record), flush=True)


def measure(peer, graph, columns, method, arguments):
    x = peer.input(graph.n, columns, method)
    seconds = peer.seconds(lambda: peer.product(x), arguments.warmups, arguments.runs)
    difference = graph.difference(peer.rows(x), peer.rows(peer.product(x)))
    return {"seconds": statistics.median(seconds), "least_seconds": min(seconds), "most_seconds": max(seconds), "runs": len(seconds),
            "difference": difference if np.isfinite(difference) else "not a number"}


def run(kind, graph, arguments):
    begin = {"graph": graph.name, "nodes": graph.n, "nonzeros": len(graph.targets), "task": "spmm", "program": kind.program}
    try:
        peer = kind(graph)
    except Exception as error:  # whatever a package that is broken or absent raises; the other one still runs
        tell({**begin, "method": "", "precision": "float32", "failed": f"{type(error).__name__}: {error}"})
        return
    for columns in arguments.columns:
        for method in peer.methods:
            record = {**begin, "method": method, "precision": "float32", "columns": columns, "version": peer.version}
            try:
                tell({**record, **measure(peer, graph, columns, method, arguments)})
            except Exception as error:
                tell({**record, "failed": f"{type(error).__name__}: {error}"})
            peer.free()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", type=pathlib.Path, help="a folder with offsets.npy and targets.npy")
    parser.add_argument("--name", help="of the graph in the records; the folder's if not given")
    parser.add_argument("--columns", type=int, nargs="+", default=[128, 256])
    parser.add_argument("--peers", nargs="+", choices=["cupy", "torch"], default=["cupy", "torch"])
    parser.add_argument("--warmups", type=int, default=3)
    parser.add_argument("--runs", type=int, default=11)
    arguments = parser.parse_args()
    graph = Graph(arguments.graph, arguments.name)
    kinds = {"cupy": Cupy, "torch": Torch}
    for name in arguments.peers:
        run(kinds[name], graph, arguments)


if __name__ == "__main__":
    main()
