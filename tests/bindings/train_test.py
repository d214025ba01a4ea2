#!/usr/bin/env python3
"""Training from the command line: adjoin train node and adjoin apply.

  train_test.py ADJOIN REPOSITORY
"""
import json
import math
import signal
import struct
import subprocess
import time

from command_support import ADJOIN, CommandCase, main, python_that_draws

KARATE = ["train", "node", "data/karate/edges.txt", "--labels", "data/karate/factions.txt"]


def tensors_of(path):
    """Names of arrays with their types and shapes, and the metadata, as any reader of the format sees them."""
    with open(path, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(length))
    return header, header.pop("__metadata__")


class TrainTest(CommandCase):
    def trained(self, *arguments):
        return json.loads(self.succeed(*arguments, "--json").stdout)

    def write_blocks(self):
        """Three blocks of 300 nodes as a graph, labels of most nodes, and a training that takes a while."""
        self.succeed("generate", "sbm", "--nodes", "900", "--blocks", "3", "--inside", "0.05", "--across", "0.005", "-o", "g.tsv")
        (self.folder / "labels.txt").write_text("".join(f"{node} {'abc'[node // 300]}\n" for node in range(900) if node % 10))
        return ["train", "node", "g.tsv", "--labels", "labels.txt", "--hidden", "32", "--epochs", "300", "--patience", "0", "--moving-average", "0.9",
                "--plateau-factor", "0.5", "--clip-norm", "1", "--checkpoint-every", "3"]

    def test_a_model_is_trained_written_and_applied(self):
        made = self.trained(*KARATE, "--per-class", "4", "--choose-by", "accuracy", "--out", "m.safetensors", "--log", "m.jsonl")
        self.assertGreater(made["scores"]["test"]["accuracy"], 0.8)
        self.assertEqual(made["files"], ["m.safetensors", "m.safetensors.run.json", "m.jsonl"])
        self.assertEqual(len(made["history"]), made["epochs"])
        self.assertEqual(made["history"][made["best_epoch"] - 1]["validation"], made["best_validation"])
        lines = [json.loads(line) for line in (self.folder / "m.jsonl").read_text().splitlines()]
        self.assertEqual((lines[0]["training"], lines[0]["model"], lines[0]["metric"]), ("node", "gcn", "accuracy"))
        self.assertEqual([(line["epoch"], line["loss"]) for line in lines[1:]], [(line["epoch"], line["loss"]) for line in made["history"]])
        header, metadata = tensors_of(self.folder / "m.safetensors")
        self.assertEqual(header["encoder.0.weight"]["dtype"], "F32")
        self.assertEqual(header["training.step"]["dtype"], "U64")
        self.assertEqual(metadata["task"], "node")
        self.assertEqual(json.loads(metadata["options"])["model"], "gcn")
        record = json.loads((self.folder / "m.safetensors.run.json").read_text())
        self.assertEqual(record["options"]["per_class"], 4)

        told = [line.split("\t") for line in self.succeed("apply", "m.safetensors", "data/karate/edges.txt").stdout.splitlines()]
        self.assertEqual(told[0], ["node", "label", "probability"])
        truth = dict(line.split()[:2] for line in (self.folder / "data/karate/factions.txt").read_text().splitlines() if line[:1].isdigit())
        right = sum(truth[node] == label for node, label, _ in told[1:])
        wanted = sum(part["nodes"] * part["accuracy"] for part in made["scores"].values())
        outside = len(truth) - sum(part["nodes"] for part in made["scores"].values())
        self.assertLessEqual(abs(right - wanted), outside + 1e-6)
        self.succeed("apply", "m.safetensors", "data/karate/edges.txt", "--what", "probabilities", "-o", "p.tsv")
        rows = [list(map(float, line.split("\t")[1:])) for line in (self.folder / "p.tsv").read_text().splitlines()]
        self.assertEqual({len(row) for row in rows}, {2})
        self.assertTrue(all(math.isclose(sum(row), 1, abs_tol=1e-5) for row in rows))
        self.succeed("apply", "m.safetensors", "data/karate/edges.txt", "--what", "embedding", "-o", "x.npy")
        self.assertTrue((self.folder / "x.npy.names.txt").exists() or (self.folder / "x.names.txt").exists())

    def test_a_training_that_is_killed_at_any_moment_goes_on_to_the_same_file(self):
        train = self.write_blocks()
        self.succeed(*train, "--out", "whole.safetensors", "--log", "whole.jsonl")
        kills = self.kill_until_done([*train, "--log", "cut.jsonl"], "cut.safetensors", 0.2, 8)
        self.assertGreaterEqual(kills, 2, "the training was over before it could be killed")
        self.assertEqual((self.folder / "cut.safetensors").read_bytes(), (self.folder / "whole.safetensors").read_bytes())
        epochs = [[json.loads(line) for line in (self.folder / name).read_text().splitlines()[1:]] for name in ("whole.jsonl", "cut.jsonl")]
        for one, other in zip(*epochs, strict=True):
            self.assertEqual({**one, "seconds": None}, {**other, "seconds": None})
        self.assertEqual([path.name for path in self.folder.glob("cut*")].count("cut.safetensors"), 1)

    def test_an_interrupted_training_says_how_to_go_on(self):
        train = self.write_blocks()
        running = subprocess.Popen([ADJOIN, *train, "--epochs", "100000", "--out", "m.safetensors"], cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        while not (self.folder / "m.safetensors").exists():
            self.assertIsNone(running.poll())
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        _, error = running.communicate(timeout=60)
        self.assertEqual(running.returncode, 130)
        self.assertRegex(error, r"stopped; the checkpoint of epoch \d+ is in m.safetensors, and --resume goes on from it")
        self.succeed("apply", "m.safetensors", "g.tsv", "-o", "labels.tsv")

    def test_a_finished_training_goes_on_where_more_epochs_are_asked_for(self):
        train = [*KARATE, "--patience", "0", "--out"]
        self.trained(*train, "a.safetensors", "--epochs", "30")
        longer = self.trained(*train, "a.safetensors", "--epochs", "50", "--resume")
        whole = self.trained(*train, "b.safetensors", "--epochs", "50")
        self.assertTrue(longer["resumed"])
        self.assertEqual([epoch["loss"] for epoch in longer["history"]], [epoch["loss"] for epoch in whole["history"]])
        self.assertEqual(longer["scores"], whole["scores"])

    def test_going_on_with_something_else_is_refused(self):
        self.succeed(*KARATE, "--epochs", "5", "--out", "m.safetensors")
        (self.folder / "fewer.txt").write_text("".join((self.folder / "data/karate/edges.txt").read_text().splitlines(keepends=True)[:-1]))
        (self.folder / "no.safetensors").write_bytes(b"nothing")
        cases = [(["--hidden", "8"], "was trained with hidden = 16 and cannot go on with 8"), (["--seed", "7"], "was trained with seed = 42"),
                 (["--learning-rate", "0.5"], "learning-rate = 0.01"), (["--per-class", "3"], "was trained on other data"),
                 (["--model", "sage"], "was trained with model = gcn and cannot go on with sage")]
        before = (self.folder / "m.safetensors").read_bytes()
        for more, message in cases:
            result = self.run_adjoin(*KARATE, "--epochs", "5", "--out", "m.safetensors", "--resume", "--quiet", *more)
            self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1), result.stderr)
            self.assertIn(message, result.stderr)
        for model, graph, message in (("no.safetensors", "data/karate/edges.txt", "no.safetensors"), ("m.safetensors", "data/borders/edges.tsv", "learned a vector for each of 34 nodes")):
            result = self.run_adjoin("apply", model, graph, "--quiet")
            self.assertEqual((result.returncode, result.stdout, result.stderr.count("\n")), (2, "", 1), result.stderr)
            self.assertIn(message, result.stderr)
        self.assertEqual((self.folder / "m.safetensors").read_bytes(), before)

    def test_wrong_arguments_give_one_sentence(self):
        (self.folder / "bad.json").write_text('{"train": ["nobody"]}')
        (self.folder / "bad.txt").write_text("TV\nXX\n")
        self.succeed(*KARATE, "--epochs", "1", "--out", "made.safetensors")
        cases = [(["train", "nod"], "did you mean node?"), (KARATE, "no model file is named; add --out FILE"),
                 (["train", "node", "data/karate/edges.txt", "--out", "m.safetensors"], "has no labels; add --labels FILE"),
                 ([*KARATE, "--out", "-"], "give them files"), ([*KARATE, "--out", "missing/m.safetensors"], "No such file or directory"),
                 ([*KARATE, "--out", "m.safetensors", "--plot", "m.xyz"], "--plot"),
                 ([*KARATE, "--out", "m.safetensors", "--epochs", "0"], "epochs = 0 is outside 1 to 1000000"),
                 ([*KARATE, "--out", "m.safetensors", "--model", "gcm"], "did you mean gcn?"),
                 ([*KARATE, "--out", "m.safetensors", "--split", "bad.json"], "found the node 'nobody'"),
                 ([*KARATE, "--out", "m.safetensors", "--split", "bad.txt"], "bad.txt:1:1: found the node '0'"),
                 ([*KARATE, "--out", "m.safetensors", "--split", "bad.json", "--per-class", "3"], "leave one of them out"),
                 ([*KARATE, "--out", "m.safetensors", "--split-column", "3"], "add --split FILE"),
                 ([*KARATE, "--out", "m.safetensors", "--per-class", "30"], "fewer than the 30 to train on"),
                 (["apply", "none.safetensors", "data/karate/edges.txt"], "No such file or directory"),
                 (["apply", "made.safetensors", "data/karate/edges.txt", "--format", "npy"], "labels and scores are a table")]
        for arguments, message in cases:
            with self.subTest(arguments):
                result = self.run_adjoin(*arguments, "--quiet")
                self.assertEqual((result.returncode, result.stdout, result.stderr.count("\n")), (2, "", 1), result.stderr)
                self.assertIn(message, result.stderr)
        self.assertFalse((self.folder / "m.safetensors").exists())

    def test_a_nan_stops_the_training_by_its_step_and_the_checkpoint_stays(self):
        train = [*KARATE, "--patience", "0", "--checkpoint-every", "1", "--out", "m.safetensors"]
        self.succeed(*train, "--epochs", "3")
        before = (self.folder / "m.safetensors").read_bytes()
        broken = [*KARATE, "--patience", "0", "--checkpoint-every", "1", "--out", "n.safetensors", "--optimizer", "sgd", "--learning-rate", "1000000",
                  "--weight-decay", "1000", "--epochs", "200"]
        result = self.run_adjoin(*broken)
        self.assertEqual((result.returncode, result.stdout), (1, ""), result.stderr)
        self.assertRegex(result.stderr, r"step \d+: .*holds a NaN or an infinity")
        self.assertRegex(result.stderr, r"the checkpoint of epoch \d+ stays in n.safetensors")
        tensors_of(self.folder / "n.safetensors")
        self.assertEqual((self.folder / "m.safetensors").read_bytes(), before)

    def test_parts_of_files_are_those_that_are_trained_on(self):
        nodes = [line.split()[0] for line in (self.folder / "data/karate/factions.txt").read_text().splitlines() if line[:1].isdigit()]
        parts = {"train": nodes[:10], "val": nodes[10:20], "test": nodes[20:]}
        (self.folder / "parts.json").write_text(json.dumps(parts))
        letters = {name: letter for part, letter in (("train", "T"), ("val", "V"), ("test", "E")) for name in parts[part]}
        (self.folder / "parts.tsv").write_text("node\tone\ttwo\n" + "".join(f"{node}\t-\t{letters[node]}\n" for node in nodes))
        by_json = self.trained(*KARATE, "--epochs", "10", "--out", "a.safetensors", "--split", "parts.json")
        by_table = self.trained(*KARATE, "--epochs", "10", "--out", "b.safetensors", "--split", "parts.tsv", "--split-column", "2")
        self.assertEqual([part["nodes"] for part in by_json["scores"].values()], [10, 10, len(nodes) - 20])
        self.assertEqual(by_json["scores"], by_table["scores"])

    def test_several_labels_a_node_and_features_of_a_store(self):
        (self.folder / "labels.txt").write_text("".join(f"{node} {label}\n" for node in range(1, 35) for label in (["odd"] if node % 2 else ["even"]) + ["all"]))
        rows = [f"{node}\t{1 if node % 2 else 0},{0 if node % 2 else 1},1" for node in range(1, 35)]
        (self.folder / "nodes.tsv").write_text("node\tfeature\n" + "\n".join(rows) + "\n")
        self.succeed("convert", "data/karate/edges.txt", "k.adjoin", "--nodes", "nodes.tsv", "--labels", "labels.txt")
        made = self.trained("train", "node", "k.adjoin", "--model", "mlp", "--out", "m.safetensors")
        self.assertFalse(made["one_label"])
        self.assertEqual(made["scores"]["test"]["accuracy"], 1)
        told = self.succeed("apply", "m.safetensors", "k.adjoin").stdout.splitlines()[1:]
        self.assertEqual(len(told), 68)
        # Another graph with the same features: what was learned of features carries over.
        (self.folder / "other.txt").write_text("1 2\n3 4\n")
        other = self.succeed("apply", "m.safetensors", "other.txt", "--nodes", "nodes.tsv", "--unknown-nodes", "drop").stdout
        self.assertEqual({line.split("\t")[1] for line in other.splitlines()[1:] if line.startswith("1\t")}, {"odd", "all"})

    def test_the_estimate_is_told(self):
        estimate = json.loads(self.succeed(*KARATE, "--estimate", "--json").stdout)
        self.assertEqual(list(estimate), ["estimated_peak_bytes"])
        self.assertFalse(list(self.folder.glob("*.safetensors")))

    def test_curves_are_drawn(self):
        python = python_that_draws()
        if python is None:
            self.skipTest("no Python with Matplotlib")
        environment = {"ADJOIN_PYTHON": python}
        made = self.run_adjoin(*KARATE, "--epochs", "20", "--out", "m.safetensors", "--log", "m.jsonl", "--plot", "m.svg", environment=environment)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertIn("<svg", (self.folder / "m.svg").read_text())
        plot = self.run_adjoin("plot", "m.jsonl", "--what", "training", "-o", "n.svg", environment=environment)
        self.assertEqual(plot.returncode, 0, plot.stderr)
        report = self.run_adjoin("report", "m.jsonl", "-o", "m.html", environment=environment)
        if report.returncode == 2 and "jinja2" in report.stderr:
            self.skipTest("no Jinja2")
        self.assertEqual(report.returncode, 0, report.stderr)
        self.assertIn("Loss of training", (self.folder / "m.html").read_text())


if __name__ == "__main__":
    main()
