"""adjoin: vectors and links for the nodes of a network.

    import adjoin

    graph = adjoin.read_graph("edges.txt")          # or as_graph(anything): SciPy, NetworkX, igraph, pandas, arrays
    embedding = adjoin.fastrp(graph, dim=128)
    embedding.nearest("alice", top=5)
    adjoin.best_links(graph, "adamic-adar", count=20)
"""

from adjoin._core import __version__
from adjoin.comparison import LinkComparison, LinkRun, compare_links
from adjoin.embedding import Embedding, estimate_memory, fastrp, prone, randne, read_embedding
from adjoin.errors import BudgetExceeded, DeviceError, DeviceFailure, Error, InvalidData, InvalidOption, IoError, ParseError
from adjoin.estimators import FastRP, ProNE, RandNE
from adjoin.graph import Graph, as_graph, read_graph
from adjoin.judging import EdgeSplit, link_metrics, split_edges
from adjoin.links import ScoredLink, best_links, link_score_names, link_scores

__all__ = [
    "BudgetExceeded", "DeviceError", "DeviceFailure", "EdgeSplit", "Embedding", "Error", "FastRP", "Graph", "InvalidData",
    "InvalidOption", "IoError", "LinkComparison", "LinkRun", "ParseError", "ProNE", "RandNE", "ScoredLink", "__version__", "as_graph",
    "best_links", "compare_links", "estimate_memory", "fastrp", "link_metrics", "link_score_names", "link_scores", "prone", "randne",
    "read_embedding", "read_graph", "split_edges",
]
