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
import glob
import json
import os
import pathlib
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
GRAPHS = ["rmat-20", "rmat-22", "uniform-20", "uniform-22"]
OPERATIONS = ["spmv", "resident", "triangles", "pairs", "nearest", "spmm-cpu"]  # tasks of gpu_bench, what is cheap and wanted most first
OF_ALL_GRAPHS = ["spmv", "spmm-cpu"]  # of them: beside the products
SMALL_GRAPH = "rmat-14"  # whose triangles CuPy has memory for
LIBRARIES = ["libcusparse.so.12", "libcublas.so.13", "libnvJitLink.so.13"]
COMPUTING = ["project", "propagate", "standardize"]  # stages of FastRP; the others read, write and copy
SHORTEST = 10  # seconds that a step must have to be begun
COMPARED_ROWS = 10_000


def tell(text):
    print(text, flush=True)


# Finding programs and libraries


def folder_of(library):
    """Where this library of CUDA stands, or None."""
    folders = [*sys.path, *glob.glob("/usr/local/cuda*")]
    patterns = ["nvidia/*/lib", "lib64", "targets/x86_64-linux/lib"]
    for folder in filter(None, folders):
        for pattern in patterns:
            for found in sorted(glob.glob(os.path.join(glob.escape(folder), pattern, library))):
                return os.path.dirname(found)
    return None


def library_folders(programs):
    found = [folder_of(library) for library in LIBRARIES]
    own = [str(programs / "lib")] if (programs / "lib").is_dir() else []
    return own + list(dict.fromkeys(folder for folder in found if folder)), [name for name, folder in zip(LIBRARIES, found) if not folder]


def environment_of(folders):
    """For our programs alone: what is carried may be older than what Python's packages want."""
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(folders + paths_without_ours())}


def environment_of_peers():
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(paths_without_ours())}


def paths_without_ours():
    return [path for path in os.environ.get("LD_LIBRARY_PATH", "").split(":") if path and path != str(HERE / "lib")]


def program(arguments, name, built):
    beside = HERE / name
    return beside if beside.is_file() else arguments.build / built


# Running steps


class Steps:
    """Runs commands one after the other within the time there is, and keeps their records."""

    def __init__(self, seconds, step_seconds, file):
        self.ends = time.monotonic() + seconds
        self.step_seconds = step_seconds
        self.file = file
        self.records = []

    def remaining(self):
        return self.ends - time.monotonic()

    def keep(self, record):
        self.records.append(record)
        self.file.write(json.dumps(record) + "\n")
        self.file.flush()

    def fail(self, name, reason):
        tell(f"   failed: {reason}")
        self.keep({"task": "failure", "step": name, "failed": reason})

    def run(self, name, command, environment, read, seconds=None):
        """read(line) gets each line of its standard output; seconds: it may take, those of every step if not given. True if it went well."""
        if self.remaining() < SHORTEST:
            tell(f"-- {name}")
            self.fail(name, "no time was left")
            return False
        tell(f"-- {name}: {shlex.join(map(str, command))}")
        began = time.monotonic()
        with tempfile.TemporaryFile("w+") as errors:
            try:
                process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=errors, text=True, env=environment)
            except OSError as error:
                self.fail(name, str(error))
                return False
            late = threading.Event()

            def stop():
                late.set()
                process.kill()

            timer = threading.Timer(min(self.remaining(), seconds or self.step_seconds), stop)
            timer.start()
            try:
                for line in process.stdout:
                    read(line)
                code = process.wait()
            finally:
                timer.cancel()
                if process.poll() is None:
                    process.kill()
                    process.wait()
            errors.seek(0)
            said = errors.read().strip()
        if late.is_set():
            self.fail(name, f"stopped after {time.monotonic() - began:.0f} s, as it had no more time")
        elif code != 0:
            self.fail(name, f"exit code {code}: {' / '.join(said.splitlines()[-4:]) or 'it said nothing'}")
        else:
            tell(f"   {time.monotonic() - began:.1f} s" + (f"; it said: {said.splitlines()[-1]}" if said else ""))
        return code == 0 and not late.is_set()

    def run_records(self, name, command, environment, seconds=None):
        """A command that prints a record a line."""

        def read(line):
            try:
                record = json.loads(line)
            except json.JSONDecodeError:
                tell(f"   | {line.rstrip()}")
                return
            self.keep(record)
            tell(f"   {in_words(record)}")

        return self.run(name, command, environment, read, seconds)

    def run_document(self, name, command, environment):
        """A command that prints one JSON object, or None."""
        lines = []
        if not self.run(name, command, environment, lines.append):
            return None
        try:
            return json.loads("".join(lines))
        except json.JSONDecodeError as error:
            self.fail(name, f"it printed no JSON: {error}")
            return None


