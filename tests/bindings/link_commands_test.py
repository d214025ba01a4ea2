#!/usr/bin/env python3
"""Links: adjoin split, score, evaluate and linkpred.

  link_commands_test.py ADJOIN REPOSITORY
"""
import gzip
import json
import subprocess

from command_support import ADJOIN, CommandCase, main


class LinkCommandsTest(CommandCase):
    def test_what_a_split_holds_out_is_scored_and_evaluated(self):
        graph = "data/karate/edges.txt"
        told = self.run_adjoin("split", graph, "-o", "part", "--keep-connected", check=True)
        self.assertIn("62 edges to train on, 8 held out to validate, 8 to test", told.stderr)
        record = json.loads((self.folder / "part.split.json").read_text())
        self.assertEqual((record["training_edges"], record["test_edges"]), (62, 8))
        again = json.loads(self.run_adjoin("split", graph, "-o", "again", "--keep-connected", "--json", "--threads", "1", check=True).stdout)
        self.assertEqual(again["split_hash"], record["split_hash"])
        other = json.loads(self.run_adjoin("split", graph, "-o", "other", "--round", "1", "--json", check=True).stdout)
        self.assertNotEqual(other["split_hash"], record["split_hash"])
        self.assertEqual((self.folder / "part.test.tsv").read_bytes(), (self.folder / "again.test.tsv").read_bytes())
        training = self.run_adjoin("info", "part.train.adjoin", "--json", check=True).stdout
        self.assertEqual((json.loads(training)["nodes"], json.loads(training)["components"]), (34, 1))
        self.run_adjoin("score", "part.train.adjoin", "part.test.tsv", "--methods", "all", "-o", "scores.tsv", check=True)
        rows = [line.split("\t") for line in (self.folder / "scores.tsv").read_text().splitlines()]
        self.assertEqual((len(rows), len(rows[0])), (17, 19))
        methods = json.loads(self.run_adjoin("evaluate", "scores.tsv", "part.test.tsv", "--metrics", "auc", "--json", check=True).stdout)
        self.assertEqual([row["method"] for row in methods["methods"]], rows[0][2:])

    def test_linkpred_compares_methods_and_goes_on_where_it_was_stopped(self):
        graph = "data/borders/edges.tsv"
        compare = ["linkpred", graph, "--methods", "cn,aa,fastrp,fastrp-hadamard", "--metrics", "auc,hits@10", "--dim", "16"]
        first = self.run_adjoin(*compare, "--runs", "2", "-o", "results.jsonl")
        self.assertEqual(first.returncode, 0, first.stderr)
        lines = (self.folder / "results.jsonl").read_text().splitlines()
        self.assertEqual(len(lines), 8)
        self.assertEqual([line.split()[0] for line in first.stdout.splitlines()[1:]],
                         ["method", "common-neighbors", "adamic-adar", "fastrp-cosine", "fastrp-hadamard"])
        self.assertRegex(first.stdout, r"adamic-adar +0\.\d{4} ± 0\.\d{4} +0\.\d{4} ± 0\.\d{4} ")
        # A line that was cut short is computed again, the others are not; another run is added.
        (self.folder / "results.jsonl").write_text("\n".join(lines[:-1]) + "\n" + lines[-1][:30])
        more = self.run_adjoin(*compare, "--runs", "3", "-o", "results.jsonl", "--json", "--threads", "1")
        records = json.loads(more.stdout)
        self.assertEqual([record["method"] for record in records], ["common-neighbors", "adamic-adar", "fastrp-cosine", "fastrp-hadamard"])
        self.assertEqual(len((self.folder / "results.jsonl").read_text().splitlines()), 7 + 5)
        alone = json.loads(self.run_adjoin(*compare, "--runs", "3", "--json", check=True).stdout)
        for record, again in zip(records, alone):
            self.assertEqual(record["auc"], again["auc"])
            self.assertEqual(len(record["auc"]["runs"]), 3)
            self.assertEqual(record["split_hash"], again["split_hash"])
            self.assertEqual((record["graph"], record["split"], record["negatives"]), (graph, "random 0.8/0.1/0.1", "uniform"))
            self.assertGreater(record["peak_bytes"], 0)
        self.assertEqual(self.run_adjoin(*compare, "--runs", "3", "-o", "results.jsonl").stderr.count("12 of 12 results were in"), 1)
        # Another seed, another option: nothing of it is known.
        other = self.run_adjoin(*compare, "--runs", "1", "-o", "results.jsonl", "--seed", "7")
        self.assertNotIn("results were in", other.stderr)

    def test_linkpred_takes_the_splits_of_split(self):
        graph = "data/borders/edges.tsv"
        folds = json.loads(self.run_adjoin("linkpred", graph, "--methods", "ra", "--folds", "3", "--validation", "0", "--metrics", "auc",
                                           "--json", check=True).stdout)
        self.assertEqual(len(folds[0]["auc"]["runs"]), 3)
        self.assertEqual(sum(1 for _ in set(folds[0]["split_hash"])), 3)
        hard = json.loads(self.run_adjoin("linkpred", graph, "--methods", "ra,feature-cosine", "--negatives", "heart-intended", "--runs", "1",
                                          "--negatives-per-positive", "20", "--metrics", "mrr", "--json", check=True).stdout)
        self.assertEqual(hard[0]["negative_pairs"], 20 * hard[0]["positives"])
        usual = json.loads(self.run_adjoin("linkpred", graph, "--methods", "ra", "--negatives", "heart-intended", "--runs", "1",
                                           "--negatives-per-positive", "20", "--json", check=True).stdout)
        self.assertLess({"mrr", "hits@10", "hits@100"}, set(usual[0]))
        self.assertEqual(hard[1]["refusal"], "the nodes have no features; add --features FILE")
        # A split of files, whose tables are those of adjoin split, gives what score and evaluate give of it; vectors are of its training graph.
        self.run_adjoin("split", graph, "-o", "part", check=True)
        self.run_adjoin("embed", "part.train.adjoin", "-o", "x.npy", "--dim", "16", check=True)
        given = json.loads(self.run_adjoin("linkpred", "part.train.adjoin", "--by", "files", "--test-edges", "part.test.tsv", "--methods",
                                           "ra,embedding", "--embedding", "x.npy", "--metrics", "auc", "--json", check=True).stdout)
        self.assertEqual(given[0]["negatives"], "given")
        self.run_adjoin("score", "part.train.adjoin", "part.test.tsv", "--methods", "ra,embedding", "--embedding", "x.npy", "-o", "scores.tsv",
                        check=True)
        judged = json.loads(self.run_adjoin("evaluate", "scores.tsv", "part.test.tsv", "--metrics", "auc", "--json", check=True).stdout)
        self.assertEqual([record["auc"]["mean"] for record in given], [row["metrics"]["auc"] for row in judged["methods"]])

    def test_linkpred_knows_other_vectors_and_weights_from_those_of_before(self):
        self.run_adjoin("split", "data/borders/edges.tsv", "-o", "part", check=True)
        compare = ["linkpred", "part.train.adjoin", "--by", "files", "--test-edges", "part.test.tsv", "--methods", "embedding",
                   "--embedding", "x.npy", "--metrics", "auc", "-o", "results.jsonl"]
        for seed, results in (("1", 1), ("1", 1), ("2", 2)):
            self.run_adjoin("embed", "part.train.adjoin", "-o", "x.npy", "--dim", "8", "--seed", seed, check=True)
            self.run_adjoin(*compare, check=True)
            self.assertEqual(len((self.folder / "results.jsonl").read_text().splitlines()), results)
        weighted = ["linkpred", "weighted.txt", "--methods", "ra", "--use-weights", "--runs", "1", "--metrics", "auc", "-o", "weighted.jsonl"]
        for weight, results in ((1, 1), (9, 2)):
            edges = [(i, (i * i + k) % 40) for i in range(40) for k in (1, 5, 11)]
            (self.folder / "weighted.txt").write_text("source target weight\n" + "".join(f"{a} {b} {weight + a}\n" for a, b in edges if a != b))
            self.run_adjoin(*weighted, check=True)
            self.assertEqual(len((self.folder / "weighted.jsonl").read_text().splitlines()), results)

    def test_all_scores_are_those_of_a_graph_of_any_size(self):
        self.run_adjoin("generate", "erdos-renyi", "--nodes", "20000", "--edges", "40000", "-o", "large.tsv", check=True)
        (self.folder / "pairs.txt").write_text("".join("\t".join(line.split("\t")[:2]) + "\n" for line in
                                                      (self.folder / "large.tsv").read_text().splitlines()[1:4]))
        self.run_adjoin("score", "large.tsv", "pairs.txt", "--methods", "all", "-o", "scores.tsv", "--eigenvectors", "2", check=True)
        names = (self.folder / "scores.tsv").read_text().splitlines()[0].split("\t")
        self.assertEqual(len(names), 2 + 17)
        self.assertNotIn("simrank", names)

    def test_linkpred_keeps_curves_and_says_how_it_was_run(self):
        graph = "data/borders/edges.tsv"
        compare = ["linkpred", graph, "--methods", "ra", "--runs", "2", "--metrics", "auc", "-o", "results.jsonl", "--json"]
        self.assertNotIn("curves", json.loads(self.run_adjoin(*compare, check=True).stdout)[0])
        (record,) = json.loads(self.run_adjoin(*compare, "--curves", "1000", check=True).stdout)
        roc = record["curves"]["roc"]
        area = sum((x - before) * (y + lower) / 2 for (before, lower), (x, y) in zip(roc, roc[1:]))
        self.assertAlmostEqual(area, record["auc"]["runs"][0], 12)
        self.assertEqual(record["curves"]["precision_recall"][-1][0], 1)
        self.assertEqual([record["record"][key] for key in ("algorithm", "seed")], ["linkpred", 42])
        self.assertEqual(record["record"]["options"]["methods"], "ra")
        # What was kept without curves does not do; what was kept with them does.
        again = self.run_adjoin(*compare, "--curves", "1000", check=True)
        self.assertEqual(json.loads(again.stdout)[0]["curves"], record["curves"])
        lines = [json.loads(line) for line in (self.folder / "results.jsonl").read_text().splitlines()]
        self.assertEqual([("curves" in line, line["seed"]) for line in lines], [(False, 42)] * 2 + [(True, 42)] * 2)

    def test_linkpred_refuses_what_means_nothing(self):
        graph = "data/borders/edges.tsv"
        (self.folder / "other.jsonl").write_text("hello\n")
        (self.folder / "x.tsv").write_text("Kenya\t1\t2\n")
        cases = [
            (["--methods", "adamic"], "the method 'adamic' is not one of "),
            (["--methods", "cn,cn"], "methods: common-neighbors stands twice"),
            (["--methods", "cn", "--metrics", "fame"], "metrics = 'fame' is not one of "),
            (["--methods", "cn", "--test", "0"], "the split has no edges to judge by; give the test a share"),
            (["--methods", "cn", "--folds", "3", "--runs", "4"], "--runs 4 is more than there are splits, 3"),
            (["--methods", "cn", "-o", "other.jsonl"], "other.jsonl:1:1: found 'hello', expected a result of adjoin linkpred in each line"),
            (["--methods", "cn", "-o", "-"], "-o is a file to go on from"),
            (["--methods", "embedding"], "methods of an embedding from a file are named; add --embedding FILE"),
            (["--methods", "cn", "--embedding", "x.tsv"], "--embedding is given and no method goes by it"),
            (["--methods", "embedding", "--embedding", "x.tsv"], "an embedding from a file was learned before the split"),
            (["--methods", "cn", "--negatives", "heart-intended", "--metrics", "auc"], "auc is of one ranking of all pairs"),
            (["--methods", "cn", "--by", "time"], "a split by time needs events"),
            (["--methods", "cn", "--curves", "9"], "--curves goes to --json or to the file of -o; add one of them"),
            (["--methods", "cn", "--negatives", "heart-intended", "--curves", "9", "--json"], "--curves: edges that have negatives of"),
        ]
        for arguments, sentence in cases:
            result = self.run_adjoin("linkpred", graph, *arguments)
            self.assertEqual(result.returncode, 2, (arguments, result.stderr))
            self.assertIn(f"adjoin linkpred: {sentence}", result.stderr)
            self.assertEqual(result.stdout, "")
        missing = self.run_adjoin("score", graph, "--methods", "embedding", "--embedding", "x.tsv", "x.tsv")
        self.assertEqual(missing.returncode, 2)
        self.assertFalse((self.folder / "results.jsonl").exists())
        failed = self.run_adjoin("linkpred", "nothing.txt", "--methods", "cn", "-o", "results.jsonl")
        self.assertEqual((failed.returncode, (self.folder / "results.jsonl").exists()), (2, False))

    def test_splits_by_folds_time_and_files_say_what_they_did(self):
        graph = "data/karate/edges.txt"
        tested = set()
        for fold in range(4):
            self.run_adjoin("split", graph, "-o", "fold", "--folds", "4", "--fold", str(fold), "--validation", "0", check=True)
            rows = [line.split("\t") for line in (self.folder / "fold.test.tsv").read_text().splitlines()[1:]]
            tested |= {(row[0], row[1]) for row in rows if row[2] == "1"}
        self.assertEqual(len(tested), 78)
        # A split that is given in pieces is the same split.
        made = json.loads(self.run_adjoin("split", graph, "-o", "part", "--negatives", "distance-2", "--json", check=True).stdout)
        self.run_adjoin("convert", "part.train.adjoin", "train.tsv", check=True)
        for part in ("validation", "test"):
            for label, name in (("1", "edges"), ("0", "negatives")):
                rows = (self.folder / f"part.{part}.tsv").read_text().splitlines()[1:]
                (self.folder / f"{part}_{name}.tsv").write_text("".join(row[:-2] + "\n" for row in rows if row.endswith("\t" + label)))
        given = [f"--{part}-{name}={part}_{name}.tsv" for part in ("validation", "test") for name in ("edges", "negatives")]
        again = json.loads(self.run_adjoin("split", "train.tsv", "-o", "again", "--by", "files", *given, "--json", check=True).stdout)
        self.assertEqual((again["split_hash"], again["test_negatives"]), (made["split_hash"], made["test_negatives"]))
        (self.folder / "events.csv").write_text("source,target,time\na,b,1\nb,c,2\nc,d,3\na,c,4\nd,a,5\nb,a,6\ne,f,7\n")
        late = ["split", "events.csv", "-o", "late", "--by", "time", "--test-from", "5", "--validation", "0", "--time-column", "time"]
        told = json.loads(self.run_adjoin(*late, "--json", check=True).stdout)
        self.assertEqual((told["training_edges"], told["test_edges"]), (4, 2))
        self.assertEqual(told["events"], {"validation_from": "5", "test_from": "5", "training_events": 4, "validation_events": 0, "test_events": 3,
                                          "repeated_pairs": 1, "unseen_nodes": 2, "unseen_pairs": 1})
        kept = json.loads(self.run_adjoin(*late, "--repeated", "keep", "--json", check=True).stdout)
        self.assertEqual(kept["test_edges"], 3)

    def test_each_edge_is_ranked_among_its_own_hard_negatives(self):
        graph = "data/karate/edges.txt"
        (self.folder / "x.mtx").write_text("%%MatrixMarket matrix coordinate real general\n34 4 34\n"
                                           + "".join(f"{node} {1 + node % 4} {1 + node % 3}\n" for node in range(1, 35)))
        (self.folder / "x.names.txt").write_text("".join(f"{node}\n" for node in range(1, 35)))
        files = {}
        for mode in ("intended", "released"):
            split = ["split", graph, "-o", mode, "--negatives", f"heart-{mode}", "--negatives-per-positive", "10", "--features", "x.mtx"]
            told = json.loads(self.run_adjoin(*split, "--json", check=True).stdout)
            self.assertEqual((told["test_edges"], told["test_negatives"]), (8, 80))
            options = told["record"]["options"]
            self.assertEqual((options["negatives"], options["negatives_per_positive"]), (f"heart-{mode}", 10))
            files[mode] = (self.folder / f"{mode}.test.tsv").read_text()
        self.assertNotEqual(files["intended"], files["released"])
        rows = [line.split("\t") for line in files["intended"].splitlines()]
        self.assertEqual((rows[0], len(rows)), (["source", "target", "label", "group"], 1 + 8 * 11))
        self.assertEqual([row[2:] for row in rows[1:13]], [["1", "1"]] + [["0", "1"]] * 10 + [["1", "2"]])
        self.run_adjoin("score", "intended.train.adjoin", "intended.test.tsv", "--methods", "cn,ra", "-o", "scores.tsv", check=True)
        told = json.loads(self.run_adjoin("evaluate", "scores.tsv", "intended.test.tsv", "--metrics", "mrr,hits@3", "--json", check=True).stdout)
        self.assertEqual((told["positives"], told["negatives"], told["own_negatives"]), (8, 80, True))
        self.assertEqual(told["ties"], {"mrr": "mean", "hits@3": "mean"})
        scores = [float(line.split("\t")[2]) for line in (self.folder / "scores.tsv").read_text().splitlines()[1:]]
        ranks = []
        for i in range(0, 88, 11):
            above, equal = sum(s > scores[i] for s in scores[i + 1:i + 11]), sum(s == scores[i] for s in scores[i + 1:i + 11])
            ranks.append(1 + above + equal / 2)
        self.assertAlmostEqual(told["methods"][0]["metrics"]["mrr"], sum(1 / rank for rank in ranks) / 8)
        self.assertAlmostEqual(told["methods"][0]["metrics"]["hits@3"], sum(rank <= 3 for rank in ranks) / 8)
        refused = self.run_adjoin("evaluate", "scores.tsv", "intended.test.tsv", "--metrics", "auc")
        self.assertEqual((refused.returncode, "auc is of one ranking of all pairs" in refused.stderr), (2, True), refused.stderr)
        (self.folder / "bad.tsv").write_text("source,target,label,group,cn\na,b,1,1,3\na,c,0,1,2\nb,c,1,2,1\n")
        refused = self.run_adjoin("evaluate", "bad.tsv")
        self.assertEqual((refused.returncode, "group 2 has 1 positive and 0 negatives" in refused.stderr), (2, True), refused.stderr)

    def test_evaluate_prints_a_row_of_metrics_for_each_method(self):
        (self.folder / "scores.tsv").write_text("source\ttarget\tcn\taa\n1\t2\t3\t-0.5\n1\t3\t0\t0.1\n2\t4\t0\t0.7\n3\t4\t0\t0\n")
        (self.folder / "labels.csv.gz").write_bytes(gzip.compress(b"source,target,label\n2,1,1\n4,2,1\n3,1,0\n3,4,0\n"))
        evaluate = ["evaluate", "scores.tsv", "labels.csv.gz", "--metrics", "auc,ap,mrr,hits@1,hits@9,precision@2,ndcg@4"]
        text = self.run_adjoin(*evaluate, "--quiet")
        self.assertEqual((text.returncode, text.stderr), (0, ""))
        self.assertEqual([line.split() for line in text.stdout.splitlines()[:3]],
                         [["method", "auc", "average-precision", "mrr", "hits@1", "hits@9", "precision@2", "ndcg@4"],
                          ["cn", "0.7500", "0.7500", "0.7500", "0.5000", "1.0000", "0.6667", "0.9323"],
                          ["aa", "0.5000", "0.7500", "0.6667", "0.5000", "1.0000", "0.5000", "0.8772"]])
        self.assertEqual(text.stdout.splitlines()[3:], ["", "2 positives, 2 negatives; ties: auc half, average-precision one threshold, mrr mean, "
                                                            "hits@1 pessimistic, hits@9 pessimistic, precision@2 mean, ndcg@4 mean"])
        self.assertIn("hits@9 is 1 by definition: there are only 2 negatives", self.run_adjoin(*evaluate).stderr)
        made = json.loads(self.run_adjoin(*evaluate, "--json", "--ties", "optimistic", check=True).stdout)
        self.assertEqual((made["positives"], made["negatives"], made["ties"]["mrr"], made["ties"]["hits@1"]), (2, 2, "optimistic", "pessimistic"))
        self.assertEqual([row["method"] for row in made["methods"]], ["cn", "aa"])
        self.assertEqual(made["methods"][0]["metrics"], {"auc": 0.75, "average-precision": made["methods"][0]["metrics"]["average-precision"],
                                                         "mrr": 1, "hits@1": 0.5, "hits@9": 1, "precision@2": 1, "ndcg@4": 1})
        self.assertEqual(made["record"]["inputs"][1], {"file": "labels.csv.gz", "read_as": "a table of pairs, header, 4 lines"})
        estimate = json.loads(self.run_adjoin(*evaluate, "--estimate", "--json", check=True).stdout)
        self.assertGreater(estimate["estimated_peak_bytes"], 0)

    def test_evaluate_takes_labels_in_one_file_lists_and_standard_input(self):
        (self.folder / "one.csv").write_text("source,target,label,cn\na,b,1,2\nb,c,0,1\n")
        (self.folder / "list.txt").write_text("2\n1\n")
        (self.folder / "truth.txt").write_text("1\n0\n")
        (self.folder / "turned.txt").write_text("a b 2 1\nb a 1 0\n")
        for arguments, method in ((["one.csv"], "cn"), (["list.txt", "truth.txt"], "score"), (["turned.txt", "--directed"], "score")):
            made = json.loads(self.run_adjoin("evaluate", *arguments, "--metrics", "auc", "--json", check=True).stdout)
            self.assertEqual(made["methods"], [{"method": method, "metrics": {"auc": 1}}])
        piped = subprocess.run([ADJOIN, "evaluate", "-", "truth.txt", "--metrics", "mrr"], cwd=self.folder, input="0.5\n0.5\n",
                               capture_output=True, text=True, timeout=60, check=True)
        self.assertIn("score   0.6667", piped.stdout)

    def test_evaluate_refuses_what_has_no_value_or_no_partner(self):
        pair = "source target cn\na b 1\nb c 2\n"
        cases = [
            (pair, "a b 1\nb c 1\n", [], "there are no negatives, so no metric is defined"),
            (pair, "a b 0\nb c 0\n", [], "there are no positives, so no metric is defined"),
            (pair, "a b 1\nb c 0\n", ["--metrics", "precision@3"], "precision@3 is not defined of 2 scores"),
            (pair, "a b 1\n", [], "scores.txt:3:1: found the pair 'b' 'c', expected pairs that labels.txt has too"),
            (pair, "a b 1\nb c 0\na c 0\n", [], "labels.txt:3:1: found the pair 'a' 'c', expected pairs that scores.txt has too"),
            (pair, "a b 1\nb c 0\nb a 1\n", [], "labels.txt:3:1: found the pair 'b' 'a' again, expected each pair once; line 1 has it"),
            (pair, "b a 1\nb c 0\n", ["--directed"], "scores.txt:2:1: found the pair 'a' 'b', expected pairs that labels.txt has too"),
            (pair, "a b 1\nb c maybe\n", [], "labels.txt:2:5: found 'maybe', expected a label, which is 0 or 1"),
            (pair, "1\n0\n", [], "scores.txt is a table of pairs and labels.txt is a list; both are to be the same"),
            ("0.1\n0.2\n", "1\n", [], "scores.txt has 2 scores and labels.txt has 1 label"),
            ("a b nan\nb c 1\n", "a b 1\nb c 0\n", [], "scores.txt:1:5: found 'nan', expected a score"),
            (pair, None, [], "scores.txt has no labels; name a file of labels after it, or add a column label"),
            ("a b 1 1\na b 2 0\n", None, [], "scores.txt:2:1: found the pair 'a' 'b' again"),
            ("source target cn label\na b 1 1\n", "a b 1\n", [], "scores.txt has a column label, and labels.txt is given too"),
        ]
        for scores, labels, options, message in cases:
            (self.folder / "scores.txt").write_text(scores)
            (self.folder / "labels.txt").write_text(labels or "")
            with self.subTest(message):
                result = self.run_adjoin("evaluate", "scores.txt", *(["labels.txt"] if labels else []), *options)
                self.assertEqual((result.returncode, result.stdout, result.stderr.count("\n")), (2, "", 1), result.stderr)
                self.assertIn(message, result.stderr)


if __name__ == "__main__":
    main()
