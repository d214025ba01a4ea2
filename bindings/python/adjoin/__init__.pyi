# Written by bindings/python/make_stubs.py from the package; do not edit.
import os
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

__version__: str


class Embedding:
    """A vector for every node of a graph, and how it was made.

    embedding["alice"] is a node's vector, embedding.vectors all of them, np.asarray(embedding) too. Vectors that
    fastrp(on_device=True) left on a GPU are taken over without a copy by whatever speaks DLPack:
    torch.from_dlpack(embedding), cupy.from_dlpack(embedding).
    """
    record: dict[str, Any]
    @property
    def vectors(self) -> np.ndarray:
        """n x d, float32; row i is names[i]. Of vectors on a GPU a copy, made at the first call."""
    @property
    def names(self) -> list[str]:
        ...
    @property
    def shape(self) -> tuple[int, int]:
        ...
    @property
    def device(self) -> str:
        """Where the vectors are: cpu, or cuda:0."""
    def __len__(self) -> int:
        ...
    def __getitem__(self, names: Any) -> np.ndarray:
        """The vector of one node, or the rows of a list of nodes."""
    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        ...
    def __dlpack__(self, **how: Any) -> Any:
        ...
    def __dlpack_device__(self) -> tuple[int, int]:
        ...
    def nearest(
        self,
        names: Any,
        *,
        progress: Any = None,
        top: int = 10,
        similarity: Literal['cosine', 'dot'] = 'cosine',
        threads: int = 0,
        seed: int = 42,
        device: str = 'auto',
        memory: str = '',
        device_memory: str = '',
    ) -> Any:
        """The nodes whose vectors are most similar, as (name, similarity), the most similar first. Every row is compared.

        names: one node, for one such list; or several, for a list of them.

        Options
        -------
        top
            how many nearest nodes to name (1 to 1000000)
        similarity
            cosine of the angle, or the dot product (cosine | dot)
        threads
            worker threads; 0 means one for each processor (0 to 4096)
        seed
            seed of every random number (0 or more)
        device
            auto, cpu, cuda or cuda:N
        memory
            most memory to use, such as 8GiB; default: nine tenths of what is free
        device_memory
            most memory to use on a GPU; default: nine tenths of what is free there
        """
    def to_frame(self) -> Any:
        """A pandas frame, a row a node, by name. It shares the vectors' memory."""
    def save(
        self,
        path: Any,
        *,
        progress: Any = None,
        format: Literal['auto', 'npy', 'npy-bf16', 'word2vec', 'word2vec-binary', 'tsv'] = 'auto',
        threads: int = 0,
        seed: int = 42,
        device: str = 'auto',
        memory: str = '',
        device_memory: str = '',
    ) -> None:
        """Writes vectors, names and record: .npy with NAME.names.txt, .txt or .bin (word2vec, for gensim), .tsv; .gz or .zst packs.

        read_embedding() and the command (adjoin similar) read them.

        Options
        -------
        format
            the format of the file; auto goes by its suffix: .npy, .txt (word2vec), .bin (word2vec,
            binary) or .tsv (auto | npy | npy-bf16 | word2vec | word2vec-binary | tsv)
        threads
            worker threads; 0 means one for each processor (0 to 4096)
        seed
            seed of every random number (0 or more)
        device
            auto, cpu, cuda or cuda:N
        memory
            most memory to use, such as 8GiB; default: nine tenths of what is free
        device_memory
            most memory to use on a GPU; default: nine tenths of what is free there
        """

class Graph:
    """A network: nodes with names, edges with or without weights, directed or not.

    Made by read_graph() or as_graph(), and never changed. Node i is names[i]; rows of embeddings follow the same order.
    """
    @property
    def node_count(self) -> int:
        ...
    @property
    def edge_count(self) -> int:
        """Edges as a person counts them: one between two nodes of an undirected graph is one."""
    @property
    def directed(self) -> bool:
        ...
    @property
    def weighted(self) -> bool:
        ...
    @property
    def nbytes(self) -> int:
        """Memory that the edges and names take."""
    @property
    def names(self) -> list[str]:
        """The node's names, always strings. A file's numbers stand in their order, other names of a file in theirs."""
    @property
    def read_as(self) -> str:
        """What a file was taken for: "edge list, tab-separated, header, 2 columns, text node names"."""
    @property
    def remarks(self) -> dict[str, int]:
        """What was left out or merged, and how often: {"self-loops dropped": 3}."""
    @property
    def feature_count(self) -> int:
        """Features of each node that came with the graph, for fastrp(property_ratio=...); 0 for none."""
    def rows(self, names: Any) -> np.ndarray:
        """The rows of nodes, by their names. InvalidData, with the nearest name, for one that is none."""
    def degrees(self) -> np.ndarray:
        """Neighbours of each node (of a directed graph: edges that leave it)."""
    def to_scipy(self) -> Any:
        """The adjacency matrix as a scipy.sparse.csr_array. It shares the graph's memory, which is not to be written to."""
    def write(
        self,
        path: Any,
        *,
        progress: Any = None,
        output_format: Literal['auto', 'edge-list', 'jodie', 'matrix-market', 'metis', 'graphml', 'npz', 'npy', 'simplices', 'hyperedge-list', 'hif', 'xgi', 'store'] = 'auto',
        with_transpose: bool = False,
        threads: int = 0,
        seed: int = 42,
        device: str = 'auto',
        memory: str = '',
        device_memory: str = '',
    ) -> None:
        """Writes the graph, and what came with it, in the format of the suffix: .txt, .csv, .mtx, .graphml, .npz, .adjoin, ...

        A .adjoin file is a store, which read_graph() opens in milliseconds. The file appears whole or not at all.

        Options
        -------
        output_format
            what to write: auto goes by the suffix; standard output gets an edge list (auto | edge-list
            | jodie | matrix-market | metis | graphml | npz | npy | simplices | hyperedge-list | hif |
            xgi | store)
        with_transpose
            keep a directed graph's transpose in the store too, so that no run has to make it
        threads
            worker threads; 0 means one for each processor (0 to 4096)
        seed
            seed of every random number (0 or more)
        device
            auto, cpu, cuda or cuda:N
        memory
            most memory to use, such as 8GiB; default: nine tenths of what is free
        device_memory
            most memory to use on a GPU; default: nine tenths of what is free there
        """
    def __len__(self) -> int:
        ...

