#!/usr/bin/env python3
"""Whether adjoin and XGI read what the other one writes: XGI-DATA JSON and HIF, as a table in Markdown. Ends with 1 if anything differs.

  ninja -C build/dev adjoin_command
  pip install xgi
  python3 bench/accuracy/xgi_agreement.py --adjoin build/dev/adjoin

Each network goes from XGI's file through `adjoin convert` into a file of either format that XGI reads; and, where there is a file that
neither has written, from there through adjoin to XGI. Compared are all nodes by name, and all edges as sets of names with their times,
as often as they are there. XGI has edges without nodes and adjoin has none: these are left out, and adjoin has to say how many. Other
attributes of nodes and edges are not compared: adjoin keeps none. Last come networks that adjoin refuses, in a sentence. email-Enron and
contact-primary-school come from ADJOIN_DATA/simplicial, or from beside the checkout.
"""
import argparse
import collections
import datetime
import gzip
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

import xgi

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("ADJOIN_DATA", ROOT.parent / "shared" / "data")) / "simplicial"
SUFFIXES = (".xgi.json", ".hif.json")
warnings.simplefilter("ignore")


def write(network, path):
    if path.name.endswith(".xgi.json"):
        xgi.readwrite.json.write_json(network, str(path))
    else:
        xgi.write_hif(network, str(path))


def read(path):
    return xgi.readwrite.json.read_json(str(path)) if path.name.endswith(".xgi.json") else xgi.read_hif(str(path))


def seconds(timestamp):
    if timestamp is None:
        return "0"
    if isinstance(timestamp, str) and "-" in timestamp[1:]:
        return str(int(datetime.datetime.fromisoformat(timestamp).replace(tzinfo=datetime.timezone.utc).timestamp()))
    return str(timestamp)


def content(network):
    """Nodes, and edges with nodes."""
    edges = collections.Counter((seconds(network.edges[edge].get("timestamp")), frozenset(map(str, network.edges.members(edge))))
                                for edge in network.edges if network.edges.members(edge))
    return set(map(str, network.nodes)), edges


def published(name):
    """A set of Benson et al. as it lies there, without XGI and adjoin: nodes are those of some simplex."""
    def lines(what):
        with gzip.open(DATA / name / f"{name}-{what}.txt.gz", "rt", encoding="utf-8") as file:
            return file.read().split()
    members, edges = iter(lines("simplices")), collections.Counter()
    for size, time in zip(lines("nverts"), lines("times")):
        edges[time, frozenset(next(members) for _ in range(int(size)))] += 1
    return {node for _, simplex in edges for node in simplex}, edges


def networks():
    yield "numbers with gaps", xgi.Hypergraph([[1, 2, 3], [40, 1], [2]]), []
    yield "isolated nodes", xgi.Hypergraph([["x", "y"]]), ["alone", "also alone"]
    yield "edges of one node", xgi.Hypergraph([[1], [2], [2], [3, 1]]), []
    yield "edges alike", xgi.Hypergraph([[1, 2], [2, 1], [1, 2], [3, 1, 2], [1, 3, 2]]), []
    yield "edges without nodes", xgi.Hypergraph([[1, 2], [], [], [3]]), []
    yield "a simplicial complex", xgi.SimplicialComplex([[1, 2, 3, 4], [4, 5, 6], [6, 7]]), [8]
    names = ["007", "7", "-3", "+3", "3.0", "1e3", "x y", "a \"quote\"", "back\\slash", "straße", "日本", "null", "#", ","]
    yield "names of all kinds", xgi.Hypergraph([names[:5], names[3:9], names[8:], [names[-1]]]), []
    attributes = xgi.Hypergraph({"a": [1, 2], "b": [2, 3], "c": [3], "7": [1, 3, 2]})
    attributes.set_edge_attributes({"a": {"timestamp": "2004-02-29T23:59:59", "colour": "red"}, "b": {"timestamp": "1969-12-31T23:59:59"},
                                    "c": {"weight": 0.25, "deep": {"list": [1, None, {"x": "y"}]}}, "7": {"timestamp": 12}})
    attributes.set_node_attributes({1: {"name": "one", "label": None, "position": [0.5, 1e-300]}})
    yield "times and attributes", attributes, []
    yield "a random hypergraph", xgi.fast_random_hypergraph(200, [0.01, 0.0005], seed=1), []


