"""Runs of the suite: what they are called, how one is made, and the file of those that are done.

A run is known by all that it depends on: program, arguments, graph, and a digest of the binary or the pinned packages. The file
holds one JSON object a line; whoever starts again skips what is in it.
"""
import dataclasses
import datetime
import hashlib
import json
import os
import pathlib
import subprocess

from environments import Unavailable, last_line

HERE = pathlib.Path(__file__).resolve().parent
THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS")
TASK_OF_TABLE = {"fastrp": "embed", "quality": "embed", "spmm": "spmm", "copy": "copy"}
PRODUCTS_A_RUN = 3  # of the tables spmm and copy, whose one call is much shorter than reading the graph


@dataclasses.dataclass
class Run:
    table: str
    steps: str
    graph: str
    peer: str
    label: str
    dim: int
    threads: int
    arguments: list
    repeats: int
    warmup: int
    timeout: int
    identity: str = ""  # of the binary or the packages, and of the graph
    nodes: int = 0
    nonzeros: int = 0

    def key(self):
        parts = [TASK_OF_TABLE[self.table], self.graph, self.peer, self.dim, self.threads, self.arguments, self.warmup, self.identity]
        return json.dumps(parts)

    def digest(self):
        return hashlib.sha256(self.key().encode()).hexdigest()[:16]


def expand(suite, tables, threads, repeats, small):
    """All runs of these tables, in the order of the suite."""
    runs = []
    for row in suite["rows"]:
        if row["table"] not in tables:
            continue
        quality = row["table"] == "quality"
        arguments = row.get("arguments", []) + (row.get("small", []) if small else [])
        for graph in row["graphs"]:
            for dim in row.get("dims", [128]):
                runs.append(Run(row["table"], row.get("steps", ""), graph, row["peer"], row.get("label", row["peer"]), dim, threads,
                                arguments, min(row.get("repeats", repeats), repeats),
                                row.get("warmup", 0 if quality else 1), row.get("timeout", 3600)))
    return runs


def file_digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


class Peers:
    """From the name of a peer to its command."""

    def __init__(self, table, environments, build, adjoin):
        self.table, self.environments, self.build, self.adjoin = table, environments, build, adjoin

    def command(self, name):
        peer = self.table[name]
        if "program" in peer:
            return [self.binary(self.build / "bench" / "peers" / peer["program"])]
        return [self.environments.python(peer["environment"]), str(HERE / peer["driver"])]

    def identity(self, name):
        """A digest of what may change between two runs of one name."""
        peer = self.table[name]
        if "program" in peer:
            return file_digest(self.binary(self.build / "bench" / "peers" / peer["program"]))
        parts = [" ".join(self.environments.packages_of[peer["environment"]]), file_digest(HERE / peer["driver"])]
        if name == "adjoin-embed":
            parts.append(file_digest(self.binary(self.adjoin)))
        return " ".join(parts)

    @staticmethod
    def binary(path):
        if not path.exists():
            raise Unavailable(f"{path} is not built")
        return str(path)


class Results:
    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.lines = []
        if self.path.exists():
            self.lines = [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines()]

    def add(self, kind, run, round_index, answer):
        line = {"kind": kind, "key": run.key(), "round": round_index, "answer": answer,
                "when": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")}
        self.lines.append(line)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def forget_failures(self):
        self.lines = [line for line in self.lines if "failed" not in line["answer"]]

    def of(self, kind, run):
        key = run.key()
        return {line["round"]: line["answer"] for line in self.lines if line["kind"] == kind and line["key"] == key}


def environment_of(threads, adjoin):
    return {**os.environ, **dict.fromkeys(THREAD_VARIABLES, str(threads)), "ADJOIN": str(adjoin), "PYTHONWARNINGS": "ignore"}


def execute(command, timeout, variables):
    """The JSON object on the last line that a program prints, or {"failed": why}."""
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=timeout, env=variables, check=False)
    except subprocess.TimeoutExpired:
        return {"failed": f"not done after {timeout} s"}
    if result.returncode != 0:
        return {"failed": last_line(result.stderr) if result.stderr.strip() else f"exit code {result.returncode}"}
    try:
        return json.loads(result.stdout.splitlines()[-1])
    except (IndexError, json.JSONDecodeError):
        return {"failed": "it printed no JSON line"}


def measure(run, command, folder, out, variables):
    task = TASK_OF_TABLE[run.table]
    repeats = 1 if task == "embed" else PRODUCTS_A_RUN
    line = [*command, "--graph", str(folder), "--task", task, "--dim", str(run.dim), "--threads", str(run.threads),
            "--warmup", str(run.warmup), "--repeats", str(repeats), *run.arguments]
    return execute([*line, "--out", str(out)] if out else line, run.timeout, variables)