class LinkComparison:
    """What compare_links() finds. Printed, it is a table of means and deviations."""
    runs: list[LinkRun]
    def summary(self) -> dict[str, dict[str, tuple[float, float]]]:
        """By method and metric: the mean over the runs, and the standard deviation (R - 1; 0 for one run)."""
    def to_frame(self) -> Any:
        """A pandas frame with a row a run."""

class EdgeSplit(NamedTuple):
    training: Graph
    validation: np.ndarray
    validation_negatives: np.ndarray
    test: np.ndarray
    test_negatives: np.ndarray
    hash: str

class FastRP:
    """FastRP (Chen et al., CIKM 2019) as an estimator; the function is adjoin.fastrp().

    transform() takes another graph: nodes of the same name start from the same random vectors, so vectors of two graphs with
    nodes in common can be compared.

    Options
    -------
    dim
        columns of the embedding (of each hop, with concatenate) (1 to 65536)
    weights
        weight of each hop, the first hop first; their number is the number of hops (-1e+06 to
        1e+06; Chen et al. 2019, section 3.3)
    beta
        exponent of the degree that scales a node's random vector; below 0 hubs count less (-10 to
        10; Chen et al. 2019, section 3.2)
    dialect
        whose steps to take: adjoin (the tuned default), paper (the formula of the article), gtmac
        (the authors' program), gds (Neo4j), tigergraph, or fastrp-rs (the Rust crate) (adjoin |
        paper | gtmac | gds | tigergraph | fastrp-rs)
    matrix
        multiply by the transition matrix (mean over neighbours) or the adjacency matrix (sum)
        (transition | adjacency)
    sparsity
        one entry in s of the random matrix is not zero (1 or more); 0 takes the dialect's s: 3, or
        sqrt(m) for paper, sqrt(n) for gtmac (0 to 2e+09; Li, Hastie, Church 2006)
    self_influence
        weight of the node's own random vector in the sum (-1e+06 to 1e+06)
    direction
        neighbours that a node of a directed graph gathers from: out, in, or both (out | in | both)
    isolated
        row of a node without neighbours: zero, or own, what it would get as its own only neighbour
        (zero | own)
    property_ratio
        share of the columns that start from the nodes' features instead of random numbers (0 to 1;
        Neo4j Graph Data Science, propertyRatio)
    precision
        what hops are kept in: float32, or bf16, which halves the bytes that a hop moves and rounds
        every number to 8 bits (float32 | bf16)
    concatenate
        put the hops side by side, each times its weight, instead of adding them; hops of weight 0
        are left out
    threads
        worker threads; 0 means one for each processor (0 to 4096)
    seed
        seed of every random number (0 or more)
    device
        auto, cpu, cuda or cuda:N
    memory
        most memory to use, such as 8GiB; default: nine tenths of what is free
    device_memory
        most memory to use on a GPU; default: nine tenths of what is free there
    """
    dim: int
    weights: Sequence[float]
    beta: float
    dialect: Literal['adjoin', 'paper', 'gtmac', 'gds', 'tigergraph', 'fastrp-rs']
    matrix: Literal['transition', 'adjacency']
    sparsity: float
    self_influence: float
    direction: Literal['out', 'in', 'both']
    isolated: Literal['zero', 'own']
    property_ratio: float
    precision: Literal['float32', 'bf16']
    concatenate: bool
    threads: int
    seed: int
    device: str
    memory: str
    device_memory: str
    embedding_: Embedding
    node_names_: list[str]
    def __init__(
        self,
        *,
        dim: int = 512,
        weights: Sequence[float] = (0.0, 0.0, 1.0, 6.67),
        beta: float = -0.64,
        dialect: Literal['adjoin', 'paper', 'gtmac', 'gds', 'tigergraph', 'fastrp-rs'] = 'adjoin',
        matrix: Literal['transition', 'adjacency'] = 'transition',
        sparsity: float = 0.0,
        self_influence: float = 0.0,
        direction: Literal['out', 'in', 'both'] = 'out',
        isolated: Literal['zero', 'own'] = 'zero',
        property_ratio: float = 0.0,
        precision: Literal['float32', 'bf16'] = 'float32',
        concatenate: bool = False,
        threads: int = 0,
        seed: int = 42,
        device: str = 'auto',
        memory: str = '',
        device_memory: str = '',
    ) -> None:
        ...
    def get_params(self, deep: bool = True) -> dict[str, Any]:
        ...
    def set_params(self, **options: Any) -> Any:
        ...
    def fit(self, X: Any, y: Any = None) -> Any:
        """Embeds a graph: X is a Graph, or anything that adjoin.as_graph() takes."""
    def fit_transform(self, X: Any, y: Any = None) -> Any:
        """fit(X), and the vectors: n x dim, row i for the node node_names_[i]."""
    def transform(self, X: Any) -> Any:
        """The vectors of another graph, by the same options and the same random vectors for nodes of the same name."""

