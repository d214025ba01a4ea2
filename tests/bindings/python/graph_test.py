"""Graphs of what other packages have are the graphs that those packages have."""

import pathlib
import pickle
import tempfile
import types
import unittest

import numpy as np

import adjoin
from support import BORDERS, KARATE, drawn_matrix, needs


def edges_of(graph):
    """The edges as names, those of undirected graphs both ways."""
    offsets, targets, _ = graph._core.arrays
    sources = np.repeat(np.arange(len(graph)), np.diff(offsets))
    return {(graph.names[u], graph.names[v]) for u, v in zip(sources, targets)}


class Files(unittest.TestCase):
    def test_a_file_says_what_it_was_taken_for(self):
        graph = adjoin.read_graph(BORDERS)
        self.assertEqual((graph.node_count, graph.edge_count, graph.directed, graph.weighted), (266, 574, False, False))
        self.assertEqual(graph.read_as, "edge list, tab-separated, header, 2 columns, text node names")
        self.assertEqual(repr(graph), "<adjoin.Graph: undirected, 266 nodes, 574 edges>")
        self.assertEqual(graph.names[0], "Afghanistan")

    def test_options_of_reading(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "calls.csv")
            path.write_text("w,to,from\n2,b,a\n3,c,b\n1,b,a\n9,c,c\n")
            graph = adjoin.read_graph(path, source_column="from", target_column="to", weight_column="w", directed=True, duplicates="max")
        self.assertEqual(edges_of(graph), {("a", "b"), ("b", "c")})
        self.assertEqual(graph.to_scipy().toarray().tolist(), [[0, 2, 0], [0, 0, 3], [0, 0, 0]])
        self.assertEqual(graph.remarks, {"self-loops dropped": 1, "duplicate edges merged": 1})

    def test_what_is_written_is_read(self):
        graph = adjoin.as_graph([("a", "b", 2.5), ("b", "c c", 1), ("é", "b", 4)])
        with tempfile.TemporaryDirectory() as folder:
            for suffix in ("adjoin", "csv", "graphml", "npz"):
                path = pathlib.Path(folder, f"graph.{suffix}")
                graph.write(path)
                back = adjoin.read_graph(path)
                self.assertEqual(back.names, graph.names, suffix)
                self.assertEqual((back.to_scipy() != graph.to_scipy()).nnz, 0, suffix)

    def test_events_and_hyperedges_become_graphs(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "events.csv")
            path.write_text("source,target,time\n1,2,5\n2,3,6\n1,2,7\n")
            self.assertEqual(adjoin.read_graph(path).edge_count, 2)

    def test_bad_files_are_refused_with_their_place(self):
        with self.assertRaises(FileNotFoundError) as caught:
            adjoin.read_graph("/nowhere/edges.txt")
        self.assertIsInstance(caught.exception, adjoin.IoError)
        self.assertEqual(str(caught.exception), "/nowhere/edges.txt: cannot open: No such file or directory")
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "bad.mtx")
            path.write_text("%%MatrixMarket matrix coordinate real general\n3 3 2\n1 2 1.5\n2 x 1\n")
            with self.assertRaisesRegex(adjoin.ParseError, r"bad\.mtx:4:3: found 'x', expected a column from 1 to 3"):
                adjoin.read_graph(path)
            with self.assertRaises(IsADirectoryError):
                adjoin.read_graph(folder)


