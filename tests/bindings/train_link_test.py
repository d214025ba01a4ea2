#!/usr/bin/env python3
"""Links from the command line: adjoin train link, adjoin apply of its models, and networks in adjoin linkpred and predict.

  train_link_test.py ADJOIN REPOSITORY
"""
import json

from command_support import CommandCase, main

BORDERS = "data/borders/edges.tsv"
TRAIN = ["train", "link", BORDERS, "--hidden", "16", "--decoder-hidden", "16", "--node-vectors", "16"]


class TrainLinkTest(CommandCase):
    def test_a_model_is_trained_and_scores_pairs_as_its_training_said(self):
        self.succeed("split", BORDERS, "-o", "part")
        made = json.loads(self.succeed(*TRAIN, "--model", "ncn", "--epochs", "10", "--metrics", "auc,mrr", "--out", "m.safetensors", "--json").stdout)
        self.assertEqual(made["files"], ["m.safetensors", "m.safetensors.run.json"])
        self.assertEqual((made["metric"], len(made["history"])), ("auc", made["epochs"]))
        self.assertEqual(made["history"][made["best_epoch"] - 1]["validation"], made["best_validation"])
        self.assertEqual(made["scores"]["validation"]["auc"], made["best_validation"])
        # The split of the same seed by adjoin split, scored in its training graph, is judged alike.
        self.succeed("apply", "m.safetensors", "part.train.adjoin", "--pairs", "part.test.tsv", "-o", "scores.tsv")
        judged = json.loads(self.succeed("evaluate", "scores.tsv", "part.test.tsv", "--metrics", "auc", "--json").stdout)
        self.assertAlmostEqual(judged["methods"][0]["metrics"]["auc"], made["scores"]["test"]["auc"], places=9)
        self.succeed("apply", "m.safetensors", "part.train.adjoin", "--what", "embedding", "-o", "x.npy")
        self.assertTrue((self.folder / "x.npy").exists())

    def test_what_a_model_of_links_does_not_tell_is_refused(self):
        self.succeed(*TRAIN, "--epochs", "1", "--out", "m.safetensors")
        for arguments, sentence in [
            ([], "add --pairs FILE"),
            (["--what", "labels"], "a model of task link tells no labels"),
            (["--what", "embedding", "--pairs", "p.tsv"], "--pairs is for the scores"),
        ]:
            refused = self.run_adjoin("apply", "m.safetensors", BORDERS, *arguments)
            self.assertEqual(refused.returncode, 2, refused.stderr)
            self.assertIn(sentence, refused.stderr)
        (self.folder / "other.tsv").write_text("a b\nb c\n")
        (self.folder / "p.tsv").write_text("a c\n")
        refused = self.run_adjoin("apply", "m.safetensors", "other.tsv", "--pairs", "p.tsv")
        self.assertEqual(refused.returncode, 2, refused.stderr)
        self.assertIn("apply it to the graph that it was trained on", refused.stderr)

    def test_hard_negatives_choose_and_judge(self):
        made = json.loads(self.succeed(*TRAIN, "--epochs", "10", "--negatives", "heart-intended", "--negatives-per-positive", "20", "--metrics",
                                       "mrr,hits@10", "--out", "m.safetensors", "--json").stdout)
        self.assertEqual(made["scores"]["test"]["negatives"], 20 * made["scores"]["test"]["positives"])

    def test_a_training_that_is_killed_goes_on_to_the_same_file(self):
        train = [*TRAIN, "--model", "buddy", "--epochs", "60", "--patience", "0", "--checkpoint-every", "2"]
        self.succeed(*train, "--out", "whole.safetensors")
        kills = self.kill_until_done(train, "cut.safetensors", 0.1, 5)
        self.assertGreaterEqual(kills, 1, "the training was over before it could be killed")
        self.assertEqual((self.folder / "cut.safetensors").read_bytes(), (self.folder / "whole.safetensors").read_bytes())

    def test_networks_are_methods_of_linkpred_and_predict(self):
        table = json.loads(self.succeed("linkpred", BORDERS, "--methods", "ra,gcn,buddy", "--metrics", "auc", "--runs", "1", "--epochs", "10",
                                        "--json").stdout)
        self.assertEqual([row["method"] for row in table], ["resource-allocation", "gcn", "buddy"])
        self.assertGreater(table[2]["auc"]["mean"], 0.5)
        found = json.loads(self.succeed("predict", BORDERS, "--method", "gcn", "--epochs", "5", "--top", "4", "--json").stdout)
        self.assertEqual(len(found["links"]), 4)
        self.assertIn("not run", self.succeed("linkpred", BORDERS, "--methods", "mlp", "--runs", "1").stdout)

    def test_the_estimate_is_told(self):
        estimate = json.loads(self.succeed(*TRAIN, "--estimate", "--json").stdout)
        self.assertEqual(list(estimate), ["estimated_peak_bytes"])


if __name__ == "__main__":
    main()
