#!/usr/bin/env python3
"""Labels of nodes: adjoin tune, classify and cluster.

  label_commands_test.py ADJOIN REPOSITORY
"""
import json
import re
import shlex
import subprocess

from command_support import ADJOIN, REPOSITORY, CommandCase, main


class LabelCommandsTest(CommandCase):
    def test_tune_says_what_reproduces_its_best(self):
        tune = ["tune", "data/karate/edges.txt", "--labels", "data/karate/factions.txt", "--dim", "8", "--test", "0.4", "--trials", "6"]
        text = self.run_adjoin(*tune, "-o", "best.json", "--dialect", "gtmac")
        self.assertEqual(text.returncode, 0, text.stderr)
        best = json.loads((self.folder / "best.json").read_text())
        self.assertEqual(text.stdout.splitlines()[-1], best["command"])
        self.assertIn(f"test micro-F1 {best['test']['score']:.4f} on 14 nodes", text.stdout)
        self.assertEqual(best["trials"][0]["score"], best["validation"]["score"])
        embed = self.run_adjoin(*shlex.split(best["command"])[1:])
        self.assertEqual(embed.returncode, 0, embed.stderr)
        options = json.loads((self.folder / "best.npy.run.json").read_text())["options"]
        self.assertEqual([options[name] for name in ("beta", "weights", "dim", "dialect")],
                         [best["best"]["beta"], best["best"]["weights"], 8, "gtmac"])
        self.assertEqual(self.run_adjoin(*tune, "--quiet").stderr, "")
        both = [json.loads(self.run_adjoin(*tune, "--json", "--threads", threads).stdout) for threads in ("1", "3")]
        self.assertEqual(both[0]["trials"], both[1]["trials"])

    def test_tune_refuses_labels_that_do_not_fit_the_graph(self):
        cases = {"unknown.txt": ("1 a\nnobody b\n", "unknown.txt:2:1: found the node 'nobody', expected known nodes"),
                 "one.txt": ("".join(f"{node} a\n" for node in range(1, 35)), "only one class has two nodes or more"),
                 "few.txt": ("1 a\n2 b\n", "2 labelled nodes cannot be split"), "none.txt": ("1 -1\n", "holds no labels")}
        for name, (text, message) in cases.items():
            (self.folder / name).write_text(text)
            with self.subTest(name):
                result = self.run_adjoin("tune", "data/karate/edges.txt", "--labels", name, "--quiet")
                self.assertEqual((result.returncode, result.stdout, result.stderr.count("\n")), (2, "", 1), result.stderr)
                self.assertIn(message, result.stderr)

    def test_the_estimate_of_tune_is_near(self):
        self.run_adjoin("generate", "sbm", "--nodes", "20000", "--inside", "0.001", "--across", "0.0001", "-o", "g.tsv")
        (self.folder / "labels.txt").write_text("".join(f"{node} {node * 4 // 20000}\n" for node in range(0, 20000, 2)))
        for goal in (["--labels", "labels.txt", "--unknown-nodes", "drop"], ["--links"]):
            tune = ["tune", "g.tsv", *goal, "--dim", "128", "--betas", "0", "--trials", "2"]
            estimate = json.loads(self.run_adjoin(*tune, "--estimate", "--json").stdout)["estimated_peak_bytes"]
            peak = json.loads(self.run_adjoin(*tune, "--json").stdout)["record"]["peak_bytes"]
            with self.subTest(goal):
                self.assertLess(abs(estimate - peak) / peak, 0.25)

    def write_two_groups(self):
        """Twenty nodes in two groups that lie far apart; their groups as labels, but of the last two."""
        (self.folder / "x.tsv").write_text("".join(f"n{i}\t{10 * (i % 2) + i / 100}\t{i % 3 / 10}\n" for i in range(20)))
        (self.folder / "groups.tsv").write_text("node\tgroup\n" + "".join(f"n{i}\t{'two words' if i % 2 else 'one'}\n" for i in range(18)))

    def test_classify_prints_scores_and_writes_its_splits(self):
        self.write_two_groups()
        classify = ["classify", "x.tsv", "groups.tsv", "--shares", "0.5,0.8", "--repeats", "3"]
        text = self.run_adjoin(*classify, "--splits", "splits.tsv")
        self.assertEqual(text.returncode, 0, text.stderr)
        rows = [line.split() for line in text.stdout.splitlines()]
        self.assertEqual(rows[0], ["train", "on", "micro-F1", "macro-F1", "accuracy"])
        self.assertEqual(rows[1], ["0.5"] + 3 * ["1.0000", "±", "0.0000"])
        self.assertEqual(text.stdout.splitlines()[3:], ["", "18 labelled nodes, 2 kinds of labels, one each; 3 splits a share"])
        self.assertIn("groups.tsv: 2 nodes have a vector and no label\n", text.stderr)
        splits = [line.split("\t") for line in (self.folder / "splits.tsv").read_text().splitlines()]
        self.assertEqual(splits[0], ["node", "0.5/1", "0.5/2", "0.5/3", "0.8/1", "0.8/2", "0.8/3"])
        self.assertEqual(sorted(line[0] for line in splits[1:]), sorted(f"n{i}" for i in range(18)))
        for column, training in ((1, 9), (3, 9), (4, 14)):
            letters = [line[column] for line in splits[1:]]
            self.assertEqual((letters.count("T"), letters.count("E")), (training, 18 - training))
        self.assertTrue((self.folder / "splits.tsv.run.json").exists())
        self.assertEqual(self.run_adjoin(*classify, "--quiet").stderr, "")
        both = [json.loads(self.run_adjoin(*classify, "--json", "--threads", threads, check=True).stdout) for threads in ("1", "3")]
        self.assertEqual(both[0]["shares"], both[1]["shares"])
        made = both[0]
        self.assertEqual((made["labelled_nodes"], made["unlabelled_nodes"], made["classes"], made["one_label"], made["not_converged"], made["files"]),
                         (18, 2, 2, True, 0, []))
        self.assertEqual((made["shares"][1]["share"], made["shares"][1]["training_count"], made["shares"][1]["test_count"]), (0.8, 14, 4))
        self.assertEqual(made["shares"][0]["macro_f1"], {"mean": 1, "sd": 0, "values": [1, 1, 1]})
        self.assertEqual([given["file"] for given in made["record"]["inputs"]], ["x.tsv", "groups.tsv"])
        piped = subprocess.run([ADJOIN, *classify[:1], "-", *classify[2:], "--json"], cwd=self.folder, input=(self.folder / "x.tsv").read_text(),
                               capture_output=True, text=True, timeout=60, check=True)
        self.assertEqual(json.loads(piped.stdout)["shares"], made["shares"])

    def test_the_readme_shows_what_classify_and_cluster_print(self):
        self.run_adjoin("embed", "data/borders/edges.tsv", "-o", "borders.npy", check=True)
        block = (REPOSITORY / "README.md").read_text(encoding="utf-8").split("**See what the vectors know.**")[1].split("```")[1]
        shown = re.findall(r"^\$ adjoin (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
        self.assertEqual([command.split()[0] for command, _ in shown], ["classify", "cluster"])
        for command, output in shown:
            printed = self.run_adjoin(*shlex.split(command), check=True).stdout
            self.assertEqual(re.sub(r"0\.\d{4}", "", printed), re.sub(r"0\.\d{4}", "", output))
            # Another instruction set rounds otherwise and may turn the odd node.
            for number, expected in zip(re.findall(r"0\.\d{4}", printed), re.findall(r"0\.\d{4}", output)):
                self.assertAlmostEqual(float(number), float(expected), delta=0.02)

    def test_classify_takes_several_labels_a_node(self):
        self.write_two_groups()
        with open(self.folder / "groups.tsv", "a", encoding="ascii") as file:
            file.write("n0\tfirst\nn2\tfirst\nn4\tfirst\n")
        result = self.run_adjoin("classify", "x.tsv", "groups.tsv", "--shares", "0.5", "--repeats", "1")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertNotIn("±", result.stdout)
        self.assertIn("18 labelled nodes, 3 kinds of labels, 1.17 each; 1 split a share", result.stdout)

    def test_cluster_writes_clusters_and_compares_them_with_labels(self):
        self.write_two_groups()
        text = self.run_adjoin("cluster", "x.tsv", "--labels", "groups.tsv", "-o", "c.tsv", "--runs", "3")
        self.assertEqual(text.returncode, 0, text.stderr)
        self.assertEqual(text.stdout, "NMI  1.0000 ± 0.0000\nARI  1.0000 ± 0.0000\n\n18 labelled nodes, 2 kinds of labels; 3 runs\n")
        self.assertIn("2 clusters of 10 to 10 nodes; inertia 0.", text.stderr)
        clusters = dict(line.split("\t") for line in (self.folder / "c.tsv").read_text().splitlines())
        self.assertEqual(list(clusters), [f"n{i}" for i in range(20)])
        self.assertEqual({(i % 2, clusters[f"n{i}"]) for i in range(20)}, {(0, clusters["n0"]), (1, clusters["n1"])})
        self.assertNotEqual(clusters["n0"], clusters["n1"])
        options = json.loads((self.folder / "c.tsv.run.json").read_text())["options"]
        self.assertEqual((options["k"], options["runs"], options["nmi_mean"]), (2, 3, "arithmetic"))
        three = self.run_adjoin("cluster", "x.tsv", "--k", "3", "-o", "-", "--quiet", check=True).stdout
        self.assertEqual({line.split("\t")[1] for line in three.splitlines()}, {"0", "1", "2"})
        told = self.run_adjoin("cluster", "x.tsv", "--labels", "groups.tsv", "-o", "-", check=True)
        self.assertEqual(len(told.stdout.splitlines()), 20)
        self.assertIn("NMI  1.0000", told.stderr)
        both = [json.loads(self.run_adjoin("cluster", "x.tsv", "--labels", "groups.tsv", "--k", "4", "--json", "--threads", threads, check=True).stdout)
                for threads in ("1", "3")]
        self.assertEqual([both[0][key] for key in ("sizes", "inertia", "nmi", "ari")], [both[1][key] for key in ("sizes", "inertia", "nmi", "ari")])
        made = both[0]
        self.assertEqual((made["nodes"], sum(made["sizes"]), len(made["sizes"]), made["labelled_nodes"], made["classes"], len(made["ari"]["values"])),
                         (20, 20, 4, 18, 2, 10))
        self.assertEqual((made["best"]["inertia"], made["files"]), (min(made["inertia"]["values"]), []))
        self.assertLess(made["ari"]["mean"], 1)

    def test_classify_and_cluster_refuse_vectors_and_labels_that_do_not_fit(self):
        vectors = "a\t0\nb\t1\nc\t2\nd\t3\n"
        fine = "a x\nb y\nc x\nd y\n"
        cases = [
            (vectors, fine + "zed x\nyak y\n", [], "labels.txt:5:1: found the node 'zed' and 1 other, expected known nodes"),
            (vectors, fine, ["--unknown-nodes", "add"], "unknown-nodes = add would add nodes without vectors"),
            ("a\t0\nb\tnan\nc\t2\nd\t1\n", fine, [], "a value that is not finite in the row of node 'b'"),
            ("a\t0\nb\t1\nc\tinf\nd\t1\n", fine, [], "a value that is not finite in the row of node 'c'"),
            ("a\t0\na\t1\n", fine, [], "the node 'a' twice"),
            (vectors, "a\n", [], "labels.txt:1:1: found one column, expected a node and its label"),
            (vectors, "a -1\n", [], "labels.txt holds no labels"),
            (vectors, "zed x\n", ["--unknown-nodes", "drop"], None),
        ]
        for command, output in ((["classify"], ["--splits", "out.tsv", "--shares", "0.5"]), (["cluster"], ["-o", "out.tsv"])):
            for x, labels, options, message in [*cases, (vectors, fine, ["--shares", "0.01"], "leaves nobody to train on"),
                                                (vectors, "a x\nb x\n", ["--shares", "0.5"], "only one class has nodes"),
                                                (vectors, fine + "a y\n", ["--k", "2"], "labels.txt: the node 'a' has 2 labels"),
                                                (vectors, fine, ["--k", "5"], "4 vectors cannot make 5 clusters; lower k")]:
                if ("--shares" in options and command == ["cluster"]) or ("--k" in options and command == ["classify"]):
                    continue
                (self.folder / "x.tsv").write_text(x)
                (self.folder / "labels.txt").write_text(labels)
                before = sorted(self.folder.iterdir())
                with self.subTest(command=command, message=message):
                    named = ["x.tsv", "labels.txt"] if command == ["classify"] else ["x.tsv", "--labels", "labels.txt"]
                    result = self.run_adjoin(*command, *named, *output, *options, "--quiet")
                    self.assertEqual((result.returncode, result.stdout, result.stderr.count("\n")), (2, "", 1), result.stderr)
                    self.assertIn(message or ("no class has nodes" if command == ["classify"] else "a label for none of the vectors"), result.stderr)
                    self.assertEqual(sorted(self.folder.iterdir()), before)
        (self.folder / "x.tsv").write_text(vectors)
        (self.folder / "labels.txt").write_text(fine + "zed x\n")
        result = self.run_adjoin("classify", "x.tsv", "labels.txt", "--shares", "0.5", "--unknown-nodes", "drop")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("labels.txt: 1 unknown nodes left out", result.stderr)

    def test_the_estimates_of_classify_and_cluster_are_near(self):
        self.run_adjoin("generate", "sbm", "--nodes", "20000", "--inside", "0.001", "--across", "0.0001", "-o", "g.tsv")
        self.run_adjoin("embed", "g.tsv", "-o", "x.npy", "--dim", "128")
        (self.folder / "labels.txt").write_text("".join(f"{node} {node * 4 // 20000}\n" for node in range(20000)))
        for command in (["classify", "x.npy", "labels.txt", "--unknown-nodes", "drop", "--shares", "0.9", "--repeats", "2"],
                        ["classify", "x.npy", "labels.txt", "--unknown-nodes", "drop", "--shares", "0.2", "--repeats", "1", "--scaling", "rows"],
                        ["cluster", "x.npy", "--k", "20", "-o", "c.tsv", "--runs", "2"]):
            estimate = json.loads(self.run_adjoin(*command, "--estimate", "--json").stdout)["estimated_peak_bytes"]
            self.assertFalse((self.folder / "c.tsv").exists())
            peak = json.loads(self.run_adjoin(*command, "--json").stdout)["record"]["peak_bytes"]
            with self.subTest(command):
                self.assertLess(abs(estimate - peak) / peak, 0.25)


if __name__ == "__main__":
    main()