def in_words(record):
    what = [str(record[key]) for key in ("graph", "columns", "precision", "program", "method") if record.get(key)]
    if "row_bytes" in record:
        what.append(f"rows of {record['row_bytes']} bytes of {record['matrix_bytes'] >> 20} MiB")
    if "failed" in record:
        return f"{record['task']}: {' '.join(what)}: failed: {record['failed']}"
    if "bytes_per_second" in record:
        what.append(f"{record['bytes_per_second'] / 1e9:.0f} GB/s")
    elif "pairs_per_second" in record:
        what.append(f"{in_millions(record['pairs_per_second'])} million pairs a second")
    elif "operations_per_second" in record:
        what.append(f"{record['operations_per_second'] / 1e12:.2f} TFLOP/s")
    elif "seconds" in record:
        what.append(f"{record['seconds'] * 1e3:.3f} ms")
    elif record["task"] == "device":
        what.append(f"{record['name']}, {record['multiprocessors']} multiprocessors, {record['cache_bytes'] >> 20} MiB of cache")
    return f"{record['task']}: {' '.join(what)}"


def in_millions(value):
    return f"{value / 1e6:.3g}"


# The steps


def measure_products(steps, arguments, environment, scratch):
    bench = program(arguments, "gpu_bench", "bench/gpu/gpu_bench")
    for number, graph in enumerate(arguments.graphs):
        kind, scale = graph.rsplit("-", 1)
        command = [bench, "--graph", kind, "--scale", scale, "--tasks", "copy,gather,spmm" if number == 0 else "spmm",
                   "--columns", ",".join(map(str, arguments.columns)), "--slices", arguments.slices, "--hot-slices", arguments.hot_slices,
                   "--runs", arguments.runs,
                   "--write", scratch / graph]
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


# The table


def milliseconds(record):
    return f"{record['seconds'] * 1e3:.2f}"


def measured(records, **members):
    return [record for record in records
            if "seconds" in record and all(record.get(name) == value for name, value in members.items())]


def fastest(records):
    return min(records, key=lambda record: record["seconds"], default=None)


def in_table(record, name=None):
    if record is None:
        return ""
    return milliseconds(record) + (f" ({name})" if name else "")


def largest_difference(records):
    differences = [record["difference"] for record in records if "difference" in record]
    return ("not a number" if any(isinstance(value, str) for value in differences) else
            f"{max(differences):.1e}" if differences else "")


def times_as_fast(slow, fast):
    return f"{slow['seconds'] / fast['seconds']:.2f}" if slow and fast else ""


def in_seconds(record, name="seconds"):
    return f"{record[name]:.3g}" if record and name in record else ""


def both_sides(case):
    """Adjoin's on the GPU and on the CPU, or None."""
    return fastest(measured(case, program="adjoin")), fastest(measured(case, program="adjoin on the CPU"))


def cases_of(records, task, *names):
    """The records of a task that have something measured, in groups that are alike by these members."""
    groups = {}
    for record in records:
        if record["task"] == task and "seconds" in record and all(name in record for name in names):
            groups.setdefault(tuple(record[name] for name in names), []).append(record)
    return groups.items()


def lines_of(head, rows):
    if not rows:
        return []
    return ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)] + ["| " + " | ".join(map(str, row)) + " |" for row in rows]


def memory_lines(records):
    lines = []
    for device in [record for record in records if record["task"] == "device"][:1]:
        lines.append(f"{device['name']}, {device['cache_bytes'] / 2**20:.0f} MiB of cache.")
    copies = [record for record in records if record["task"] == "copy"]
    if copies:
        rate = statistics.median(record["bytes_per_second"] for record in copies)
        lines.append(f"A copy of {copies[0]['bytes'] / 2**31:.3g} GiB reads and writes {rate / 1e9:.0f} GB/s (median of {len(copies)} processes).")
    for size in sorted({record["matrix_bytes"] for record in records if record["task"] == "gather"}):
        widths = ", ".join(f"{record['row_bytes']} bytes {record['bytes_per_second'] / 1e9:.0f}"
                           for record in records if record["task"] == "gather" and record["matrix_bytes"] == size)
        lines.append(f"Rows drawn from {size / 2**30:.0f} GiB, GB/s: {widths}.")
    return lines


def shares(record):
    names = ("gathered_of_copy", "model_of_copy", "sliced_model_of_copy")
    return " / ".join(f"{record[name]:.2f}" if name in record else "?" for name in names)


