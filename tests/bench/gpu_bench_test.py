#!/usr/bin/env python3
"""Whether every task of gpu_bench runs to its end and agrees with itself, on a GPU that the processor emulates, and run.py makes tables of it.

  gpu_bench_test.py PROGRAM FOLDER      FOLDER: of run.py
"""
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
TASKS = ["copy", "spmm", "spmv", "resident", "triangles", "pairs", "nearest", "spmm-cpu"]
SMALL = ["--graph", "rmat", "--scale", 8, "--columns", "33,64", "--slices", "0,128,256", "--hot-slices", "64,128,256", "--warmups", 0, "--runs", 2,
         "--call-runs", 1, "--cpu-runs", 1, "--pairs", 500, "--dim", 32, "--vectors", 600, "--width", 20, "--queries", 30, "--top", 5]


def run(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


class GpuBench(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        result = run(*SMALL, "--tasks", ",".join(TASKS), "--write", cls.folder.name + "/graph", "--store", cls.folder.name + "/graph.adjoin")
        assert result.returncode == 0, result.stderr
        cls.records = [json.loads(line) for line in result.stdout.splitlines()]

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_every_task_is_told_and_none_has_failed(self):
        told = {record["task"] for record in self.records}
        self.assertEqual(told, {"device", "copy", "graph", "spmm", "spmv", "resident", "triangles", "pairs", "nearest"})
        for record in self.records:
            # The real cuSPARSE finds no GPU, and has to be told as failed.
            self.assertEqual("failed" in record, record.get("program") == "cuSPARSE", record)
            if "seconds" in record and "failed" not in record:
                self.assertGreater(record["seconds"], 0)

    def test_results_agree(self):
        compared = [record for record in self.records if "difference" in record]
        self.assertEqual({record["task"] for record in compared}, {"spmm", "spmv", "resident", "pairs", "nearest"})
        for record in compared:
            self.assertTrue(math.isfinite(record["difference"]), record)
            self.assertLess(record["difference"], 0.02 if record.get("precision") == "bf16" else 1e-4, record)
        self.assertEqual(len({record["triangles"] for record in self.records if record["task"] == "triangles"}), 1)

    def test_products_with_hot_rows_are_measured(self):
        hot = [record for record in self.records if "hot_rows" in record]
        self.assertEqual({(record["precision"], record["slice_bytes"]) for record in hot},
                         {(precision, slice_bytes) for precision in ("float32", "bf16") for slice_bytes in (64, 128, 256)} - {("bf16", 256)})
        for record in hot:
            self.assertGreater(record["hot_rows"], 0)

    def test_peers_get_what_was_measured(self):
        names = {path.name for path in pathlib.Path(self.folder.name, "graph").iterdir()}
        self.assertEqual(names, {"offsets.npy", "targets.npy", "pairs.npy", "rows.npy", "queries.npy"})

    def test_run_makes_tables_of_it(self):
        path = pathlib.Path(self.folder.name, "gpu.jsonl")
        path.write_text("".join(json.dumps(record) + "\n" for record in self.records), encoding="utf-8")
        result = subprocess.run([sys.executable, FOLDER / "run.py", "--table", path], stdout=subprocess.PIPE, check=True, text=True)
        self.assertIn("emulated", result.stdout)
        for heading in ("with hot rows kept, ms", "A x of", "million a second", "triangles"):
            self.assertIn(heading, result.stdout)

    def test_wrong_arguments_are_refused(self):
        for arguments, word in ([["--tasks", "spmm"], "no graph is named"], [["--hot-slices", "32"], "32"], [["--columns", "0"], "0"]):
            result = run(*arguments)
            self.assertEqual(result.returncode, 2)
            self.assertIn(word, result.stderr)
            self.assertEqual(len(result.stderr.splitlines()), 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
