"""Graphs: from files, and from what other packages have."""

import os

import numpy as np

from adjoin import _core
from adjoin._arrays import is_sparse, sparse_parts, weights as edge_weights
from adjoin._options import progress_callable, takes_options

_SOURCES = ("source", "src", "from", "u")
_TARGETS = ("target", "dst", "to", "v")


class Graph:
    """A network: nodes with names, edges with or without weights, directed or not.

    Made by read_graph() or as_graph(), and never changed. Node i is names[i]; rows of embeddings follow the same order.
    """

    __slots__ = ("_core", "_names")

    def __init__(self, core):  # of _core.Graph
        self._core = core
        self._names = None

    @property
    def node_count(self) -> int:
        return self._core.node_count

    @property
    def edge_count(self) -> int:
        """Edges as a person counts them: one between two nodes of an undirected graph is one."""
        return self._core.edge_count

    @property
    def directed(self) -> bool:
        return self._core.directed

    @property
    def weighted(self) -> bool:
        return self._core.weighted

    @property
    def nbytes(self) -> int:
        """Memory that the edges and names take."""
        return self._core.nbytes

    @property
    def names(self) -> list[str]:
        """The node's names, always strings. A file's numbers stand in their order, other names of a file in theirs."""
        if self._names is None:
            self._names = self._core.nodes.names()
        return self._names

    @property
    def read_as(self) -> str:
        """What a file was taken for: "edge list, tab-separated, header, 2 columns, text node names"."""
        return self._core.read_as

    @property
    def remarks(self) -> dict[str, int]:
        """What was left out or merged, and how often: {"self-loops dropped": 3}."""
        return self._core.remarks

    @property
    def feature_count(self) -> int:
        """Features of each node that came with the graph, for fastrp(property_ratio=...); 0 for none."""
        return self._core.feature_count

    def rows(self, names) -> np.ndarray:
        """The rows of nodes, by their names. InvalidData, with the nearest name, for one that is none."""
        return self._core.nodes.rows([names] if isinstance(names, str) else names)

    def degrees(self) -> np.ndarray:
        """Neighbours of each node (of a directed graph: edges that leave it)."""
        return np.diff(self._core.arrays[0])

    def to_scipy(self):
        """The adjacency matrix as a scipy.sparse.csr_array. It shares the graph's memory, which is not to be written to."""
        from scipy.sparse import csr_array

        offsets, targets, values = self._core.arrays
        if values is None:
            values = np.ones(targets.size, dtype=np.float32)
        return csr_array((values, targets, offsets), shape=(self.node_count, self.node_count))

    @takes_options("write", "run")
    def write(self, path, *, progress=None, **options) -> None:
        """Writes the graph, and what came with it, in the format of the suffix: .txt, .csv, .mtx, .graphml, .npz, .adjoin, ...

        A .adjoin file is a store, which read_graph() opens in milliseconds. The file appears whole or not at all.
        """
        self._core.write(os.fspath(path), options, progress_callable(progress))

    def __len__(self) -> int:
        return self.node_count

    def __reduce__(self):
        """For pickle and copies of it: other processes. Features do not go along, so a graph that has some is refused."""
        if self.feature_count > 0:
            raise TypeError("a graph with features is not pickled; write() it to a .adjoin file and read it where it is wanted")
        return _unpickled, (*self._core.arrays, self.names, self.directed)

    def __repr__(self) -> str:
        kinds = ("directed" if self.directed else "undirected") + (", weighted" if self.weighted else "")
        return f"<adjoin.Graph: {kinds}, {self.node_count:,} nodes, {self.edge_count:,} edges>"


def _unpickled(offsets, targets, values, names, directed):
    how = {"direction": "directed" if directed else "undirected", "self_loops": "keep"}
    return Graph(_core.graph_from_matrix(_core.nodes_in_order(names), offsets, targets, values, how, None))


@takes_options("read", "build", "run")
def read_graph(path, *, progress=None, **options) -> Graph:
    """Reads a graph from a file of any format that adjoin knows, packed by gzip or zstd or not.

    Edge lists, JODIE and other csv files, MatrixMarket, METIS, GraphML, .npz and .npy, hypergraphs (their projection), and
    adjoin's own stores. The format is found by looking at the file; Graph.read_as says what was found.
    """
    return Graph(_core.read_graph(os.fspath(path), options, progress_callable(progress)))