def product_lines(records):
    products = [record for record in records if record["task"] == "spmm"]
    cases = list(dict.fromkeys((record["graph"], record["columns"], record["precision"]) for record in products if "columns" in record))
    if not cases:
        return []
    rows = []
    for graph, columns, precision in cases:
        case = [record for record in products if (record["graph"], record.get("columns"), record["precision"]) == (graph, columns, precision)]
        ours = fastest(measured(case, program="adjoin", slice_bytes=0))
        cut = [record for record in measured(case, program="adjoin") if record.get("slice_bytes")]
        sliced = fastest([record for record in cut if "hot_rows" not in record])
        hot = fastest([record for record in cut if "hot_rows" in record])
        cusparse = fastest(measured(case, program="cuSPARSE"))
        default = fastest(measured(case, program="cuSPARSE", method="default"))
        rows.append([graph, columns, precision, in_table(ours), shares(ours) if ours else "",
                     in_table(sliced, sliced and sliced["slice_bytes"]), in_table(hot, hot and hot["slice_bytes"]),
                     in_table(cusparse, cusparse and cusparse["method"]), in_table(default),
                     times_as_fast(cusparse, ours), in_table(fastest(measured(case, program="CuPy"))),
                     in_table(fastest(measured(case, program="PyTorch"))), in_table(fastest(measured(case, program="adjoin on the CPU"))),
                     largest_difference(case)])
    return lines_of(["graph", "columns", "precision", "adjoin, ms", "of the copy: gathered / model / sliced model", "best slices, ms",
                     "with hot rows kept, ms", "cuSPARSE at its best, ms", "its default, ms", "best over adjoin", "CuPy, ms", "PyTorch, ms",
                     "adjoin on the CPU, ms", "largest difference"], rows)


def vector_lines(records):
    rows = []
    for (graph,), case in cases_of(records, "spmv", "graph"):
        ours, cpu = both_sides(case)
        cusparse = fastest(measured(case, program="cuSPARSE"))
        rows.append([graph, microseconds(ours), f"{ours['compulsory_of_copy']:.2f}" if ours and "compulsory_of_copy" in ours else "",
                     microseconds(cusparse, cusparse and cusparse["method"]),
                     microseconds(fastest(measured(case, program="cuSPARSE", method="default"))), times_as_fast(cusparse, ours),
                     microseconds(fastest(measured(case, program="CuPy"))), microseconds(fastest(measured(case, program="PyTorch"))),
                     microseconds(cpu), largest_difference(case)])
    return lines_of(["A x of", "adjoin, us", "compulsory bytes, of the copy", "cuSPARSE at its best, us", "its default, us", "best over adjoin",
                     "CuPy, us", "PyTorch, us", "adjoin on the CPU, us", "largest difference"], rows)


def microseconds(record, name=None):
    if record is None:
        return ""
    return f"{record['seconds'] * 1e6:.0f}" + (f" ({name})" if name else "")


def resident_lines(records):
    rows = []
    for (graph, columns), case in cases_of(records, "resident", "graph", "columns"):
        stays, down = (fastest(measured(case, method=method)) for method in ("stays", "comes down"))
        rows.append([graph, columns, in_seconds(stays), in_seconds(down), times_as_fast(down, stays), largest_difference(case)])
    return lines_of(["FastRP of", "columns", "left on the GPU, s", "brought to the host, s", "times as fast", "largest difference"], rows)


def triangle_lines(records):
    rows = []
    for (graph,), case in cases_of(records, "triangles", "graph"):
        ours, cpu = both_sides(case)
        counts = list(dict.fromkeys(record["triangles"] for record in case))
        rows.append([graph, f"{counts[0]:,}" if len(counts) == 1 else "they differ: " + ", ".join(map(str, counts)),
                     ", ".join(dict.fromkeys(record["program"] for record in case)), in_seconds(ours), in_seconds(cpu), times_as_fast(cpu, ours),
                     in_seconds(fastest(measured(case, program="CuPy")))])
    return lines_of(["graph", "triangles", "counted by", "on the GPU, s", "on the CPU, s", "times as fast", "CuPy, s"], rows)


def pair_lines(records):
    rows = []
    for (graph, method), case in cases_of(records, "pairs", "graph", "method"):
        ours, cpu = both_sides(case)
        cupy = fastest(measured(case, program="CuPy"))
        rows.append([graph, method, f"{(ours or cpu or cupy)['pairs']:,}", in_seconds(ours), in_seconds(cpu), times_as_fast(cpu, ours),
                     *(in_millions(record["pairs_per_second"]) if record else "" for record in (ours, cpu, cupy)), largest_difference(case)])
    return lines_of(["pairs of", "scores", "pairs", "on the GPU, s", "on the CPU, s", "times as fast", "million a second: GPU", "CPU", "CuPy",
                     "largest difference"], rows)


