#!/usr/bin/env python3
"""CuPy and PyTorch on what gpu_bench measures, from the arrays that it leaves in a folder.

  gpu_bench --tasks pairs --graph rmat --scale 20 --write FOLDER
  python3 peers.py FOLDER --tasks spmm spmv pairs --columns 128 256

  spmm       Y = A X, A a graph without weights, X dense, 32-bit floats. CuPy copies an X whose rows are not columns in memory to what its
             library wants, so it is timed with both.
  spmv       y = A x
  pairs      common neighbours of pairs.npy by CuPy: A[u].multiply(A[v]).sum(1), some pairs after the other for --pair-seconds; how many
             there were is told
  triangles  (A @ A).multiply(A).sum() / 6 by CuPy, for small graphs: it stores A @ A
  nearest    the nearest rows of rows.npy for queries.npy, by cosine: torch.topk of a product in 32-bit floats, blocks of queries after one
             another. Rows are on the device, and of length one, before the clock runs; queries go there and results come back within it

Needs numpy, and CuPy or PyTorch with CUDA. Prints a JSON line for each, in the way of gpu_bench: medians after runs that do not count,
products by the device's own clock, the others by the wall clock. A has values of one and 32-bit indices, as these libraries want it; dense
operands of products are of numbers from 0.5 to 1.5. `difference` is the largest relative one from what NumPy makes in double precision of
rows drawn from all. What fails is told in its line, and the rest is measured.
"""
import argparse
import json
import pathlib
import statistics
import time

import numpy as np

CHECKED_ROWS = 64
CHECKED_QUERIES = 8
CHUNK_ENTRIES = 1 << 26  # of the rows that CuPy takes out for a chunk of pairs: what it makes of them has to fit beside the graph
BLOCK_QUERIES = 512  # whose products with a million rows take 2 GiB


class Graph:
    def __init__(self, folder, name):
        self.name = name or folder.name
        self.offsets = np.load(folder / "offsets.npy")
        self.targets = np.load(folder / "targets.npy")
        self.n = len(self.offsets) - 1
        if len(self.targets) >= 2**31:
            raise SystemExit("error: the graph has too many non-zeros for 32-bit indices")
        self.checked = np.random.default_rng(7).choice(self.n, min(CHECKED_ROWS, self.n), replace=False)

    def neighbors(self, row):
        return self.targets[self.offsets[row]:self.offsets[row + 1]]

    def difference(self, rows_of_x, rows_of_y):
        """rows_of_x, rows_of_y: what makes a host's array of these rows."""
        worst = 0.0
        for row in self.checked:
            expected = rows_of_x(self.neighbors(row)).astype(np.float64).sum(axis=0)
            worst = max(worst, relative_difference(rows_of_y(np.array([row])).astype(np.float64)[0], expected))
        return worst


def relative_difference(found, expected):
    differences = np.abs(found - expected) / np.maximum(np.maximum(np.abs(found), np.abs(expected)), 1e-30)
    return float(differences.max()) if not np.isnan(differences).any() else float("inf")


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

    def input(self, shape, method):
        random = self.cupy.random.default_rng(1)
        x = random.random(shape, dtype=self.cupy.float32) + self.cupy.float32(0.5)
        return self.cupy.asfortranarray(x) if method == "column-major" else x

    def product(self, x):
        return self.matrix @ x

    def rows(self, x):
        return lambda rows: self.cupy.asnumpy(x[self.cupy.asarray(rows)])

    def common_neighbors(self, pairs):
        """On the host when it returns."""
        of_first, of_second = (self.matrix[self.cupy.asarray(pairs[:, end])] for end in (0, 1))
        return self.cupy.asnumpy(of_first.multiply(of_second).sum(axis=1)).ravel()

    def triangles(self):
        paths = (self.matrix @ self.matrix).multiply(self.matrix)
        return round(float(paths.data.sum(dtype=self.cupy.float64)) / 6)

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

    def input(self, shape, _):
        self.torch.manual_seed(1)
        return self.torch.rand(shape, device="cuda") + 0.5

    def product(self, x):
        return self.matrix @ x

    def rows(self, x):
        return lambda rows: x[self.torch.from_numpy(rows.astype(np.int64)).cuda()].cpu().numpy()

    def free(self):
        self.torch.cuda.empty_cache()


def tell(record):
    print(json.dumps(record), flush=True)


def number(value):
    return value if np.isfinite(value) else "not a number"


def times(seconds):
    return {"seconds": statistics.median(seconds), "least_seconds": min(seconds), "most_seconds": max(seconds), "runs": len(seconds)}


def wall_seconds(call, runs):
    """Of `runs` calls after one that does not count, and what the last gave. A call waits for the device itself."""
    seconds, result = [], call()
    for _ in range(runs):
        began = time.perf_counter()
        result = call()
        seconds.append(time.perf_counter() - began)
    return seconds, result


def measure_product(peer, graph, shape, method, arguments):
    x = peer.input(shape, method)
    seconds = peer.seconds(lambda: peer.product(x), arguments.warmups, arguments.runs)
    return {**times(seconds), "difference": number(graph.difference(peer.rows(x), peer.rows(peer.product(x))))}


def spmm(peer, graph, arguments, begin):
    for columns in arguments.columns:
        for method in peer.methods:
            yield ({**begin, "method": method, "precision": "float32", "columns": columns},
                   lambda: measure_product(peer, graph, (graph.n, columns), method, arguments))


def spmv(peer, graph, arguments, begin):
    yield ({**begin, "method": "", "precision": "float32"}, lambda: measure_product(peer, graph, (graph.n,), None, arguments))


