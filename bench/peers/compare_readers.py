#!/usr/bin/env python3
"""adjoin's readers beside others': the same file, a fresh process a measurement, everybody in turn, the page cache warm.

Every measurement is the second of two runs of the same program, one right after the other: on a virtual machine whose
host takes back pages that are free for a while, the first run's time is to a good part that of getting them again.

  pip install networkit igraph scipy
  git clone https://github.com/sbeamer/gapbs && make -C gapbs converter
  python3 bench/peers/compare_readers.py edges rmat.el --build build/release
  python3 bench/peers/compare_readers.py convert rmat.el --gapbs gapbs/converter
  python3 bench/peers/compare_readers.py matrix rmat.mtx
  python3 bench/peers/compare_readers.py gzip rmat.el
  python3 bench/peers/compare_readers.py store rmat.adjoin
  python3 bench/peers/compare_readers.py large rmat.el

edges, matrix, gzip: seconds around the call that reads; the start of the process and imports are left out for
everybody. convert, and gzip itself: seconds of whole processes. All on the threads that they take by themselves.
The edge list is one without comments and with numbers for names, which all of these programs read.
"""
import argparse
import datetime
import gzip
import importlib.metadata
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def timed(read):
    begin = time.perf_counter()
    result = read()
    return time.perf_counter() - begin, result


# ---- peers: each returns seconds and the number of edges -----------------------------------------------------------

def networkit(path):
    import networkit

    separator = "\t" if b"\t" in pathlib.Path(path).open("rb").readline() else " "
    reader = networkit.graphio.EdgeListReader(separator, 0, "#", True, False)
    seconds, graph = timed(lambda: reader.read(path))
    return seconds, graph.numberOfEdges()


def igraph(path):
    import igraph

    seconds, graph = timed(lambda: igraph.Graph.Read_Edgelist(path, directed=False))
    return seconds, graph.ecount()


def scipy_mmread(path):
    import scipy.io

    seconds, matrix = timed(lambda: scipy.io.mmread(path))
    return seconds, matrix.nnz // 2


def scipy_mmread_csr(path):
    import scipy.io

    seconds, matrix = timed(lambda: scipy.io.mmread(path).tocsr())
    return seconds, matrix.nnz // 2


def scipy_old_mmread(path):
    """The reader of SciPy before 1.12, which is still there."""
    from scipy.io import _mmio

    seconds, matrix = timed(lambda: _mmio.mmread(path))
    return seconds, matrix.nnz // 2


def python_zlib(path):
    """Unpacks in pieces, as adjoin does, and throws the pieces away."""
    import zlib

    packed = pathlib.Path(path).read_bytes()
    unpacker = zlib.decompressobj(31)

    def unpack():
        view = memoryview(packed)
        for at in range(0, len(view), 1 << 20):
            unpacker.decompress(view[at:at + (1 << 20)])

    return timed(unpack)[0], None


PEERS = {peer.__name__: peer for peer in (networkit, igraph, scipy_mmread, scipy_mmread_csr, scipy_old_mmread, python_zlib)}
DISTRIBUTIONS = {"networkit": "networkit", "igraph": "igraph", "scipy": "scipy"}


def version_of(peer):
    name = DISTRIBUTIONS.get(peer.split("_")[0])
    return f" {importlib.metadata.version(name)}" if name else ""


# ---- measuring -----------------------------------------------------------------------------------------------------

def inside(command):
    """The seconds that a program says it took, and all it says."""
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    answer = json.loads(output.splitlines()[-1])
    return answer["seconds"], answer


def whole(command):
    """The seconds of a whole process, and its last line if that is JSON."""
    seconds, result = timed(lambda: subprocess.run(command, check=True, capture_output=True, text=True))
    lines = result.stdout.splitlines()
    return seconds, json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}


def peer(name, path):
    return lambda: inside([sys.executable, __file__, "peer", path, "--name", name])


def rounds(measures, repeats):
    """Medians by name of the seconds, and all answers."""
    seconds = {name: [] for name in measures}
    answers = {name: [] for name in measures}
    for _ in range(repeats):
        for name, measure in measures.items():
            measure()
            value, answer = measure()
            seconds[name].append(value)
            answers[name].append(answer)
    return seconds, answers


def table(file, measures, repeats):
    seconds, answers = rounds(measures, repeats)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    ours = medians["adjoin"]
    print("| reader | median | all | ratio |\n|---|---|---|---|")
    for name, median in medians.items():
        every = " ".join(f"{value:.3f}" for value in seconds[name])
        print(f"| {name}{version_of(name)} | {median:.3f} s | {every} | {median / ours:.1f} |")
    counts = {name: answer[-1]["edges"] for name, answer in answers.items() if answer[-1].get("edges") is not None}
    print(f"\n{file}: {os.path.getsize(file) / 1e6:.0f} MB, edges: {counts}")
    if len(set(counts.values())) > 1:
        sys.exit("the edges differ")
    return answers