def _own_names(names, count):
    return _core.numbered_nodes(count) if names is None else _nodes_of(names, count)


def _nodes_of(names, count):
    nodes = _core.nodes_in_order(names)
    if count is not None and len(nodes) != count:
        raise ValueError(f"there are {len(nodes)} names for {count} nodes")
    return nodes


def _from_matrix(matrix, names, directed, options, progress):
    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"the matrix of a graph has as many rows as columns, not {matrix.shape[0]} and {matrix.shape[1]}")
    options = dict(options)
    if options.pop("duplicates", None) is not None:
        raise TypeError("a matrix has no duplicate edges: SciPy has added them up already")
    options["direction"] = {None: "auto", True: "directed", False: "undirected"}[directed]
    offsets, columns, values = sparse_parts(matrix)
    values = None if (values == 1).all() else edge_weights(values, columns.size)
    return _core.graph_from_matrix(_own_names(names, matrix.shape[0]), offsets, columns, values, options, progress)


def _from_networkx(graph, names, directed, options, progress):
    nodes = list(graph.nodes)
    row = {node: i for i, node in enumerate(nodes)}
    edges = list(graph.edges(data="weight"))
    pairs = np.fromiter((row[end] for edge in edges for end in edge[:2]), np.int64, 2 * len(edges)).reshape(-1, 2)
    given = [edge[2] for edge in edges]
    values = None if all(value is None for value in given) else [1 if value is None else value for value in given]
    return _core.graph_from_rows(_nodes_of(nodes if names is None else names, len(nodes)), pairs, edge_weights(values, len(edges)),
                                 _directed(options, graph.is_directed() if directed is None else directed), progress)


def _from_igraph(graph, names, directed, options, progress):
    if names is None and "name" in graph.vs.attributes():
        names = graph.vs["name"]
    pairs = np.array(graph.get_edgelist(), dtype=np.int64).reshape(-1, 2)
    values = graph.es["weight"] if "weight" in graph.es.attributes() else None
    return _core.graph_from_rows(_own_names(names, graph.vcount()), pairs, edge_weights(values, len(pairs)),
                                 _directed(options, graph.is_directed() if directed is None else directed), progress)


def _from_torch_geometric(data, names, directed, options, progress):
    def array(tensor):
        return tensor.detach().cpu().numpy()

    if directed is None:
        directed = not data.is_undirected()
    pairs = array(data.edge_index).T
    values = None if getattr(data, "edge_weight", None) is None else array(data.edge_weight)
    if not directed:  # both directions of an edge are there
        once = pairs[:, 0] <= pairs[:, 1]
        pairs, values = pairs[once], None if values is None else values[once]
    return _core.graph_from_rows(_own_names(names, data.num_nodes), np.ascontiguousarray(pairs, dtype=np.int64),
                                 edge_weights(values, len(pairs)), _directed(options, directed), progress)


def _end_columns(frame):
    """Those of sources and targets: by name if both are known, else the first two."""
    named = [next((frame[name] for name in frame.columns if str(name).lower() in words), None) for words in (_SOURCES, _TARGETS)]
    return [frame.iloc[:, 0], frame.iloc[:, 1]] if any(column is None for column in named) else named


def _from_frame(frame, names, directed, options, progress):
    if len(frame.columns) < 2:
        raise ValueError("a frame of edges has a column of sources and one of targets")
    columns = _end_columns(frame)
    for column in columns:
        if column.isna().any():
            raise ValueError(f"row {int(column.isna().argmax())} of the frame has no {column.name}")
    ends = [column.to_numpy() for column in columns]
    weight = next((frame[name].to_numpy() for name in frame.columns if str(name).lower() == "weight"), None)
    return _from_ends(*ends, weight, names, directed, options, progress)