def chunks(graph, pairs):
    """Pieces of the pairs whose rows have about CHUNK_ENTRIES entries together."""
    degrees = np.diff(graph.offsets)
    entries = np.cumsum(degrees[pairs[:, 0]] + degrees[pairs[:, 1]])
    begin = 0
    while begin < len(pairs):
        before = entries[begin - 1] if begin > 0 else 0
        end = max(begin + 1, int(np.searchsorted(entries, before + CHUNK_ENTRIES, side="right")))
        yield pairs[begin:end]
        begin = end


def measure_pairs(peer, graph, arguments):
    pairs = np.load(arguments.graph / "pairs.npy")
    peer.common_neighbors(next(chunks(graph, pairs)))  # compiles its kernels
    done, scores, began = 0, [], time.perf_counter()
    for chunk in chunks(graph, pairs):
        scores.append(peer.common_neighbors(chunk))
        done += len(chunk)
        if time.perf_counter() - began > arguments.pair_seconds:
            break
    seconds = time.perf_counter() - began
    found = np.concatenate(scores)[:CHECKED_ROWS].astype(np.float64)
    expected = [np.isin(graph.neighbors(u), np.setdiff1d(graph.neighbors(v), [u, v])).sum() for u, v in pairs[:len(found)]]
    return {"seconds": seconds, "runs": 1, "pairs": done, "pairs_per_second": done / seconds,
            "difference": number(relative_difference(found, np.array(expected, dtype=np.float64)))}


def pairs(peer, graph, arguments, begin):
    yield {**begin, "method": "common neighbors"}, lambda: measure_pairs(peer, graph, arguments)


def measure_triangles(peer, arguments):
    seconds, count = wall_seconds(peer.triangles, arguments.call_runs)
    return {**times(seconds), "triangles": count}


def triangles(peer, graph, arguments, begin):
    yield begin, lambda: measure_triangles(peer, arguments)


# Each yields what it is and how it is measured; with what a program needs to have for it.
TASKS = {"spmm": (spmm, "product"), "spmv": (spmv, "product"), "pairs": (pairs, "common_neighbors"), "triangles": (triangles, "triangles")}


def tell_measured(record, measure):
    """Whatever a package that is broken or absent raises: the others still run."""
    try:
        tell({**record, **measure()})
    except Exception as error:
        tell({**record, "failed": f"{type(error).__name__}: {error}"})


def run(kind, graph, arguments):
    """Everything that is asked for of a graph, by one of the programs."""
    begin = {"graph": graph.name, "nodes": graph.n, "nonzeros": len(graph.targets)}
    names = [name for name in arguments.tasks if name in TASKS and hasattr(kind, TASKS[name][1])]
    if not names:
        return
    try:
        peer = kind(graph)
    except Exception as error:
        for name in names:
            tell({**begin, "task": name, "program": kind.program, "method": "", "precision": "float32",
                  "failed": f"{type(error).__name__}: {error}"})
        return
    for name in names:
        about = {**begin, "task": name, "program": kind.program, "version": peer.version}
        for record, measure in TASKS[name][0](peer, graph, arguments, about):
            tell_measured(record, measure)
            peer.free()


# Nearest rows, which need no graph


def of_length_one(rows):
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30)


def measure_nearest(arguments):
    import torch

    if not torch.cuda.is_available():
        raise RuntimeError("PyTorch finds no GPU")
    torch.set_float32_matmul_precision("highest")  # no TF32: its products have ten bits
    rows, queries = (of_length_one(np.load(arguments.graph / f"{name}.npy")) for name in ("rows", "queries"))
    there = torch.from_numpy(rows).cuda()

    def search():
        found = [torch.topk(block @ there.T, arguments.top) for block in torch.from_numpy(queries).cuda().split(BLOCK_QUERIES)]
        return tuple(torch.cat([part[place] for part in found]).cpu() for place in (0, 1))  # waits for the device

    seconds, (similarities, _) = wall_seconds(search, arguments.call_runs)
    checked = queries[:CHECKED_QUERIES].astype(np.float64)
    expected = np.sort(np.stack([rows @ query for query in checked]), axis=1)[:, ::-1][:, :arguments.top]
    operations = 2 * len(queries) * rows.size
    return {**times(seconds), "vectors": len(rows), "width": rows.shape[1], "queries": len(queries), "top": arguments.top,
            "version": torch.__version__, "operations_per_second": operations / statistics.median(seconds),
            "difference": number(relative_difference(similarities[:CHECKED_QUERIES].numpy().astype(np.float64), expected))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", type=pathlib.Path, help="a folder that gpu_bench --write made")
    parser.add_argument("--tasks", nargs="+", choices=[*TASKS, "nearest"], default=["spmm"])
    parser.add_argument("--name", help="of the graph in the records; the folder's if not given")
    parser.add_argument("--columns", type=int, nargs="+", default=[128, 256])
    parser.add_argument("--peers", nargs="+", choices=["cupy", "torch"], default=["torch", "cupy"])
    parser.add_argument("--warmups", type=int, default=3)
    parser.add_argument("--runs", type=int, default=11, help="of products")
    parser.add_argument("--call-runs", type=int, default=5, help="of triangles and nearest rows")
    parser.add_argument("--pair-seconds", type=float, default=5, help="after which no further chunk of pairs is begun")
    parser.add_argument("--top", type=int, default=10, help="nearest rows")
    arguments = parser.parse_args()
    if "nearest" in arguments.tasks and "torch" in arguments.peers:
        tell_measured({"task": "nearest", "program": "PyTorch"}, lambda: measure_nearest(arguments))
    if not set(arguments.tasks) & set(TASKS):
        return
    graph = Graph(arguments.graph, arguments.name)
    kinds = {"cupy": Cupy, "torch": Torch}
    for name in arguments.peers:
        run(kinds[name], graph, arguments)


if __name__ == "__main__":
    main()
