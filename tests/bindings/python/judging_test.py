"""Splits and metrics: as the command's, as scikit-learn's, and nothing held out is known in training."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import numpy as np

import adjoin
from support import BORDERS, KARATE, needs

COMMAND = os.environ.get("ADJOIN_COMMAND")


def pairs_of(array):
    return {tuple(pair) for pair in array.tolist()}


class Splits(unittest.TestCase):
    def setUp(self):
        self.graph = adjoin.read_graph(BORDERS)
        self.split = adjoin.split_edges(self.graph, validation=0.1, test=0.2, seed=3)

    def test_parts(self):
        split, edges = self.split, self.graph.edge_count
        self.assertEqual([len(part) for part in split[1:5]], [round(0.1 * edges)] * 2 + [round(0.2 * edges)] * 2)
        self.assertEqual(split.training.edge_count, edges - len(split.validation) - len(split.test))
        self.assertEqual(split.training.names, self.graph.names)
        for part in split[1:5]:
            self.assertEqual((part.dtype, part.shape), (np.int64, (len(part), 2)))

    def test_nothing_held_out_is_known(self):
        def edges(graph):
            offsets, targets, _ = graph._core.arrays
            return {(row, int(other)) for row in range(graph.node_count) for other in targets[offsets[row]:offsets[row + 1]] if row < other}

        whole, training = edges(self.graph), edges(self.split.training)
        validation, validation_negatives, test, test_negatives = map(pairs_of, self.split[1:5])
        self.assertEqual(training | validation | test, whole)
        self.assertEqual(len(training) + len(validation) + len(test), len(whole))
        self.assertFalse((validation_negatives | test_negatives) & whole)
        self.assertFalse(validation_negatives & test_negatives)

    def test_the_same_again_and_another_round(self):
        again = adjoin.split_edges(str(BORDERS), validation=0.1, test=0.2, seed=3, threads=1)
        self.assertEqual(again.hash, self.split.hash)
        np.testing.assert_array_equal(again.test, self.split.test)
        self.assertNotEqual(adjoin.split_edges(self.graph, validation=0.1, test=0.2, seed=3, round=1).hash, self.split.hash)

    @unittest.skipUnless(COMMAND, "the command is not built")
    def test_the_pairs_are_those_of_the_command(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([COMMAND, "split", BORDERS, "-o", "part", "--validation", "0.1", "--test", "0.2", "--seed", "3", "--quiet"],
                           cwd=folder, check=True)
            lines = [line.split("\t") for line in pathlib.Path(folder, "part.test.tsv").read_text(encoding="utf-8").splitlines()[1:]]
        names = self.graph.names
        for label, part in (("1", self.split.test), ("0", self.split.test_negatives)):
            self.assertEqual({(source, target) for source, target, of in lines if of == label},
                             {(names[source], names[target]) for source, target in part})

    def test_folds_test_every_edge_once(self):
        parts = [adjoin.split_edges(KARATE, validation=0, folds=5, fold=fold).test for fold in range(5)]
        together = np.concatenate(parts)
        self.assertEqual(len(pairs_of(together)), len(together))
        self.assertEqual(len(together), adjoin.read_graph(KARATE).edge_count)

    def test_wrong_arguments(self):
        for options, words in (({"test": 2}, "test = 2"), ({"test": 0.9, "validation": 0.9}, ""), ({"folds": 2, "fold": 2}, "fold")):
            with self.assertRaisesRegex(adjoin.InvalidOption, words):
                adjoin.split_edges(self.graph, **options)
        with self.assertRaisesRegex(TypeError, "did you mean test?"):
            adjoin.split_edges(self.graph, tset=0.1)
        with self.assertRaises(adjoin.BudgetExceeded):
            adjoin.split_edges(self.graph, memory="1KiB")


class Metrics(unittest.TestCase):
    @needs("sklearn")
    def test_as_scikit_learn(self):
        from sklearn.metrics import average_precision_score, roc_auc_score

        draw = np.random.default_rng(5)
        positives, negatives = draw.integers(0, 30, 200) + 5, draw.integers(0, 30, 300)  # with ties
        labels, scores = np.repeat([1, 0], [200, 300]), np.concatenate([positives, negatives])
        found = adjoin.link_metrics(positives, negatives, metrics="auc,ap")
        self.assertAlmostEqual(found["auc"], roc_auc_score(labels, scores), 12)
        self.assertAlmostEqual(found["average-precision"], average_precision_score(labels, scores), 12)

    def test_by_hand(self):
        found = adjoin.link_metrics([0.9, 0.4], [0.5, 0.4, 0.1], metrics="mrr,hits@1,hits@2,rank-hits@2,precision@1")
        self.assertEqual(found, {"mrr": (1 + 1 / 2.5) / 2, "hits@1": 0.5, "hits@2": 0.5, "rank-hits@2": 0.5, "precision@1": 1.0})
        self.assertEqual(adjoin.link_metrics([0.4], [0.4], metrics="mrr", ties="optimistic"), {"mrr": 1.0})
        self.assertEqual(list(adjoin.link_metrics([1], [0])), ["auc", "average-precision", "mrr", "hits@10", "hits@100"])

    def test_wrong_arguments(self):
        for positives, negatives, options, error, words in (
                ([], [1], {}, adjoin.InvalidData, ""), ([1], [float("nan")], {}, adjoin.InvalidData, "NaN|nan"),
                ([[1]], [1], {}, ValueError, "two vectors"), ([1], [1], {"metrics": "accuracy"}, adjoin.InvalidOption, "accuracy"),
                ([1], [1], {"ties": "never"}, adjoin.InvalidOption, "never")):
            with self.assertRaisesRegex(error, words):
                adjoin.link_metrics(positives, negatives, **options)


class Comparisons(unittest.TestCase):
    @unittest.skipUnless(COMMAND, "the command is not built")
    def test_values_are_those_of_the_command(self):
        methods = ["ra", "cn", "katz", "matrix-factorization"]  # the last draws random numbers
        command = [COMMAND, "linkpred", KARATE, "--methods", ",".join(methods), "--runs", "4", "--seed", "3", "--json", "--quiet"]
        wanted = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        found = adjoin.compare_links(KARATE, methods, runs=4, seed=3)
        self.assertEqual(len(found.runs), 16)
        for method, record in zip(methods, wanted, strict=True):
            for metric in ("auc", "average-precision", "mrr", "hits@10", "hits@100"):
                values = [run.values[metric] for run in found.runs if run.method == method]
                np.testing.assert_allclose(values, record[metric]["runs"], rtol=1e-12)
                np.testing.assert_allclose(found.summary()[method][metric], (record[metric]["mean"], record[metric]["sd"]), atol=1e-12)

    def test_a_function_sees_the_training_graph_and_pairs_in_an_order_that_tells_nothing(self):
        seen = []

        def noted(training, pairs):
            seen.append((training.edge_count, pairs.tolist()))
            return adjoin.link_scores(training, pairs, "cn", by_row=True)

        found = adjoin.compare_links(BORDERS, {"mine": noted, "theirs": "cn"}, runs=2, test=0.2, validation=0)
        self.assertEqual([run.values for run in found.runs if run.method == "mine"], [run.values for run in found.runs if run.method == "theirs"])
        for edges, pairs in seen:
            self.assertEqual(edges, 574 - round(0.2 * 574))
            self.assertEqual(pairs, sorted(pairs))

    def test_folds_and_rounds(self):
        folds = adjoin.compare_links(KARATE, "ra", folds=5, validation=0, metrics="auc")
        rounds = adjoin.compare_links(KARATE, "ra", runs=2, round=3, metrics="auc")
        self.assertEqual(len({run.split for run in folds.runs}), 5)
        self.assertEqual([run.run for run in adjoin.compare_links(KARATE, "ra", folds=5, fold=3, validation=0).runs], [3, 4])
        with self.assertRaisesRegex(ValueError, "runs = 3 is not from 1 to the 2 folds from 3 on"):
            adjoin.compare_links(KARATE, "ra", runs=3, folds=5, fold=3)
        self.assertEqual([run.split for run in rounds.runs], [adjoin.split_edges(KARATE, round=number).hash for number in (3, 4)])

    def test_as_text_and_as_a_frame(self):
        found = adjoin.compare_links(KARATE, ["ra", "cn"], runs=3, metrics="auc,hits@10")
        lines = str(found).splitlines()
        self.assertEqual(lines[0].split(), ["method", "auc", "hits@10"])
        self.assertRegex(lines[1], r"^ra +\d\.\d{4} ± \d\.\d{4} +\d\.\d{4} ± \d\.\d{4}$")
        self.assertEqual(len({len(line) for line in lines}), 1)

    @needs("pandas")
    def test_as_a_frame(self):
        frame = adjoin.compare_links(KARATE, ["ra", "cn"], runs=3, metrics="auc,hits@10").to_frame()
        self.assertEqual(list(frame.columns), ["method", "run", "split", "auc", "hits@10", "seconds"])
        self.assertEqual(len(frame), 6)

    def test_options_are_those_of_the_functions_it_calls(self):
        found = adjoin.compare_links(KARATE, {"mine": lambda training, pairs: list(range(len(pairs)))}, runs=1, metrics=["auc", "mrr"], round=None,
                                     threads=1)
        self.assertEqual(list(found.runs[0].values), ["auc", "mrr"])

    def test_progress(self):
        told = []
        adjoin.compare_links(KARATE, ["ra", "cn"], runs=2, metrics="auc", progress=lambda *what: told.append(what))
        self.assertEqual(told, [("compare", done, 4, "runs") for done in (1, 2, 3, 4)])

    def test_wrong_arguments(self):
        for methods, options, error, words in (
                ({"mine": lambda training, pairs: [1.0]}, {}, ValueError, r"'mine' gave float64 of shape \(1,\) and not a number for each of 16 pairs"),
                ({"mine": lambda training, pairs: np.ones(len(pairs)) * 1j}, {}, ValueError, "'mine' gave complex128"),
                ({"mine": lambda training, pairs: None}, {}, ValueError, "'mine' gave object"),
                ({"mine": lambda training, pairs: np.full(len(pairs), np.nan)}, {}, ValueError, r"'mine' gave NaN for the pair of rows \d+ and \d+"),
                ({"mine": 3}, {}, TypeError, "'mine' is neither"), ([], {}, TypeError, "methods are names of scores"),
                (len, {}, TypeError, "methods are names of scores"), ({1: "ra"}, {}, TypeError, "methods are names of scores"),
                ("ra", {"runs": -1}, ValueError, "runs = -1"), ("ra", {"runs": 2.0}, TypeError, ""),
                ("ra", {"test": 0}, ValueError, "test = 0"), ("ra", {"negatives": "none"}, ValueError, "negatives = 'none'"),
                ({"slow": lambda training, pairs: self.fail("was called"), "x": "raa"}, {}, adjoin.InvalidOption, "'raa' is not a score"),
                ("ra", {"metrics": "auc,hits"}, adjoin.InvalidOption, "hits"), ("ra", {"ties": "x"}, adjoin.InvalidOption, "ties"),
                ("ra", {"tset": 1}, TypeError, r"compare_links\(\) has no option 'tset'; did you mean test?"),
                ("ra", {"metric": "auc"}, TypeError, "did you mean metrics?"), ("simrank", {"memory": "1MiB"}, adjoin.BudgetExceeded, "")):
            with self.assertRaisesRegex(error, words):
                adjoin.compare_links(KARATE, methods, **options)


class ScoresByRow(unittest.TestCase):
    def test_numbers_of_rows_are_the_nodes_of_those_names(self):
        graph = adjoin.read_graph(BORDERS)
        split = adjoin.split_edges(graph, validation=0, test=0.1)
        names = [(graph.names[source], graph.names[target]) for source, target in split.test]
        by_row = adjoin.link_scores(split.training, split.test, ["cn", "pa"], by_row=True)
        np.testing.assert_array_equal(by_row, adjoin.link_scores(split.training, names, ["cn", "pa"]))
        self.assertEqual(adjoin.link_scores(graph, [], by_row=True).shape, (0,))

    def test_wrong_arguments(self):
        for pairs, words in (([[0, 34]], "row 34 of 34 nodes"), ([[-1, 0]], "row -1 of 34"), ([["1", "2"]], "whole numbers"),
                             ([[0.0, 1.0]], "whole numbers"), ([0, 1], "whole numbers"), ([[0, 1, 2]], "whole numbers")):
            with self.assertRaisesRegex(ValueError, words):
                adjoin.link_scores(KARATE, pairs, by_row=True)


if __name__ == "__main__":
    unittest.main()