def _from_edges(edges, names, directed, options, progress):
    """Pairs, or triples with a weight: an array, or anything to iterate over."""
    if isinstance(edges, np.ndarray):
        if edges.ndim != 2 or edges.shape[1] not in (2, 3):
            raise ValueError(f"an array of edges has a row for each edge, of two nodes and perhaps a weight, and not the shape "
                             f"{edges.shape}; an adjacency matrix is given as scipy.sparse.csr_array(matrix)")
        if edges.dtype.kind == "f":
            with np.errstate(invalid="ignore"):
                whole = edges[:, :2].astype(np.int64)
            if not (whole == edges[:, :2]).all():
                raise ValueError("nodes in an array of numbers are whole numbers; an adjacency matrix is given as "
                                 "scipy.sparse.csr_array(matrix)")
            return _from_ends(whole[:, 0], whole[:, 1], edges[:, 2] if edges.shape[1] == 3 else None, names, directed, options, progress)
        return _from_ends(edges[:, 0], edges[:, 1], edges[:, 2] if edges.shape[1] == 3 else None, names, directed, options, progress)
    rows = [tuple(edge) for edge in edges]
    if not all(len(row) in (2, 3) for row in rows):
        raise ValueError("an edge is a pair of nodes, or a pair and a weight")
    values = [row[2] if len(row) == 3 else 1 for row in rows] if any(len(row) == 3 for row in rows) else None
    return _from_ends(_ends([row[0] for row in rows]), _ends([row[1] for row in rows]), values, names, directed, options, progress)


def _ends(nodes):
    """Whole numbers as an array of them, anything else as names."""
    if all(isinstance(node, (int, np.integer)) for node in nodes):
        return np.array(nodes, dtype=np.int64)
    return np.array([str(node) for node in nodes], dtype=object)


def _from_ends(sources, targets, values, names, directed, options, progress):
    options = _directed(options, bool(directed))
    values = edge_weights(None if values is None else np.asarray(values, dtype=np.float64), len(sources))
    whole = sources.dtype.kind in "iu" and targets.dtype.kind in "iu"
    if whole:
        pairs = np.ascontiguousarray(np.stack([sources, targets], axis=1), dtype=np.int64)
        if names is None:
            return _core.graph_from_numbers(pairs, values, options, progress)
        return _core.graph_from_rows(_nodes_of(names, None), pairs, values, options, progress)
    # Names: each is looked up once.
    place = {}
    ends = np.fromiter((place.setdefault(str(name), len(place)) for pair in zip(sources, targets) for name in pair), np.int64,
                       2 * len(sources))
    nodes = _core.sorted_nodes(list(place)) if names is None else _nodes_of(names, None)
    rows = nodes.rows(list(place))
    return _core.graph_from_rows(nodes, rows[ends].reshape(-1, 2), values, options, progress)


def _directed(options, directed):
    return {**options, "directed": directed}


@takes_options("build", "run")
def as_graph(data, *, names=None, directed: bool | None = None, progress=None, **options) -> Graph:
    """A graph of what other packages have.

    data: a Graph; a path, which is read; a scipy.sparse matrix; an array or a list of edges, (m, 2), or (m, 3) with weights; a
        pandas frame of edges (columns source and target, or the first two; and weight); a NetworkX or igraph graph; a Data of
        PyTorch Geometric.
    names: the names of the nodes, in the order of the matrix or graph; of edges, in the order of the numbers that they are of.
        Without it a graph's own names, or numbers.
    directed: without it, what the data says: a matrix is of an undirected graph if it is symmetric, a list of edges always.
    progress: True for a bar, or a function of (stage, done, total, unit).

    Sorted float32 or all-ones CSR arrays of SciPy are used where they are, not copied.
    """
    if isinstance(data, Graph):
        return data
    if isinstance(data, (str, os.PathLike)):
        if names is not None:
            raise TypeError("names are not given with a file, which has its own")
        return read_graph(data, progress=progress, **_directed(options, bool(directed)))
    if is_sparse(data):
        make = _from_matrix
    elif hasattr(data, "is_multigraph") and hasattr(data, "adj"):
        make = _from_networkx
    elif hasattr(data, "get_edgelist") and hasattr(data, "vcount"):
        make = _from_igraph
    elif hasattr(data, "edge_index"):
        make = _from_torch_geometric
    elif hasattr(data, "iloc"):
        make = _from_frame
    elif hasattr(data, "__iter__"):
        make = _from_edges
    else:
        raise TypeError(f"{type(data).__name__} is nothing that a graph is made of: give a path, edges, or a graph or sparse matrix "
                        "of SciPy, NetworkX, igraph, pandas or PyTorch Geometric")
    return Graph(make(data, names, directed, options, progress_callable(progress)))
