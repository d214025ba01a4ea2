"""Tables in Markdown of what gpu_bench, peers.py and run.py recorded."""
import json
import statistics

from steps import in_millions

COMPUTING = ["project", "propagate", "standardize"]  # stages of FastRP; the others read, write and copy


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
