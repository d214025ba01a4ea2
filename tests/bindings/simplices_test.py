#!/usr/bin/env python3
"""Simplices: adjoin simplices info, closures, lifecycle, flag and predict.

  simplices_test.py ADJOIN REPOSITORY

The figures of public sets are those of Benson et al. 2018 (arbenson/ScHoLP-Tutorial), the average precision under correct
labels a scikit-learn program's.
"""
import json
import os
import pathlib
import unittest

from command_support import REPOSITORY, CommandCase, main, python_that_draws

# 0-1-2, with strong ties, and 0-1-3, with weak ones, are open; 0-1-2 closes.
GROUPS = [[0, 1], [0, 1], [0, 2], [0, 2], [1, 2], [1, 2], [0, 3], [1, 3], [0, 1, 2], [3]]
DATA = pathlib.Path(os.environ.get("ADJOIN_DATA", REPOSITORY.parent / "shared" / "data"))


class SimplicesTest(CommandCase):
    def setUp(self):
        super().setUp()
        self.write("groups", GROUPS, range(len(GROUPS)))

    def write(self, name, groups, times):
        def lines(values):
            return "".join(f"{value}\n" for value in values)
        (self.folder / f"{name}-nverts.txt").write_text(lines(len(group) for group in groups))
        (self.folder / f"{name}-simplices.txt").write_text(lines(node for group in groups for node in group))
        (self.folder / f"{name}-times.txt").write_text(lines(times))

    def simplices(self, *arguments, environment=None):
        result = self.run_adjoin("simplices", *arguments, environment=environment)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def test_info_counts_what_there_is(self):
        info = json.loads(self.simplices("info", "groups-nverts.txt", "--json").stdout)
        expected = {"nodes": 4, "simplices": 10, "too_large": 0, "distinct": 7, "largest": 3, "edges": 5, "mean_size": 2.0,
                    "mean_weight": 2.2, "mean_degree": 2.5, "open_triangles": 1, "closed_triangles": 1, "fraction_open": 0.5}
        self.assertEqual({key: info[key] for key in expected}, expected)
        self.assertEqual({row["ties"]: (row["open"], row["closed"]) for row in info["configurations"] if row["open"] + row["closed"]},
                         {"012": (2, 0), "112": (1, 0), "222": (0, 1)})
        text = self.simplices("info", "groups-nverts.txt").stdout
        self.assertRegex(text, r"(?m)^distinct simplices +7$")
        self.assertRegex(text, r"(?m)^112 +1 +0$")
        self.assertRegex(text, r"(?m)^012 +2 +-$")
        small = self.simplices("info", "groups-nverts.txt", "--max-size", "2")
        self.assertRegex(small.stdout, r"(?m)^open triangles +2$")
        self.assertIn("1 simplices left out for their size", small.stderr)

    def test_info_counts_pieces_holes_and_voids_if_asked(self):
        self.assertNotIn("homology", json.loads(self.simplices("info", "groups-nverts.txt", "--json").stdout))
        # The closed triangle 0-1-2 with the open 0-1-3 beside it: one piece and one hole.
        info = json.loads(self.simplices("info", "groups-nverts.txt", "--homology", "--json").stdout)
        self.assertEqual(info["homology"], {"vertices": 4, "edges": 5, "triangles": 1, "ranks": [3, 1], "betti": [1, 1, 0],
                                            "prime": 2147483647})
        self.assertRegex(self.simplices("info", "groups-nverts.txt", "--homology").stdout, r"(?m)^holes +1$")
        # Without the triangle its edge 0-2, 1-2 make a second hole.
        info = json.loads(self.simplices("info", "groups-nverts.txt", "--homology", "--max-size", "2", "--json").stdout)
        self.assertEqual(info["homology"]["betti"], [1, 2, 0])

    def test_a_graph_is_seen_as_simplices_of_two(self):
        result = self.simplices("info", "data/karate/edges.txt")
        self.assertRegex(result.stdout, r"(?m)^open triangles +45$")
        self.assertIn("each edge is seen as one", result.stderr)

    def evaluated(self, *arguments):
        return json.loads(self.simplices("predict", *arguments, "--evaluate", "--json").stdout)

    def test_an_evaluation_says_how_far_above_random_scores_are(self):
        result = self.evaluated("groups-nverts.txt", "--methods", "minimum,jaccard")
        self.assertEqual((result["data"], result["train_until"], result["test_until"], result["train_simplices"], result["test_simplices"]),
                         ("groups-nverts.txt", "7", "9", 8, 2))
        self.assertEqual((result["open_triangles"], result["closed_triangles"]), (2, 0))
        self.assertNotIn("about_labels", result)
        [evaluation] = result["evaluations"]
        self.assertEqual((evaluation["labels"], evaluation["positives"], evaluation["positive_rate"]), ("correct", 1, 0.5))
        self.assertEqual([(row["method"], row["average_precision"], row["improvement"], row["interval"]) for row in evaluation["methods"]],
                         [("minimum", 1, 2, [2, 2]), ("jaccard", 0.5, 1, [1, 1])])
        self.assertEqual(result["record"]["options"]["labels"], "correct")
        walks = "katz,weighted-katz,pagerank,weighted-pagerank,simplicial-pagerank,simplicial-pagerank-harmonic"
        [by_walks] = self.evaluated("groups-nverts.txt", "--methods", walks)["evaluations"]
        self.assertEqual(",".join(row["method"] for row in by_walks["methods"]), walks)
        self.assertEqual({row["method"]: row["improvement"] for row in by_walks["methods"]}["weighted-katz"], 2)
        [by_all] = self.evaluated("groups-nverts.txt", "--methods", "all")["evaluations"]
        self.assertEqual(len(by_all["methods"]), 22)
        text = self.simplices("predict", "groups-nverts.txt", "--evaluate")
        self.assertRegex(text.stdout, r"(?m)^harmonic-mean +1\.000000 +2\.000 +2\.000 to 2\.000$")
        self.assertRegex(text.stdout, r"(?m)^combined +of 3 triangles that are open within the training 0 close within it")
        self.assertIn("2 open triangles, of which 1 close (0.5)", text.stdout)
        self.assertIn("trained on 8 simplices up to 7, judged by 2 up to 9", text.stderr)
        plain = self.simplices("predict", "groups-nverts.txt", "--evaluate", "--resamples", "0", "--methods", "minimum").stdout
        self.assertRegex(plain, r"(?m)^minimum +1\.000000 +2\.000$")

    def test_both_ways_of_labelling_stand_side_by_side_with_the_reason(self):
        # The closing triple has its node of lowest degree first.
        self.write("turned", [[{0: 2, 2: 0}.get(node, node) for node in group] for group in GROUPS], range(len(GROUPS)))
        both = self.evaluated("turned-nverts.txt", "--methods", "minimum", "--labels", "both")
        self.assertEqual([evaluation["positives"] for evaluation in both["evaluations"]], [1, 1])
        self.assertEqual([evaluation["labels"] for evaluation in both["evaluations"]], ["correct", "reference"])
        self.assertIn("unless that node also has the lowest id", both["about_labels"])
        text = self.simplices("predict", "turned-nverts.txt", "--evaluate", "--methods", "minimum", "--labels", "both").stdout
        self.assertIn("by the labels of the program released with the paper", text)
        self.assertIn(both["about_labels"], text)
        other = self.evaluated("groups-nverts.txt", "--methods", "minimum", "--labels", "both")
        self.assertEqual(other["evaluations"][0]["positives"], 1)
        self.assertIn("0 close later", other["evaluations"][1]["refusal"])
        text = self.simplices("predict", "groups-nverts.txt", "--evaluate", "--methods", "minimum", "--labels", "both").stdout
        self.assertIn("by the labels of the program released with the paper: of 2 open triangles 0 close later", text)

    def test_a_set_on_which_every_score_is_below_random_says_so(self):
        # 0-1-2 and 0-1-4 have strong ties; 0-1-3 and 0-1-5, with weak ones, close.
        strong = [[0, 2], [1, 2], [0, 4], [1, 4]]
        self.write("weak", [[0, 1], *strong, *strong, [0, 3], [1, 3], [0, 5], [1, 5], [5], [0, 1, 3], [0, 1, 5], [3]], range(17))
        text = self.simplices("predict", "weak-nverts.txt", "--evaluate", "--methods", "simplicial-degrees").stdout
        self.assertRegex(text, r"(?m)^simplicial-degrees +0\.416667 +0\.833")
        self.assertIn("every score is below random here", text)
        text = self.simplices("predict", "weak-nverts.txt", "--evaluate", "--methods", "simplicial-degrees,maximum").stdout
        self.assertNotIn("below random", text)

    def test_predict_names_the_likeliest_triangles_and_their_ties(self):
        self.write("open", GROUPS[:8], range(8))
        text = self.simplices("predict", "open-nverts.txt", "--methods", "geometric-mean,common-neighbors", "--top", "5")
        self.assertEqual(text.stdout, "a\tb\tc\tgeometric-mean\tties a-b\tties a-c\tties b-c\n"
                                      "0\t1\t2\t2\t2\t2\t2\n"
                                      "0\t1\t3\t1.25992\t2\t1\t1\n"
                                      "\n"
                                      "a\tb\tc\tcommon-neighbors\tties a-b\tties a-c\tties b-c\n"
                                      "0\t1\t2\t0\t2\t2\t2\n"
                                      "0\t1\t3\t0\t2\t1\t1\n")
        self.assertIn("2 open triangles, 0 closed ones", text.stderr)
        result = json.loads(self.simplices("predict", "open-nverts.txt", "--methods", "geometric-mean", "--top", "1", "--json").stdout)
        self.assertEqual((result["open_triangles"], result["closed_triangles"]), (2, 0))
        self.assertEqual(result["methods"], [{"method": "geometric-mean", "triangles": [{"nodes": ["0", "1", "2"], "score": 2, "ties": [2, 2, 2]}]}])
        self.assertEqual(result["record"]["options"]["top"], 1)

    def test_four_nodes_are_predicted_and_evaluated(self):
        # Of 0 to 4 every two have a tie but 3 and 4: 0-1-2-3 and 0-1-2-4 are open, the first with the stronger ties; it closes.
        pairs = [[0, 1], [0, 2], [1, 2], [0, 3], [1, 3], [2, 3], [0, 4], [1, 4], [2, 4], [0, 3], [1, 3]]
        self.write("four", [*pairs, [0, 1, 2, 3], [4], [4]], range(14))
        self.write("open", pairs, range(11))
        text = self.simplices("predict", "open-nverts.txt", "--nodes", "4", "--methods", "arithmetic-mean,triple-maximum", "--top", "1").stdout
        self.assertEqual(text, "a\tb\tc\td\tarithmetic-mean\n0\t1\t2\t3\t1.33333\n\na\tb\tc\td\ttriple-maximum\n0\t1\t2\t3\t0\n")
        result = self.evaluated("four-nverts.txt", "--nodes", "4", "--methods", "geometric-mean,jaccard")
        self.assertEqual((result["open_tetrahedra"], result["closed_tetrahedra"]), (2, 0))
        [evaluation] = result["evaluations"]
        self.assertEqual((evaluation["positives"], evaluation["positive_rate"]), (1, 0.5))
        self.assertEqual([(row["method"], row["improvement"]) for row in evaluation["methods"]], [("geometric-mean", 2), ("jaccard", 1)])
        text = self.simplices("predict", "four-nverts.txt", "--nodes", "4", "--evaluate", "--threads", "3").stdout
        self.assertIn("2 open tetrahedra, of which 1 close (0.5)", text)
        faces = json.loads(self.simplices("predict", "open-nverts.txt", "--nodes", "4", "--closed-faces", "--json").stdout)
        self.assertEqual(faces["open_tetrahedra"], 0)

    def test_closures_say_how_often_three_nodes_close(self):
        result = json.loads(self.simplices("closures", "groups-nverts.txt", "--json").stdout)
        self.assertEqual((result["first_until"], result["later_until"], result["first_simplices"], result["later_simplices"]),
                         ("7", "9", 8, 2))
        self.assertEqual({row["ties"]: (row["open"], row["closed"], row["probability"]) for row in result["configurations"] if row["open"]},
                         {"112": (1, 0, 0), "222": (1, 1, 1), "012": (2, 0, 0)})
        text = self.simplices("closures", "groups-nverts.txt")
        self.assertRegex(text.stdout, r"(?m)^222 +1 +1 +1\.000e\+00$")
        self.assertIn("8 simplices up to 7, then 2 up to 9", text.stderr)

    def test_closures_of_four_nodes_are_told_by_edges_and_ties_of_triangles(self):
        self.write("four", [[1, 2, 3], [1, 2, 3], [1, 2, 4], [2, 3, 4], [1, 3, 4], [8], [1, 2, 3, 4], [1, 2, 3, 8]], range(8))
        result = json.loads(self.simplices("closures", "four-nverts.txt", "--nodes", "4", "--train", "0.72", "--json").stdout)
        self.assertEqual((len(result["configurations"]), result["record"]["options"]["nodes"]), (27, 4))
        self.assertEqual({(row["edges"], row["ties"]): (row["open"], row["closed"], row["probability"])
                          for row in result["configurations"] if row["open"]},
                         {(6, "1112"): (1, 1, 1), (3, "2"): (1, 1, 1), (3, "1"): (3, 0, 0)})
        text = self.simplices("closures", "four-nverts.txt", "--nodes", "4", "--train", "0.72").stdout
        self.assertRegex(text, r"(?m)^1112 +6 +1 +1 +1\.000e\+00$")

    def test_a_lifecycle_is_followed_until_all_three_meet(self):
        result = json.loads(self.simplices("lifecycle", "groups-nverts.txt", "--json").stdout)
        self.assertEqual((result["closed_triangles"], result["open_triangles"], result["overlaps"]), (1, 1, [0, 0, 1, 0]))
        states = result["states"]
        self.assertEqual(states[0::10], ["000", "closed"])
        self.assertEqual({(states[before], states[after]): count for after, row in enumerate(result["closing"])
                          for before, count in enumerate(row) if count},
                         {("000", "001"): 1, ("001", "002"): 1, ("002", "012"): 1, ("012", "022"): 1, ("022", "122"): 1, ("122", "222"): 1,
                          ("222", "closed"): 1})
        self.assertEqual(sum(map(sum, result["open"])), 5)
        text = self.simplices("lifecycle", "groups-nverts.txt").stdout
        self.assertRegex(text, r"(?m)^1 triangles that close, percent that each state goes on to:$")
        self.assertRegex(text, r"(?m)^2 pairs +1 +1\.000$")

    def test_a_flag_complex_is_counted_and_written(self):
        edges = REPOSITORY / "data" / "karate" / "edges.txt"
        result = json.loads(self.simplices("flag", edges, "--max-size", "9", "--json").stdout)
        self.assertEqual((result["by_dimension"], result["simplices"]), ([34, 78, 45, 11, 2], 170))
        for name in ("k-nverts.txt", "k.xgi.json", "k.hif.json", "k.adjoin"):
            self.assertRegex(self.simplices("flag", edges, "-o", name).stdout, r"(?m)^3 +45$")
            info = json.loads(self.simplices("info", name, "--json").stdout)
            self.assertEqual((info["nodes"], info["simplices"], info["edges"], info["closed_triangles"]), (34, 157, 78, 45))
        result = self.run_adjoin("simplices", "flag", edges, "--directed")
        self.assertEqual(result.returncode, 2)
        self.assertIn("cliques are of undirected graphs, and this one is directed", result.stderr)

    def test_pictures_are_drawn_beside_what_is_printed(self):
        python = python_that_draws()
        if python is None:
            raise unittest.SkipTest("no Python here has matplotlib and numpy")
        for subcommand, *more in (["closures"], ["closures", "--nodes", "4"], ["lifecycle"]):
            for name in ("one.svg", "two.svg", "page.html", "picture.png"):
                result = self.simplices(subcommand, "groups-nverts.txt", *more, "--plot", name, environment={"ADJOIN_PYTHON": python})
                self.assertEqual(result.stderr.splitlines()[-1], f"wrote {name}")
            self.assertEqual((self.folder / "one.svg").read_bytes(), (self.folder / "two.svg").read_bytes())
            self.assertIn("</svg>", (self.folder / "page.html").read_text(encoding="utf-8"))
            self.assertTrue((self.folder / "picture.png").read_bytes().startswith(b"\x89PNG"))
            printed = self.simplices(subcommand, "groups-nverts.txt", *more).stdout
            result = self.run_adjoin("simplices", subcommand, "groups-nverts.txt", *more, "--plot", "gone.svg",
                                     environment={"ADJOIN_PYTHON": "no-such-python"})
            self.assertEqual((result.returncode, result.stdout), (2, printed))  # what was counted is not lost
            self.assertIn("no-such-python cannot be run", result.stderr)
            result = self.run_adjoin("simplices", subcommand, "groups-nverts.txt", "--plot", "picture.jpg")
            self.assertEqual(result.returncode, 2)
            self.assertIn("--plot picture.jpg is none of .svg, .png, .pdf and .html", result.stderr)

    def test_what_cannot_be_is_one_sentence_and_exit_code_2(self):
        self.write("pairs", [[0, 1], [1, 2], [0, 2]], [1, 2, 3])
        for arguments, sentence in (
                (["info"], "DATA is missing"),
                (["info", "absent-nverts.txt"], "No such file or directory"),
                (["info", "groups-nverts.txt", "--max-size", "0"], "max-size = 0 is outside 1 to 1000000"),
                (["predict", "groups-nverts.txt", "--methods", "jacard"], "'jacard' is no score of three nodes"),
                (["predict", "groups-nverts.txt", "--methods", "combined,minimum,combined"], "combined is there twice; leave one out"),
                (["predict", "pairs-nverts.txt"], "a score is learned where some do and others do not"),
                (["predict", "groups-nverts.txt", "--labels", "both"], "add --evaluate"),
                (["predict", "groups-nverts.txt", "--report", "page.html"], "add --evaluate"),
                (["predict", "groups-nverts.txt", "--evaluate", "--train", "1"], "lower --train or raise --until"),
                (["predict", "groups-nverts.txt", "--evaluate", "--labels", "right"], "labels = 'right' is not one of correct, reference, both"),
                (["predict", "pairs-nverts.txt", "--evaluate"], "of 1 open triangles 0 close later"),
                (["predict", "groups-nverts.txt", "--methods", "katz,katz"], "katz is there twice; leave one out"),
                (["closures", "groups-nverts.txt", "--nodes", "5"], "nodes = 5 is outside 3 to 4"),
                (["lifecycle", "groups-nverts.txt", "--max-size", "0"], "max-size = 0 is outside 1 to 1000000"),
                (["flag", "groups-nverts.txt", "--max-size", "0"], "max-size = 0 is outside 1 to 1000000"),
                (["flag", "groups-nverts.txt", "-o", "out.doc"], "out.doc"),
                (["predict", "pairs-nverts.txt", "--evaluate", "--nodes", "4"], "of 0 open tetrahedra 0 close later"),
                (["predict", "pairs-nverts.txt", "--nodes", "4", "--methods", "combined"], "'combined' is no score of a group"),
                (["predict", "pairs-nverts.txt", "--closed-faces"], "add --nodes 4"),
                (["predict", "pairs-nverts.txt", "--evaluate", "--nodes", "4", "--labels", "both"], "leave it out with --nodes 4"),
                (["forecast", "groups-nverts.txt"], "info, closures, lifecycle, flag, predict")):
            result = self.run_adjoin("simplices", *arguments)
            self.assertEqual(result.returncode, 2, (arguments, result.stdout))
            self.assertIn(sentence, result.stderr)
            self.assertEqual(result.stdout, "")

    def test_an_estimate_runs_nothing(self):
        for subcommand, *more in (["info"], ["closures"], ["closures", "--nodes", "4"], ["lifecycle"], ["flag"], ["flag", "-o", "x.adjoin"],
                                  ["predict"], ["predict", "--evaluate"], ["predict", "--evaluate", "--methods", "all"],
                                  ["predict", "--nodes", "4"], ["predict", "--nodes", "4", "--evaluate"]):
            result = json.loads(self.simplices(subcommand, "groups-nverts.txt", *more, "--estimate", "--json").stdout)
            self.assertEqual(list(result), ["estimated_peak_bytes"])

    def test_threads_change_nothing(self):
        for arguments in (["--evaluate"], ["--methods", "geometric-mean"]):
            outputs = {self.simplices("predict", "groups-nverts.txt", *arguments, "--threads", threads).stdout for threads in ("1", "2", "3", "8")}
            self.assertEqual(len(outputs), 1)

    def test_email_enron_has_the_published_figures(self):
        path = DATA / "simplicial" / "email-Enron" / "email-Enron-nverts.txt.gz"
        if not path.exists():
            raise unittest.SkipTest(f"no email-Enron in {DATA} (ADJOIN_DATA names another folder)")
        info = json.loads(self.simplices("info", path, "--json").stdout)
        self.assertEqual((info["nodes"], info["edges"], info["closed_triangles"], info["open_triangles"]), (143, 1800, 6578, 3317))
        info = json.loads(self.simplices("info", path, "--homology", "--json").stdout)
        self.assertEqual(info["homology"]["betti"], [1, 233, 5153])  # gudhi 3
        for labels, positives, geometric in (("correct", 119, 1.4010), ("reference", 36, 1.6207)):
            result = self.evaluated(path, "--labels", labels, "--methods", "geometric-mean")
            [evaluation] = result["evaluations"]
            self.assertEqual((result["open_triangles"], evaluation["positives"]), (2574, positives))
            self.assertAlmostEqual(evaluation["methods"][0]["improvement"], geometric, delta=0.001)


if __name__ == "__main__":
    main()
