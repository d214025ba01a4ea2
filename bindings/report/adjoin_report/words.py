"""How values and names are written for people."""

METRICS = {"auc": "AUC", "mrr": "MRR", "average-precision": "Average precision", "ap": "Average precision"}

PROGRAMS = {"networkx": "NetworkX", "networkit": "NetworKit", "networkit-node2vec": "NetworKit", "pyg": "PyG", "scipy": "SciPy",
            "eigen": "Eigen", "graphblas": "GraphBLAS", "mkl": "Intel MKL", "xgi": "XGI", "authors": "authors' way",
            "fastrp-rs": "fastrp (Rust)"}


def program_name(program):
    return PROGRAMS.get(program, program)


def metric_name(metric):
    if metric.startswith("rank-hits@"):
        return f"Hits@{metric[10:]} by mean rank"
    if metric.startswith(("hits@", "ndcg@")):
        return metric.replace("hits", "Hits").replace("ndcg", "NDCG")
    return METRICS.get(metric, metric)


def three_digits(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def time_text(seconds):
    """Three digits in the unit that makes them short: 86.1 µs, 0.48 ms would be 478 µs, 6.33 s."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= 0.9995 * size:
            return f"{three_digits(seconds / size)} {unit}"
    return f"{three_digits(seconds / 1e-9)} ns"


def tick_text(seconds, _=None):
    """At powers of ten of an axis."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)):
        if seconds >= 0.999 * size:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"
