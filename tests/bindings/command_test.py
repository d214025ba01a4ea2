#!/usr/bin/env python3
"""The adjoin command as a user meets it: right and wrong arguments, every example of every --help, files, signals, terminals.

  command_test.py ADJOIN REPOSITORY
"""
import gzip
import json
import os
import pty
import re
import shlex
import shutil
import signal
import subprocess
import time

from command_support import ADJOIN, REPOSITORY, CommandCase, main, python_that_draws

COMMANDS = [["embed"], ["similar"], ["tune"], ["split"], ["predict"], ["score"], ["evaluate"], ["linkpred"], ["train", "link"], ["train", "node"], ["apply"], ["classify"], ["cluster"], ["info"], ["convert"], ["head"], ["verify"], ["doctor"], ["completion"], ["man"],
            *[["generate", model] for model in ("rmat", "erdos-renyi", "barabasi-albert", "sbm")],
            *[["simplices", subcommand] for subcommand in ("info", "closures", "lifecycle", "flag", "predict")]]


class CommandTest(CommandCase):
    def test_wrong_arguments_give_one_sentence_and_exit_code_2(self):
        (self.folder / "bad.txt").write_text("1 2\n3\n")
        graph = "data/karate/edges.txt"
        cases = [
            (["embd"], "did you mean embed?"),
            (["--quiet", "embed"], "write the command first"),
            (["generate"], "adjoin generate needs one of rmat, erdos-renyi, barabasi-albert, sbm"),
            (["generate", "rmatt"], "did you mean rmat?"),
            (["embed"], "GRAPH is missing"),
            (["embed", graph], "no output file is named"),
            (["embed", graph, "extra", "-o", "x.npy"], "'extra' is one argument too many"),
            (["embed", graph, "--dmi", "3"], "did you mean --dim?"),
            (["embed", graph, "-o"], "-o needs a value after it"),
            (["embed", "-o", "x.npy", "--dim"], "--dim needs a value after it"),
            (["embed", graph, "-o", "x.npy", "--dim", "--seed", "3"], "--dim needs a value after it"),
            (["embed", graph, "-x"], "'-x' is not an option of adjoin embed"),
            (["embed", graph, "--directed=yes"], "--directed is on or off"),
            (["embed", graph, "-o", "x.npy", "--dim", "0"], "dim = 0 is outside 1 to 65536"),
            (["embed", graph, "-o", "x.npy", "--dim", "many"], "dim = 'many' is not a whole number"),
            (["embed", graph, "-o", "x.npy", "--weights", "1,x"], "weights = 'x' is not a number"),
            (["embed", graph, "-o", "x.npy", "--weights", "0,0"], "leaves nothing to embed"),
            (["embed", graph, "-o", "x.npy", "--beta", "nan"], "beta = nan is outside"),
            (["embed", graph, "-o", "x.npy", "--dialect", "papr"], "did you mean paper?"),
            (["embed", graph, "-o", "x.npy", "--method", "prune"], "did you mean prone?"),
            (["embed", graph, "-o", "x.npy", "--method", "prone", "--beta", "0"], "--beta belongs to --method fastrp and means nothing to prone"),
            (["embed", graph, "-o", "x.npy", "--theta", "1"], "--theta belongs to --method prone and means nothing to fastrp"),
            (["embed", graph, "-o", "x.npy", "--matrix", "adjacency", "--method", "prone"], "--matrix belongs to --method fastrp and randne and"),
            (["embed", graph, "-o", "x.npy", "--method", "prone", "--theta", "9"], "theta = 9 is outside 0 to 5"),
            (["embed", graph, "-o", "x.npy", "--method", "randne", "--dim", "0"], "dim = 0 is outside 1 to 65536"),
            (["embed", graph, "-o", "x.npy", "--method", "randne", "--weights", "0"], "leaves nothing to embed"),
            (["embed", graph, "-o", "x.png"], "the suffix .png is not one of"),
            (["embed", graph, "-o", "missing/x.npy"], "No such file or directory"),
            (["embed", graph, "-o", "data"], "the suffix"),
            (["embed", graph, "-o", "x.npy", "--device", "cuda:900"], "device cuda:900: "),
            (["embed", graph, "-o", "x.npy", "--device", "gpu"], "device = 'gpu' is not a device"),
            (["embed", graph, "-o", "x.npy", "--threads", "-1"], "threads = -1 is outside 0 to 4096"),
            (["embed", graph, "-o", "x.npy", "--memory", "lots"], "memory = 'lots' is not an amount of memory"),
            (["embed", graph, "-o", "x.npy", "--device-memory", "lots"], "device-memory = 'lots' is not an amount of memory"),
            (["embed", graph, "-o", "x.npy", "--memory", "1MiB"], "raise --memory"),
            (["embed", "data", "-o", "x.npy"], "Is a directory"),
            (["embed", "absent.txt", "-o", "x.npy"], "No such file or directory"),
            (["embed", graph, "-o", "x.npy", "--property-ratio", "0.5"], "needs features of the nodes, and there are none"),
            (["embed", graph, "-o", "x.npy", "--features", "f.npy"], "is of no use without --property-ratio"),
            (["embed", graph, "-o", "x.npy", "--regions", "a=3"], "is of no use without --type-column"),
            (["embed", graph, "-o", "x.npy", "--regions", "a", "--type-column", "3"], "write TYPE=COLUMNS or TYPE=COLUMNS:WEIGHT"),
            (["embed", graph, "-o", "x.npy", "--type-column", "3"], "type-column = '3' is not one of the columns 1 to 2"),
            (["embed", graph, "-o", "x.npy", "--type-column", "2"], "type-column is a column of nodes"),
            (["embed", graph, "-o", "x.npy", "--type-column", "3", "--method", "prone"], "only --method fastrp has columns for types"),
            (["embed", graph, "-o", "x.npy", "--type-column", "3", "--block", "16"], "--type-column cannot be combined with --block"),
            (["embed", graph, "-o", "x.npy", "--start", "absent.npy"], "absent.npy: cannot open"),
            (["embed", graph, "-o", "x.npy", "--update", "absent.adjoin"], "absent.adjoin: cannot open"),
            (["embed", graph, "-o", "x.npy", "--update", graph], "expected an adjoin store"),
            (["embed", graph, "-o", "x.npy", "--keep-state", "x.npy"], "name a file that ends in .adjoin"),
            (["embed", graph, "-o", "x.npy", "--keep-state", "s.adjoin", "--dialect", "paper"], "compute the embedding as a whole"),
            (["embed", "bad.txt", "-o", "x.npy"], "bad.txt:2:1: found 1 column, expected 2 columns"),
            (["info", "bad.txt", "--separator", "colon"], "separator = 'colon' is not one of"),
            (["similar", "absent.npy", "1"], "No such file or directory"),
            (["similar"], "EMBEDDING is missing"),
            (["similar", "x.npy"], "NODE is missing; name a node, or ask for every one with --all"),
            (["similar", "x.npy", "1", "--all"], "'1' and --all exclude one another"),
            (["similar", "x.npy", "1", "-o", "x.tsv"], "--output goes with --all"),
            (["similar", "x.npy", "--all", "-o", "x.csv"], "the suffix .csv is not one of .tsv, .txt"),
            (["similar", "x.npy", "--all", "-o", "missing/x.tsv"], "No such file or directory"),
            (["similar", "x.npy", "--all", "--json"], "would both go to standard output"),
            (["similar", "x.npy", "1", "--index", "hsnw"], "did you mean hnsw?"),
            (["similar", "x.npy", "1", "--links", "1"], "links = 1 is outside 4 to 128"),
            (["similar", "x.npy", "1", "--recall-sample", "-1"], "recall-sample = -1 is outside 0 to 1000000"),
            (["generate", "rmat", "--scale", "99", "-o", "x.tsv"], "scale = 99 is outside 1 to 31"),
            (["generate", "rmat", "--scale", "30", "--memory", "1GiB", "-o", "x.tsv"], "this run needs"),
            (["split", graph], "no output is named; add -o PREFIX"),
            (["split", graph, "-o", "-"], "which standard output cannot hold"),
            (["split", graph, "-o", "missing/a"], "No such file or directory"),
            (["split", graph, "-o", "a", "--test", "2"], "test = 2 is outside 0 to 1"),
            (["split", graph, "-o", "a", "--test", "0.6", "--keep-connected"], "lower the shares or leave keep-connected out"),
            (["split", graph, "-o", "a", "--by", "day"], "by = 'day' is not one of random, time, files"),
            (["split", graph, "-o", "a", "--by", "time"], "a split by time needs events"),
            (["split", graph, "-o", "a", "--by", "files"], "no file says what is held out; add --test-edges FILE"),
            (["split", graph, "-o", "a", "--by", "files", "--test-edges", graph], "is in the training graph and in the test edges"),
            (["split", graph, "-o", "a", "--test-edges", "x.tsv"], "--test-edges belongs to --by files and means nothing to random"),
            (["split", graph, "-o", "a", "--folds", "5", "--fold", "5"], "fold = 5 is not one of 5 folds"),
            (["split", graph, "-o", "a", "--negatives", "degre"], "did you mean degree?"),
            (["split", graph, "-o", "a", "--alpha", "0.3"], "--alpha belongs to --negatives heart-intended and heart-released"),
            (["split", graph, "-o", "a", "--negatives", "heart-intended"], "other nodes, and 250 are wanted as negatives"),
            (["split", graph, "-o", "a", "--negatives", "heart-released", "--directed"], "HeaRT's negatives are of undirected graphs"),
            (["score", graph], "PAIRS is missing"),
            (["score", graph, "bad.txt"], "bad.txt:2:1: found 1 column, expected 2 as in the first line"),
            (["score", graph, "absent.tsv"], "No such file or directory"),
            (["score", graph, "bad.txt", "--methods", "cn,cn"], "common-neighbors stands twice"),
            (["score", graph, "bad.txt", "--methods", "kats"], "did you mean katz?"),
            (["score", graph, "bad.txt", "-o", "missing/x.tsv"], "No such file or directory"),
            (["score", graph, "bad.txt", "--json"], "would both go to standard output"),
            (["completion", "tcsh"], "is not one of bash, zsh, fish"),
            (["tune", graph], "nothing is said to tune for; add --labels FILE or --links"),
            (["tune", graph, "--links", "--labels", "data/karate/factions.txt"], "--labels and --links are two goals"),
            (["tune", graph, "--labels", "absent.txt"], "No such file or directory"),
            (["tune", graph, "--labels", "bad.txt"], "bad.txt:2:1: found"),
            (["tune", graph, "--links", "--test", "1"], "test = 1 is outside 0.001 to 0.999"),
            (["tune", graph, "--links", "--trials", "0"], "trials = 0 is outside 1 to 10000"),
            (["tune", graph, "--links", "--test", "0.001"], "the graph is too small to split"),
            (["tune", graph, "--links", "-o", "missing/x.json"], "No such file or directory"),
            (["tune", graph, "--links", "-o", "-", "--json"], "would both go to standard output"),
            (["tune", graph, "--links", "--memory", "1MiB"], "raise --memory"),
            (["evaluate"], "SCORES is missing"),
            (["evaluate", "absent.tsv"], "No such file or directory"),
            (["evaluate", "bad.txt"], "bad.txt:1:1: found 2 columns, expected source, target, score and label"),
            (["evaluate", "bad.txt", "bad.txt"], "bad.txt:1:1: found 2 columns, expected source, target and score"),
            (["evaluate", "bad.txt", "--metrics", "acu"], "did you mean auc?"),
            (["evaluate", "bad.txt", "--metrics", "hits"], "hits needs the number of places, at least 1, as in hits@10"),
            (["evaluate", "bad.txt", "--metrics", "ap,average-precision"], "average-precision twice"),
            (["evaluate", "bad.txt", "--ties", "best"], "ties = 'best' is not one of mean, optimistic, pessimistic"),
            (["evaluate", "-", "-"], "cannot both be standard input"),
            (["classify"], "EMBEDDING is missing"),
            (["classify", "x.npy"], "LABELS is missing"),
            (["classify", "absent.npy", "bad.txt"], "No such file or directory"),
            (["classify", "-", "-"], "EMBEDDING and LABELS cannot both be standard input"),
            (["classify", "x.npy", "bad.txt", "--shares", "0.5,1"], "shares = 1 is outside 0.001 to 0.999"),
            (["classify", "x.npy", "bad.txt", "--scaling", "row"], "did you mean rows?"),
            (["classify", "x.npy", "bad.txt", "--splits", "-"], "--splits needs a file"),
            (["classify", "x.npy", "bad.txt", "--splits", "missing/s.tsv"], "No such file or directory"),
            (["cluster"], "EMBEDDING is missing"),
            (["cluster", "x.npy", "-o", "c.tsv"], "add --k N, or --labels FILE for as many as it has"),
            (["cluster", "x.npy", "--k", "3"], "no output is named; add -o FILE, or --labels FILE"),
            (["cluster", "x.npy", "--k", "-1", "-o", "c.tsv"], "k = -1 is outside 0 to 1000000"),
            (["cluster", "absent.npy", "--k", "3", "-o", "c.tsv"], "No such file or directory"),
            (["cluster", "x.npy", "--k", "3", "-o", "missing/c.tsv"], "No such file or directory"),
            (["cluster", "x.npy", "--k", "3", "-o", "-", "--json"], "would both go to standard output"),
            (["cluster", "-", "--labels", "-"], "EMBEDDING and --labels cannot both be standard input"),
        ]
        for arguments, message in cases:
            with self.subTest(arguments=arguments):
                result = self.run_adjoin(*arguments)
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertIn(message, result.stderr.splitlines()[-1])
                self.assertTrue(result.stderr.splitlines()[-1].startswith("adjoin"), result.stderr)
                self.assertEqual(result.stdout, "")
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["bad.txt", "data"])

    def test_hostile_files_of_every_format_give_one_sentence_with_the_file_and_write_nothing(self):
        banner = "%%MatrixMarket matrix coordinate "
        numpy = b"\x93NUMPY\x01\x00"
        cases = {
            "short.txt": "1 2\n3\n", "nan.csv": "source,target,weight\na,b,nan\n", "ends.txt": "1 2\r\n2 3\n3 4\r4 5\n",
            "header.csv": "source,target,time\na,b,1\nsource,target,time\n", "long.txt": "1 2\n3 99999999999999999999\n",
            "rows.mtx": banner + "pattern general\n1000000000 1000000000 3\n1 2\n2 3\n1 3\n",
            "count.mtx": banner + "pattern general\n3 3 1000000000\n1 2\n1 3\n2 3\n",
            "range.mtx": banner + "pattern general\n3 3 1\n1 4\n", "kind.mtx": banner + "complex general\n1 1 1\n1 1 1 1\n",
            "rows.graph": "1000000000 3\n2\n1 3\n2\n", "half.graph": "2 1\n2\n\n",
            "cut.graphml": "<graphml><graph edgedefault='directed'><node id='a'/>", "bomb.graphml": "<!DOCTYPE a [<!ENTITY b 'c'>]><graphml/>",
            "none.graphml": "<graphml/>", "cut.npz": b"PK\x03\x04", "lie.npy": numpy + b"v\x00" + b"{'descr': '<i8', 'fortran_order': False, 'shape': (1000000000, 2)}".ljust(117) + b"\n123",
            "s-nverts.txt": "2\n", "t-simplices.txt": "1\n2\n", "cut.hif.json": '{"incidences": [{"edge": 1, "node": 2}', "kind.hif.json": '{"incidences": [{"edge": 1, "node": []}]}',
            "deep.hif.json": '{"incidences": ' + "[" * 100000, "kind.xgi.json": '{"hypergraph-data": {}, "edge-dict": {"0": 7}}',
            "user.jodie.csv": "user_id,item_id,timestamp,state_label,comma_separated_list_of_features\n0,0,zero,0\n",
            "cut.adjoin": b"\x89ADJ\r\n\x1a\n\x01\x00", "cut.txt.gz": gzip.compress(b"1 2\n" * 99)[:-9], "twice.txt.gz": gzip.compress(gzip.compress(b"1 2\n")),
            "zeros.gz": gzip.compress(b"\x00" * 10_000_000), "empty.txt": "", "folder.txt/": "", "binary.txt": bytes(range(256)) * 9,
        }
        for name, content in cases.items():
            for old in self.folder.iterdir():
                if old.name != "data":
                    shutil.rmtree(old) if old.is_dir() else old.unlink()
            path = self.folder / name
            if name.endswith("/"):
                path.mkdir()
            else:
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
            before = sorted(self.folder.iterdir())
            result = self.run_adjoin("convert", name, "out.adjoin", "--memory", "2GiB", "--quiet")
            with self.subTest(name):
                self.assertEqual((result.returncode, result.stdout), (2, ""), result.stderr)
                self.assertRegex(result.stderr, r"\Aadjoin convert: [^\n]*\n\Z")
                self.assertTrue(path.name in result.stderr or "s-" in name or "t-" in name or "of memory" in result.stderr, result.stderr)
                self.assertEqual(sorted(self.folder.iterdir()), before)

    def test_wrong_environment_is_named(self):
        for variable, value in (("ADJOIN_CPU", "foo"), ("ADJOIN_THREADS", "x"), ("ADJOIN_DEVICE", "gpu")):
            result = self.run_adjoin("doctor", environment={variable: value})
            self.assertEqual(result.returncode, 2)
            self.assertIn(value, result.stderr)
        self.assertIn("3 of", self.run_adjoin("doctor", environment={"ADJOIN_THREADS": "3"}).stdout)

    def test_every_example_of_every_help_runs(self):
        (self.folder / "events.csv").write_text("source,target,time\n" + "".join(f"{i},{(i * i + 1) % 20},{i}\n" for i in range(20)))
        for name, text in (("train.txt", "1 2\n2 3\n3 4\n"), ("test.txt", "1 3\n"), ("test_neg.txt", "4 1\n")):
            (self.folder / name).write_text(text)
        (self.folder / "edges.csv").write_text("source,target,relation\na,b,follows\na,c,likes\n")
        self.run_adjoin("split", "data/karate/edges.txt", "-o", "karate", check=True)
        (self.folder / "scores.tsv").write_text("source\ttarget\tcn\taa\na\tb\t2\t0.9\na\tc\t1\t0\n")
        (self.folder / "labels.tsv").write_text("b a 1\na c 0\n")
        (self.folder / "labelled.tsv").write_text("a b 0.9 1\na c 0 0\n")
        groups = ["1 2", "1 3", "2 3", "1 4", "2 4", "3", "3", "3", "1 2 3", "4"]  # two open triangles, one of which closes
        for part, lines in (("nverts", [len(group.split()) for group in groups]), ("simplices", " ".join(groups).split()),
                            ("times", range(len(groups)))):
            (self.folder / f"groups-{part}.txt").write_text("".join(f"{line}\n" for line in lines))
        count = 0
        python = python_that_draws()
        for command in COMMANDS:
            help_text = self.run_adjoin(*command, "--help")
            self.assertEqual(help_text.returncode, 0)
            examples = re.findall(r"^  adjoin (.*)$", help_text.stdout.split("Examples:")[1], re.MULTILINE)
            self.assertTrue(examples, command)
            for example in examples:
                if "--plot" in example and python is None:
                    continue
                result = subprocess.run(f"{shlex.quote(str(ADJOIN))} {example}", cwd=self.folder, shell=True,
                                        env={**os.environ, "ADJOIN_PYTHON": python or ""}, capture_output=True, text=True, timeout=300,
                                        check=False)
                self.assertEqual(result.returncode, 0, (example, result.stderr))
                count += 1
        self.assertGreaterEqual(count, 20)

    def test_helps_agree(self):
        self.assertEqual(self.run_adjoin("help", "embed").stdout, self.run_adjoin("embed", "--help").stdout)
        self.assertEqual(self.run_adjoin().stdout, self.run_adjoin("--help").stdout)
        self.assertRegex(self.run_adjoin("--version").stdout, r"^adjoin \d+\.\d+\.\d+\n$")

    def test_negative_numbers_are_values(self):
        for spelling in (["--beta", "-0.5"], ["--beta=-0.5"], ["--weights=-1,2"], ["--weights", "-1,2"]):
            result = self.run_adjoin("embed", "data/karate/edges.txt", "-o", "x.npy", "--dim", "8", *spelling)
            self.assertEqual(result.returncode, 0, (spelling, result.stderr))

    def test_json_is_one_object_and_nothing_else(self):
        for arguments in (["embed", "data/karate/edges.txt", "-o", "x.npy", "--dim", "8"], ["info", "data/karate/edges.txt"],
                          ["similar", "x.npy", "1", "34"], ["generate", "sbm", "-o", "g.tsv"], ["doctor"],
                          ["embed", "data/karate/edges.txt", "--estimate"], ["generate", "rmat", "--estimate"]):
            result = self.run_adjoin(*arguments, "--json")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIsInstance(json.loads(result.stdout), dict)
            self.assertEqual(result.stderr, "")
        info = json.loads(self.run_adjoin("info", "data/karate/edges.txt", "--json").stdout)
        self.assertEqual((info["nodes"], info["edges"], info["components"], info["max_degree"]), (34, 78, 1, 17))

    def test_quiet_says_nothing(self):
        result = self.run_adjoin("embed", "data/karate/edges.txt", "-o", "x.npy", "--quiet")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    def test_an_embedding_comes_with_names_and_record(self):
        self.run_adjoin("embed", "data/borders/edges.tsv", "-o", "x.npy", "--dim", "16")
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["data", "x.names.txt", "x.npy", "x.npy.run.json"])
        names = (self.folder / "x.names.txt").read_text(encoding="utf-8").splitlines()
        self.assertEqual((len(names), names), (266, sorted(names, key=str.encode)))
        record = json.loads((self.folder / "x.npy.run.json").read_text())
        self.assertEqual((record["options"]["dim"], record["seed"]), (16, 42))
        read_as = "edge list, tab-separated, header, 2 columns, text node names"
        self.assertEqual(record["inputs"], [{"file": "data/borders/edges.tsv", "read_as": read_as}])

    def test_an_update_writes_what_a_full_run_would_and_keeps_its_options(self):
        graph = self.folder / "graph.txt"
        lines = (REPOSITORY / "data" / "karate" / "edges.txt").read_text()
        graph.write_text(lines)
        self.run_adjoin("embed", "graph.txt", "-o", "a.npy", "--dim", "32", "--keep-state", "a.adjoin", check=True)
        graph.write_text(lines + "34 35\n35 36\n")
        update = ["embed", "graph.txt", "-o", "b.npy", "--update", "a.adjoin"]
        said = self.run_adjoin(*update, "--keep-state", "b.adjoin", check=True).stderr
        self.assertIn("2 nodes added", said)
        self.run_adjoin("embed", "graph.txt", "-o", "c.npy", "--dim", "32", check=True)
        for suffix in ("npy", "names.txt"):
            self.assertEqual((self.folder / f"b.{suffix}").read_bytes(), (self.folder / f"c.{suffix}").read_bytes())
        self.run_adjoin(*update[:-1], "b.adjoin", check=True)
        self.assertEqual((self.folder / "b.npy").read_bytes(), (self.folder / "c.npy").read_bytes())
        graph.write_text(lines + "34 35\n35 36\n1 36\n")  # the same nodes, whose rows stay where they are
        self.run_adjoin(*update[:-1], "b.adjoin", check=True)
        self.run_adjoin("embed", "graph.txt", "-o", "c.npy", "--dim", "32", check=True)
        self.assertEqual((self.folder / "b.npy").read_bytes(), (self.folder / "c.npy").read_bytes())
        for wrong, message in ((["--dim", "16"], "dim = 16 differs from 32 of the state"), (["--seed", "1"], "made with seed 42")):
            refused = self.run_adjoin(*update, *wrong)
            self.assertEqual((refused.returncode, message in refused.stderr), (2, True), refused.stderr)

    def test_start_vectors_and_features_come_from_files(self):
        graph = "data/karate/edges.txt"
        raw = ["embed", graph, "--dialect", "fastrp-rs", "--dim", "8", "--weights"]
        self.run_adjoin(*raw, "1", "-o", "start.tsv", check=True)
        self.run_adjoin(*raw, "0,1,1", "-o", "own.tsv", check=True)
        self.run_adjoin(*raw, "0,1,1", "--start", "start.tsv", "-o", "given.tsv", check=True)
        numbers = lambda name: [float(x) for line in (self.folder / name).read_text().splitlines() for x in line.split("\t")[1:]]
        self.assertLess(max(abs(a - b) for a, b in zip(numbers("own.tsv"), numbers("given.tsv"), strict=True)), 1e-5)
        (self.folder / "f.mtx").write_text("%%MatrixMarket matrix coordinate real general\n34 2 35\n" +
                                           "".join(f"{i} 1 {i / 4}\n" for i in range(1, 35)) + "9 2 1\n")
        (self.folder / "f.names.txt").write_text("".join(f"{i}\n" for i in range(1, 35)))
        with_features = [*raw, "0,1", "--features", "f.mtx", "--property-ratio", "0.5", "-o"]
        self.run_adjoin(*with_features, "f.tsv", check=True)
        rows = (self.folder / "f.tsv").read_text().splitlines()
        self.assertEqual((len(rows), len(rows[0].split("\t"))), (34, 9))

    def test_types_of_edges_have_columns_of_their_own(self):
        (self.folder / "typed.csv").write_text("source,target,relation,weight\na,b,likes,1\nb,c,follows,2\nc,a,follows,3\na,b,knows,1\n")
        typed = ["embed", "typed.csv", "--type-column", "relation", "-o"]
        shared = self.run_adjoin(*typed, "x.tsv", "--dim", "8", check=True)
        self.assertIn("types in column 3", shared.stderr)
        self.assertIn("regions: follows=3,knows=3,likes=2", shared.stderr)
        named = self.run_adjoin(*typed, "y.tsv", "--regions", "likes=4,follows=6:0.5", check=True)
        self.assertIn("1 edges of types without a region, which are not used", named.stderr)
        rows = {line.split("\t")[0]: line.split("\t")[1:] for line in (self.folder / "y.tsv").read_text().splitlines()}
        self.assertEqual({len(row) for row in rows.values()}, {10})
        self.assertEqual(set(map(float, rows["c"][:4])), {0.0})
        self.assertIn('"regions": "likes=4,follows=6:0.5"', (self.folder / "y.tsv.run.json").read_text())
        counts = json.loads(self.run_adjoin("info", "typed.csv", "--type-column", "3", "--json", check=True).stdout)["edge_types"]
        self.assertEqual(counts, {"follows": 2, "knows": 1, "likes": 1})
        kept = self.run_adjoin("convert", "typed.csv", "typed.adjoin", "--type-column", "relation", check=True)
        self.assertIn("left out, as this format cannot hold them: types of edges", kept.stderr)
        refused = self.run_adjoin("embed", "typed.adjoin", "-o", "z.tsv", "--type-column", "relation")
        self.assertEqual((refused.returncode, "edges of this store have no types" in refused.stderr), (2, True), refused.stderr)

    def test_standard_output_takes_what_is_one_file(self):
        edges = self.run_adjoin("convert", "data/karate/edges.txt", "-").stdout.splitlines()
        self.assertEqual((len(edges), edges[1]), (79, "1\t2"))
        graphml = self.run_adjoin("convert", "data/karate/edges.txt", "-", "--output-format", "graphml").stdout
        self.assertTrue(graphml.startswith("<?xml") and graphml.endswith("</graphml>\n"))
        vectors = self.run_adjoin("embed", "data/karate/edges.txt", "-o", "-", "--dim", "4")
        self.assertEqual([len(line.split("\t")) for line in vectors.stdout.splitlines()], [5] * 34)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["data"])
        for arguments in (("convert", "data/karate/edges.txt", "-", "--json"),
                          ("embed", "data/karate/edges.txt", "-o", "-", "--format", "npy"),
                          ("convert", "data/borders/edges.tsv", "-", "--output-format", "matrix-market")):
            refused = self.run_adjoin(*arguments, "--quiet")
            self.assertEqual((refused.returncode, refused.stdout, refused.stderr.count("\n")), (2, "", 1))

    def test_order_of_nodes_changes_no_answer(self):
        self.run_adjoin("convert", "data/borders/edges.tsv", "by-degree.adjoin", "--node-order", "degree")
        first = self.run_adjoin("head", "by-degree.adjoin").stdout
        self.assertIn("China", first)
        self.run_adjoin("embed", "by-degree.adjoin", "-o", "a.npy")
        self.run_adjoin("embed", "data/borders/edges.tsv", "-o", "b.npy")
        answers = [json.loads(self.run_adjoin("similar", name, "Kenya", "--json").stdout)["answers"][0]["nearest"] for name in ("a.npy", "b.npy")]
        self.assertEqual([near["node"] for near in answers[0]], [near["node"] for near in answers[1]])
        self.assertEqual(self.run_adjoin("convert", "by-degree.adjoin", "-").stdout.count("\n"), self.run_adjoin("convert", "data/borders/edges.tsv", "-").stdout.count("\n"))

    def test_what_a_format_cannot_hold_as_it_is_becomes_what_it_can(self):
        (self.folder / "s.json").write_text('{"incidences": [{"edge": 1, "node": "a"}, {"edge": 1, "node": "b"}, {"edge": 1, "node": "c"}]}')
        made = self.run_adjoin("convert", "s.json", "pairs.tsv")
        self.assertIn("nodes that share some are joined", made.stderr)
        self.assertEqual((self.folder / "pairs.tsv").read_text().splitlines()[1:], ["source\ttarget\tweight", "a\tb\t1", "a\tc\t1", "b\tc\t1"])
        made = self.run_adjoin("convert", "data/karate/edges.txt", "karate.xgi.json")
        self.assertIn("a simplex of two nodes is made of every edge", made.stderr)
        self.assertEqual(len(json.loads((self.folder / "karate.xgi.json").read_text())["edge-dict"]), 78)

    def test_threads_do_not_change_a_byte(self):
        files = set()
        for threads in ("1", "2", "3"):
            self.run_adjoin("embed", "data/borders/edges.tsv", "-o", "x.npy", "--threads", threads)
            files.add((self.folder / "x.npy").read_bytes())
        self.assertEqual(len(files), 1)

    def test_nearest_places_are_near(self):
        self.run_adjoin("embed", "data/borders/edges.tsv", "-o", "x.npy")
        answers = json.loads(self.run_adjoin("similar", "x.npy", "Bavaria", "Kenya", "--top", "5", "--json").stdout)["answers"]
        self.assertTrue({"Austria", "Thuringia", "Saxony", "Czechia", "Hesse"} & {n["node"] for n in answers[0]["nearest"]})
        result = self.run_adjoin("similar", "x.npy", "Bavria")
        self.assertEqual(result.returncode, 2)
        self.assertIn("did you mean 'Bavaria'?", result.stderr)

    def test_the_nearest_of_every_node_are_those_of_each_with_an_index_or_without(self):
        self.run_adjoin("embed", "data/borders/edges.tsv", "-o", "x.npy")
        names = (self.folder / "x.names.txt").read_text(encoding="utf-8").splitlines()
        printed = self.run_adjoin("similar", "x.npy", "--all", "--top", "3", "--quiet")
        self.assertEqual(printed.stderr, "")
        lines = [line.split("\t") for line in printed.stdout.splitlines()]
        self.assertEqual([line[0] for line in lines], [name for name in names for _ in range(3)])
        kenya = json.loads(self.run_adjoin("similar", "x.npy", "Kenya", "--top", "3", "--json").stdout)["answers"][0]["nearest"]
        self.assertEqual([line[1] for line in lines if line[0] == "Kenya"], [near["node"] for near in kenya])
        for index, note in (("exact", "searched exactly"), ("auto", "searched exactly"), ("hnsw", "finds 100.00 % of the 3 nearest, measured on 50 nodes")):
            made = self.run_adjoin("similar", "x.npy", "--all", "--top", "3", "-o", "near.tsv", "--index", index, "--recall-sample", "50")
            self.assertEqual(made.returncode, 0, made.stderr)
            self.assertIn(note, made.stderr)
            self.assertEqual((self.folder / "near.tsv").read_text(encoding="utf-8"), printed.stdout)
        record = json.loads((self.folder / "near.tsv.run.json").read_text(encoding="utf-8"))
        self.assertEqual((record["searched_by"], record["recall"], record["recall_sampled"], record["options"]["links"]), ("hnsw", 1, 50, 16))
        made = json.loads(self.run_adjoin("similar", "x.npy", "--all", "-o", "near.npy", "--json").stdout)
        self.assertEqual((made["files"], made["record"]["searched_by"]), (["near.npy", "near.npy.run.json"], "exact"))
        self.assertIn("266 nodes", self.run_adjoin("convert", "near.npy", "pairs.tsv").stderr)
        self.assertIn("not measured", self.run_adjoin("similar", "x.npy", "Kenya", "--index", "hnsw", "--recall-sample", "0").stderr)

    def test_estimate_writes_nothing_and_is_near(self):
        self.run_adjoin("generate", "rmat", "--scale", "15", "-o", "g.tsv")
        for arguments in (("embed", "g.tsv"), ("embed", "g.tsv", "--method", "randne", "--dim", "256"), ("embed", "g.tsv", "--method", "prone"),
                          ("embed", "g.tsv", "--method", "prone", "--dim", "300", "--iterations", "1", "--directed")):
            before = sorted(self.folder.iterdir())
            estimate = json.loads(self.run_adjoin(*arguments, "--estimate", "--json").stdout)["estimated_peak_bytes"]
            self.assertEqual(sorted(self.folder.iterdir()), before)
            self.run_adjoin(*arguments, "-o", "x.npy")
            peak = json.loads((self.folder / "x.npy.run.json").read_text())["peak_bytes"]
            self.assertLess(abs(estimate - peak) / peak, 0.1, arguments)

    def test_every_method_takes_the_options_that_it_shares_and_its_own(self):
        karate = "data/karate/edges.txt"
        for method, dimension, own in (("fastrp", 512, ["--beta", "0.5"]), ("randne", 128, ["--projection", "gaussian"]), ("prone", 128, ["--mu", "0.3"])):
            made = self.run_adjoin("embed", karate, "-o", "x.npy", "--method", method, *own, "--direction", "in")
            self.assertEqual(made.returncode, 0, made.stderr)
            record = json.loads((self.folder / "x.npy.run.json").read_text())
            self.assertEqual((record["algorithm"], record["options"]["dim"], record["options"]["direction"]), (method, dimension, "in"))
            self.assertEqual(str(record["options"][own[0][2:]]), own[1])
            self.run_adjoin("embed", karate, "-o", "x.npy", "--method", method, "--dim", "9", "--dim", "7")
            self.assertEqual(json.loads((self.folder / "x.npy.run.json").read_text())["options"]["dim"], 7)
        help_text = " ".join(self.run_adjoin("embed", "--help").stdout.split())
        self.assertIn("default 512, with randne and prone 128", help_text)
        self.assertIn("default out, with prone both", help_text)

    def test_output_to_nowhere(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            result = subprocess.run([ADJOIN, "man"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("No space left on device", result.stderr)
        pipe = subprocess.run(f"{ADJOIN} man | head -1", shell=True, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((pipe.returncode, pipe.stderr), (0, ""))

    def test_an_interrupt_stops_the_run_and_keeps_the_old_file(self):
        (self.folder / "g.tsv").write_text("old")
        process = subprocess.Popen([ADJOIN, "generate", "rmat", "--scale", "22", "-o", "g.tsv"], cwd=self.folder,
                                   stderr=subprocess.PIPE, text=True)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        _, messages = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertIn("stopped before anything was written", messages)
        self.assertEqual((self.folder / "g.tsv").read_text(), "old")
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["data", "g.tsv"])

    def test_a_bar_is_drawn_on_a_terminal_only(self):
        arguments = [ADJOIN, "generate", "rmat", "--scale", "19", "-o", "g.tsv"]
        try:
            ours, theirs = pty.openpty()
        except OSError as failure:  # a container without /dev/pts
            self.skipTest(f"this system gives no terminal: {failure}")
        process = subprocess.Popen(arguments, cwd=self.folder, stderr=theirs, env={**os.environ, "TERM": "xterm"})
        os.close(theirs)
        drawn = b""
        while True:
            try:
                block = os.read(ours, 4096)
            except OSError:
                break
            if not block:
                break
            drawn += block
        process.wait(timeout=60)
        os.close(ours)
        self.assertEqual(process.returncode, 0)
        self.assertRegex(drawn.decode(), r"draw +\[#*-*\] +\d+%")
        piped = subprocess.run(arguments, cwd=self.folder, stderr=subprocess.PIPE, text=True, timeout=60, check=True)
        self.assertNotIn("[#", piped.stderr)

    def test_completion_and_manual_know_every_command_and_option(self):
        scripts = {shell: self.run_adjoin("completion", shell).stdout for shell in ("bash", "zsh", "fish")}
        manual = self.run_adjoin("man").stdout.replace("\\-", "-")
        for command in COMMANDS:
            options = re.findall(r"^  (?:-o, )?--([a-z-]+)", self.run_adjoin(*command, "--help").stdout, re.MULTILINE)
            self.assertGreaterEqual(len(options), 7)
            for option in options:
                self.assertIn(f"--{option}", scripts["bash"])
                self.assertIn(f"--{option}", scripts["zsh"])
                self.assertIn(f"-l {option}", scripts["fish"])
                self.assertIn(f"--{option}", manual)
            for script in scripts.values():
                self.assertIn(command[-1], script)
        checks = [("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])]
        for shell, check in checks:
            if shutil.which(shell):
                subprocess.run(check, input=scripts[shell], text=True, check=True, timeout=60)
        complete = "COMP_WORDS=(adjoin embed --dialect gt); COMP_CWORD=3; _adjoin; echo ${COMPREPLY[@]}"
        words = subprocess.run(["bash", "-c", scripts["bash"] + complete], capture_output=True, text=True, check=True)
        self.assertEqual(words.stdout, "gtmac\n")


if __name__ == "__main__":
    main()
