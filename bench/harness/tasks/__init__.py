"""What can be measured, by name. Each has experiment_keys, method_keys, required, method_required, and jobs(bench, suite, experiment)."""
from . import classify, comparison, embed, linkpred, micro, products

TASKS = {"linkpred": linkpred, "classify": classify, "embed": embed, "products": products, "micro": micro,
         "comparison": comparison}