class LinkRun(NamedTuple):
    method: str
    run: int
    split: str
    values: dict[str, float]
    seconds: float

class ProNE:
    """ProNE (Zhang et al., IJCAI 2019) as an estimator; the function is adjoin.prone(). It is transductive: there is no
    transform().

    Options
    -------
    dim
        columns of the embedding (1 to 65536)
    iterations
        power iterations of the factorisation; more are slower and closer (0 to 1000; Halko,
        Martinsson, Tropp 2011)
    order
        terms of the spectral filter; 1 leaves the filter out (1 to 40; Zhang et al. 2019, section
        3.2)
    theta
        how narrow the filter's band is (0 to 5; Zhang et al. 2019, section 3.2)
    mu
        the eigenvalue of the Laplacian in the middle of the filter's band (0 to 2; Zhang et al.
        2019, section 3.2)
    direction
        neighbours that a node of a directed graph gathers from: out, in, or both (out | in | both)
    threads
        worker threads; 0 means one for each processor (0 to 4096)
    seed
        seed of every random number (0 or more)
    device
        auto, cpu, cuda or cuda:N
    memory
        most memory to use, such as 8GiB; default: nine tenths of what is free
    device_memory
        most memory to use on a GPU; default: nine tenths of what is free there
    """
    dim: int
    iterations: int
    order: int
    theta: float
    mu: float
    direction: Literal['out', 'in', 'both']
    threads: int
    seed: int
    device: str
    memory: str
    device_memory: str
    embedding_: Embedding
    node_names_: list[str]
    def __init__(
        self,
        *,
        dim: int = 128,
        iterations: int = 5,
        order: int = 10,
        theta: float = 0.5,
        mu: float = 0.2,
        direction: Literal['out', 'in', 'both'] = 'both',
        threads: int = 0,
        seed: int = 42,
        device: str = 'auto',
        memory: str = '',
        device_memory: str = '',
    ) -> None:
        ...
    def get_params(self, deep: bool = True) -> dict[str, Any]:
        ...
    def set_params(self, **options: Any) -> Any:
        ...
    def fit(self, X: Any, y: Any = None) -> Any:
        """Embeds a graph: X is a Graph, or anything that adjoin.as_graph() takes."""
    def fit_transform(self, X: Any, y: Any = None) -> Any:
        """fit(X), and the vectors: n x dim, row i for the node node_names_[i]."""

class RandNE:
    """RandNE (Zhang et al., ICDM 2018) as an estimator; the function is adjoin.randne(). It is transductive: there is no
    transform().

    Options
    -------
    dim
        columns of the embedding (1 to 65536)
    weights
        weight of each order, beginning with order 0, the node's own random vector (-1e+09 to 1e+09;
        Zhang et al. 2018, equation 5)
    matrix
        multiply by the transition matrix (mean over neighbours) or the adjacency matrix (sum)
        (transition | adjacency)
    projection
        make the columns of the random matrix orthogonal, or take them as drawn (orthogonal |
        gaussian; Zhang et al. 2018, section IV)
    direction
        neighbours that a node of a directed graph gathers from: out, in, or both (out | in | both)
    threads
        worker threads; 0 means one for each processor (0 to 4096)
    seed
        seed of every random number (0 or more)
    device
        auto, cpu, cuda or cuda:N
    memory
        most memory to use, such as 8GiB; default: nine tenths of what is free
    device_memory
        most memory to use on a GPU; default: nine tenths of what is free there
    """
    dim: int
    weights: Sequence[float]
    matrix: Literal['transition', 'adjacency']
    projection: Literal['orthogonal', 'gaussian']
    direction: Literal['out', 'in', 'both']
    threads: int
    seed: int
    device: str
    memory: str
    device_memory: str
    embedding_: Embedding
    node_names_: list[str]
    def __init__(
        self,
        *,
        dim: int = 128,
        weights: Sequence[float] = (1.0, 100.0, 10000.0, 100000.0),
        matrix: Literal['transition', 'adjacency'] = 'transition',
        projection: Literal['orthogonal', 'gaussian'] = 'orthogonal',
        direction: Literal['out', 'in', 'both'] = 'out',
        threads: int = 0,
        seed: int = 42,
        device: str = 'auto',
        memory: str = '',
        device_memory: str = '',
    ) -> None:
        ...
    def get_params(self, deep: bool = True) -> dict[str, Any]:
        ...
    def set_params(self, **options: Any) -> Any:
        ...
    def fit(self, X: Any, y: Any = None) -> Any:
        """Embeds a graph: X is a Graph, or anything that adjoin.as_graph() takes."""
    def fit_transform(self, X: Any, y: Any = None) -> Any:
        """fit(X), and the vectors: n x dim, row i for the node node_names_[i]."""