def refused():
    """What adjoin says no to, and how."""
    yield "a name with a tab", xgi.Hypergraph([["a\tb", "c"]]), "expected a name in plain text"
    yield "a name without letters", xgi.Hypergraph([["", "c"]]), "expected a name in plain text"
    nodes = xgi.Hypergraph()
    nodes.add_nodes_from(["a", "b"])
    yield "nodes without edges", nodes, "there are no simplices to write"


class Comparison:
    def __init__(self, adjoin):
        self.adjoin, self.failed = adjoin, False
        print("| network | nodes | edges | read from | written as | |")
        print("|---|---:|---:|---|---|---|")

    def convert(self, source, target, nothing_expected):
        done = subprocess.run([self.adjoin, "convert", source, target], capture_output=True, text=True)
        left_out = re.search(r"([\d,]+) edges? without nodes left out", done.stderr)
        if done.returncode != 0:
            return done.stderr.strip()
        if nothing_expected != (int(left_out.group(1).replace(",", "")) if left_out else 0):
            return f"adjoin says {done.stderr.strip()!r} of {nothing_expected} edges without nodes"
        return ""

    def row(self, name, expected, origin, suffix, problem, found):
        if not problem and found != expected:
            nodes, edges = expected[0] ^ found[0], (expected[1] - found[1]) + (found[1] - expected[1])
            problem = f"nodes {sorted(nodes)[:3]}, edges {list(edges)[:3]} differ"
        self.failed |= bool(problem)
        print(f"| {name} | {len(expected[0]):,} | {sum(expected[1].values()):,} | {origin} | {suffix} | {problem or 'the same'} |")

    def refuse(self, name, source, content, origin, sentence, folder):
        for suffix in SUFFIXES:
            done = subprocess.run([self.adjoin, "convert", source, folder / f"out{suffix}"], capture_output=True, text=True)
            as_told = done.returncode == 2 and sentence in done.stderr
            self.failed |= not as_told
            print(f"| {name} | {len(content[0]):,} | {sum(content[1].values()):,} | {origin} | {suffix} "
                  f"| {f'refused: {sentence}' if as_told else done.stderr.strip()} |")

    def through(self, name, source, expected, origin, empty, folder):
        for suffix in SUFFIXES:
            target = folder / f"out{suffix}"
            problem = self.convert(source, target, empty)
            self.row(name, expected, origin, suffix, problem, None if problem else content(read(target)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adjoin", default=str(ROOT / "build" / "dev" / "adjoin"))
    comparison = Comparison(parser.parse_args().adjoin)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for what, network, isolated in networks():
            network.add_nodes_from(isolated)
            empty = sum(not network.edges.members(edge) for edge in network.edges)
            for suffix in SUFFIXES:
                write(network, folder / f"in{suffix}")
                comparison.through(what, folder / f"in{suffix}", content(network), f"XGI's {suffix}", empty, folder)
        for what, network, sentence in refused():
            for suffix in SUFFIXES:
                write(network, folder / f"in{suffix}")
                comparison.refuse(what, folder / f"in{suffix}", content(network), f"XGI's {suffix}", sentence, folder)
        for what in ("email-Enron", "contact-primary-school"):
            if not (DATA / what).exists():
                print(f"no {what} in {DATA} (ADJOIN_DATA names another folder)", file=sys.stderr)
                continue
            source, expected = DATA / what / f"{what}-nverts.txt.gz", published(what)
            comparison.through(what, source, expected, "the published text", 0, folder)
            for suffix in SUFFIXES:
                target = folder / f"out{suffix}"
                write(read(target), folder / f"in{suffix}")
            for suffix in SUFFIXES:
                comparison.through(what, folder / f"in{suffix}", expected, f"XGI's {suffix}", 0, folder)
    sys.exit(1 if comparison.failed else 0)


main()
