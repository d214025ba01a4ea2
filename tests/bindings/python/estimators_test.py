"""The embeddings behave as scikit-learn's estimators do."""

import unittest

import numpy as np

import adjoin
from support import KARATE, drawn_matrix, needs


class Estimators(unittest.TestCase):
    def test_fit_and_attributes(self):
        graph = adjoin.read_graph(KARATE)
        for kind, function in ((adjoin.FastRP, adjoin.fastrp), (adjoin.RandNE, adjoin.randne), (adjoin.ProNE, adjoin.prone)):
            model = kind(dim=8, seed=3)
            vectors = model.fit_transform(graph)
            self.assertTrue((vectors == function(graph, dim=8, seed=3).vectors).all())
            self.assertIs(model.fit(graph), model)
            self.assertEqual(model.node_names_, graph.names)
            self.assertEqual(repr(model), f"{kind.__name__}(dim=8, seed=3)")
            self.assertIn("dim", kind.__doc__)
        self.assertFalse(hasattr(adjoin.ProNE(), "transform"))

    def test_rows_follow_the_matrix(self):
        matrix = drawn_matrix(1, nodes=30)
        vectors = adjoin.FastRP(dim=4).fit_transform(matrix)
        order = np.random.default_rng(0).permutation(30)
        # Names follow rows, so the same matrix in another order has other random vectors: only its shape is the same.
        self.assertEqual(adjoin.FastRP(dim=4).fit_transform(matrix[order][:, order]).shape, vectors.shape)
        names = [f"n{i}" for i in range(30)]
        one = adjoin.FastRP(dim=4).fit_transform(adjoin.as_graph(matrix, names=names))
        two = adjoin.FastRP(dim=4).fit_transform(adjoin.as_graph(matrix[order][:, order], names=[names[i] for i in order]))
        np.testing.assert_allclose(one[order], two, rtol=1e-4, atol=1e-5)

    def test_transform_takes_another_graph(self):
        model = adjoin.FastRP(dim=4).fit([("a", "b"), ("b", "c")])
        other = [("a", "b"), ("b", "c"), ("x", "y")]
        self.assertTrue((model.transform(other) == adjoin.fastrp(other, dim=4).vectors).all())

    def test_parameters(self):
        model = adjoin.FastRP(dim=8)
        self.assertEqual(model.get_params()["dim"], 8)
        self.assertEqual(model.set_params(dim=16).dim, 16)
        with self.assertRaisesRegex(TypeError, "FastRP has no option 'dims'"):
            adjoin.FastRP(dims=8)
        with self.assertRaisesRegex(ValueError, "FastRP has no option 'dims'"):
            model.set_params(dims=8)
        with self.assertRaisesRegex(adjoin.InvalidOption, "dim = 0 is outside"):
            adjoin.FastRP(dim=0).fit(KARATE)

    @needs("sklearn")
    def test_clone_and_pipelines(self):
        from sklearn.base import clone
        from sklearn.decomposition import PCA
        from sklearn.pipeline import make_pipeline

        model = adjoin.FastRP(dim=8, weights=(1.0, 2.0))
        self.assertEqual(clone(model).get_params(), model.get_params())
        steps = make_pipeline(model, PCA(2))
        self.assertEqual(steps.fit_transform(drawn_matrix(2)).shape, (60, 2))
        steps.set_params(fastrp__dim=4)
        self.assertEqual(model.dim, 4)


if __name__ == "__main__":
    unittest.main()