class ScoredLink(NamedTuple):
    source: str
    target: str
    score: float

class Error(Exception):
    """Base of every error that adjoin raises on purpose. (A misspelt keyword is a TypeError, as everywhere in Python.)"""

class BudgetExceeded(Error, MemoryError):
    """A run would take more memory than it may: the message says how much, and what lowers it."""

class DeviceError(Error, RuntimeError):
    """The GPU asked for is not there, or this build cannot use it."""

class DeviceFailure(Error, RuntimeError):
    """A GPU that was there failed while running, or ran out of memory."""

class InvalidData(Error, ValueError):
    """Data that cannot be what it should be."""

class InvalidOption(Error, ValueError):
    """An option out of range, or options that contradict one another or the graph."""

class IoError(Error, OSError):
    """A file that cannot be read or written. Where the operating system says why, it is also the OSError that Python
    has for the reason, such as FileNotFoundError.
    """

class ParseError(InvalidData):
    """A file that does not say what its format demands; the message has its line and column."""

def as_graph(
    data: Any,
    *,
    names: Any = None,
    directed: bool | None = None,
    progress: Any = None,
    self_loops: Literal['drop', 'keep', 'refuse'] = 'drop',
    duplicates: Literal['sum', 'max', 'min', 'refuse'] = 'sum',
    threads: int = 0,
    seed: int = 42,
    device: str = 'auto',
    memory: str = '',
    device_memory: str = '',
) -> Graph:
    """A graph of what other packages have.

    data: a Graph; a path, which is read; a scipy.sparse matrix; an array or a list of edges, (m, 2), or (m, 3) with weights; a
        pandas frame of edges (columns source and target, or the first two; and weight); a NetworkX or igraph graph; a Data of
        PyTorch Geometric.
    names: the names of the nodes, in the order of the matrix or graph; of edges, in the order of the numbers that they are of.
        Without it a graph's own names, or numbers.
    directed: without it, what the data says: a matrix is of an undirected graph if it is symmetric, a list of edges always.
    progress: True for a bar, or a function of (stage, done, total, unit).

    Sorted float32 or all-ones CSR arrays of SciPy are used where they are, not copied.

    Options
    -------
    self_loops
        edges from a node to itself: drop, keep or refuse them (drop | keep | refuse)
    duplicates
        the weight of an edge that is given several times: their sum, max or min, or refuse the
        input; an unweighted edge stays one edge (sum | max | min | refuse)
    threads
        worker threads; 0 means one for each processor (0 to 4096)
    seed
        seed of every random number (0 or more)
    device
        auto, cpu, cuda or cuda:N
    memory
        most memory to use, such as 8GiB; default: nine tenths of what is free
    device_memory
        most memory to use on a GPU; default: nine tenths of what is free there
    """

def best_links(
    graph: Any,
    method: str = 'adamic-adar',
    count: int = 100,
    *,
    progress: Any = None,
    direction: Literal['out', 'in', 'both'] = 'out',
    use_weights: bool = False,
    max_distance: int = 0,
    local_path_epsilon: float = 0.01,
    katz_beta: float = 0.001,
    katz_length: int = 12,
    alpha: float = 0.15,
    epsilon: float = 1e-07,
    resistance: Literal['exact', 'projected'] = 'exact',
    resistance_error: float = 0.1,
    simrank_decay: float = 0.8,
    simrank_iterations: int = 5,
    factors: int = 5,
    eigenvectors: int = 16,
    threads: int = 0,
    seed: int = 42,
    device: str = 'auto',
    memory: str = '',
    device_memory: str = '',
) -> list[ScoredLink]:
    """The pairs without an edge that score highest, the best first, found without trying all pairs; nothing is approximated.

    graph: a Graph, or anything that as_graph() takes.
    method: a score of the neighbourhood (adamic-adar, resource-allocation, jaccard, ...), local-path, katz or rooted-pagerank.

    Options
    -------
    direction
        whose nodes of a directed graph are neighbours: out, in, or both; simrank goes by in unless
        it is both, resistance-distance and spectral always by both (out | in | both)
    use_weights
        let weights count, in the methods that have such a form; the others are refused with it
    max_distance
        shortest-path: pairs further apart count as not connected; 0 for no limit (0 to 1000000000)
    local_path_epsilon
        local-path: what a walk of three edges counts against one of two (0 to 1)
    katz_beta
        katz: what each further edge of a walk multiplies its count by (1e-12 to 1)
    katz_length
        katz: edges of the longest walks that count (1 to 1000)
    alpha
        rooted-pagerank, from both nodes of a pair, and personalized-pagerank, from the first:
        probability that a walk returns to its root (1e-04 to 1)
    epsilon
        both of PageRank: the error at a node may be this for each of its edges (1e-14 to 1)
    resistance
        resistance-distance: exact, or projected, for graphs whose factor is large (exact |
        projected)
    resistance_error
        resistance-distance, projected: standard deviation of a resistance, as a share of it (0.005
        to 1)
    simrank_decay
        simrank: what a step away from a pair multiplies its similarity by (0 to 1)
    simrank_iterations
        simrank: rounds (1 to 1000)
    factors
        matrix-factorization: numbers of a vector (1 to 1024)
    eigenvectors
        spectral: eigenvectors beside those that every component has (0 to 500)
    threads
        worker threads; 0 means one for each processor (0 to 4096)
    seed
        seed of every random number (0 or more)
    device
        auto, cpu, cuda or cuda:N
    memory
        most memory to use, such as 8GiB; default: nine tenths of what is free
    device_memory
        most memory to use on a GPU; default: nine tenths of what is free there
    """

