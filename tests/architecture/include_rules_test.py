#!/usr/bin/env python3
"""Includes go one way. Reads every #include line; what a folder may include stands in `allowed`."""
import pathlib
import re
import sys
import tempfile

LAYERS = ["engine/runtime", "engine/dense", "engine/sparse", "engine/graph", "engine/learn"]
# Packages that cost seconds to include: in .cpp files only.
HEAVY = ("CLI/", "fmt/", "tbb/", "oneapi/", "boost/", "Eigen/", "Random123/", "nlohmann/json.hpp", "xxhash.h")
# The one header whose purpose is a library of others; nothing of ours includes it but those who use that library.
OPT_IN = ("engine/graph/boost_adaptor.hpp",)
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)


def room(path):
    """The part of the tree that a file belongs to: engine/graph, algorithms/embedding, io, bindings, bench, examples, tests."""
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] in ("engine", "algorithms") else parts[0]


def allowed(source, target):
    if source == target or source in ("bindings", "bench", "tests"):
        return target not in ("tests",) or source == "tests"
    if source == "examples":  # what is promised to everybody has to be enough
        return target == "adjoin.hpp"
    if source in LAYERS:
        return target in LAYERS[: LAYERS.index(source)]
    if source == "io":
        return target in ("engine/runtime", "engine/dense", "engine/graph")
    if source.startswith("algorithms/"):
        return target in LAYERS or target == "algorithms/evaluate"
    return False


def violations(root):
    found = []
    for folder in ("engine", "algorithms", "io", "bindings", "bench", "examples", "tests"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in (".cpp", ".hpp", ".cu", ".cuh"):
                continue
            name = path.relative_to(root).as_posix()
            for included in INCLUDE.findall(path.read_text(encoding="utf-8")):
                if included.startswith("adjoin/"):
                    target = room(included[len("adjoin/"):])
                    if not allowed(room(name), target):
                        found.append(f"{name} includes {included}: {room(name)} may not see {target}")
                elif (path.suffix == ".hpp" and folder in ("engine", "algorithms", "io") and name not in OPT_IN
                      and included.startswith(HEAVY)):
                    found.append(f"{name} includes {included}: keep it in a .cpp file")
    return found


def self_test():
    """The checker finds each kind of violation, and nothing in what is allowed."""
    cases = {
        "engine/dense/a.hpp": ("#include <adjoin/engine/sparse/csr.hpp>\n", 1),
        "engine/sparse/a.cpp": ("#include <adjoin/engine/dense/matrix.hpp>\n#include <fmt/format.h>\n", 0),
        "engine/graph/a.hpp": ("#include <fmt/format.h>\n", 1),
        "engine/graph/b.cpp": ("#include <adjoin/algorithms/embedding/fastrp.hpp>\n", 1),
        "algorithms/one/a.cpp": ("#include <adjoin/algorithms/two/b.hpp>\n", 1),
        "algorithms/two/b.cpp": ("#include <adjoin/algorithms/evaluate/c.hpp>\n#include <adjoin/io/a.hpp>\n", 1),
        "io/a.cpp": ("  #  include <adjoin/engine/sparse/csr.hpp>\n#include <adjoin/engine/dense/matrix.hpp>\n", 1),
        "engine/graph/c.hpp": ("#include <adjoin/adjoin.hpp>\n", 1),
        "examples/cpp/a.cpp": ("#include <adjoin/adjoin.hpp>\n#include <adjoin/io/store.hpp>\n", 1),
        "bindings/cli/a.cpp": ("#include <adjoin/io/a.hpp>\n#include <adjoin/algorithms/one/a.hpp>\n", 0),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, (text, count) in cases.items():
            root = pathlib.Path(folder, name.replace("/", "_"))
            (root / name).parent.mkdir(parents=True)
            (root / name).write_text(text, encoding="utf-8")
            assert len(violations(root)) == count, (name, violations(root))


self_test()
problems = violations(pathlib.Path(sys.argv[1]))
print("\n".join(problems) or "every include is allowed")
sys.exit(1 if problems else 0)
