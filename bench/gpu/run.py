#!/usr/bin/env python3
"""Measures the GPU side: products of drawn graphs beside cuSPARSE, CuPy and PyTorch, `adjoin embed` and other operations on the GPU beside
the CPU.

  python3 run.py RESULTS --seconds 480      writes RESULTS/gpu.jsonl as it goes, RESULTS/gpu.md at the end, and prints the latter
  python3 run.py --table RESULTS/gpu.jsonl  prints the table of what was measured before
  (eval "$(python3 run.py --environment)"; ./cuda_test)    so that a program beside this file finds its libraries

The programs stand beside this file, as carry.sh puts them, or in the build folder that --build names. CUDA's libraries are looked for
where Python's packages have them, then where a toolkit is. Nothing but the standard library is needed; peers.py tells what it needs.
Every step is told when it begins and ends; one that fails, or has no time left, is told and the others go on.
"""
import argparse
import datetime
import os
import pathlib
import re
import shlex
import shutil
import sys
import tempfile

from places import HERE, environment_of, environment_of_peers, library_folders, program
from steps import Steps, tell
from tables import COMPUTING, read_records, table

GRAPHS = ["rmat-20", "rmat-22", "uniform-20", "uniform-22"]
OPERATIONS = ["spmv", "resident", "triangles", "pairs", "nearest", "spmm-cpu"]  # tasks of gpu_bench, what is cheap and wanted most first
OF_ALL_GRAPHS = ["spmv", "spmm-cpu"]  # of them: beside the products
SMALL_GRAPH = "rmat-14"  # whose triangles CuPy has memory for
COMPARED_ROWS = 10_000


# The steps


def measure_products(steps, arguments, environment, scratch):
    bench = program(arguments, "gpu_bench", "bench/gpu/gpu_bench")
    for number, graph in enumerate(arguments.graphs):
        kind, scale = graph.rsplit("-", 1)
        command = [bench, "--graph", kind, "--scale", scale, "--tasks", "copy,gather,spmm" if number == 0 else "spmm",
                   "--columns", ",".join(map(str, arguments.columns)), "--slices", arguments.slices, "--hot-slices", arguments.hot_slices,
                   "--runs", arguments.runs, "--write", scratch / graph]
        if graph == arguments.embed_graph:
            command += ["--store", scratch / f"{graph}.adjoin"]
        steps.run_records(f"products of {graph}", command, environment)
        if graph == arguments.embed_graph:
            measure_embeddings(steps, arguments, environment, scratch)
    if arguments.embed_graph != "none" and arguments.embed_graph not in arguments.graphs:
        measure_embeddings(steps, arguments, environment, scratch)


def store_of(steps, arguments, environment, scratch):
    store = scratch / f"{arguments.embed_graph}.adjoin"
    if store.exists():
        return store
    kind, scale = arguments.embed_graph.rsplit("-", 1)
    model = (["rmat", "--scale", scale] if kind == "rmat" else
             ["erdos-renyi", "--nodes", 2 ** int(scale), "--edges", 16 * 2 ** int(scale)])
    command = [program(arguments, "adjoin", "adjoin"), "generate", *model, "--seed", 1, "-o", store, "--quiet"]
    return store if steps.run(f"making {store.name}", command, environment, tell) else None


def measure_embeddings(steps, arguments, environment, scratch):
    store = store_of(steps, arguments, environment, scratch)
    if store is None:
        return
    written = {}
    for number in range(arguments.embed_rounds):
        for device in ("cuda", "cpu"):
            output = scratch / f"{device}.npy"
            name = f"adjoin embed on {device}" + (f", round {number + 1}" if arguments.embed_rounds > 1 else "")
            command = [program(arguments, "adjoin", "adjoin"), "embed", store, "-o", output, "--dim", arguments.dim, "--weights",
                       arguments.weights, "--device", device, "--json", *arguments.embed_arguments]
            document = steps.run_document(name, command, environment)
            if document is None:
                continue
            record = document["record"]
            stages = {stage["name"]: stage["seconds"] for stage in record["stages"]}
            computing = sum(stages.get(stage, 0) for stage in COMPUTING)
            tell("   " + ", ".join(f"{stage} {seconds:.3f} s" for stage, seconds in stages.items()) + f"; computing {computing:.3f} s")
            steps.keep({"task": "embed", "graph": arguments.embed_graph, "device": record.get("device"), "asked_for": device,
                        "threads": record.get("threads"), "columns": arguments.dim, "weights": arguments.weights, "stages": stages,
                        "computing_seconds": computing, "seconds": record.get("seconds"), "peak_bytes": record.get("peak_bytes")})
            written[device] = output
    if len(written) == 2:
        compare_embeddings(steps, arguments, written)
    for output in scratch.glob("*.npy*"):
        output.unlink()