def compare_links(
    graph: Any,
    methods: Any,
    *,
    runs: int = 0,
    progress: Any = None,
    validation: float = 0.1,
    test: float = 0.1,
    keep_connected: bool = False,
    round: int = 0,
    folds: int = 0,
    fold: int = 0,
    negatives: Literal['uniform', 'degree', 'distance-2', 'all', 'none'] = 'uniform',
    metrics: str = 'auc,average-precision,mrr,hits@10,hits@100',
    ties: Literal['mean', 'optimistic', 'pessimistic'] = 'mean',
    threads: int = 0,
    seed: int = 42,
    device: str = 'auto',
    memory: str = '',
    device_memory: str = '',
) -> LinkComparison:
    """Methods of link prediction beside one another: each scores the held-out edges and the pairs without an edge of the same splits,
    and sees of a split the training graph alone. What `adjoin linkpred` does, with methods of your own; the first error ends it.

    graph: a Graph, or anything that as_graph() takes.
    methods: names of scores (link_score_names()); or a dict from a name of your own to a score's, or to a function of (training, pairs)
        that gives a number a pair, the higher the likelier: training is a Graph, pairs a (k, 2) array of its rows, in an order that
        tells nothing.
    runs: independent splits, numbered on from `round`; with folds, one a fold from `fold` on. 0 takes 10, or the folds that are left.
    progress: True for a bar, or a function of (stage, done, total, unit).

    Options of runs (threads, seed, device, memory) are those of the splits and of scores by name.

    Options
    -------
    validation
        share of the edges held out to choose by (0 to 1)
    test
        share of the edges held out to judge by (0 to 1)
    keep_connected
        hold out no edge of a spanning forest drawn at random, so that the training graph has the
        components of the whole one
    round
        which of the independent splits that one seed gives (0 to 1000000)
    folds
        the test is one of so many parts of equal size, instead of the share test; over all of them
        each edge is tested once; 0 for none (0 to 1000000)
    fold
        which of the folds, from 0, is the test (0 to 999999)
    negatives
        pairs without an edge beside those held out: uniform; degree, nodes as often as in
        positives; distance-2, which share a neighbour; all, of a small graph; or none (uniform |
        degree | distance-2 | all | none)
    metrics
        what to compute, with commas between: auc, average-precision (or ap), mrr, hits@K, rank-
        hits@K, precision@K, ndcg@K
    ties
        where a positive stands among negatives of its score, for mrr, rank-hits@K, precision@K and
        ndcg@K: in the middle, before them, or after them (mean | optimistic | pessimistic; mean:
        OGB, HeaRT)
    threads
        worker threads; 0 means one for each processor (0 to 4096)
    seed
        seed of every random number (0 or more)
    device
        auto, cpu, cuda or cuda:N
    memory
        most memory to use, such as 8GiB; default: nine tenths of what is free
    device_memory
        most memory to use on a GPU; default: nine tenths of what is free there
    """

def estimate_memory(method: str, graph: Any, **options: Any) -> int:
    """Bytes that a run takes at its peak beyond the graph. method: fastrp, randne or prone, whose options follow."""

