"""The bench harness from outside: bench/run and bench/compare on data that ships.

  harness_test.py ADJOIN REPOSITORY
"""
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ADJOIN = pathlib.Path(sys.argv[1]).resolve()
REPOSITORY = pathlib.Path(sys.argv[2]).resolve()
SMOKE = (REPOSITORY / "bench" / "suites" / "smoke.toml").read_text(encoding="utf-8")
MEASURED = ("seconds", "load_seconds", "peak_bytes", "measures", "when")

SMALL = """
title = "Small"
rounds = 1

[[experiments]]
name = "links"
task = "linkpred"
data = ["karate"]
split = { validation = 0, test = 0.2 }
metrics = ["auc"]
threads = [1]

[[experiments.methods]]
program = "adjoin"
methods = ["common-neighbors"]
"""


class HarnessCase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def words(self, suite, cache="cache", *more):
        if "\n" in suite:
            path = self.folder / "own.toml"
            path.write_text(suite, encoding="utf-8")
            suite = path
        return [sys.executable, REPOSITORY / "bench" / "run", suite, "--adjoin", ADJOIN, "--cache", self.folder / cache, *more]

    def run_suite(self, suite, cache="cache", *more, **variables):
        return subprocess.run(self.words(suite, cache, *more), capture_output=True, text=True, timeout=300,
                              env={**os.environ, **variables}, check=False)

    def records(self, cache="cache", suite="own"):
        path = self.folder / cache / "results" / f"{suite}.jsonl"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def plan(self, cache="cache", suite="own"):
        return json.loads((self.folder / cache / "results" / f"{suite}.plan.json").read_text(encoding="utf-8"))

    @staticmethod
    def without_times(records):
        return [{name: value for name, value in record.items() if name not in MEASURED} for record in records]


