"""Embeddings from Python: the numbers of the method, by any number of threads, in memory that is shared."""

import gc
import importlib.util
import inspect
import os
import pathlib
import pickle
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import numpy as np

import adjoin
from support import BORDERS, KARATE, drawn_matrix, needs


class Vectors(unittest.TestCase):
    @needs("scipy")
    def test_against_products_of_scipy(self):
        for seed in range(5):
            matrix = drawn_matrix(seed, weighted=seed % 2 == 0)
            start = np.random.default_rng(seed).normal(size=(matrix.shape[0], 8)).astype(np.float32)
            degrees = np.asarray(matrix.sum(axis=1)).ravel()
            step = matrix.toarray() / np.where(degrees > 0, degrees, 1)[:, None]
            wanted = 0.5 * step @ start + 2 * step @ (step @ start)
            made = adjoin.fastrp(matrix, dim=8, weights=[0.5, 2], dialect="paper", start=start)
            np.testing.assert_allclose(made.vectors, wanted, rtol=2e-5, atol=1e-6)

    def test_same_seed_same_bits(self):
        graph = adjoin.read_graph(BORDERS)
        one, two, other = (adjoin.fastrp(graph, dim=64, seed=seed, threads=threads) for seed, threads in ((1, 1), (1, 2), (2, 2)))
        self.assertTrue((one.vectors == two.vectors).all())
        self.assertFalse((one.vectors == other.vectors).all())

    @unittest.skipUnless(os.access(os.environ.get("ADJOIN_COMMAND", ""), os.X_OK), "the command is not built")
    def test_the_bits_are_those_of_the_command(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "x.npy")
            options = ["--dim", "48", "--weights", "1,0.5,3", "--seed", "9"]
            subprocess.run([os.environ["ADJOIN_COMMAND"], "embed", BORDERS, "-o", path, "--quiet", *options], check=True)
            made = adjoin.fastrp(BORDERS, dim=48, weights=[1, 0.5, 3], seed=9)
            self.assertTrue((np.load(path) == made.vectors).all())
            self.assertEqual(adjoin.read_embedding(path).names, made.names)

    def test_order_of_edges_moves_no_vector(self):
        edges = [("b", "a"), ("a", "c"), ("c", "d"), ("d", "b"), ("a", "d")]
        one = adjoin.fastrp(edges, dim=16)
        two = adjoin.fastrp(edges[::-1], dim=16)
        for name in "abcd":
            self.assertTrue((one[name] == two[name]).all())

    def test_features(self):
        graph = adjoin.as_graph([(0, 1), (1, 2), (2, 3)])
        features = np.eye(4, dtype=np.float32)
        made = adjoin.fastrp(graph, dim=16, property_ratio=0.5, features=features)
        self.assertFalse((made.vectors == adjoin.fastrp(graph, dim=16).vectors).all())
        if importlib.util.find_spec("scipy"):
            from scipy.sparse import csr_array

            sparse = adjoin.fastrp(graph, dim=16, property_ratio=0.5, features=csr_array(features))
            self.assertTrue((sparse.vectors == made.vectors).all())
        with self.assertRaisesRegex(ValueError, "shape any x any is needed, not of 4"):
            adjoin.fastrp(graph, property_ratio=0.5, features=[1, 2, 3, 4])
        for wrong in (np.nan, np.inf):
            with self.assertRaisesRegex(adjoin.InvalidData, "not a matrix of features"):
                adjoin.fastrp(graph, property_ratio=0.5, features=np.full((4, 2), wrong))
            with self.assertRaisesRegex(adjoin.InvalidData, "row 0 of the start vectors has a value that is not finite"):
                adjoin.fastrp(graph, dim=2, start=np.full((4, 2), wrong))
        with self.assertRaisesRegex(adjoin.InvalidOption, "property_ratio needs features of the nodes"):
            adjoin.fastrp(graph, property_ratio=0.5)
        with self.assertRaisesRegex(adjoin.InvalidOption, "there are 2 rows of features for 4 nodes"):
            adjoin.fastrp(graph, property_ratio=0.5, features=features[:2])
        with self.assertRaisesRegex(ValueError, "an array of shape 4 x any is needed, not of 3 x 16"):
            adjoin.fastrp(graph, dim=16, start=np.zeros((3, 16)))

    def test_every_method(self):
        graph = adjoin.read_graph(KARATE)
        for method in (adjoin.fastrp, adjoin.randne, adjoin.prone):
            made = method(graph, dim=8)
            self.assertEqual(made.shape, (34, 8))
            self.assertEqual(made.record["algorithm"], method.__name__)
            self.assertEqual(made.record["options"]["dim"], 8)
            self.assertTrue(np.isfinite(made.vectors).all())
            self.assertGreater(adjoin.estimate_memory(method.__name__, graph, dim=8), 34 * 8 * 4)
        with self.assertRaisesRegex(adjoin.InvalidOption, "node2vec is no embedding"):
            adjoin.estimate_memory("node2vec", graph)

    def test_rows_by_name(self):
        made = adjoin.fastrp(BORDERS, dim=8)
        row = made.names.index("Kenya")
        self.assertTrue((made["Kenya"] == made.vectors[row]).all())
        self.assertEqual(made[["Kenya", "China"]].shape, (2, 8))
        self.assertEqual(len(made), 266)
        with self.assertRaisesRegex(adjoin.InvalidData, "did you mean 'Kenya'"):
            made["Kenja"]

    @needs("pandas")
    def test_frame(self):
        made = adjoin.fastrp(BORDERS, dim=8)
        frame = made.to_frame()
        self.assertTrue((frame.loc["Kenya"].to_numpy() == made["Kenya"]).all())

    def test_nearest_against_numpy(self):
        made = adjoin.fastrp(BORDERS, dim=32)
        units = made.vectors / np.linalg.norm(made.vectors, axis=1)[:, None]
        row = made.names.index("Bavaria")
        cosines = units @ units[row]
        cosines[row] = -2
        order = np.argsort(-cosines)[:5]
        found = made.nearest("Bavaria", top=5)
        self.assertEqual([name for name, _ in found], [made.names[i] for i in order])
        np.testing.assert_allclose([similarity for _, similarity in found], cosines[order], rtol=1e-5)
        self.assertEqual(made.nearest(["Kenya", "Bavaria"], top=5)[1], found)

    def test_vectors_of_others(self):
        own = adjoin.Embedding.of([[1, 0], [0.9, 0.1], [0, 1]], names=["a", "b", "c"])
        self.assertEqual([name for name, _ in own.nearest("a")], ["b", "c"])
        self.assertEqual(adjoin.Embedding.of(np.eye(3)).names, ["0", "1", "2"])
        with self.assertRaisesRegex(ValueError, "there are 1 names for 2 vectors"):
            adjoin.Embedding.of(np.eye(2), names=["a"])
        with self.assertRaisesRegex(adjoin.InvalidData, "row 1 of the vectors has a value that is not finite"):
            adjoin.Embedding.of([[1, 0], [np.nan, 1]]).nearest("0")
        back = pickle.loads(pickle.dumps(own))
        self.assertEqual(back.names, own.names)
        self.assertTrue((back.vectors == own.vectors).all())

    def test_files(self):
        made = adjoin.fastrp(BORDERS, dim=8)
        with tempfile.TemporaryDirectory() as folder:
            for name in ("x.npy", "x.tsv", "x.tsv.gz"):
                path = pathlib.Path(folder, name)
                made.save(path)
                back = adjoin.read_embedding(path)
                self.assertEqual(back.names, made.names)
                np.testing.assert_allclose(back.vectors, made.vectors, rtol=1e-6)
            with self.assertRaisesRegex(adjoin.InvalidOption, r"the suffix \.xyz is not one of"):
                made.save(pathlib.Path(folder, "x.xyz"))
            self.assertTrue((np.load(pathlib.Path(folder, "x.npy")) == made.vectors).all())