def fastrp(
    graph: Any,
    *,
    features: Any = None,
    start: Any = None,
    on_device: bool = False,
    progress: Any = None,
    dim: int = 512,
    weights: Sequence[float] = (0.0, 0.0, 1.0, 6.67),
    beta: float = -0.64,
    dialect: Literal['adjoin', 'paper', 'gtmac', 'gds', 'tigergraph', 'fastrp-rs'] = 'adjoin',
    matrix: Literal['transition', 'adjacency'] = 'transition',
    sparsity: float = 0.0,
    self_influence: float = 0.0,
    direction: Literal['out', 'in', 'both'] = 'out',
    isolated: Literal['zero', 'own'] = 'zero',
    property_ratio: float = 0.0,
    precision: Literal['float32', 'bf16'] = 'float32',
    concatenate: bool = False,
    threads: int = 0,
    seed: int = 42,
    device: str = 'auto',
    memory: str = '',
    device_memory: str = '',
) -> Embedding:
    """FastRP: very sparse random projection of powers of the transition matrix (Chen et al., CIKM 2019).

    graph: a Graph, or anything that as_graph() takes.
    features: with property_ratio, n x f numbers, dense or sparse; without it those that came with the graph.
    start: n x dim vectors to propagate instead of random ones.
    on_device: leave the vectors where the run made them: on a GPU, for PyTorch or CuPy to go on with.
    progress: True for a bar, or a function of (stage, done, total, unit).

    The same seed gives the same bits for any number of threads and any order of the input. A node without neighbours has a row
    of zeros.

    Options
    -------
    dim
        columns of the embedding (of each hop, with concatenate) (1 to 65536)
    weights
        weight of each hop, the first hop first; their number is the number of hops (-1e+06 to
        1e+06; Chen et al. 2019, section 3.3)
    beta
        exponent of the degree that scales a node's random vector; below 0 hubs count less (-10 to
        10; Chen et al. 2019, section 3.2)
    dialect
        whose steps to take: adjoin (the tuned default), paper (the formula of the article), gtmac
        (the authors' program), gds (Neo4j), tigergraph, or fastrp-rs (the Rust crate) (adjoin |
        paper | gtmac | gds | tigergraph | fastrp-rs)
    matrix
        multiply by the transition matrix (mean over neighbours) or the adjacency matrix (sum)
        (transition | adjacency)
    sparsity
        one entry in s of the random matrix is not zero (1 or more); 0 takes the dialect's s: 3, or
        sqrt(m) for paper, sqrt(n) for gtmac (0 to 2e+09; Li, Hastie, Church 2006)
    self_influence
        weight of the node's own random vector in the sum (-1e+06 to 1e+06)
    direction
        neighbours that a node of a directed graph gathers from: out, in, or both (out | in | both)
    isolated
        row of a node without neighbours: zero, or own, what it would get as its own only neighbour
        (zero | own)
    property_ratio
        share of the columns that start from the nodes' features instead of random numbers (0 to 1;
        Neo4j Graph Data Science, propertyRatio)
    precision
        what hops are kept in: float32, or bf16, which halves the bytes that a hop moves and rounds
        every number to 8 bits (float32 | bf16)
    concatenate
        put the hops side by side, each times its weight, instead of adding them; hops of weight 0
        are left out
    threads
        worker threads; 0 means one for each processor (0 to 4096)
    seed
        seed of every random number (0 or more)
    device
        auto, cpu, cuda or cuda:N
    memory
        most memory to use, such as 8GiB; default: nine tenths of what is free
    device_memory
        most memory to use on a GPU; default: nine tenths of what is free there
    """

def link_metrics(
    positives: Any,
    negatives: Any,
    *,
    metrics: str = 'auc,average-precision,mrr,hits@10,hits@100',
    ties: Literal['mean', 'optimistic', 'pessimistic'] = 'mean',
) -> dict[str, float]:
    """How well scores tell linked pairs from others: every positive and every negative in one ranking, the highest first.

    positives, negatives: scores of the pairs with and without an edge.

    Options
    -------
    metrics
        what to compute, with commas between: auc, average-precision (or ap), mrr, hits@K, rank-
        hits@K, precision@K, ndcg@K
    ties
        where a positive stands among negatives of its score, for mrr, rank-hits@K, precision@K and
        ndcg@K: in the middle, before them, or after them (mean | optimistic | pessimistic; mean:
        OGB, HeaRT)
    """

def link_score_names() -> list[str]:
    """Every score that link_scores() knows."""

def link_scores(
    graph: Any,
    pairs: Any,
    methods: Any = 'adamic-adar',
    *,
    by_row: bool = False,
    progress: Any = None,
    direction: Literal['out', 'in', 'both'] = 'out',
    use_weights: bool = False,
    max_distance: int = 0,
    local_path_epsilon: float = 0.01,
    katz_beta: float = 0.001,
    katz_length: int = 12,
    alpha: float = 0.15,
    epsilon: float = 1e-07,
    resistance: Literal['exact', 'projected'] = 'exact',
    resistance_error: float = 0.1,
    simrank_decay: float = 0.8,
    simrank_iterations: int = 5,
    factors: int = 5,
    eigenvectors: int = 16,
    threads: int = 0,
    seed: int = 42,
    device: str = 'auto',
    memory: str = '',
    device_memory: str = '',
) -> np.ndarray:
    """How likely pairs of nodes are linked, by what their neighbourhoods share or the paths between them. Higher is likelier.

    graph: a Graph, or anything that as_graph() takes.
    pairs: names of nodes, two a pair: a list of tuples, or a (k, 2) array.
    methods: a score's name, for k numbers; or a list of them, for k x m. link_score_names() has all; short names (aa, cn, jc, ra)
        are known too.
    by_row: pairs are numbers of nodes, as split_edges() gives them, and not names.

    Options
    -------
    direction
        whose nodes of a directed graph are neighbours: out, in, or both; simrank goes by in unless
        it is both, resistance-distance and spectral always by both (out | in | both)
    use_weights
        let weights count, in the methods that have such a form; the others are refused with it
    max_distance
        shortest-path: pairs further apart count as not connected; 0 for no limit (0 to 1000000000)
    local_path_epsilon
        local-path: what a walk of three edges counts against one of two (0 to 1)
    katz_beta
        katz: what each further edge of a walk multiplies its count by (1e-12 to 1)
    katz_length
        katz: edges of the longest walks that count (1 to 1000)
    alpha
        rooted-pagerank, from both nodes of a pair, and personalized-pagerank, from the first:
        probability that a walk returns to its root (1e-04 to 1)
    epsilon
        both of PageRank: the error at a node may be this for each of its edges (1e-14 to 1)
    resistance
        resistance-distance: exact, or projected, for graphs whose factor is large (exact |
        projected)
    resistance_error
        resistance-distance, projected: standard deviation of a resistance, as a share of it (0.005
        to 1)
    simrank_decay
        simrank: what a step away from a pair multiplies its similarity by (0 to 1)
    simrank_iterations
        simrank: rounds (1 to 1000)
    factors
        matrix-factorization: numbers of a vector (1 to 1024)
    eigenvectors
        spectral: eigenvectors beside those that every component has (0 to 500)
    threads
        worker threads; 0 means one for each processor (0 to 4096)
    seed
        seed of every random number (0 or more)
    device
        auto, cpu, cuda or cuda:N
    memory
        most memory to use, such as 8GiB; default: nine tenths of what is free
    device_memory
        most memory to use on a GPU; default: nine tenths of what is free there
    """