def nearest_lines(records):
    rows = []
    for (vectors, width, queries, top), case in cases_of(records, "nearest", "vectors", "width", "queries", "top"):
        ours, cpu = both_sides(case)
        torch = fastest(measured(case, program="PyTorch"))
        rows.append([f"{vectors:,} x {width}", f"{queries:,}", top, in_seconds(ours, "first_seconds"), in_seconds(ours), in_seconds(cpu),
                     times_as_fast(cpu, ours), in_seconds(torch), times_as_fast(torch, ours),
                     *(f"{record['operations_per_second'] / 1e12:.2f}" if record else "" for record in (ours, cpu, torch)),
                     f"{ours['of_peak']:.2f}" if ours and "of_peak" in ours else "", largest_difference(case)])
    return lines_of(["rows", "queries", "nearest", "first search on the GPU, s", "later ones, s", "on the CPU, s", "times as fast", "PyTorch, s",
                     "over adjoin", "TFLOP/s: GPU", "CPU", "PyTorch", "of the GPU's float32 peak", "largest difference"], rows)


def propagate_of_copy(records, runs):
    """What the hops of FastRP gather of the matrix before them and write, over the copy's rate; None if that is not known. The first hop gathers
    signs, of two bits, and a scale a row."""
    sizes = [record for record in records if "nonzeros" in record and runs and record.get("graph") == runs[0]["graph"]]
    copies = [record["bytes_per_second"] for record in records if record["task"] == "copy"]
    if not sizes or not copies:
        return None
    columns, hops = runs[0]["columns"], len(runs[0]["weights"].split(","))
    target, row = 4, 4 * columns
    gathered = sizes[0]["nonzeros"] * (columns / 4 + 4 + target + (hops - 1) * (row + target))
    seconds = statistics.median(record["stages"].get("propagate", 0) for record in runs)
    return (gathered + hops * sizes[0]["nodes"] * row) / seconds / statistics.median(copies) if seconds else None


def embedding_lines(records):
    runs = [record for record in records if record["task"] == "embed"]
    if not runs:
        return []
    names = list(dict.fromkeys(stage for record in runs for stage in record["stages"]))
    names.sort(key=lambda name: COMPUTING.index(name) if name in COMPUTING else len(COMPUTING))
    lines = ["| FastRP of | columns | device | " + " | ".join(f"{name}, s" for name in names) + " | computing, s |",
             "|---|---|---|" + "---|" * (len(names) + 1)]
    medians = {}
    for asked_for in ("cuda", "cpu"):
        group = [record for record in runs if record["asked_for"] == asked_for]
        if not group:
            continue
        medians[asked_for] = statistics.median(record["computing_seconds"] for record in group)
        stages = [statistics.median(record["stages"].get(name, 0) for record in group) for name in names]
        where = f"{group[0]['device']}" + (f", {group[0]['threads']} threads" if asked_for == "cpu" else "")
        lines.append(f"| {group[0]['graph']} | {group[0]['columns']} | {where} | " + " | ".join(f"{value:.3f}" for value in stages) +
                     f" | {medians[asked_for]:.3f} |")
    share = propagate_of_copy(records, [record for record in runs if record["asked_for"] == "cuda"])
    if share:
        lines.append(f"\nOn the GPU hops gather and write {share:.2f} times the bytes that a copy reads and writes in the time.")
    if len(medians) == 2 and medians["cuda"] > 0:
        lines.append(f"\nThe GPU computes {medians['cpu'] / medians['cuda']:.1f} times as fast as the CPU.")
    for agreement in [record for record in records if record["task"] == "agreement"]:
        difference = agreement["difference"]
        most = difference if isinstance(difference, str) else f"{difference:.1e}"
        lines.append(f"\nThe two embeddings differ by {most} at most, of {agreement['rows']} rows.")
    return lines


def failure_lines(records):
    lines = []
    for record in records:
        if "failed" not in record:
            continue
        named = ("task", "graph", "columns", "precision", "program", "method")
        what = record.get("step") or " ".join(str(record[key]) for key in named if record.get(key))
        lines.append(f"- {what}: {record['failed']}")
    return ["Failed:", "", *lines] if lines else []


def table(records):
    parts = [memory_lines(records), product_lines(records), vector_lines(records), embedding_lines(records), resident_lines(records),
             triangle_lines(records), pair_lines(records), nearest_lines(records), failure_lines(records)]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def read_records(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


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