class Edges(unittest.TestCase):
    def test_lists_of_names(self):
        graph = adjoin.as_graph([("b", "a"), ("c", "b")])
        self.assertEqual(graph.names, ["a", "b", "c"])
        self.assertEqual(edges_of(graph), {("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")})
        self.assertFalse(graph.weighted)

    def test_weights_and_directions(self):
        graph = adjoin.as_graph([("a", "b", 2), ("b", "a", 0.5), ("b", "c")], directed=True)
        self.assertEqual(graph.to_scipy().toarray().tolist(), [[0, 2, 0], [0.5, 0, 1], [0, 0, 0]])

    def test_edges_given_again(self):
        twice = [("a", "b", 1), ("b", "a", 1), ("b", "c", 1)]
        self.assertEqual(adjoin.as_graph(twice).to_scipy().toarray()[0, 1], 2)  # weights are added up, ones too
        self.assertEqual(adjoin.as_graph(twice, duplicates="max").to_scipy().toarray()[0, 1], 1)
        self.assertFalse(adjoin.as_graph([("a", "b"), ("b", "a")]).weighted)
        with self.assertRaisesRegex(adjoin.InvalidData, "a.*b"):
            adjoin.as_graph(twice, duplicates="refuse")

    def test_arrays_of_numbers_are_names_too(self):
        graph = adjoin.as_graph(np.array([[10, 2], [2, 7]]))
        self.assertEqual(graph.names, ["2", "7", "10"])
        self.assertEqual(edges_of(graph), edges_of(adjoin.as_graph([(10, 2), (2, 7)])))
        weighted = adjoin.as_graph(np.array([[0, 1, 0.5], [1, 2, 4]]))
        self.assertEqual(weighted.to_scipy().toarray()[0, 1], 0.5)

    def test_names_for_numbers(self):
        graph = adjoin.as_graph(np.array([[0, 2]]), names=["z", "y", "x"])
        self.assertEqual(graph.names, ["z", "y", "x"])
        self.assertEqual(edges_of(graph), {("z", "x"), ("x", "z")})
        self.assertEqual(graph.remarks, {"isolated nodes": 1})

    def test_no_edges(self):
        self.assertEqual(len(adjoin.as_graph([])), 0)
        self.assertEqual(adjoin.fastrp([], dim=4).shape, (0, 4))

    def test_what_is_no_graph(self):
        for data, message in [
            (np.eye(4), "an adjacency matrix is given as scipy.sparse.csr_array"),
            (np.array([[0.5, 1]]), "whole numbers"),
            ([("a", "b", 1, 2)], "an edge is a pair"),
            ([("a", "b", -1)], "weight"),
            ([("a", "b", float("nan"))], "weight"),
            (np.array([[0, -3]]), "numbered from 0"),
        ]:
            with self.assertRaisesRegex(ValueError, message):
                adjoin.as_graph(data)
        with self.assertRaisesRegex(TypeError, "int is nothing that a graph is made of"):
            adjoin.as_graph(5)
        with self.assertRaisesRegex(ValueError, "there are 2 names for 60 nodes"):
            adjoin.as_graph(drawn_matrix(1), names=["a", "b"])
        with self.assertRaisesRegex(adjoin.InvalidData, "'a' names two nodes"):
            adjoin.as_graph(np.array([[0, 1]]), names=["a", "a"])
        with self.assertRaisesRegex(adjoin.InvalidData, "edge 0 goes from node 0 to node 5 of 2"):
            adjoin.as_graph(np.array([[0, 5]]), names=["a", "b"])


