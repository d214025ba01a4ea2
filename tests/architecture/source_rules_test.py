#!/usr/bin/env python3
"""What sources may not say: things that break repeatability, or that a library has no business doing."""
import pathlib
import re
import sys
import tempfile

LIBRARY = ("engine/", "algorithms/", "io/")
# (rule, pattern, applies to this path?)
RULES = [
    ("unordered reductions change bits from run to run; use Threads::reduce_ordered", r"\bparallel_reduce\b", lambda p: True),
    ("atomic floats add in any order", r"\batomic(_ref)?\s*<\s*(float|double)\b", lambda p: True),
    ("these distributions differ between libraries; use runtime/random.hpp",
     r"\bstd::(\w+_distribution|random_device|mt19937(_64)?)\b|\brand\(\)", lambda p: p.startswith(LIBRARY)),
    ("the library never prints", r"\bstd::(cout|cerr|clog)\b|\b(printf|fprintf|puts|fputs)\s*\(", lambda p: p.startswith(LIBRARY)),
    ("the library never ends the process", r"\b(std::)?(exit|abort|terminate|_exit|quick_exit)\s*\(", lambda p: p.startswith(LIBRARY)),
    ("the library touches no global setting", r"\b(setlocale|std::signal|sigaction|umask)\s*\(|std::locale::global",
     lambda p: p.startswith(LIBRARY)),
    ("process-wide thread settings are the program's", r"\bglobal_control\s+\w", lambda p: not p.startswith("tests/")),
    ("threads come from runtime/parallel.hpp", r"\btbb::", lambda p: not p.startswith(("engine/runtime/", "tests/"))),
    ("no OpenMP: it clashes with other libraries' in one process", r"#\s*pragma\s+omp\b", lambda p: not p.startswith("bench/peers/")),
    ("names of std stay in std", r"\busing\s+namespace\s+std\b", lambda p: True),
    ("a property whose result nobody looks at cannot fail; CHECK(rc::check(...))", r"^[ \t]*rc::check\(",
     lambda p: p.startswith("tests/")),
    ("devices are chosen in engine/sparse/backend.hpp", r"#\s*if.*ADJOIN_(HAS_)?CUDA", lambda p: "/cuda/" not in p),
]
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL)


def violations(root):
    found = []
    for folder in ("engine", "algorithms", "io", "bindings", "bench", "tests"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in (".cpp", ".hpp", ".cu", ".cuh"):
                continue
            name = path.relative_to(root).as_posix()
            code = COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), path.read_text(encoding="utf-8"))
            for rule, pattern, applies in RULES:
                if not applies(name):
                    continue
                for match in re.finditer(pattern, code, re.MULTILINE):
                    line = code.count("\n", 0, match.start()) + 1
                    found.append(f"{name}:{line}: {match.group().strip()}: {rule}")
    return found


def self_test():
    cases = {
        "engine/a.cpp": ("tbb::parallel_reduce(x); std::atomic<float> f;", 3),
        "engine/b.cpp": ("// printf(1)\nprintf(\"exit()\"); std::exit(1);\n", 2),
        "io/c.cpp": ("std::normal_distribution<double> d; std::signal(2, f);", 2),
        "bindings/d.cpp": ("printf(1); using namespace std;", 1),
        "bench/e.cpp": ("tbb::global_control g;\n#pragma omp parallel\n", 3),
        "algorithms/f.cpp": ("#ifdef ADJOIN_HAS_CUDA\n#endif\n", 1),
        "engine/sparse/cuda/g.cpp": ("#ifdef ADJOIN_HAS_CUDA\n#endif\n", 0),
        "tests/i.cpp": ("  rc::check([] {});\n  CHECK(rc::check([] {}));\n", 1),
        "engine/runtime/h.cpp": ("tbb::parallel_for(1); snprintf(1); on_exit_code(3);", 0),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, (text, count) in cases.items():
            root = pathlib.Path(folder, name.replace("/", "_"))
            (root / name).parent.mkdir(parents=True)
            (root / name).write_text(text, encoding="utf-8")
            assert len(violations(root)) == count, (name, violations(root))


self_test()
problems = violations(pathlib.Path(sys.argv[1]))
print("\n".join(problems) or "every source keeps the rules")
sys.exit(1 if problems else 0)
