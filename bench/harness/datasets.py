"""Data sets by name (datasets.toml), in the shapes that programs read: a store of adjoin, and arrays of a CSR matrix."""
import gzip
import json
import pathlib
import subprocess
import tomllib

from .places import BENCH, PEERS, ROOT, data_folder
from .problem import Unavailable, closest
from .process import last_line
from .records import digest, file_digest


def lines_of(path):
    with (gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else open(path, encoding="utf-8")) as file:
        yield from file


class DataSets:
    def __init__(self, cache, programs, environments):
        with open(BENCH / "datasets.toml", "rb") as file:
            self.table = tomllib.load(file)
        self.cache, self.programs, self.environments = pathlib.Path(cache), programs, environments
        self.digests = {}

    def entry(self, name):
        if name not in self.table:
            raise Unavailable(f"datasets.toml: there is no data set {name}{closest(name, self.table)}")
        return self.table[name]

    def file(self, name, key):
        """The file of a data set under this key of its entry. Raises Unavailable."""
        entry = self.entry(name)
        if key not in entry:
            raise Unavailable(f"datasets.toml: {name}.{key} is missing, and this task needs it")
        path = (ROOT / "data" if entry.get("ships") else data_folder()) / entry[key]
        if not path.exists():
            raise Unavailable(f"datasets.toml: {name}.{key}: there is no {entry[key]} in {path.parents[len(pathlib.Path(entry[key]).parts) - 1]}"
                              " (ADJOIN_DATA names another folder)")
        return path

    def digest(self, name):
        """Of the files, or of how it is made: what a record depends on."""
        if name not in self.digests:
            entry = self.entry(name)
            files = [file_digest(self.file(name, key)) for key in ("edges", "features", "labels") if key in entry]
            self.digests[name] = digest(files, {key: entry[key] for key in entry if key != "what"})
        return self.digests[name]

    def is_new(self, place, identity):
        """Whether what stands there was made from something else; `made` says that it is there now."""
        mark = place.with_name(place.name + ".made")
        return not place.exists() or not mark.exists() or mark.read_text(encoding="utf-8") != identity

    def made(self, place, identity):
        place.with_name(place.name + ".made").write_text(identity, encoding="utf-8")

    def run(self, name, command):
        result = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise Unavailable(f"data set {name}: {last_line(result.stderr)}")

    def names(self, name):
        """A file of all names, a line a node: 0 .. nodes - 1 where the entry says so, else those in the edges and labels."""
        place = self.cache / "graphs" / f"{name}.nodes.txt"
        if self.is_new(place, self.digest(name)):
            place.parent.mkdir(parents=True, exist_ok=True)
            entry = self.entry(name)
            if "nodes" in entry:
                found = map(str, range(entry["nodes"]))
            else:
                found = set()
                for line in lines_of(self.file(name, "edges")):
                    if not line.startswith("#"):
                        found.update(line.split()[:2])
                found.update(line.split()[0] for line in lines_of(self.file(name, "labels")) if not line.startswith("#"))
                found = sorted(found, key=lambda node: (len(node), node) if node.isdigit() else (0, node))
            place.write_text("".join(f"{node}\n" for node in found), encoding="utf-8")
            self.made(place, self.digest(name))
        return place

    def store(self, name):
        """NAME.adjoin, with features where there are any, relative to the cache."""
        place = self.cache / "graphs" / f"{name}.adjoin"
        if self.is_new(place, self.digest(name)):
            place.parent.mkdir(parents=True, exist_ok=True)
            entry = self.entry(name)
            if "generate" in entry:
                command = [self.programs.adjoin(), "generate", *entry["generate"], "-o", place, "--quiet"]
            else:
                command = [self.programs.adjoin(), "convert", self.file(name, "edges"), place, "--quiet"]
                if "nodes" in entry or entry.get("numbered"):
                    command += ["--nodes", self.names(name)]
                if "features" in entry:
                    command += ["--features", self.file(name, "features")]
            self.run(name, command)
            self.made(place, self.digest(name))
        return place.relative_to(self.cache)

    def arrays(self, name):
        """A folder with offsets.npy and targets.npy, and names.txt where nodes have names, relative to the cache."""
        place = self.cache / "arrays" / name
        if self.is_new(place, self.digest(name)):
            entry = self.entry(name)
            if "export" in entry:
                command = [self.programs.built("bench/peers/bench_fastrp"), *entry["export"], "--export", place]
            else:
                command = [self.environments.python("numpy"), PEERS / "score.py", "graph", "--edges", self.file(name, "edges"),
                           "--names", self.names(name), "--out", place]
            self.run(name, command)
            self.made(place, self.digest(name))
        return place.relative_to(self.cache)

    def size(self, name):
        """Nodes and edges (non-zeros of arrays), so that a record says how large its graph was."""
        place = self.cache / "graphs" / f"{name}.size.json"
        if self.is_new(place, self.digest(name)):
            info = json.loads(subprocess.run([self.programs.adjoin(), "info", self.cache / self.store(name), "--json"],
                                             capture_output=True, text=True, check=True).stdout)
            place.write_text(json.dumps([info["nodes"], info["edges"]]), encoding="utf-8")
            self.made(place, self.digest(name))
        return json.loads(place.read_text(encoding="utf-8"))