class Smoke(HarnessCase):
    def test_two_runs_give_the_same_records_apart_from_what_is_measured(self):
        for cache in ("one", "two"):
            result = self.run_suite("smoke", cache)
            self.assertEqual(result.returncode, 0, result.stderr)
        one, two = self.records("one", "smoke"), self.records("two", "smoke")
        self.assertGreater(len(one), 20)
        self.assertEqual(self.without_times(one), self.without_times(two))
        self.assertNotIn(str(self.folder), json.dumps(one))

    def test_every_record_says_what_it_is_of(self):
        self.run_suite("smoke")
        for record in self.records(suite="smoke"):
            for key in ("command", "version", "options", "seed", "machine", "cpu_level", "threads", "seconds", "peak_bytes", "metrics", "key", "round"):
                self.assertIn(key, record)
            self.assertGreater(record["peak_bytes"], 0)
            if record["task"] == "linkpred":
                self.assertRegex(record["split_hash"], "^[0-9a-f]{16}$")

    def test_the_command_and_scores_of_files_are_judged_alike_on_one_split(self):
        self.run_suite("smoke")
        found = {}
        for record in self.records(suite="smoke"):
            if record["task"] == "linkpred" and record["method"] == "resource-allocation":
                found.setdefault((record["experiment"], record["data"], record["round"]), []).append((record["split_hash"], record["metrics"]))
        self.assertEqual(len(found), 6)
        for (experiment, _, _), ((one, values), (two, others)) in found.items():
            if experiment == "links":  # of hard negatives the command's hash is of these too, and that of adjoin split is not
                self.assertEqual(one, two)
            self.assertEqual(values.keys(), others.keys())
            for metric, value in values.items():
                self.assertAlmostEqual(value, others[metric], places=6)

    def test_what_is_there_is_not_made_again(self):
        self.run_suite("smoke")
        before = self.records(suite="smoke")
        result = self.run_suite("smoke")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.records(suite="smoke"), before)
        self.assertEqual(len(result.stderr.splitlines()), 1)

    def test_a_run_that_was_killed_goes_on_and_ends_with_the_same_records(self):
        self.run_suite("smoke", "whole")
        generator = random.Random(20261126)
        for _ in range(4):
            process = subprocess.Popen(self.words("smoke", "killed"), stderr=subprocess.DEVNULL, start_new_session=True)
            time.sleep(generator.uniform(0.1, 1.2))
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        path = self.folder / "killed" / "results" / "smoke.jsonl"
        kept = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
        result = self.run_suite("smoke", "killed")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(path.read_bytes().split(b"\n")[:len(kept)], kept)
        self.assertEqual(self.without_times(self.records("killed", "smoke")), self.without_times(self.records("whole", "smoke")))

    def test_a_line_that_was_cut_short_is_made_again(self):
        self.run_suite(SMALL)
        path = self.folder / "cache" / "results" / "own.jsonl"
        whole = path.read_bytes()
        path.write_bytes(whole[:len(whole) // 2])
        self.assertEqual(self.run_suite(SMALL).returncode, 0)
        self.assertEqual(self.without_times(self.records()), self.without_times([json.loads(whole)]))

    def test_another_line_that_is_no_record_is_told_and_kept(self):
        self.run_suite(SMALL)
        path = self.folder / "cache" / "results" / "own.jsonl"
        path.write_bytes(b"not a record\n" + path.read_bytes())
        result = self.run_suite(SMALL)
        self.assertEqual(result.returncode, 2)
        self.assertIn("own.jsonl:1: ", result.stderr)
        self.assertTrue(path.read_bytes().startswith(b"not a record\n"))

    def test_threads_change_nothing_but_times(self):
        for threads in ("1", "2", "3"):
            self.run_suite(SMALL.replace("threads = [1]\n", "").replace('"common-neighbors"', '"rooted-pagerank", "combined"'), threads, "--threads", threads)
        values = [[record["metrics"] for record in self.records(threads)] for threads in ("1", "2", "3")]
        self.assertEqual(values[0], values[1])
        self.assertEqual(values[0], values[2])


class Hostile(HarnessCase):
    """One sentence with file and key; the rest of the suite runs."""

    def check_rest_ran(self, suite, sentence, missing=True):
        result = self.run_suite(suite)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn(sentence, result.stderr)
        self.assertNotIn("Traceback", result.stderr)
        good = [record for record in self.records() if "failed" not in record]
        self.assertIn("karate", {record["data"] for record in good})
        if missing:
            self.assertIn(sentence, (self.folder / "cache" / "results" / "own.md").read_text(encoding="utf-8"))
        return result

    def test_an_unknown_data_set(self):
        self.check_rest_ran(SMALL.replace('["karate"]', '["karat", "karate"]'), "datasets.toml: there is no data set karat; did you mean karate?")

    def test_a_data_set_whose_file_is_not_there(self):
        result = self.run_suite(SMALL.replace('["karate"]', '["USAir", "karate"]'), ADJOIN_DATA=str(self.folder))
        self.assertEqual(result.returncode, 1)
        self.assertIn("datasets.toml: USAir.edges: there is no link/USAir.txt in ", result.stderr)
        self.assertIn("ADJOIN_DATA names another folder", result.stderr)

    def with_second_experiment(self, **changes):
        second = SMALL[SMALL.index("[[experiments]]"):].replace('name = "links"', 'name = "second"')
        for old, new in changes.values():
            second = second.replace(old, new)
        return SMALL + second

    def test_a_typo_in_a_key(self):
        self.check_rest_ran(self.with_second_experiment(change=("metrics =", "metric =")),
                            "own.toml: experiments.second.metric: there is no such key; did you mean metrics?")

    def test_a_typo_in_a_task(self):
        self.check_rest_ran(self.with_second_experiment(change=('"linkpred"', '"linkpredd"')),
                            "own.toml: experiments.second.task: there is no task linkpredd; did you mean linkpred?")

    def test_a_value_of_another_type(self):
        self.check_rest_ran(self.with_second_experiment(change=("threads = [1]", 'threads = "two"')),
                            "own.toml: experiments.second.threads: 'two' is given where a list is expected")

    def test_an_unknown_key_of_the_suite(self):
        self.check_rest_ran("round = 2\n" + SMALL, "own.toml: round: there is no such key; did you mean rounds?")

    def test_an_unknown_program(self):
        self.check_rest_ran(SMALL + '\n[[experiments.methods]]\nprogram = "networkxx"\nmethods = ["jaccard"]\n',
                            "peers.toml: there is no peer networkxx; did you mean networkx?")

    def test_an_unknown_method_and_a_wrong_option(self):
        self.check_rest_ran(SMALL + '\n[[experiments.methods]]\nprogram = "adjoin"\nmethods = ["jaccrad"]\n', "jaccrad")
        self.check_rest_ran(SMALL + '\n[[experiments.methods]]\nprogram = "adjoin"\nmethods = ["jaccard"]\noptions = { aplha = 1 }\n', "aplha")

    def test_a_peer_that_does_not_install(self):
        index = self.folder / "index"
        index.mkdir()
        peers = self.folder / "peers.toml"
        peers.write_text(f'[environments.none]\nindex = "file://{index}"\npackages = ["networkx==0.0.999"]\n\n'
                         '[peers.broken]\nenvironment = "none"\ndriver = "pairs_networkx.py"\n', encoding="utf-8")
        suite = SMALL + '\n[[experiments.methods]]\nprogram = "broken"\nmethods = ["jaccard", "adamic-adar"]\n'
        result = self.run_suite(suite, "cache", "--peers", str(peers))
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("peers.toml: environments.none does not install: ERROR", result.stderr)
        self.assertEqual(sum("failed" not in record for record in self.records()), 1)
        self.assertEqual(sum("does not install" in record.get("failed", "") for record in self.records()), 2)

    def test_a_suite_that_cannot_be_read_or_is_not_there(self):
        for suite, sentence in (("title = \n", "own.toml: "), ("nothing", "there is no suite nothing"), ("smok", "did you mean smoke?"),
                                ("title = 'x'\n", "own.toml.experiments is missing")):
            result = self.run_suite(suite)
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertIn(sentence, result.stderr)
            self.assertEqual(len(result.stderr.splitlines()), 1)

    def test_a_part_that_is_not_in_the_suite(self):
        result = self.run_suite("smoke", "cache", "--data", "karte")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--data karte: suite smoke has no such thing; did you mean karate?", result.stderr)

    def test_what_failed_is_tried_again_when_asked(self):
        suite = SMALL.replace('["karate"]', '["USAir"]').replace("0.2", "0.1")
        self.run_suite(suite, ADJOIN_DATA=str(self.folder))
        self.assertEqual(len(self.records()), 1)
        self.run_suite(suite, ADJOIN_DATA=str(self.folder))
        self.assertEqual(len(self.records()), 1)
        self.run_suite(suite, "cache", "--retry", ADJOIN_DATA=str(self.folder))
        self.assertEqual(len(self.records()), 2)

    def test_the_plan_names_what_is_missing(self):
        self.run_suite(self.with_second_experiment(change=("metrics =", "metric =")))
        plan = self.plan()
        self.assertEqual(len(plan["problems"]), 1)
        self.assertEqual([entry["label"] for entry in plan["planned"]], ["common-neighbors"])


class Compare(HarnessCase):
    def compare(self, old, new, *more):
        return subprocess.run([sys.executable, REPOSITORY / "bench" / "compare", old, new, *more], capture_output=True, text=True, check=False)

    def written(self, name, seconds, auc=(0.9, 0.8, 0.7)):
        path = self.folder / name
        lines = [{"schema": 1, "key": f"{i}", "suite": "s", "experiment": "e", "task": "linkpred", "data": "d", "label": "m", "options": {},
                  "threads": 1, "round": i, "seconds": value, "metrics": {"auc": auc[i]}} for i, value in enumerate(seconds)]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return path

    def test_a_run_is_no_slower_than_itself(self):
        old = self.written("old.jsonl", [1.0, 1.1, 5.0])
        result = self.compare(old, old)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_slower_needs_a_share_and_a_difference(self):
        for before, after, code in (([1, 1, 1], [1.2, 1.2, 1.2], 1), ([1, 1, 1], [1.05, 1.05, 1.05], 0), ([0.001] * 3, [0.005] * 3, 0),
                                    ([1, 1, 1], [1, 1, 9], 0), ([1, 1, 1], [0.5, 0.5, 0.5], 0)):
            result = self.compare(self.written("old.jsonl", before), self.written("new.jsonl", after))
            self.assertEqual(result.returncode, code, f"{before} {after}: {result.stdout}")

    def test_worse_is_judged_round_by_round(self):
        old = self.written("old.jsonl", [1, 1, 1])
        self.assertIn("worse", self.compare(old, self.written("new.jsonl", [1, 1, 1], (0.89, 0.79, 0.69))).stdout)
        self.assertIn("better", self.compare(old, self.written("new.jsonl", [1, 1, 1], (0.91, 0.81, 0.71))).stdout)
        self.assertEqual(self.compare(old, self.written("new.jsonl", [1, 1, 1], (0.93, 0.75, 0.71))).returncode, 0)

    def test_what_is_missing_counts(self):
        old, new = self.written("old.jsonl", [1, 1, 1]), self.folder / "new.jsonl"
        new.write_text("", encoding="utf-8")
        self.assertEqual(self.compare(old, new).returncode, 1)

    def test_an_empty_folder_and_a_missing_file(self):
        old = self.written("old.jsonl", [1])
        (self.folder / "empty").mkdir()
        for new, sentence in ((self.folder / "empty", "there are no records"), (self.folder / "gone.jsonl", "there is no such file")):
            result = self.compare(old, new)
            self.assertEqual(result.returncode, 2)
            self.assertIn(sentence, result.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
