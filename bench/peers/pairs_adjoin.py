#!/usr/bin/env python3
"""`adjoin score` under the contract of the peers: the same files, the same judge. ADJOIN in the environment names the command."""
import json
import os
import pathlib
import subprocess
import sys
import time

from pairs import value_of

FLAGS = {"katz_beta": "--katz-beta", "alpha": "--alpha", "epsilon": "--epsilon"}


def main():
    given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    options = {}
    for flag, word in zip(sys.argv[1::2], sys.argv[2::2]):
        if flag == "--set":
            name, _, text = word.partition("=")
            options[name] = value_of(text)
    program = os.environ["ADJOIN"]
    folder, out = pathlib.Path(given["--folder"]), pathlib.Path(given["--out"])
    table = out.with_suffix(".scored.tsv")
    words = [word for name, value in options.items() for word in (FLAGS[name], str(value))]
    began = time.perf_counter()
    answer = subprocess.run([program, "score", folder / "part.train.adjoin", folder / "pairs.tsv", "--methods", given["--method"], "-o", table,
                             "--threads", given["--threads"], "--seed", given["--seed"], "--quiet", "--json", *words], check=True,
                            capture_output=True, text=True)
    whole = time.perf_counter() - began
    record = json.loads(answer.stdout)["record"]
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    column = rows[0].index(given["--method"]) if given["--method"] in rows[0] else 2
    rows = rows[1:] if given["--method"] in rows[0] else rows
    out.write_text("".join(f"{row[column]}\n" for row in rows), encoding="ascii")
    table.unlink()
    stages = {stage["name"]: stage["seconds"] for stage in record["stages"]}
    around = sum(stages.get(name, 0) for name in ("read", "index", "build", "nodes", "unpack", "pairs", "write"))
    print(json.dumps({"peer": "adjoin", "version": record["version"], "cpu_level": record["cpu_level"], "method": given["--method"],
                      "options": options, "seconds": [max(record["seconds"] - around, 0.0)], "load_seconds": max(whole - record["seconds"], 0.0),
                      "peak_bytes": record["peak_bytes"]}))


if __name__ == "__main__":
    main()