def compare_embeddings(steps, arguments, written):
    name = "comparing the embeddings"
    tell(f"-- {name}")
    try:
        import numpy as np

        cuda, cpu = (np.load(written[device], mmap_mode="r") for device in ("cuda", "cpu"))
        rows = np.sort(np.random.default_rng(7).choice(len(cpu), min(COMPARED_ROWS, len(cpu)), replace=False))
        difference = float(np.abs(cuda[rows] - cpu[rows]).max())
        steps.keep({"task": "agreement", "graph": arguments.embed_graph, "rows": len(rows),
                    "difference": difference if np.isfinite(difference) else "not a number"})
        tell(f"   {difference:.2g} at most, of {len(rows)} rows")
    except Exception as error:  # a comparison that cannot be made is no reason to lose the table
        steps.fail(name, f"{type(error).__name__}: {error}")


def graphs_of(operation, arguments):
    if operation in OF_ALL_GRAPHS:
        return arguments.graphs
    return ([SMALL_GRAPH] if operation == "triangles" else []) + arguments.operation_graphs


def measure_operations(steps, arguments, environment, scratch):
    """A process for each operation and graph: one that fails or hangs takes no other with it."""
    bench = program(arguments, "gpu_bench", "bench/gpu/gpu_bench")
    for operation in arguments.operations:
        command = [bench, "--tasks", operation, "--runs", arguments.runs, "--call-seconds", arguments.call_seconds]
        if operation == "nearest":
            steps.run_records("nearest rows", [*command, "--write", scratch / "nearest"], environment, arguments.operation_seconds)
            continue
        for graph in graphs_of(operation, arguments):
            kind, scale = graph.rsplit("-", 1)
            more = ["--graph", kind, "--scale", scale]
            if operation == "pairs":
                more += ["--pairs", arguments.pairs]
            elif operation == "resident":
                more += ["--dim", arguments.dim]
            elif operation == "spmm-cpu":
                more += ["--columns", ",".join(map(str, arguments.columns))]
            if operation == "pairs" or not (scratch / graph / "targets.npy").exists():
                more += ["--write", scratch / graph]
            steps.run_records(f"{operation} of {graph}", command + more, environment, arguments.operation_seconds)


def peer_tasks(graph, arguments):
    """What CuPy and PyTorch are asked for of a graph, what is cheap first."""
    return ([task for task in ("spmv", "pairs") if task in arguments.operations and graph in graphs_of(task, arguments)] +
            (["triangles"] if graph == SMALL_GRAPH and "triangles" in arguments.operations else []) +
            (["spmm"] if graph in arguments.graphs and not arguments.without_products else []))


def measure_peers(steps, arguments, scratch):
    peers = [sys.executable, HERE / "peers.py"]
    if "nearest" in arguments.operations:
        if (scratch / "nearest" / "queries.npy").exists():
            steps.run_records("peers on nearest rows", [*peers, scratch / "nearest", "--tasks", "nearest"], environment_of_peers())
        else:
            tell("-- peers on nearest rows")
            steps.fail("peers on nearest rows", "the rows were not written")
    for graph in dict.fromkeys([SMALL_GRAPH, *arguments.operation_graphs, *arguments.graphs]):
        tasks = peer_tasks(graph, arguments)
        if "pairs" in tasks and not (scratch / graph / "pairs.npy").exists():
            tasks.remove("pairs")  # that step has told why
        if not tasks:
            continue
        if not (scratch / graph / "targets.npy").exists():
            tell(f"-- peers on {graph}")
            steps.fail(f"peers on {graph}", "the graph was not written")
            continue
        command = [*peers, scratch / graph, "--tasks", *tasks, "--name", graph, "--runs", arguments.runs, "--columns", *arguments.columns]
        steps.run_records(f"peers on {graph}", command, environment_of_peers())


# The command


