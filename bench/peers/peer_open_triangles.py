#!/usr/bin/env python3
"""Open triangles and their scores by XGI and NetworkX, measured for compare_open_triangles.py:

  peer_open_triangles.py FILE-nverts.txt.gz

The projected graph is XGI's weighted adjacency matrix as a graph of NetworkX; triangles are found in its sets of neighbours, from the
node of lowest degree; those are closed that stand in a set of the triples of all simplices. Prints one JSON line as bench_open_triangles
does; the seconds are from the hypergraph in memory to all scores.
"""
import gzip
import itertools
import json
import math
import pathlib
import sys
import time

import networkx as nx
import xgi

MAX_SIZE = 25


def hypergraph(path):
    def numbers(what):
        with gzip.open(str(path).replace("-nverts", f"-{what}"), "rt") as file:
            return list(map(int, file))
    nodes = iter(numbers("simplices"))
    simplices = [[next(nodes) for _ in range(size)] for size in numbers("nverts")]
    return xgi.Hypergraph([members for members in simplices if len(members) <= MAX_SIZE])


def scores(network):
    weights, names = xgi.adjacency_matrix(network, weighted=True, index=True)
    graph = nx.relabel_nodes(nx.from_scipy_sparse_array(weights), names)
    neighbours = {node: set(graph[node]) for node in graph}
    weight = {node: {other: data["weight"] for other, data in graph[node].items()} for node in graph}
    simplices = {node: len(network.nodes.memberships(node)) for node in network.nodes}
    closed = {triple for members in network.edges.members() if len(members) > 2 for triple in itertools.combinations(sorted(members), 3)}
    degree = dict(graph.degree())
    adamic = {node: 1 / math.log(d) if d > 1 else 0.0 for node, d in degree.items()}
    place = {node: rank for rank, node in enumerate(sorted(graph, key=lambda node: (degree[node], node)))}
    above = {node: {other for other in neighbours[node] if place[other] > place[node]} for node in graph}
    shared = {}
    found, closed_count = [], 0
    for u in graph:
        for v in above[u]:
            for w in above[u] & above[v]:
                if tuple(sorted((u, v, w))) in closed:
                    closed_count += 1
                    continue
                a, b, c = weight[u][v], weight[u][w], weight[v][w]
                pairs = 0
                for x, y in ((u, v), (u, w), (v, w)):
                    key = (x, y) if x < y else (y, x)
                    if key not in shared:
                        shared[key] = len(neighbours[x] & neighbours[y])
                    pairs += shared[key]
                common = neighbours[u] & neighbours[v] & neighbours[w]
                found.append((3 / (1 / a + 1 / b + 1 / c), (a * b * c) ** (1 / 3), (a + b + c) / 3, min(a, b, c), max(a, b, c), len(common),
                              len(common) / (degree[u] + degree[v] + degree[w] - pairs + len(common)), sum(map(adamic.get, common)),
                              degree[u] * degree[v] * degree[w], simplices[u] * simplices[v] * simplices[w]))
    return found, closed_count


def main():
    network = hypergraph(pathlib.Path(sys.argv[1]))
    began, processor = time.perf_counter(), time.process_time()
    found, closed = scores(network)
    seconds, processor = time.perf_counter() - began, time.process_time() - processor
    names = ("harmonic-mean", "geometric-mean", "arithmetic-mean", "minimum", "maximum", "common-neighbors", "jaccard", "adamic-adar",
             "degrees", "simplicial-degrees")
    sums = {name: math.fsum(row[place] for row in found) for place, name in enumerate(names)}
    print(json.dumps({"open": len(found), "closed": closed, "sums": sums, "seconds": [seconds], "processor_seconds": [processor]}))


main()
