#!/usr/bin/env python3
"""Writes fastrp_*.tsv: FastRP embeddings of Zachary's karate club by an implementation that shares nothing with adjoin's.

NumPy in double precision; Philox4x32-10 written from Salmon et al. (SC 2011, section 3.3) in Python integers; names hashed by
the Python package xxhash (XXH3, 64 bits). Made with NumPy 2.x and xxhash 3.x. Run: python3 make_fastrp_golden.py
"""
import pathlib

import networkx
import numpy as np
import xxhash

HERE = pathlib.Path(__file__).parent
SEED = 42
DIMENSION = 8


def philox4x32(counter, key):
    c = list(counter)
    k0, k1 = key
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k0, p1 & 0xFFFFFFFF, (p0 >> 32) ^ c[3] ^ k1, p0 & 0xFFFFFFFF]
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c


def random_signs(names, dimension, s, projection=0):
    """projection: what a matrix of its own is keyed by, beside the names."""
    threshold = round(2**31 / s)
    signs = np.zeros((len(names), dimension))
    for i, name in enumerate(names):
        key = xxhash.xxh3_64_intdigest(name.encode()) ^ projection
        for j in range(dimension):
            word = philox4x32((j // 4, 1, key & 0xFFFFFFFF, key >> 32), (SEED & 0xFFFFFFFF, SEED >> 32))[j % 4]
            signs[i, j] = 1 if word < threshold else -1 if word >= 2**32 - threshold else 0
    return signs


def unit_rows(x):
    norms = np.linalg.norm(x, axis=1, keepdims=True)
    return np.divide(x, norms, out=np.zeros_like(x), where=norms > 0)


def fastrp(adjacency, names, dialect, weights, beta, self_influence=0.0, matrix="transition"):
    n = len(names)
    degrees = adjacency.sum(axis=1)
    s = {"adjoin": 3.0, "paper": np.sqrt(degrees.sum() / 2), "gtmac": np.sqrt(n)}[dialect]
    magnitude = np.sqrt(s) if dialect == "paper" else np.sqrt(s / DIMENSION)
    base = degrees / degrees.sum() if dialect == "paper" else degrees
    start = magnitude * (base**beta)[:, None] * random_signs(names, DIMENSION, s)
    step = adjacency / degrees[:, None] if matrix == "transition" else adjacency
    shape = unit_rows if dialect != "paper" else (lambda x: x)
    total = self_influence * shape(start)
    state = start
    for weight in weights:
        state = step @ state
        total = total + weight * shape(state)
    if dialect != "paper":
        total = (total - total.mean(axis=0)) / total.std(axis=0)
    return total


def gds(adjacency, names, weights, beta, self_influence=0.0, features=None, ratio=0.0):
    """Neo4j Graph Data Science 2.x, from its manual: counts of neighbours even where there are weights."""
    counts = (adjacency > 0).sum(axis=1)
    width = int(DIMENSION * ratio)
    start = np.zeros((len(names), DIMENSION))
    scale = np.sqrt(3 / DIMENSION)
    start[:, :DIMENSION - width] = scale * (counts**beta)[:, None] * random_signs(names, DIMENSION - width, 3)
    if width:
        start[:, DIMENSION - width:] = features @ (scale * random_signs([f"\x01feature {f}" for f in range(features.shape[1])], width, 3))
    total = self_influence * unit_rows(start)
    state = start
    for weight in weights:
        state = adjacency @ state / counts[:, None]
        total = total + weight * unit_rows(state)
    return total


def tigergraph(adjacency, names, weights, beta):
    """tg_fastRP: the random vectors are gathered once, then every hop keeps the node's own vector and is normalised for good."""
    counts = (adjacency > 0).sum(axis=1)
    state = adjacency @ (np.sqrt(3) * ((counts / counts.sum())**beta)[:, None] * random_signs(names, DIMENSION, 3))
    total = 0
    for weight in weights:
        state = unit_rows((state + adjacency @ state) / counts[:, None])
        total = total + weight * state
    return total / len(weights)


def fastrp_rs(adjacency, names, weights):
    """The Rust crate fastrp: weights[0] belongs to the random vectors, no scaling of any row."""
    counts = (adjacency > 0).sum(axis=1)
    state = np.sqrt(3) * random_signs(names, DIMENSION, 3)
    total = weights[0] * state
    for weight in weights[1:]:
        state = adjacency @ state / counts[:, None]
        total = total + weight * state
    return total


def projection_of(edge_type):
    return xxhash.xxh3_64_intdigest(f"\x01edge type {edge_type}".encode())


def typed(adjacencies, names, regions, weights, beta):
    """Every type of edge for itself, in the steps of the dialect adjoin; nodes without edges of a type have zeros there."""
    parts = []
    for edge_type, columns, times in regions:
        adjacency = adjacencies[edge_type]
        degrees = adjacency.sum(axis=1)
        there = degrees > 0
        at_least_one = np.where(there, degrees, 1)
        state = np.sqrt(3 / columns) * (at_least_one**beta)[:, None] * random_signs(names, columns, 3, projection_of(edge_type))
        total = 0
        for weight in weights:
            state = adjacency @ state / at_least_one[:, None]
            total = total + weight * unit_rows(state)
        total[there] = (total[there] - total[there].mean(axis=0)) / total[there].std(axis=0)
        parts.append(times * total)
    return np.hstack(parts)


def typed_tigergraph(adjacencies, names, regions, weights, beta):
    """tg_fastRP with embedding_dim_map: a type chooses the columns of the first gathering; the hops go along all edges, of which
    two nodes may have several."""
    every = sum(adjacencies[edge_type] for edge_type, _, _ in regions)
    counts = every.sum(axis=1)
    scale = np.sqrt(3) * ((counts / counts.sum())**beta)[:, None]
    state = np.hstack([times * adjacencies[edge_type] @ (scale * random_signs(names, columns, 3, projection_of(edge_type)))
                       for edge_type, columns, times in regions])
    total = 0
    for weight in weights:
        state = unit_rows((state + every @ state) / counts[:, None])
        total = total + weight * state
    return total / len(weights)


def main():
    graph = networkx.karate_club_graph()
    names = [str(node + 1) for node in sorted(graph)]
    adjacency = networkx.to_numpy_array(graph, nodelist=sorted(graph), weight=None)
    ring = adjacency * (1 + (np.add.outer(np.arange(34), np.arange(34)) % 5))  # weights 1..5, symmetric
    cases = {
        "adjoin": (adjacency, dict(dialect="adjoin", weights=[0, 0, 1, 6.67], beta=-0.64)),
        "paper": (adjacency, dict(dialect="paper", weights=[0, 0, 1, 4], beta=-0.5)),
        "gtmac": (adjacency, dict(dialect="gtmac", weights=[1, 1, 7.81, 45.28], beta=-0.628)),
        "weighted": (ring, dict(dialect="adjoin", weights=[1, 2], beta=0.3, self_influence=0.5)),
        "adjacency": (ring, dict(dialect="gtmac", weights=[1, 0.5, 0.25], beta=0, matrix="adjacency")),
    }
    embeddings = {case: fastrp(matrix, names, **options) for case, (matrix, options) in cases.items()}
    features = np.array([[(7 * i + 3 * f) % 5 / 2 for f in range(3)] for i in range(34)])
    embeddings["gds"] = gds(ring, names, [0, 1, 1], 0.3, self_influence=0.5)
    embeddings["gds_features"] = gds(adjacency, names, [1, 0.5], -0.2, features=features, ratio=0.4)
    embeddings["tigergraph"] = tigergraph(adjacency, names, [1, 2, 4], -0.5)
    embeddings["fastrp_rs"] = fastrp_rs(ring, names, [0.5, 1, 2])
    place = np.add.outer(np.arange(34), np.arange(34)) + 2  # the sum of the names
    types = {"near": adjacency * (place % 3 == 0), "far": adjacency * ((place % 3 != 0) | (place % 2 == 0))}
    regions = [("near", 3, 1), ("far", 5, 0.5)]
    embeddings["typed"] = typed(types, names, regions, [0, 1, 2], -0.5)
    embeddings["typed_tigergraph"] = typed_tigergraph(types, names, regions, [1, 2, 4], -0.5)
    for case, rows in embeddings.items():
        with open(HERE / f"fastrp_{case}.tsv", "w", encoding="ascii") as file:
            for name, row in zip(names, rows):
                file.write(name + "\t" + "\t".join(f"{value:.9g}" for value in row) + "\n")


if __name__ == "__main__":
    main()