def edges(arguments, bench, scratch):
    table(arguments.file, {"adjoin": lambda: inside([bench, "read", arguments.file]),
                           "adjoin, one thread": lambda: inside([bench, "read", arguments.file, "1"]),
                           **{name: peer(name, arguments.file) for name in ("networkit", "igraph")}}, arguments.repeats)


def matrix(arguments, bench, scratch):
    names = ("scipy_mmread", "scipy_mmread_csr", "scipy_old_mmread")
    table(arguments.file, {"adjoin": lambda: inside([bench, "read", arguments.file]),
                           **{name: peer(name, arguments.file) for name in names}}, arguments.repeats)


def convert(arguments, bench, scratch):
    store, serialized = str(scratch / "ours.adjoin"), str(scratch / "theirs.sg")
    answers = table(arguments.file, {"adjoin": lambda: whole([bench, "convert", arguments.file, store]),
                                     "GAPBS converter": lambda: whole([arguments.gapbs, "-f", arguments.file, "-s", "-b", serialized])},
                    arguments.repeats)
    print(f"store {os.path.getsize(store)} bytes, .sg {os.path.getsize(serialized)} bytes; inside adjoin's process:",
          f"{statistics.median(a['read_seconds'] for a in answers['adjoin']):.3f} s to the graph,",
          f"{statistics.median(a['seconds'] for a in answers['adjoin']):.3f} s to the store")


def unpack(arguments, bench, scratch):
    packed = arguments.file + ".gz" if not arguments.file.endswith(".gz") else arguments.file
    if not os.path.exists(packed):
        packed = str(scratch / (pathlib.Path(arguments.file).name + ".gz"))
        with open(arguments.file, "rb") as source, gzip.open(packed, "wb", compresslevel=6) as target:
            shutil.copyfileobj(source, target, 1 << 22)
    table(packed, {"adjoin": lambda: inside([bench, "read", packed]),
                   "gzip -dc": lambda: whole(["sh", "-c", 'gzip -dc "$0" > /dev/null', packed]),
                   "python_zlib": peer("python_zlib", packed)}, arguments.repeats)


def evict(path):
    """Takes the file out of the page cache."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def store(arguments, bench, scratch):
    def cold():
        evict(arguments.file)
        return inside([bench, "open", arguments.file])

    seconds, answers = rounds({"warm": lambda: inside([bench, "open", arguments.file]), "cold": cold}, arguments.repeats)
    print(f"{arguments.file}: {os.path.getsize(arguments.file) / 1e9:.2f} GB, {answers['warm'][-1]['edges']} edges")
    for name, values in seconds.items():
        print(f"open, {name}: {1e3 * statistics.median(values):.3f} ms, most {1e3 * max(values):.3f} ms;",
              f"memory grows by {answers[name][-1]['resident_growth_bytes'] / 1e6:.2f} MB")


def large(arguments, bench, scratch):
    target = str(scratch / "large.adjoin")
    seconds, answers = rounds({"read": lambda: inside([bench, "read", arguments.file]),
                               "convert": lambda: inside([bench, "convert", arguments.file, target])}, arguments.repeats)
    read, converted = (statistics.median(seconds[name]) for name in ("read", "convert"))
    last = answers["convert"][-1]
    print(f"{arguments.file}: {os.path.getsize(arguments.file) / 1e9:.2f} GB, {last['edges']} edges, {last['nodes']} nodes")
    print(f"read {read:.2f} s, into a store of {os.path.getsize(target) / 1e9:.2f} GB {converted:.2f} s:",
          f"{converted / read:.2f} times as long")
    for name, key in (("read", "peak_bytes"), ("convert", "peak_bytes")):
        for answer in answers[name]:
            print(f"{name}: foretold {answer['told_bytes'] / 1e6:.1f} MB, peak {answer[key] / 1e6:.1f} MB,",
                  f"{100 * (answer[key] / answer['told_bytes'] - 1):+.2f} %")


TASKS = {"edges": edges, "matrix": matrix, "convert": convert, "gzip": unpack, "store": store, "large": large}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=[*TASKS, "peer"])
    parser.add_argument("file")
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--gapbs", default="gapbs/converter", help="the converter of the GAP benchmark suite")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--scratch", help="where what is written goes (default: a temporary folder)")
    parser.add_argument("--name", choices=PEERS, help="the peer to run once (task peer)")
    arguments = parser.parse_args()
    if arguments.task == "peer":
        seconds, count = PEERS[arguments.name](arguments.file)
        print(json.dumps({"seconds": seconds, "edges": count}))
        return
    bench = str(pathlib.Path(arguments.build, "bench", "peers", "bench_io"))
    print(f"{datetime.date.today()}, {os.cpu_count()} processors, Python {sys.version.split()[0]}, medians of {arguments.repeats}\n")
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        TASKS[arguments.task](arguments, bench, pathlib.Path(scratch))


if __name__ == "__main__":
    main()
