"""Normal random numbers keyed by a node's name, by a program that shares nothing with adjoin's: Philox and XXH3 as in
make_fastrp_golden.py, Box and Muller's transform of two uniform numbers of 53 bits, the cosine first."""
import math

import networkx
import numpy as np
import xxhash

from make_fastrp_golden import SEED, philox4x32


def normal_rows(names, columns, stream):
    rows = np.zeros((len(names), columns + columns % 2))
    for i, name in enumerate(names):
        key = xxhash.xxh3_64_intdigest(name.encode())
        for pair in range(rows.shape[1] // 2):
            words = philox4x32((pair, stream, key & 0xFFFFFFFF, key >> 32), (SEED & 0xFFFFFFFF, SEED >> 32))
            uniform = [((words[k] << 32 | words[k + 1]) >> 11) * 2.0**-53 for k in (0, 2)]
            radius, angle = math.sqrt(-2 * math.log1p(-uniform[0])), 2 * math.pi * uniform[1]
            rows[i, 2 * pair : 2 * pair + 2] = radius * math.cos(angle), radius * math.sin(angle)
    return rows[:, :columns]


def karate():
    """Names, adjacency matrix, the same with weights 1..5, and every edge from its smaller to its larger number."""
    graph = networkx.karate_club_graph()
    adjacency = networkx.to_numpy_array(graph, nodelist=sorted(graph), weight=None)
    weighted = adjacency * (1 + (np.add.outer(np.arange(34), np.arange(34)) % 5))
    return [str(node + 1) for node in sorted(graph)], adjacency, weighted, np.triu(adjacency)


def positive_qr(x):
    """The decomposition whose triangle has a positive diagonal: Gram and Schmidt's."""
    q, r = np.linalg.qr(x)
    return q * np.where(np.diag(r) < 0, -1.0, 1.0)


def write_rows(path, names, rows):
    with open(path, "w", encoding="ascii") as file:
        for name, row in zip(names, rows):
            file.write(name + "\t" + "\t".join(f"{value:.9g}" for value in row) + "\n")
