#!/usr/bin/env python3
"""Lifecycles and overlaps of the triangles of public sets, by following each triangle through its simplices one by one (plain Python).

  make_lifecycles_golden.py DATA

DATA is the folder of data sets. simplicial/lifecycles_SET.tsv gets a line of closed and open triangles and of open ones by overlaps, then
11 lines of transitions of the triangles that close and 11 of the others, a line a state that is reached, a column a state before.
"""
import collections
import gzip
import itertools
import pathlib
import sys

STATES = ["000", "001", "002", "011", "012", "022", "111", "112", "122", "222", "closed"]


def read(folder, name):
    def numbers(what):
        with gzip.open(folder / name / f"{name}-{what}.txt.gz", "rt") as file:
            return [int(line) for line in file]
    sizes, nodes, times = numbers("nverts"), iter(numbers("simplices")), numbers("times")
    simplices = [(time, frozenset(itertools.islice(nodes, size))) for size, time in zip(sizes, times)]
    return sorted(simplices, key=lambda simplex: simplex[0])  # stable


def main():
    data, here = pathlib.Path(sys.argv[1]) / "simplicial", pathlib.Path(__file__).parent / "simplicial"
    for name in ("email-Enron", "contact-high-school", "contact-primary-school"):
        simplices = read(data, name)
        of_node = collections.defaultdict(set)
        of_edge = collections.defaultdict(list)
        neighbours = collections.defaultdict(set)
        for place, (_, simplex) in enumerate(simplices):
            for node in simplex:
                of_node[node].add(place)
            for u, v in itertools.combinations(sorted(simplex), 2):
                of_edge[u, v].append(place)
                neighbours[u].add(v)
                neighbours[v].add(u)
        transitions = {True: collections.Counter(), False: collections.Counter()}
        triangles = collections.Counter()
        overlaps = collections.Counter()
        for u, v in of_edge:
            for w in neighbours[u] & neighbours[v]:
                if w < v:
                    continue
                edges = [(u, v), (u, w), (v, w)]
                closed = bool(of_node[u] & of_node[v] & of_node[w])
                state, ties, seen = "000", collections.Counter(), collections.Counter()
                for place in sorted(set(of_edge[edges[0]]) | set(of_edge[edges[1]]) | set(of_edge[edges[2]])):
                    if {u, v, w} <= simplices[place][1]:
                        seen["closed", state] += 1
                        break
                    ties[next(edge for edge in edges if set(edge) <= simplices[place][1])] += 1
                    after = "".join(sorted(str(min(2, ties[edge])) for edge in edges))
                    seen[after, state] += 1
                    state = after
                transitions[closed] += seen
                triangles[closed] += 1
                if not closed:
                    active = [(simplices[of_edge[edge][0]][0], simplices[of_edge[edge][-1]][0]) for edge in edges]
                    overlaps[sum(a[0] <= b[1] and b[0] <= a[1] for a, b in itertools.combinations(active, 2))] += 1
        lines = [[triangles[True], triangles[False], *(overlaps[k] for k in range(4))]]
        lines += [[transitions[closed][to, before] for before in STATES] for closed in (True, False) for to in STATES]
        (here / f"lifecycles_{name}.tsv").write_text("".join("\t".join(map(str, line)) + "\n" for line in lines), encoding="utf-8")
        print(name, lines[0])


main()
