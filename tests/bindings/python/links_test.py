"""Scores of pairs and the best of all pairs, against NetworkX."""

import itertools
import unittest

import numpy as np

import adjoin
from support import KARATE, needs


@needs("networkx")
class Links(unittest.TestCase):
    def setUp(self):
        import networkx

        self.karate = networkx.karate_club_graph()
        for _, _, data in self.karate.edges(data=True):
            data.clear()
        self.graph = adjoin.as_graph(self.karate)
        self.pairs = [pair for pair in itertools.combinations(self.karate.nodes, 2) if not self.karate.has_edge(*pair)]

    def test_scores(self):
        import networkx

        scores = adjoin.link_scores(self.graph, self.pairs, ["aa", "jaccard", "ra", "preferential-attachment"])
        for column, score in enumerate((networkx.adamic_adar_index, networkx.jaccard_coefficient,
                                        networkx.resource_allocation_index, networkx.preferential_attachment)):
            wanted = [value for _, _, value in score(self.karate, self.pairs)]
            np.testing.assert_allclose(scores[:, column], wanted, rtol=1e-5)

    def test_one_score_is_a_vector(self):
        one = adjoin.link_scores(self.graph, np.array(self.pairs[:7]), "cn")
        self.assertEqual(one.shape, (7,))
        self.assertEqual(one.tolist(), adjoin.link_scores(self.graph, self.pairs[:7], ["cn"])[:, 0].tolist())

    def test_best_links(self):
        import networkx

        best = adjoin.best_links(self.graph, "adamic-adar", count=10)
        wanted = sorted((value for _, _, value in networkx.adamic_adar_index(self.karate, self.pairs)), reverse=True)[:10]
        np.testing.assert_allclose([link.score for link in best], wanted, rtol=1e-5)
        for link in best:
            self.assertFalse(self.karate.has_edge(int(link.source), int(link.target)))

    def test_wrong_arguments(self):
        with self.assertRaisesRegex(adjoin.InvalidOption, "'adamic' is not a score; did you mean adamic-adar?"):
            adjoin.link_scores(self.graph, self.pairs, "adamic")
        with self.assertRaisesRegex(adjoin.InvalidData, "'99' is not the name of a node"):
            adjoin.link_scores(self.graph, [(1, 99)])
        with self.assertRaisesRegex(ValueError, "a pair is two names of nodes"):
            adjoin.link_scores(self.graph, [(1, 2, 3)])
        with self.assertRaisesRegex(adjoin.InvalidOption, "the best pairs of all cannot be found by simrank"):
            adjoin.best_links(self.graph, "simrank")
        with self.assertRaisesRegex(TypeError, "link_scores.. has no option 'beta'"):
            adjoin.link_scores(self.graph, self.pairs, beta=1)
        self.assertIn("katz", adjoin.link_score_names())

    def test_no_pairs(self):
        self.assertEqual(adjoin.link_scores(self.graph, []).shape, (0,))
        self.assertEqual(adjoin.link_scores(KARATE, [("1", "34")]).shape, (1,))


if __name__ == "__main__":
    unittest.main()