def graph_name(text):
    if not re.fullmatch(r"(rmat|uniform)-\d+", text):
        raise argparse.ArgumentTypeError(f"{text} is no graph; rmat-20 and uniform-20 are")
    return text


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", nargs="?", type=pathlib.Path, help="a folder to write to; made if it is not there")
    parser.add_argument("--seconds", type=float, default=480, help="for everything")
    parser.add_argument("--step-seconds", type=float, default=150, help="for each step")
    parser.add_argument("--graphs", nargs="+", type=graph_name, default=GRAPHS)
    parser.add_argument("--columns", nargs="+", type=int, default=[128, 256])
    parser.add_argument("--slices", default="0,128,256,512", help="of adjoin's product, as gpu_bench takes them")
    parser.add_argument("--hot-slices", default="64,128,256", help="of adjoin's product with hot rows kept; or none")
    parser.add_argument("--runs", type=int, default=11)
    parser.add_argument("--embed-graph", type=lambda text: text if text == "none" else graph_name(text), default="rmat-22",
                        help="that adjoin embed is run on, or none")
    parser.add_argument("--embed-rounds", type=int, default=1)
    parser.add_argument("--dim", type=int, default=256, help="of the embedding")
    parser.add_argument("--weights", default="0,1,1", help="of its hops")
    parser.add_argument("--embed-arguments", type=shlex.split, default=[], help="further ones of adjoin embed, in one word")
    parser.add_argument("--operations", nargs="+", choices=[*OPERATIONS, "none"], default=OPERATIONS,
                        help="that are measured beside the products, in this order")
    parser.add_argument("--operation-graphs", nargs="+", type=graph_name, default=["rmat-20"],
                        help="of resident, triangles and pairs; the others take those of the products")
    parser.add_argument("--operation-seconds", type=float, default=60, help="for each operation on a graph")
    parser.add_argument("--call-seconds", type=int, default=8, help="after which a call that is timed is not made once more")
    parser.add_argument("--pairs", type=int, default=4_000_000, help="whose scores are made")
    parser.add_argument("--without-products", action="store_true", help="without products and adjoin embed")
    parser.add_argument("--without-peers", action="store_true", help="without CuPy and PyTorch")
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parents[1] / "build" / "dev" if len(HERE.parents) > 1 else HERE)
    parser.add_argument("--scratch", type=pathlib.Path, help="where graphs and embeddings go meanwhile: up to 12 GiB")
    parser.add_argument("--environment", action="store_true", help="print what finds the libraries, for a shell, and stop")
    parser.add_argument("--table", type=pathlib.Path, metavar="RECORDS", help="print the table of these records and stop")
    arguments = parser.parse_args()
    if not (arguments.results or arguments.environment or arguments.table):
        parser.error("no folder for the results is named")
    arguments.operations = [operation for operation in arguments.operations if operation != "none"]
    return arguments


def scratch_parent(arguments):
    """In memory where there is room, as writing an embedding is not what is measured."""
    if arguments.scratch:
        arguments.scratch.mkdir(parents=True, exist_ok=True)
        return arguments.scratch
    shared = pathlib.Path("/dev/shm")
    return shared if shared.is_dir() and shutil.disk_usage(shared).free > 24 << 30 else pathlib.Path(tempfile.gettempdir())


def main():
    arguments = parse()
    if arguments.table:
        print(table(read_records(arguments.table)), end="")
        return 0
    folders, absent = library_folders(HERE)
    environment = environment_of(folders)
    if arguments.environment:
        print(f"export LD_LIBRARY_PATH={shlex.quote(environment['LD_LIBRARY_PATH'])}")
        return 0
    tell(f"libraries: {':'.join(folders)}")
    if absent:
        tell(f"not found, so the system's loader has to: {', '.join(absent)}")
    tell(f"{datetime.datetime.now():%Y-%m-%d %H:%M}, {len(os.sched_getaffinity(0))} processors, {arguments.seconds:.0f} s")
    arguments.results.mkdir(parents=True, exist_ok=True)
    with open(arguments.results / "gpu.jsonl", "w", encoding="utf-8") as file, \
            tempfile.TemporaryDirectory(dir=scratch_parent(arguments), prefix="gpu_bench_") as scratch:
        steps = Steps(arguments.seconds, arguments.step_seconds, file)
        if not arguments.without_products:
            measure_products(steps, arguments, environment, pathlib.Path(scratch))
        measure_operations(steps, arguments, environment, pathlib.Path(scratch))
        if not arguments.without_peers:
            measure_peers(steps, arguments, pathlib.Path(scratch))
    text = table(steps.records)
    (arguments.results / "gpu.md").write_text(text, encoding="utf-8")
    tell("\n" + text)
    return 1 if any(record["task"] == "failure" for record in steps.records) else 0


if __name__ == "__main__":
    sys.exit(main())
