#!/usr/bin/env python3
"""The adjoin command as a user meets it: right and wrong arguments, every example of every --help, files, signals, terminals.

  command_test.py ADJOIN REPOSITORY
"""
import gzip
import json
import os
import pathlib
import pty
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ADJOIN = pathlib.Path(sys.argv[1]).resolve()
REPOSITORY = pathlib.Path(sys.argv[2]).resolve()
COMMANDS = [["embed"], ["similar"], ["tune"], ["split"], ["score"], ["evaluate"], ["linkpred"], ["classify"], ["cluster"], ["info"], ["convert"], ["head"], ["verify"], ["doctor"], ["completion"], ["man"],
            *[["generate", model] for model in ("rmat", "erdos-renyi", "barabasi-albert", "sbm")]]


class CommandTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "data").symlink_to(REPOSITORY / "data")

    def run_adjoin(self, *arguments, environment=None, **options):
        return subprocess.run([ADJOIN, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=300,
                              stdin=subprocess.DEVNULL, env={**os.environ, **(environment or {})}, **options)

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
            (["embed", graph, "-o", "x.npy", "--device", "cuda"], "no CUDA; use --device cpu"),
            (["embed", graph, "-o", "x.npy", "--device", "gpu"], "device = 'gpu' is not a device"),
            (["embed", graph, "-o", "x.npy", "--threads", "-1"], "threads = -1 is outside 0 to 4096"),
            (["embed", graph, "-o", "x.npy", "--memory", "lots"], "memory = 'lots' is not an amount of memory"),
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
            (["score", graph], "nothing is named to score"),
            (["score", graph, "bad.txt", "--best", "3"], "PAIRS and --best exclude one another"),
            (["score", graph, "bad.txt"], "bad.txt:2:1: found 1 column, expected 2 as in the first line"),
            (["score", graph, "absent.tsv"], "No such file or directory"),
            (["score", graph, "--best", "3", "--methods", "simrank"], "the best pairs of all cannot be found by simrank"),
            (["score", graph, "--best", "3", "--methods", "cn,cn"], "common-neighbors stands twice"),
            (["score", graph, "--best", "3", "--methods", "kats"], "did you mean katz?"),
            (["score", graph, "--best", "3", "--methods", "cn,aa"], "--best goes by one method"),
            (["score", graph, "--best", "3", "--methods", "jaccard", "--use-weights"], "jaccard has no form with weights"),
            (["score", graph, "--best", "3", "-o", "missing/x.tsv"], "No such file or directory"),
            (["score", graph, "--best", "3", "--json"], "would both go to standard output"),
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
        count = 0
        for command in COMMANDS:
            help_text = self.run_adjoin(*command, "--help")
            self.assertEqual(help_text.returncode, 0)
            examples = re.findall(r"^  adjoin (.*)$", help_text.stdout.split("Examples:")[1], re.MULTILINE)
            self.assertTrue(examples, command)
            for example in examples:
                result = subprocess.run(f"{shlex.quote(str(ADJOIN))} {example}", cwd=self.folder, shell=True,
                                        capture_output=True, text=True, timeout=300, check=False)
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
        self.assertEqual((len(rows), len(rows[0])), (17, 21))
        methods = json.loads(self.run_adjoin("evaluate", "scores.tsv", "part.test.tsv", "--metrics", "auc", "--json", check=True).stdout)
        self.assertEqual([row["method"] for row in methods["methods"]], rows[0][2:])
        best = self.run_adjoin("score", graph, "--best", "2", "--methods", "aa", check=True).stdout.splitlines()
        self.assertEqual([line.split("\t")[:2] for line in best], [["source", "target"], ["3", "34"], ["1", "34"]])

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

    def test_linkpred_refuses_what_means_nothing(self):
        graph = "data/borders/edges.tsv"
        (self.folder / "other.jsonl").write_text("hello\n")
        (self.folder / "x.tsv").write_text("Kenya\t1\t2\n")
        cases = [
            (["--methods", "adamic"], "methods: 'adamic' is not one of "),
            (["--methods", "cn,cn"], "methods: common-neighbors stands twice"),
            (["--methods", "cn", "--metrics", "fame"], "metrics = 'fame' is not one of "),
            (["--methods", "cn", "--test", "0"], "the split has no edges to judge by; give the test a share"),
            (["--methods", "cn", "--folds", "3", "--runs", "4"], "--runs 4 is more than there are splits, 3"),
            (["--methods", "cn", "-o", "other.jsonl"], "other.jsonl:1:1: found 'hello', expected a result of adjoin linkpred in each line"),
            (["--methods", "cn", "-o", "-"], "-o is a file to go on from"),
            (["--methods", "embedding"], "methods of an embedding from a file are named; add --embedding FILE"),
            (["--methods", "cn", "--embedding", "x.tsv"], "--embedding is given and no method goes by it"),
            (["--methods", "embedding", "--embedding", "x.tsv"], "an embedding from a file was learned before the split"),
            (["--methods", "cn", "--negatives", "heart-intended", "--metrics", "auc"], "auc ranks all pairs together"),
            (["--methods", "cn", "--by", "time"], "a split by time needs events"),
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
    unittest.main(argv=["command_test.py"])