class Memory(unittest.TestCase):
    def test_numpy_shares_it_and_keeps_it(self):
        made = adjoin.fastrp(BORDERS, dim=8)
        total = made.vectors.sum()
        views = [made.vectors, np.asarray(made), np.from_dlpack(made)]
        for view in views:
            self.assertTrue(np.shares_memory(view, made.vectors))
        self.assertEqual(made.device, "cpu")
        self.assertEqual(made.__dlpack_device__(), (1, 0))
        del made
        gc.collect()
        for view in views:
            self.assertEqual(view.sum(), total)

    def test_left_where_it_was_made(self):
        graph = adjoin.read_graph(BORDERS)
        here = adjoin.fastrp(graph, dim=12, device="cpu")
        stays = adjoin.fastrp(graph, dim=12, on_device=True)
        if stays.device == "cpu":
            self.assertTrue((stays.vectors == here.vectors).all())
        else:
            np.testing.assert_allclose(stays.vectors, here.vectors, rtol=1e-3, atol=1e-4)
            self.assertEqual(stays.__dlpack_device__()[0], 2)

    @needs("torch")
    def test_torch_takes_it_over(self):
        import torch

        made = adjoin.fastrp(BORDERS, dim=12, on_device=True)
        tensor = torch.from_dlpack(made)
        self.assertEqual(tuple(tensor.shape), (266, 12))
        self.assertEqual(tensor.device.type, "cpu" if made.device == "cpu" else "cuda")
        wanted = made.vectors.sum()
        del made
        self.assertAlmostEqual(float(tensor.sum()), float(wanted), places=2)

    def test_a_budget_is_kept(self):
        with self.assertRaises(MemoryError) as caught:
            adjoin.fastrp(BORDERS, dim=60_000, memory="1MiB")
        self.assertIsInstance(caught.exception, adjoin.BudgetExceeded)
        self.assertRegex(str(caught.exception), "lower dim or the number of weights, or raise memory")


