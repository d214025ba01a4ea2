#!/usr/bin/env python3
"""The command with a GPU: what runs there, what does not, and what it says. The GPU is emulated (tests/cuda/emulator).

  gpu_command_test.py ADJOIN REPOSITORY
"""
import json

from command_support import CommandCase, main

PAIRS = "0\t5\n1\t16\n4\t3\n300\t2\n7\t8\n"


class GpuCommandTest(CommandCase):
    def setUp(self):
        super().setUp()
        self.succeed("generate", "rmat", "--scale", 9, "--seed", 1, "-o", "g.adjoin", "--quiet")

    def vectors(self, device, *arguments):
        """The record, and the numbers by node."""
        self.succeed("embed", "g.adjoin", "-o", "v.tsv", "--dim", 20, "--device", device, *arguments)
        record = json.loads((self.folder / "v.tsv.run.json").read_text(encoding="utf-8"))
        lines = [line.split("\t") for line in (self.folder / "v.tsv").read_text(encoding="utf-8").splitlines()]
        return record, {line[0]: [float(word) for word in line[1:]] for line in lines}

    def assert_alike(self, found, expected, most):
        """most: of the largest number's size."""
        self.assertEqual(found.keys(), expected.keys())
        differences = [abs(a - b) for node, row in expected.items() for a, b in zip(found[node], row, strict=True)]
        self.assertGreaterEqual(len(differences), 512 * 20)
        self.assertLess(max(differences), most * max(abs(value) for row in expected.values() for value in row))

    def test_doctor_names_the_gpu(self):
        said = self.succeed("doctor").stdout
        self.assertIn("a GPU emulated by the processor, 4.00 GiB, compute capability 8.0", said)
        self.assertRegex(said, r"device +cuda:0")

    def test_embeddings_are_the_processors(self):
        for arguments in ([], ["--method", "randne"], ["--precision", "bf16"], ["--dialect", "paper"], ["--weights", "1,0,2", "--self-influence", "1"]):
            on_cpu, expected = self.vectors("cpu", *arguments)
            on_gpu, found = self.vectors("cuda", *arguments)
            by_itself, chosen = self.vectors("auto", *arguments)
            self.assert_alike(found, expected, 0.02 if "bf16" in arguments else 2e-5)
            self.assertEqual(chosen, found)
            self.assertEqual([record["device"] for record in (on_cpu, on_gpu, by_itself)], ["cpu", "cuda:0", "cuda:0"])
            self.assertGreater(on_gpu["device_peak_bytes"], 20 * 512)

    def test_a_gpu_without_room_takes_blocks_or_leaves_it_to_the_processor(self):
        _, expected = self.vectors("cpu", "--dim", "256")
        blocks, found = self.vectors("cuda", "--dim", "256", "--device-memory", "1MiB")
        self.assert_alike(found, expected, 2e-5)
        self.assertLess(blocks["device_peak_bytes"], 1 << 20)
        instead, same = self.vectors("auto", "--dim", "256", "--device-memory", "1KiB")
        self.assertEqual(instead["device"], "cpu")
        self.assertEqual(same, expected)

    def test_what_cannot_be_is_refused_in_words(self):
        for device, words in ((["--device", "cuda:1"], "device cuda:1: this machine has 1 GPU, from cuda:0 on"),
                              (["--device", "cuda", "--device-memory", "100KiB"],
                               "this run does not fit into the 100 KiB that are free on cuda:0; use --device cpu")):
            result = self.run_adjoin("embed", "g.adjoin", "-o", "x.npy", *device)
            self.assertNotEqual(result.returncode, 0)
            self.assertIn(words, result.stderr)
            self.assertFalse((self.folder / "x.npy").exists())

    def test_scores_of_pairs_are_the_processors(self):
        (self.folder / "pairs.tsv").write_text(PAIRS, encoding="utf-8")
        tables = [self.succeed("score", "g.adjoin", "pairs.tsv", "--methods", "cn,aa,ra,jc,pa", "--device", device, "--quiet").stdout
                  for device in ("cuda", "cpu")]
        self.assertEqual(len(tables[0].splitlines()), 6)
        self.assertEqual(*tables)

    def test_nearest_nodes_are_the_processors(self):
        self.vectors("cpu")
        for similarity in ("cosine", "dot"):
            names = [self.succeed("similar", "v.tsv", "--all", "--top", 5, "--similarity", similarity, "--device", device, "--quiet").stdout
                     for device in ("cuda", "cpu")]
            self.assertEqual(len(names[0].splitlines()), 512 * 5)
            rows = [[line.split("\t")[:2] for line in text.splitlines()] for text in names]
            same = sum(a == b for a, b in zip(*rows))
            self.assertGreater(same, 0.99 * len(rows[0]))  # ties in the last bit may come in another order

    def test_what_has_no_part_for_a_gpu_says_so(self):
        said = self.succeed("predict", "g.adjoin", "--top", 3, "--method", "adamic-adar", "--device", "cuda").stderr
        self.assertIn("The GPU was not used: nothing in this run has a part for it.", said)


if __name__ == "__main__":
    main()
