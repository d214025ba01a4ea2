"""What drivers that score pairs share (driver.py is the same for embeddings and products): arguments, files, the line printed.

  DRIVER --task pairs --folder FOLDER --method NAME --out SCORES.txt [--threads 2] [--seed 42] [--set OPTION=VALUE]...

FOLDER holds train.tsv (two names a line, each edge once), nodes.txt (all names) and pairs.tsv, without labels. The driver writes a
score a line, in the order of the pairs; a higher one says that the edge is likelier. A method is a function of (network, options)
that returns the call to be timed; that call returns the scores.
"""
import argparse
import json
import pathlib
import resource
import time


class Network:
    """The training graph: nodes are numbered in the order of nodes.txt."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.folder = folder
        self.names = (folder / "nodes.txt").read_text(encoding="utf-8").splitlines()
        self.number = {name: number for number, name in enumerate(self.names)}
        self.edges = self.read(folder / "train.tsv")
        self.pairs = self.read(folder / "pairs.tsv")
        self.n = len(self.names)

    def read(self, path):
        lines = path.read_text(encoding="utf-8").splitlines()
        rows = (line.split("\t") for line in lines if not line.startswith("#"))
        return [(self.number[row[0]], self.number[row[1]]) for row in rows if row[0] in self.number and row[1] in self.number]

    def matrix(self):
        """SciPy's symmetric CSR matrix of ones."""
        import numpy as np
        import scipy.sparse

        rows, columns = np.array(self.edges).T
        ones = np.ones(len(rows))
        half = scipy.sparse.coo_array((ones, (rows, columns)), shape=(self.n, self.n)).tocsr()
        return (half + half.T).tocsr()


def value_of(text):
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def drive(peer, version, methods):
    """`methods`: by name, a pair of the function and its options with their defaults."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--task", choices=["pairs"], required=True)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--method", choices=list(methods), required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--set", action="append", default=[], metavar="OPTION=VALUE")
    arguments = parser.parse_args()
    function, options = methods[arguments.method]
    options = {**options, "threads": arguments.threads, "seed": arguments.seed}
    for name, _, text in (entry.partition("=") for entry in arguments.set):
        if name not in options:
            parser.error(f"--set {name}: the method has {', '.join(options)}")
        options[name] = value_of(text)
    began = time.perf_counter()
    network = Network(arguments.folder)
    run = function(network, options)
    load_seconds = time.perf_counter() - began
    began = time.perf_counter()
    scores = run()
    seconds = time.perf_counter() - began
    with open(arguments.out, "w", encoding="ascii") as file:
        file.writelines(f"{float(score)!r}\n" for score in scores)
    print(json.dumps({"peer": peer, "version": version, "method": arguments.method, "options": options, "seconds": [seconds],
                      "load_seconds": load_seconds, "peak_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))
