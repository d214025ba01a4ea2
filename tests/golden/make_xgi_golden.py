#!/usr/bin/env python3
"""Hypergraphs as XGI 0.10.2 writes them (pip install xgi): write_json and write_hif of the same ones. Each .tsv holds what is in both, a
line an edge: its time in seconds since 1970, or 0, and its nodes, sorted.

  make_xgi_golden.py
"""
import datetime
import pathlib
import warnings

import xgi

warnings.simplefilter("ignore", FutureWarning)
warnings.simplefilter("ignore", UserWarning)


def mixed():
    """Names as numbers and words, isolated nodes, edges of one node, edges alike, attributes of all kinds, times of both kinds."""
    hypergraph = xgi.Hypergraph(name="mixed", source={"what": "made by hand", "year": 2026})
    hypergraph.add_nodes_from([("lonely", {}), ("a \"quoted\" name", {"weight": 0.5}), ("straße", {"tags": ["x", "y"]})])
    hypergraph.add_node("7", label=None)
    hypergraph.add_edge(["a \"quoted\" name", "straße", "7"], "first", timestamp="2001-09-09T01:46:40")
    hypergraph.add_edge(["7"], "one", timestamp="1970-01-01T00:00:01", colour="red")
    hypergraph.add_edge(["7", "straße"], "twice", weight=2.5)
    hypergraph.add_edge(["straße", "7"], "again", nested={"deep": [1, 2, {"deeper": None}]})
    hypergraph.add_edge(["007", "7", "-3", "x y"], "0")
    return hypergraph


def unnamed():
    """Numbers everywhere, gaps among them, an edge without nodes."""
    hypergraph = xgi.Hypergraph([[1, 2, 3], [2], [10, 1], [2, 1, 3]])
    hypergraph.add_nodes_from([5, 99])
    hypergraph.add_edge([])
    return hypergraph


def complex_of():
    """A simplicial complex: all faces of a tetrahedron and of a triangle beside it."""
    return xgi.SimplicialComplex([[1, 2, 3, 4], [4, 5, 6]])


def seconds(timestamp):
    moment = datetime.datetime.fromisoformat(timestamp or "1970-01-01").replace(tzinfo=datetime.timezone.utc)
    return str(int(moment.timestamp()))


def main():
    folder = pathlib.Path(__file__).parent / "xgi"
    folder.mkdir(exist_ok=True)
    for name, network in (("mixed", mixed()), ("unnamed", unnamed()), ("complex", complex_of())):
        xgi.readwrite.json.write_json(network, str(folder / f"{name}.xgi.json"))
        xgi.write_hif(network, str(folder / f"{name}.hif.json"))
        lines = ["\t".join([seconds(network.edges[edge].get("timestamp")), *sorted(map(str, network.edges.members(edge)))])
                 for edge in network.edges if network.edges.members(edge)]
        (folder / f"{name}.tsv").write_text("".join(line + "\n" for line in sorted(lines)), encoding="utf-8")


main()
