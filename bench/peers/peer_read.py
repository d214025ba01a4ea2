#!/usr/bin/env python3
"""Text edge list to a symmetric CSR matrix: pandas and NumPy with SciPy, beside `adjoin info` (which also summarises the graph).

  build/release/adjoin generate rmat --scale 20 --seed 1 -o rmat20.tsv
  python3 bench/peers/peer_read.py rmat20.tsv --adjoin build/release/adjoin
adjoin's time is that of its stages read, index and build; all read the same file, in turns, with the page cache warm.
"""
import argparse
import json
import statistics
import subprocess
import time

import numpy as np
import pandas
import scipy.sparse


def matrix(pairs):
    n = int(pairs.max()) + 1
    ones = np.ones(len(pairs), dtype=np.float32)
    half = scipy.sparse.coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(n, n)).tocsr()
    both = half + half.T
    both.data[:] = 1
    return both


def with_pandas(path):
    frame = pandas.read_csv(path, sep="\t", header=None, comment="#", dtype=np.int32, engine="c")
    return matrix(frame.to_numpy())


def with_numpy(path):
    return matrix(np.loadtxt(path, dtype=np.int32))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--adjoin", default="build/release/adjoin")
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    times = {"adjoin": [], "pandas + SciPy": [], "numpy.loadtxt + SciPy": []}
    for _ in range(arguments.repeats):
        result = subprocess.run([arguments.adjoin, "info", arguments.file, "--json"], capture_output=True, check=True)
        info = json.loads(result.stdout)
        times["adjoin"].append(info["read_seconds"])
        for name, read in (("pandas + SciPy", with_pandas), ("numpy.loadtxt + SciPy", with_numpy)):
            begin = time.perf_counter()
            entries = read(arguments.file).nnz
            times[name].append(time.perf_counter() - begin)
            assert entries == 2 * info["edges"], (name, entries, info["edges"])
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, median in medians.items():
        print(f"{name}: {median:.3f} s ({median / medians['adjoin']:.1f}x), all: {', '.join(f'{t:.3f}' for t in times[name])}")


if __name__ == "__main__":
    main()
