#!/usr/bin/env python3
"""The flag complex of a random graph by adjoin, GUDHI, NetworkX and XGI: the same edges, in turns, as many repeats for each.

  pip install gudhi networkx xgi
  ninja -C build/dev adjoin_command
  python3 bench/peers/compare_flag_complex.py --repeats 5

The graph is the one of XGI's issue 221: 634 nodes, 18,624 edges. Seconds from the graph in memory to all simplices of up to --max-size
nodes in memory: for adjoin the stages rank, cliques and store cliques, for GUDHI the expansion of a simplex tree that has the edges, for
NetworkX the list of all cliques, for XGI flag_complex of NetworkX' graph. All have to find as many simplices of each size. XGI is run once,
and stopped after --patience seconds.
"""
import argparse
import collections
import datetime
import json
import multiprocessing
import pathlib
import queue
import statistics
import subprocess
import tempfile
import time

import gudhi
import networkx as nx
import xgi

ROOT = pathlib.Path(__file__).resolve().parents[2]


def counts_of(sizes):
    counts = collections.Counter(sizes)
    return [counts[size] for size in range(1, max(counts) + 1)]


def by_adjoin(command, edges, max_size, threads):
    words = [command, "simplices", "flag", edges, "--max-size", str(max_size), "--threads", str(threads), "--json"]
    with tempfile.TemporaryDirectory() as folder:
        said = subprocess.run([*words, "-o", pathlib.Path(folder, "out.adjoin")], check=True, capture_output=True, text=True).stdout
    result = json.loads(said)
    stages = {stage["name"]: stage["seconds"] for stage in result["record"]["stages"]}
    return stages["rank"] + stages["cliques"] + stages["store cliques"], result["by_dimension"]


def by_gudhi(graph, max_size):
    tree = gudhi.SimplexTree()
    for node in graph:
        tree.insert([node])
    for edge in graph.edges:
        tree.insert(list(edge))
    began = time.perf_counter()
    tree.expansion(max_size - 1)
    return time.perf_counter() - began, counts_of(len(simplex) for simplex, _ in tree.get_simplices())


def by_networkx(graph, max_size):
    began = time.perf_counter()
    cliques = []
    for clique in nx.enumerate_all_cliques(graph):  # in the order of their sizes
        if len(clique) > max_size:
            break
        cliques.append(clique)
    return time.perf_counter() - began, counts_of(map(len, cliques))


def by_xgi(graph, max_size, answer):
    began = time.perf_counter()
    made = xgi.flag_complex(graph, max_order=max_size - 1)
    seconds = time.perf_counter() - began
    answer.put((seconds, counts_of([1] * made.num_nodes + [len(members) for members in made.edges.members()])))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adjoin", default=str(ROOT / "build" / "dev" / "adjoin"))
    parser.add_argument("--nodes", type=int, default=634)
    parser.add_argument("--edges", type=int, default=18624)
    parser.add_argument("--max-size", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--patience", type=float, default=300)
    arguments = parser.parse_args()
    graph = nx.gnm_random_graph(arguments.nodes, arguments.edges, seed=1)
    seconds = collections.defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        edges = pathlib.Path(folder, "edges.txt")
        nx.write_edgelist(graph, edges, data=False)
        for _ in range(arguments.repeats):
            taken, counts = by_adjoin(arguments.adjoin, edges, arguments.max_size, arguments.threads)
            seconds["adjoin"].append(taken)
            for name, peer in (("GUDHI", by_gudhi), ("NetworkX", by_networkx)):
                taken, others = peer(graph, arguments.max_size)
                assert others == counts, (name, others, counts)
                seconds[name].append(taken)
    answer = multiprocessing.Queue()
    process = multiprocessing.Process(target=by_xgi, args=(graph, arguments.max_size, answer))
    process.start()
    try:
        taken, others = answer.get(timeout=arguments.patience)
        assert others == counts, ("XGI", others, counts)
        seconds["XGI"].append(taken)
    except queue.Empty:
        print(f"XGI was stopped after {arguments.patience:g} s")
    process.terminate()
    mine = statistics.median(seconds["adjoin"])
    print(f"{datetime.date.today()}, {graph.number_of_nodes():,} nodes, {graph.number_of_edges():,} edges, simplices by size {counts}, "
          f"{arguments.threads} threads of adjoin, medians of {arguments.repeats}\n")
    print("| program | seconds | over adjoin |\n|---|---:|---:|")
    for name, values in seconds.items():
        print(f"| {name} | {statistics.median(values):.4f} | {statistics.median(values) / mine:.1f} |")


if __name__ == "__main__":
    main()