@needs("scipy")
class Matrices(unittest.TestCase):
    def test_both_ways_for_drawn_matrices(self):
        for seed in range(20):
            matrix = drawn_matrix(seed, symmetric=seed % 2 == 0, weighted=seed % 3 == 0)
            graph = adjoin.as_graph(matrix)
            self.assertEqual(graph.directed, seed % 2 == 1)
            self.assertEqual(graph.weighted, seed % 3 == 0)
            self.assertEqual((graph.to_scipy() != matrix).nnz, 0)
            self.assertEqual(graph.edge_count, matrix.nnz // (1 if graph.directed else 2))
            self.assertEqual(graph.degrees().tolist(), np.diff(matrix.indptr).tolist())

    def test_arrays_are_not_copied_and_live_as_long_as_the_graph(self):
        matrix = drawn_matrix(3, weighted=True)
        matrix.indptr, matrix.indices = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32)
        columns, values = matrix.indices, matrix.data
        graph = adjoin.as_graph(matrix)
        self.assertTrue(np.shares_memory(graph._core.arrays[1], columns))
        self.assertTrue(np.shares_memory(graph._core.arrays[2], values))
        wanted = values.sum()
        del matrix, columns, values
        self.assertEqual(graph._core.arrays[2].sum(), wanted)
        arrays = graph._core.arrays
        del graph
        self.assertEqual(arrays[2].sum(), wanted)

    def test_unsorted_rows_and_other_formats(self):
        from scipy.sparse import coo_array, csc_array, csr_array

        matrix = drawn_matrix(4, symmetric=False)
        backwards = np.concatenate([np.arange(begin, end)[::-1] for begin, end in zip(matrix.indptr, matrix.indptr[1:])])
        unsorted = csr_array((matrix.data[backwards], matrix.indices[backwards], matrix.indptr), shape=matrix.shape)
        self.assertFalse(unsorted.has_sorted_indices)
        self.assertEqual((adjoin.as_graph(unsorted).to_scipy() != matrix).nnz, 0)
        twice = coo_array(([1.0, 2.0], ([0, 0], [1, 1])), shape=(2, 2))
        self.assertEqual(adjoin.as_graph(twice).to_scipy().toarray()[0, 1], 3)
        self.assertEqual((adjoin.as_graph(csc_array(matrix)).to_scipy() != matrix).nnz, 0)

    def test_directions(self):
        matrix = drawn_matrix(5, symmetric=False)
        self.assertTrue(adjoin.as_graph(matrix).directed)
        self.assertTrue(adjoin.as_graph(drawn_matrix(5), directed=True).directed)
        with self.assertRaisesRegex(adjoin.InvalidData, "not symmetric"):
            adjoin.as_graph(matrix, directed=False)

    def test_diagonals(self):
        from scipy.sparse import csr_array

        matrix = csr_array(np.array([[3.0, 1, 0], [1, 0, 0], [0, 0, 5]], dtype=np.float32))
        dropped = adjoin.as_graph(matrix)
        self.assertEqual(dropped.to_scipy().toarray().tolist(), [[0, 1, 0], [1, 0, 0], [0, 0, 0]])
        self.assertEqual(dropped.remarks, {"self-loops dropped": 2, "isolated nodes": 1})
        kept = adjoin.as_graph(matrix, self_loops="keep")
        self.assertEqual((kept.to_scipy() != matrix).nnz, 0)
        self.assertEqual(kept.edge_count, 3)
        with self.assertRaisesRegex(adjoin.InvalidData, "there is an edge from 0 to itself"):
            adjoin.as_graph(matrix, self_loops="refuse")

    def test_bad_matrices(self):
        from scipy.sparse import csr_array

        with self.assertRaisesRegex(ValueError, "as many rows as columns, not 2 and 3"):
            adjoin.as_graph(csr_array((2, 3)))
        for value in (-1, np.nan, np.inf):
            with self.assertRaisesRegex(adjoin.InvalidData, "not a graph"):
                adjoin.as_graph(csr_array(np.array([[0, value], [0, 0]], dtype=np.float32)))
        beyond = csr_array((2, 2), dtype=np.float32)
        beyond.indices, beyond.data, beyond.indptr = np.array([7], np.int32), np.ones(1, np.float32), np.array([0, 1, 1], np.int64)
        beyond.has_canonical_format = True
        with self.assertRaisesRegex(adjoin.InvalidData, "not a graph"):
            adjoin.as_graph(beyond)