class Options(unittest.TestCase):
    def test_signature_and_documentation_come_from_the_tables(self):
        parameters = inspect.signature(adjoin.fastrp).parameters
        self.assertEqual(parameters["dim"].default, 512)
        self.assertEqual(parameters["weights"].default, (0.0, 0.0, 1.0, 6.67))
        self.assertEqual(parameters["seed"].default, 42)
        self.assertNotIn("options", parameters)
        self.assertIn("one entry in s of the random matrix", adjoin.fastrp.__doc__)
        self.assertNotIn("--", adjoin.fastrp.__doc__.replace("-------", ""))

    def test_kinds_of_values(self):
        graph = adjoin.read_graph(KARATE)
        made = adjoin.fastrp(graph, dim=np.int64(4), weights=np.array([1, 0.25]), beta=np.float32(-0.5), concatenate=False, seed=None)
        options = made.record["options"]
        self.assertEqual((options["dim"], options["weights"], options["beta"], made.record["seed"]), (4, [1, 0.25], -0.5, 42))

    def test_wrong_ones(self):
        graph = adjoin.read_graph(KARATE)
        for options, kind, message in [
            ({"dimension": 4}, TypeError, "fastrp() has no option 'dimension'"),
            ({"dims": 4}, TypeError, "fastrp() has no option 'dims'; did you mean dim?"),
            ({"dim": 0}, ValueError, "dim = 0 is outside 1 to 65536"),
            ({"dim": 2.5}, ValueError, "dim = '2.5' is not a whole number"),
            ({"dim": True}, ValueError, "dim = 'true' is not a whole number"),
            ({"weights": [1, "x"]}, ValueError, "weights = 'x' is not a number"),
            ({"weights": [float("nan")]}, ValueError, "weights = nan is outside"),
            ({"dialect": "gtmax"}, ValueError, "did you mean gtmac?"),
            ({"self_influence": 1e9}, ValueError, "self_influence = 1e+09 is outside"),
            ({"threads": -1}, ValueError, "threads = -1 is outside 0 to 4096"),
            ({"device": "gpu"}, ValueError, "device"),
            ({"memory": "lots"}, ValueError, "memory = 'lots' is not an amount of memory"),
        ]:
            with self.subTest(options=options), self.assertRaises(kind) as caught:
                adjoin.fastrp(graph, **options)
            self.assertIn(message, str(caught.exception))


class Runs(unittest.TestCase):
    def slow(self, **options):
        draw = np.random.default_rng(0).integers(20_000, size=(400_000, 2))
        return adjoin.fastrp(draw, dim=512, weights=[1] * 400, **options)

    def test_progress_is_told_from_the_calling_thread(self):
        told = []

        def progress(stage, done, total, unit):
            told.append((stage, done, total, unit, threading.get_ident()))
            if stage == "propagate":
                raise RuntimeError("seen enough")

        with self.assertRaisesRegex(RuntimeError, "seen enough"):
            self.slow(progress=progress)
        self.assertEqual({entry[4] for entry in told}, {threading.get_ident()})
        for _, done, total, _, _ in told:
            self.assertLessEqual(done, total)

    def test_ctrl_c_ends_a_run(self):
        timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        begin = time.monotonic()
        with self.assertRaises(KeyboardInterrupt):
            self.slow()
        self.assertLess(time.monotonic() - begin, 60)  # 400 hops would take minutes

    def test_other_threads_go_on(self):
        counted = []
        stop = threading.Event()

        def count():
            while not stop.is_set():
                counted.append(1)
                time.sleep(0.001)

        thread = threading.Thread(target=count)
        thread.start()
        try:
            adjoin.fastrp(np.random.default_rng(0).integers(20_000, size=(200_000, 2)), dim=256)
        finally:
            stop.set()
            thread.join()
        self.assertGreater(len(counted), 5)

    def test_several_at_once(self):
        graph = adjoin.read_graph(BORDERS)
        wanted = adjoin.fastrp(graph, dim=32).vectors
        results = [None] * 6

        def embed(i):
            results[i] = adjoin.fastrp(graph, dim=32, threads=1 + i % 2).vectors

        threads = [threading.Thread(target=embed, args=(i,)) for i in range(len(results))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for result in results:
            self.assertTrue((result == wanted).all())


if __name__ == "__main__":
    unittest.main()