def prone(
    graph: Any,
    *,
    progress: Any = None,
    dim: int = 128,
    iterations: int = 5,
    order: int = 10,
    theta: float = 0.5,
    mu: float = 0.2,
    direction: Literal['out', 'in', 'both'] = 'both',
    threads: int = 0,
    seed: int = 42,
    device: str = 'auto',
    memory: str = '',
    device_memory: str = '',
) -> Embedding:
    """ProNE: sparse factorisation, then a spectral filter (Zhang et al., IJCAI 2019). Several times slower than FastRP.

    graph: a Graph, or anything that as_graph() takes.

    Options
    -------
    dim
        columns of the embedding (1 to 65536)
    iterations
        power iterations of the factorisation; more are slower and closer (0 to 1000; Halko,
        Martinsson, Tropp 2011)
    order
        terms of the spectral filter; 1 leaves the filter out (1 to 40; Zhang et al. 2019, section
        3.2)
    theta
        how narrow the filter's band is (0 to 5; Zhang et al. 2019, section 3.2)
    mu
        the eigenvalue of the Laplacian in the middle of the filter's band (0 to 2; Zhang et al.
        2019, section 3.2)
    direction
        neighbours that a node of a directed graph gathers from: out, in, or both (out | in | both)
    threads
        worker threads; 0 means one for each processor (0 to 4096)
    seed
        seed of every random number (0 or more)
    device
        auto, cpu, cuda or cuda:N
    memory
        most memory to use, such as 8GiB; default: nine tenths of what is free
    device_memory
        most memory to use on a GPU; default: nine tenths of what is free there
    """

def randne(
    graph: Any,
    *,
    progress: Any = None,
    dim: int = 128,
    weights: Sequence[float] = (1.0, 100.0, 10000.0, 100000.0),
    matrix: Literal['transition', 'adjacency'] = 'transition',
    projection: Literal['orthogonal', 'gaussian'] = 'orthogonal',
    direction: Literal['out', 'in', 'both'] = 'out',
    threads: int = 0,
    seed: int = 42,
    device: str = 'auto',
    memory: str = '',
    device_memory: str = '',
) -> Embedding:
    """RandNE: orthogonal random projection of a sum of powers of the adjacency matrix (Zhang et al., ICDM 2018).

    graph: a Graph, or anything that as_graph() takes.

    Options
    -------
    dim
        columns of the embedding (1 to 65536)
    weights
        weight of each order, beginning with order 0, the node's own random vector (-1e+09 to 1e+09;
        Zhang et al. 2018, equation 5)
    matrix
        multiply by the transition matrix (mean over neighbours) or the adjacency matrix (sum)
        (transition | adjacency)
    projection
        make the columns of the random matrix orthogonal, or take them as drawn (orthogonal |
        gaussian; Zhang et al. 2018, section IV)
    direction
        neighbours that a node of a directed graph gathers from: out, in, or both (out | in | both)
    threads
        worker threads; 0 means one for each processor (0 to 4096)
    seed
        seed of every random number (0 or more)
    device
        auto, cpu, cuda or cuda:N
    memory
        most memory to use, such as 8GiB; default: nine tenths of what is free
    device_memory
        most memory to use on a GPU; default: nine tenths of what is free there
    """

def read_embedding(
    path: Any,
    *,
    progress: Any = None,
    threads: int = 0,
    seed: int = 42,
    device: str = 'auto',
    memory: str = '',
    device_memory: str = '',
) -> Embedding:
    """Reads vectors that Embedding.save() or adjoin embed wrote, any .npy of numbers, or word2vec's formats.

    Options
    -------
    threads
        worker threads; 0 means one for each processor (0 to 4096)
    seed
        seed of every random number (0 or more)
    device
        auto, cpu, cuda or cuda:N
    memory
        most memory to use, such as 8GiB; default: nine tenths of what is free
    device_memory
        most memory to use on a GPU; default: nine tenths of what is free there
    """