class OtherPackages(unittest.TestCase):
    @needs("networkx")
    def test_networkx(self):
        import networkx

        karate = networkx.karate_club_graph()
        graph = adjoin.as_graph(karate)
        self.assertEqual(graph.names, [str(node) for node in karate.nodes])
        wanted = networkx.to_numpy_array(karate, dtype=np.float32)
        self.assertEqual(np.abs(graph.to_scipy().toarray() - wanted).max(), 0)
        directed = adjoin.as_graph(networkx.DiGraph([("b", "a"), ("a", "c")]))
        self.assertTrue(directed.directed)
        self.assertEqual(directed.names, ["b", "a", "c"])  # as the graph has them: row i is its i-th node
        self.assertEqual(edges_of(directed), {("b", "a"), ("a", "c")})
        multi = networkx.MultiGraph([("a", "b"), ("a", "b")])
        multi.add_edge("a", "b", weight=4)
        self.assertEqual(adjoin.as_graph(multi).to_scipy().toarray()[0, 1], 6)
        with self.assertRaisesRegex(adjoin.InvalidData, "'1' names two nodes"):
            adjoin.as_graph(networkx.Graph([(1, "1")]))

    @needs("pandas")
    def test_pandas(self):
        import pandas

        frame = pandas.DataFrame({"weight": [2.0, 3.0], "to": ["y", "z"], "from": ["x", "y"]})
        graph = adjoin.as_graph(frame, directed=True)
        self.assertEqual(edges_of(graph), {("x", "y"), ("y", "z")})
        self.assertEqual(graph.to_scipy().toarray()[1, 2], 3)
        plain = adjoin.as_graph(pandas.DataFrame([[5, 7], [7, 9]], columns=["p", "q"]))
        self.assertEqual(plain.names, ["5", "7", "9"])
        half_named = pandas.DataFrame({"x": ["a"], "source": ["b"]})  # no column is both
        self.assertEqual(edges_of(adjoin.as_graph(half_named, directed=True)), {("a", "b")})
        with self.assertRaisesRegex(ValueError, "row 1 of the frame has no to"):
            adjoin.as_graph(pandas.DataFrame({"from": ["a", "b"], "to": ["b", None]}))

    @needs("igraph")
    def test_igraph(self):
        import igraph

        graph = igraph.Graph.Famous("Zachary")
        self.assertEqual(adjoin.as_graph(graph).edge_count, 78)
        graph.vs["name"] = [f"n{i}" for i in range(34)]
        graph.es["weight"] = [2.0] * 78
        named = adjoin.as_graph(graph)
        self.assertEqual(named.names[33], "n33")
        self.assertEqual(named.to_scipy().sum(), 4 * 78)

    def test_torch_geometric(self):
        class Tensor:  # the part of torch's that is used
            def __init__(self, values):
                self.values = np.asarray(values)

            def detach(self):
                return self

            cpu = detach

            def numpy(self):
                return self.values

        def data(edges, undirected):
            return types.SimpleNamespace(edge_index=Tensor(edges), edge_weight=None, num_nodes=4, is_undirected=lambda: undirected)

        both = adjoin.as_graph(data([[0, 1, 1, 2], [1, 0, 2, 1]], True))
        self.assertEqual((both.directed, both.node_count, both.edge_count), (False, 4, 2))
        self.assertEqual(adjoin.as_graph(data([[0, 1], [1, 2]], False)).edge_count, 2)


class Copies(unittest.TestCase):
    def test_pickle(self):
        for graph in (adjoin.read_graph(BORDERS), adjoin.as_graph([("b", "a", 2), ("a", "a", 3)], directed=True, self_loops="keep")):
            back = pickle.loads(pickle.dumps(graph))
            self.assertEqual((back.names, back.directed, back.weighted), (graph.names, graph.directed, graph.weighted))
            self.assertEqual((back.to_scipy() != graph.to_scipy()).nnz, 0)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "events.csv")  # JODIE: a feature of an event is none of a node
            path.write_text("user_id,item_id,timestamp,state_label,f\n0,0,1.0,0,0.5\n1,0,2.0,0,0.5\n")
            self.assertEqual(len(pickle.loads(pickle.dumps(adjoin.read_graph(path)))), 3)


class Names(unittest.TestCase):
    def test_rows_by_names(self):
        graph = adjoin.read_graph(KARATE)
        self.assertEqual(graph.rows(["1", 34]).tolist(), [graph.names.index("1"), graph.names.index("34")])
        with self.assertRaisesRegex(adjoin.InvalidData, "'35' is not the name of a node"):
            graph.rows(["35"])

    def test_bytes_that_are_no_text_come_back(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "latin1.txt")
            path.write_bytes("Köln Bonn\n".encode("latin-1"))
            graph = adjoin.read_graph(path)
        name = next(name for name in graph.names if name != "Bonn")
        self.assertEqual(graph.rows([name]).tolist(), [graph.names.index(name)])


if __name__ == "__main__":
    unittest.main()
