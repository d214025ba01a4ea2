"""Products of a sparse and a dense matrix, and the plain copy that they are held against (a method with task = "copy")."""
from . import embed

experiment_keys = {"dims": list}
method_keys = {"arguments": list, "task": str}
required = []
method_required = []
REPEATS = 3  # in a process: one call is much shorter than reading the graph


def jobs(bench, suite, experiment):
    return embed.jobs_of(bench, suite, experiment, "spmm", REPEATS)