def read_graph(
    path: Any,
    *,
    progress: Any = None,
    input_format: Literal['auto', 'edge-list', 'jodie', 'matrix-market', 'metis', 'graphml', 'npz', 'npy', 'simplices', 'hyperedge-list', 'hif', 'xgi', 'store'] = 'auto',
    separator: Literal['auto', 'space', 'tab', 'comma', 'semicolon'] = 'auto',
    header: Literal['auto', 'yes', 'no'] = 'auto',
    source_column: str = 'auto',
    target_column: str = 'auto',
    weight_column: str = 'auto',
    time_column: str = 'auto',
    type_column: str = 'none',
    bipartite: bool = False,
    directed: bool = False,
    self_loops: Literal['drop', 'keep', 'refuse'] = 'drop',
    duplicates: Literal['sum', 'max', 'min', 'refuse'] = 'sum',
    threads: int = 0,
    seed: int = 42,
    device: str = 'auto',
    memory: str = '',
    device_memory: str = '',
) -> Graph:
    """Reads a graph from a file of any format that adjoin knows, packed by gzip or zstd or not.

    Edge lists, JODIE and other csv files, MatrixMarket, METIS, GraphML, .npz and .npy, hypergraphs (their projection), and
    adjoin's own stores. The format is found by looking at the file; Graph.read_as says what was found.

    Options
    -------
    input_format
        what the file is: auto looks at its content, then at its suffix (auto | edge-list | jodie |
        matrix-market | metis | graphml | npz | npy | simplices | hyperedge-list | hif | xgi |
        store)
    separator
        what stands between columns (space: any run of white space) (auto | space | tab | comma |
        semicolon)
    header
        whether the first line names the columns (auto | yes | no)
    source_column
        the column of source nodes: its name, its number (from 1), or auto (a column named source,
        src, from, u, user, ..., or the first)
    target_column
        the column of target nodes, as above; auto: target, dst, to, v, item, ..., or the second
    weight_column
        the column of edge weights: its name, its number (from 1), none, or auto (a column named
        weight, or the third of three numeric columns)
    time_column
        the column of times, which makes every line an event: its name, its number, none, or auto (a
        column named time or timestamp, or whole numbers of the size of seconds since 1970). In a
        list of hyperedges: first, last, none or auto (after a tab)
    type_column
        the column of the edges' types, such as follows or likes: its name, its number, or none
    bipartite
        sources and targets are nodes of two kinds, so that the same name is two nodes: u7 and i7
    directed
        an edge goes from the first node to the second, not both ways
    self_loops
        edges from a node to itself: drop, keep or refuse them (drop | keep | refuse)
    duplicates
        the weight of an edge that is given several times: their sum, max or min, or refuse the
        input; an unweighted edge stays one edge (sum | max | min | refuse)
    threads
        worker threads; 0 means one for each processor (0 to 4096)
    seed
        seed of every random number (0 or more)
    device
        auto, cpu, cuda or cuda:N
    memory
        most memory to use, such as 8GiB; default: nine tenths of what is free
    device_memory
        most memory to use on a GPU; default: nine tenths of what is free there
    """

def split_edges(
    graph: Any,
    *,
    progress: Any = None,
    validation: float = 0.1,
    test: float = 0.1,
    keep_connected: bool = False,
    round: int = 0,
    folds: int = 0,
    fold: int = 0,
    negatives: Literal['uniform', 'degree', 'distance-2', 'all', 'none'] = 'uniform',
    threads: int = 0,
    seed: int = 42,
    device: str = 'auto',
    memory: str = '',
    device_memory: str = '',
) -> EdgeSplit:
    """Holds out edges at random, and as many pairs without an edge, checked for leaks: what `adjoin split` does, to the same pairs.

    graph: a Graph, or anything that as_graph() takes. Its features stay with it; the training graph has none.

    An edge's part depends on the seed and the names of its ends alone, not on the order of the input.

    Options
    -------
    validation
        share of the edges held out to choose by (0 to 1)
    test
        share of the edges held out to judge by (0 to 1)
    keep_connected
        hold out no edge of a spanning forest drawn at random, so that the training graph has the
        components of the whole one
    round
        which of the independent splits that one seed gives (0 to 1000000)
    folds
        the test is one of so many parts of equal size, instead of the share test; over all of them
        each edge is tested once; 0 for none (0 to 1000000)
    fold
        which of the folds, from 0, is the test (0 to 999999)
    negatives
        pairs without an edge beside those held out: uniform; degree, nodes as often as in
        positives; distance-2, which share a neighbour; all, of a small graph; or none (uniform |
        degree | distance-2 | all | none)
    threads
        worker threads; 0 means one for each processor (0 to 4096)
    seed
        seed of every random number (0 or more)
    device
        auto, cpu, cuda or cuda:N
    memory
        most memory to use, such as 8GiB; default: nine tenths of what is free
    device_memory
        most memory to use on a GPU; default: nine tenths of what is free there
    """
