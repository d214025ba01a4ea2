#!/usr/bin/env python3
"""Predicted links: adjoin predict.

  predict_test.py ADJOIN REPOSITORY

The expected links and scores of the karate club are NetworkX 3.6.1's: adamic_adar_index, resource_allocation_index,
common_neighbors, preferential_attachment over non_edges, and shortest_path.
"""
import gzip
import json

from command_support import CommandCase, main

KARATE = "data/karate/edges.txt"
BORDERS = "data/borders/edges.tsv"


def table(text):
    lines = [line.split("\t") for line in text.splitlines()]
    return lines[0], lines[1:]


class PredictTest(CommandCase):
    def predict(self, *arguments):
        result = self.run_adjoin("predict", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def test_the_best_links_of_the_karate_club_are_those_of_networkx(self):
        expected = {"aa": [("3", "34", 4.719381), ("1", "34", 2.71102), ("2", "34", 2.252922), ("5", "6", 1.992261), ("7", "11", 1.992261)],
                    "ra": [("3", "34", 1.566667), ("1", "34", 0.9), ("2", "34", 0.783333), ("5", "6", 0.645833), ("7", "11", 0.645833),
                           ("24", "25", 0.583333)],
                    "cn": [("3", "34", 6), ("1", "34", 4), ("8", "14", 4)],
                    "pa": [("1", "34", 272), ("1", "33", 192), ("3", "34", 170)],
                    "jc": [("15", "16", 1.0), ("15", "19", 1.0), ("15", "21", 1.0), ("15", "23", 1.0), ("16", "19", 1.0)]}
        for method, links in expected.items():
            for choice in ([], ["--exact"], ["--candidates", "all"]):
                header, rows = table(self.predict(KARATE, "--method", method, "--top", str(len(links)), *choice).stdout)
                self.assertEqual(header[:2], ["source", "target"])
                self.assertEqual([tuple(row[:2]) for row in rows], [link[:2] for link in links], (method, choice))
                for row, link in zip(rows, links):
                    self.assertAlmostEqual(float(row[2]), link[2], places=5)

    def test_it_says_what_was_tried_and_what_can_be_missing(self):
        def told(*arguments):
            return self.predict(KARATE, *arguments).stderr
        self.assertIn("adamic-adar: searched 483 pairs without an edge; exact: bounds", told())
        self.assertIn("scored 483 candidates of 483 pairs without an edge; exact: every pair", told("--candidates", "all"))
        self.assertIn("scored 265 candidates of 483 pairs without an edge; exact: every other pair scores 0",
                      told("--candidates", "two-hop"))
        self.assertIn("scored 265 candidates of 483 pairs without an edge; not exact", told("--candidates", "two-hop", "--method", "simrank"))
        self.assertIn("scored 3 candidates of 31 pairs without an edge; exact", told("--for", "17"))
        few = told("--method", "fastrp", "--candidates", "nearest", "--per-node", "2", "--top", "2")
        self.assertIn("not exact: only the 2 nearest of each node were tried", few)
        self.assertIn("; exact: every other pair's vectors are less alike",
                      told("--method", "fastrp", "--candidates", "nearest", "--top", "3", "--per-node", "20"))

    def test_links_of_nodes_come_by_node(self):
        header, rows = table(self.predict(KARATE, "--for", "17,3").stdout)
        self.assertEqual(header, ["source", "target", "adamic-adar"])
        of_17 = [row for row in rows if row[0] == "17"]
        self.assertEqual(rows[:3], of_17)
        self.assertEqual([row[1] for row in of_17], ["1", "5", "11"])  # no other node shares a neighbour with it
        self.assertAlmostEqual(float(of_17[0][2]), 1.442695, places=5)
        self.assertEqual(rows[3][:2], ["3", "34"])
        (self.folder / "wanted.txt").write_bytes(b"17\r\n\n3\n17\n")
        self.assertEqual(table(self.predict(KARATE, "--for-file", "wanted.txt").stdout), (header, rows))
        _, every = table(self.predict(KARATE, "--for-all", "--top", "1").stdout)
        self.assertEqual(len({row[0] for row in every}), len(every))
        self.assertIn(["17", "1"], [row[:2] for row in every])
        # A name with a comma is one name.
        (self.folder / "comma.tsv").write_text("a,b\tc\nc\td\nd\te\n")
        _, rows = table(self.predict("comma.tsv", "--for", "a,b").stdout)
        self.assertEqual([row[:2] for row in rows], [["a,b", "d"]])

    def test_a_link_is_explained(self):
        lines = self.predict(KARATE, "--top", "1", "--explain", "-o", "links.jsonl")
        self.assertEqual(lines.stdout, "")
        link = json.loads((self.folder / "links.jsonl").read_text())
        self.assertEqual((link["source"], link["target"], link["shared"], link["path"]), ("3", "34", 6, []))
        self.assertEqual([neighbor["node"] for neighbor in link["through"]], ["10", "29", "28", "9", "14"])
        for neighbor, adds in zip(link["through"], [1.442695, 0.910239, 0.721348, 0.621335, 0.621335]):
            self.assertAlmostEqual(neighbor["adds"], adds, places=5)
        header, rows = table(self.predict(KARATE, "--top", "1", "--explain").stdout)
        self.assertEqual(header, ["source", "target", "adamic-adar", "shared", "through", "path"])
        self.assertEqual(json.loads(rows[0][4]), link["through"])
        far = json.loads(self.predict(KARATE, "--method", "katz", "--for", "17", "--top", "33", "--explain", "--json").stdout)
        path = [one["path"] for one in far["links"] if one["target"] == "27"][0]
        self.assertEqual((len(path), path[0], path[-1]), (6, "17", "27"))
        combined = json.loads(self.predict(KARATE, "--method", "combined", "--top", "1", "--explain", "--json", "--dim", "8").stdout)
        parts = combined["links"][0]["parts"]
        self.assertEqual(len(parts), 5)
        sizes = [abs(part["adds"]) for part in parts]
        self.assertEqual(sizes, sorted(sizes, reverse=True))

    def test_every_method_predicts_and_threads_change_nothing(self):
        self.run_adjoin("embed", KARATE, "-o", "x.npy", "--dim", "8", check=True)
        for method in ["cn", "jc", "cosine", "si", "hpi", "hdi", "lhn", "aa", "ra", "pa", "sp", "lp", "katz", "rpr", "ppr", "rd", "sr", "mf",
                       "spectral", "fastrp", "prone-dot", "randne-l2", "embedding", "embedding-hadamard", "combined"]:
            arguments = [KARATE, "--method", method, "--top", "7", "--dim", "8", "--rounds", "2", "--quiet"]
            if method.startswith("embedding"):
                arguments += ["--embedding", "x.npy"]
            one = self.predict(*arguments, "--threads", "1").stdout
            self.assertEqual(one, self.predict(*arguments, "--threads", "3").stdout, method)
            self.assertEqual(len(one.splitlines()), 8, method)
            self.assertEqual(len(table(self.predict(*arguments, "--for", "17", "--exact").stdout)[1]), 3 if one.startswith(
                tuple(f"source\ttarget\t{name}\n" for name in ("common-neighbors", "jaccard", "salton", "sorensen", "hub-promoted",
                                                              "hub-depressed", "leicht-holme-newman", "adamic-adar",
                                                              "resource-allocation"))) else 7, method)

    def test_formats_and_the_record_beside_them(self):
        plain = self.predict(BORDERS, "--top", "5").stdout
        self.predict(BORDERS, "--top", "5", "-o", "links.tsv.gz")
        self.assertEqual(gzip.decompress((self.folder / "links.tsv.gz").read_bytes()).decode(), plain)
        record = json.loads((self.folder / "links.tsv.gz.run.json").read_text())
        self.assertEqual(record["candidates"]["exact"], True)
        self.assertEqual(record["candidates"]["by"], "bounds")
        self.predict(BORDERS, "--top", "5", "-o", "links.jsonl")
        rows = [json.loads(line) for line in (self.folder / "links.jsonl").read_text().splitlines()]
        self.assertEqual([[row["source"], row["target"]] for row in rows], [row[:2] for row in table(plain)[1]])
        self.predict(BORDERS, "--top", "5", "-o", "links.npy")
        data = (self.folder / "links.npy").read_bytes()
        self.assertIn(b"'shape': (5, 2)", data)
        self.assertEqual(len(data) % 64, 5 * 2 * 8 % 64)
        whole = json.loads(self.predict(BORDERS, "--top", "5", "--json").stdout)
        self.assertEqual([[link["source"], link["target"]] for link in whole["links"]], [row[:2] for row in table(plain)[1]])
        filed = json.loads(self.predict(BORDERS, "--top", "5", "--json", "-o", "again.tsv").stdout)
        self.assertEqual((filed["links"], filed["files"]), (5, ["again.tsv", "again.tsv.run.json"]))
        self.assertIn("estimated peak memory", self.predict(BORDERS, "--estimate").stdout)
        # What predict writes, evaluate and score read.
        self.run_adjoin("score", BORDERS, "again.tsv", "--methods", "ra", "-o", "scored.tsv", check=True)

    def test_min_score_and_few_pairs(self):
        _, rows = table(self.predict(KARATE, "--min-score", "2.2").stdout)
        self.assertEqual([row[:2] for row in rows], [["3", "34"], ["1", "34"], ["2", "34"]])
        (self.folder / "whole.tsv").write_text("a\tb\nb\tc\na\tc\n")
        told = self.predict("whole.tsv")
        self.assertEqual(told.stdout, "source\ttarget\tadamic-adar\n")
        self.assertIn("searched 0 pairs without an edge", told.stderr)
        self.assertEqual(table(self.predict("whole.tsv", "--for", "a", "--method", "fastrp").stdout)[1], [])

    def test_a_directed_link_goes_from_source_to_target(self):
        (self.folder / "way.tsv").write_text("a\tb\nb\tc\nc\td\n")
        told = self.predict("way.tsv", "--directed", "--method", "katz", "--katz-beta", "0.1")
        self.assertEqual([row[:2] for row in table(told.stdout)[1]], [["a", "c"], ["b", "d"], ["a", "d"]])
        self.assertNotIn("which way", told.stderr)
        self.assertIn("the score does not tell which way a link goes", self.predict("way.tsv", "--directed").stderr)
        both = self.predict(KARATE, "--directed", "--method", "combined", "--dim", "8", "--rounds", "2")
        self.assertIn("of 966 pairs without an edge", both.stderr)  # each of 483 in two ways
        self.assertNotIn("which way", both.stderr)

    def test_bad_input_gets_one_sentence_and_writes_nothing(self):
        (self.folder / "empty.txt").write_text("\n")
        for arguments, sentence in [
                ([KARATE, "--method", "kats"], "did you mean katz?"),
                ([KARATE, "--method", "cn,aa"], "--method takes one method, and 'cn,aa' is more; adjoin linkpred compares several"),
                ([KARATE, "--method", "all"], "takes one method"),
                ([KARATE, "--method", ""], "'' is not one of"),
                ([KARATE, "--method", "jaccard", "--use-weights"], "jaccard has no form with weights"),
                ([KARATE, "--top", "-1"], "top = -1 is outside 0 to 100000000"),
                ([KARATE, "--for", "99"], "data/karate/edges.txt has no node '99'"),
                ([BORDERS, "--for", "Bavria"], "has no node 'Bavria'; did you mean 'Bavaria'?"),
                ([BORDERS, "--for", "Bavaria,"], "has no node ''"),
                ([KARATE, "--for", "1", "--for-all"], "--for, --for-file and --for-all exclude one another"),
                ([KARATE, "--for-file", "absent.txt"], "No such file or directory"),
                ([KARATE, "--for-file", "empty.txt"], "empty.txt names no node; write a name a line"),
                ([KARATE, "--min-score", "much"], "min-score = 'much' is not a number"),
                ([KARATE, "--min-score", "nan"], "min-score = 'nan' is not a number"),
                ([KARATE, "--candidates", "pushy"], "did you mean push?"),
                ([KARATE, "--candidates", "push", "--exact"], "--exact and --candidates push exclude one another"),
                ([KARATE, "--method", "embedding"], "a score by vectors is named; add --embedding FILE"),
                ([KARATE, "--embedding", "x.npy"], "--embedding is given and nothing goes by it"),
                ([KARATE, "-o", "x.csv"], "the suffix .csv is not one of .tsv, .txt"),
                ([KARATE, "-o", "x.npy", "--explain"], "a .npy file holds numbers and no explanation"),
                ([KARATE, "-o", "missing/x.tsv"], "No such file or directory"),
                ([KARATE, "-o", "-", "--json"], "would both go to standard output"),
                ([KARATE, "--memory", "1MiB"], "raise --memory"),
                ([KARATE, "--per-node", "0"], "per-node = 0 is outside 1 to"),
                ([], "GRAPH is missing")]:
            result = self.run_adjoin("predict", *arguments)
            self.assertEqual(result.returncode, 2, (arguments, result.stderr))
            self.assertIn(sentence, result.stderr)
            self.assertEqual((result.stdout, result.stderr.count("adjoin predict: ")), ("", 1))
        self.run_adjoin("generate", "erdos-renyi", "--nodes", "30000", "--edges", "40000", "-o", "large.adjoin", check=True)
        refused = self.run_adjoin("predict", "large.adjoin", "--method", "spectral", "--exact")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("--exact by spectral would score 450,000,000 pairs, and at most 200,000,000 are scored", refused.stderr)
        self.assertFalse(list(self.folder.glob("x.*")))


if __name__ == "__main__":
    main()
