#!/usr/bin/env python3
"""The command `adjoin embed`, as a user runs it. Seconds and peak are those of its own record, less the stages that read, index, build
and write; the graph is handed over as SciPy writes a matrix. `--set arguments=...` goes to the command, so that a new method needs
no new driver."""
import json
import os
import pathlib
import shlex
import subprocess
import tempfile

import numpy as np
import scipy.sparse

from driver import drive

NOT_COMPUTING = {"read", "index", "build", "nodes", "unpack", "write"}


class Command:
    def __init__(self):
        self.program = os.environ.get("ADJOIN", "build/release/adjoin")
        self.folder = tempfile.TemporaryDirectory()
        self.record = {}

    def embed(self, graph, options):
        edges = pathlib.Path(self.folder.name, "graph.npz")
        scipy.sparse.save_npz(edges, graph.matrix(), compressed=False)
        out = edges.with_name("x.npy")

        def run():
            subprocess.run([self.program, "embed", edges, "-o", out, "--dim", str(options.dim), "--threads", str(options.threads),
                            "--seed", str(options.seed), "--quiet", *shlex.split(options.of_method.arguments)], check=True)
            self.record = json.loads(pathlib.Path(f"{out}.run.json").read_text(encoding="utf-8"))
            return self.in_order(np.load(out), out.with_suffix(".names.txt"))

        return run

    def in_order(self, rows, names):
        """Rows by number of the node; a matrix without names is in this order already."""
        if not names.exists():
            return rows
        order = np.loadtxt(names, dtype=np.int64)
        result = np.empty_like(rows)
        result[order] = rows
        return result

    def measure(self):
        seconds = sum(stage["seconds"] for stage in self.record["stages"] if stage["name"] not in NOT_COMPUTING)
        return seconds, self.record["peak_bytes"]

    def version(self):
        return subprocess.run([self.program, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]


if __name__ == "__main__":
    command = Command()
    drive("adjoin", command.version(), embed={"embed": (command.embed, {"arguments": ""})}, own_measure=command.measure)
