"""Vectors for nodes: FastRP, RandNE and ProNE."""

import json
import os
from typing import Any

import numpy as np

from adjoin import _core
from adjoin._arrays import dense_parts, floats, is_sparse, sparse_parts
from adjoin._options import progress_callable, takes_options
from adjoin.graph import as_graph


class Embedding:
    """A vector for every node of a graph, and how it was made.

    embedding["alice"] is a node's vector, embedding.vectors all of them, np.asarray(embedding) too. Vectors that
    fastrp(on_device=True) left on a GPU are taken over without a copy by whatever speaks DLPack:
    torch.from_dlpack(embedding), cupy.from_dlpack(embedding).
    """

    __slots__ = ("_array", "_names", "_nodes", "_vectors", "record")

    #: Options, seed, times and peak memory of the run, as the command's .run.json has them; empty for a file's.
    record: dict[str, Any]

    def __init__(self, vectors, nodes, record):
        self._vectors = vectors
        self._nodes = nodes
        self._names = None
        self._array = None
        self.record = record

    @classmethod
    def of(cls, vectors, names=None) -> "Embedding":
        """Vectors that something else made, a row a node, copied. names: of the nodes; without them row numbers."""
        array = floats(vectors, (None, None))
        nodes = _core.numbered_nodes(len(array)) if names is None else _core.nodes_in_order(names)
        if len(nodes) != len(array):
            raise ValueError(f"there are {len(nodes)} names for {len(array)} vectors")
        return cls(_core.vectors_of(array), nodes, {})

    @property
    def vectors(self) -> np.ndarray:
        """n x d, float32; row i is names[i]. Of vectors on a GPU a copy, made at the first call."""
        if self._array is None:
            self._array = self._vectors.array()
        return self._array

    @property
    def names(self) -> list[str]:
        if self._names is None:
            self._names = self._nodes.names()
        return self._names

    @property
    def shape(self) -> tuple[int, int]:
        return self._vectors.shape

    @property
    def device(self) -> str:
        """Where the vectors are: cpu, or cuda:0."""
        return self._vectors.device

    def __len__(self) -> int:
        return self.shape[0]

    def __reduce__(self):
        return _unpickled, (self.vectors, self.names, self.record)

    def __getitem__(self, names) -> np.ndarray:
        """The vector of one node, or the rows of a list of nodes."""
        if isinstance(names, (str, int, np.integer)):
            return self.vectors[self._nodes.rows([names])[0]]
        return self.vectors[self._nodes.rows(names)]

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        array = self.vectors if dtype is None else self.vectors.astype(dtype, copy=False)
        return array.copy() if copy else array

    def __dlpack__(self, **how):
        return self._vectors.exchange().__dlpack__(**how)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self._vectors.exchange().__dlpack_device__()

    @takes_options("nearest", "run")
    def nearest(self, names, *, progress=None, **options):
        """The nodes whose vectors are most similar, as (name, similarity), the most similar first. Every row is compared.

        names: one node, for one such list; or several, for a list of them.
        """
        one = isinstance(names, (str, int, np.integer))
        rows = self._nodes.rows([names] if one else names)
        found = _core.nearest(self.vectors, rows.tolist(), options, progress_callable(progress))
        lists = [[(self._nodes.name(row), similarity) for row, similarity in neighbors] for neighbors in found]
        return lists[0] if one else lists

    def to_frame(self):
        """A pandas frame, a row a node, by name. It shares the vectors' memory."""
        from pandas import DataFrame

        return DataFrame(self.vectors, index=self.names, copy=False)

    @takes_options("save", "run")
    def save(self, path, *, progress=None, **options) -> None:
        """Writes vectors, names and record: .npy with NAME.names.txt, .txt or .bin (word2vec, for gensim), .tsv; .gz or .zst packs.

        read_embedding() and the command (adjoin similar) read them.
        """
        _core.write_embedding(os.fspath(path), self.vectors, self._nodes, json.dumps(self.record), options, progress_callable(progress))

    def __repr__(self) -> str:
        return f"<adjoin.Embedding: {self.shape[0]:,} nodes x {self.shape[1]}, {self.device}>"


def _unpickled(vectors, names, record):
    embedding = Embedding.of(vectors, names)
    embedding.record = record
    return embedding


@takes_options("run")
def read_embedding(path, *, progress=None, **options) -> Embedding:
    """Reads vectors that Embedding.save() or adjoin embed wrote, any .npy of numbers, or word2vec's formats."""
    vectors, nodes = _core.read_embedding(os.fspath(path), options, progress_callable(progress))
    return Embedding(vectors, nodes, {})


def _made(result, graph):
    vectors, record = result
    return Embedding(vectors, graph._core.nodes, json.loads(record))


def _features(features):
    if features is None:
        return None
    if not is_sparse(features):
        features = np.asarray(features)
    offsets, columns, values = sparse_parts(features) if is_sparse(features) else dense_parts(features)
    return features.shape[1], offsets, columns, floats(values)


@takes_options("fastrp", "run")
def fastrp(graph, *, features=None, start=None, on_device: bool = False, progress=None, **options) -> Embedding:
    """FastRP: very sparse random projection of powers of the transition matrix (Chen et al., CIKM 2019).

    graph: a Graph, or anything that as_graph() takes.
    features: with property_ratio, n x f numbers, dense or sparse; without it those that came with the graph.
    start: n x dim vectors to propagate instead of random ones.
    on_device: leave the vectors where the run made them: on a GPU, for PyTorch or CuPy to go on with.
    progress: True for a bar, or a function of (stage, done, total, unit).

    The same seed gives the same bits for any number of threads and any order of the input. A node without neighbours has a row
    of zeros.
    """
    graph = as_graph(graph)
    return _made(_core.fastrp(graph._core, _features(features), None if start is None else floats(start, (len(graph), None)), on_device,
                              options, progress_callable(progress)), graph)


@takes_options("randne", "run")
def randne(graph, *, progress=None, **options) -> Embedding:
    """RandNE: orthogonal random projection of a sum of powers of the adjacency matrix (Zhang et al., ICDM 2018).

    graph: a Graph, or anything that as_graph() takes.
    """
    graph = as_graph(graph)
    return _made(_core.randne(graph._core, options, progress_callable(progress)), graph)


@takes_options("prone", "run")
def prone(graph, *, progress=None, **options) -> Embedding:
    """ProNE: sparse factorisation, then a spectral filter (Zhang et al., IJCAI 2019). Several times slower than FastRP.

    graph: a Graph, or anything that as_graph() takes.
    """
    graph = as_graph(graph)
    return _made(_core.prone(graph._core, options, progress_callable(progress)), graph)


def estimate_memory(method: str, graph, **options) -> int:
    """Bytes that a run takes at its peak beyond the graph. method: fastrp, randne or prone, whose options follow."""
    return _core.estimate_memory(method, as_graph(graph)._core, options)
