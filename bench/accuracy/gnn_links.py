#!/usr/bin/env python3
"""How well graph neural networks foretell links, by three published protocols, as tables in Markdown.

  ninja -C build/dev adjoin_command
  python3 bench/accuracy/gnn_links.py heart --splits 10 [--mode intended] [--models gcn,ncn]
  python3 bench/accuracy/gnn_links.py hits --splits 10
  python3 bench/accuracy/gnn_links.py seal --splits 10

heart   HeaRT on Cora (Li et al., NeurIPS 2023): 85/5/10, 500 hard negatives of each edge's own, MRR and Hits@10; the best epoch by MRR of
        the validation part. Beside the networks, on the same splits, what needs no training: PageRank and the cosine of features.
hits    Hits@100 on Cora (Wang, Yang, Zhang, ICLR 2024): 70/10/20, as many uniform negatives as test edges, in the validation part too, as
        in the authors' program; the best epoch by Hits@100 of that part.
seal    AUC on five graphs (Zhang, Chen, NeurIPS 2018): 90/10, of whose training part 5 % choose the epoch.

Settings are those of `adjoin train link --model`, but for what SETTINGS names. Mean and deviation over
splits, in percent; seconds of one training. The data come from ADJOIN_DATA, or from beside the checkout.
"""
import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("ADJOIN_DATA", ROOT.parent / "shared" / "data"))
CORA = [str(DATA / "citation/cora/edges.txt"), "--features", str(DATA / "citation/cora/features.mtx.gz")]
PROTOCOLS = {
    "heart": {
        "graphs": {"cora": CORA},
        "split": ["--validation", "0.05", "--test", "0.1"],
        "metrics": "mrr,hits@10",
        "models": ["mlp", "gcn", "sage", "gat", "gae", "ncn", "ncnc", "buddy"],
        "baselines": ["personalized-pagerank", "feature-cosine"],
    },
    "hits": {
        "graphs": {"cora": CORA},
        "split": ["--validation", "0.1", "--test", "0.2"],
        "metrics": "hits@100,hits@50,auc",
        "models": ["gcn", "ncn", "buddy"],
        "baselines": ["resource-allocation"],
    },
    "seal": {
        "graphs": {name: [str(DATA / f"link/{name}.txt")] for name in ("USAir", "NS", "PB", "Celegans", "Ecoli")},
        "split": ["--validation", "0.05", "--test", "0.1"],
        "metrics": "auc",
        "models": ["buddy"],
        "baselines": ["resource-allocation"],
    },
}
# Found by the validation part of split 0 of Cora (hits) and of USAir and Celegans (seal), where nothing else is said.
SETTINGS = {
    ("hits", "gcn"): ["--patience", "6"],
    # The authors' own for Cora: a linear map before one step of propagation, their dropouts, a learning rate for each half (0.0043 and
    # 0.0024), 100 epochs with an evaluation after each, and neither clipping nor weight decay.
    ("hits", "ncn"): ["--encoder", "appnp", "--steps", "1", "--restart", "0", "--dropout", "0.05", "--decoder-dropout", "0.05",
                      "--structure-dropout", "0.4", "--vector-dropout", "0.3", "--learning-rate", "0.0043", "--head-rate", "0.558",
                      "--batch-size", "1152", "--epochs", "100", "--evaluate-every", "1", "--patience", "0", "--clip-norm", "0",
                      "--weight-decay", "0"],
    ("hits", "buddy"): ["--learning-rate", "0.003", "--input-dropout", "0.7", "--epochs", "150"],
    ("seal", "buddy"): ["--learning-rate", "0.003", "--batch-size", "256", "--epochs", "100", "--patience", "8"],
}


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(command)}: {result.stderr}")
    return json.loads(result.stdout)


def rows_of(path):
    """source, target, label."""
    return [tuple(map(int, line.split())) for line in pathlib.Path(path).read_text().splitlines()[1:]]


def split_with_negatives(adjoin, graph, split, seed, folder):
    """The arguments of a split whose validation part has as many negatives as its test, drawn uniformly."""
    prefix = f"{folder}/split"
    run(adjoin, "split", graph, *split, "-o", prefix, "--json")
    parts = {part: rows_of(f"{prefix}.{part}.tsv") for part in ("validation", "test")}
    lines = pathlib.Path(graph).read_text().splitlines()
    edges = [tuple(map(int, line.split()[:2])) for line in lines if not line.startswith("#")]
    taken = {frozenset(pair) for pair in edges} | {frozenset(row[:2]) for rows in parts.values() for row in rows}
    nodes = 1 + max(map(max, edges))
    missing = sum(1 - label for _, _, label in parts["test"]) - sum(1 - label for _, _, label in parts["validation"])
    draws = random.Random(seed)
    with open(f"{prefix}.validation.tsv", "a") as file:
        while missing > 0:
            pair = frozenset((draws.randrange(nodes), draws.randrange(nodes)))
            if len(pair) == 2 and pair not in taken:
                taken.add(pair)
                missing -= 1
                print(*sorted(pair), 0, sep="\t", file=file)
    return [f"{prefix}.train.adjoin"], ["--by", "files", "--validation-edges", f"{prefix}.validation.tsv", "--test-edges", f"{prefix}.test.tsv"]


def train(adjoin, protocol, graph, model, split, extra, threads):
    """The values on the test part, and the seconds that it took."""
    settings = PROTOCOLS[protocol]
    data, parts = settings["graphs"][graph], [*settings["split"], "--round", str(split)]
    with tempfile.TemporaryDirectory() as folder:
        if protocol == "hits":
            stored, parts = split_with_negatives(adjoin, data[0], parts, split, folder)
            data = stored + data[1:]
        began = time.monotonic()
        made = run(adjoin, "train", "link", *data, *parts, *extra, "--metrics", settings["metrics"], "--model", model,
                   *SETTINGS.get((protocol, model), []), "--out", f"{folder}/m.safetensors", "--json", "--threads", str(threads))
    values = [made["scores"]["test"][metric] for metric in settings["metrics"].split(",")]
    print(f"{graph}, split {split}, {model}: {values}, epoch {made['best_epoch']} of {made['epochs']}", file=sys.stderr, flush=True)
    return values, time.monotonic() - began


def compare(adjoin, protocol, graph, split, extra, threads):
    """The same of what needs no training, by method."""
    settings = PROTOCOLS[protocol]
    options = ["--alpha", "0.15", "--epsilon", "1e-7"] if protocol == "heart" else []
    made = run(adjoin, "linkpred", *settings["graphs"][graph], *settings["split"], "--round", str(split), *extra, "--metrics",
               settings["metrics"], "--runs", "1", "--methods", ",".join(settings["baselines"]), *options, "--json", "--threads", str(threads))
    return {record["method"]: record for record in made}


def cell(values):
    percent = [100 * value for value in values]
    return f"{statistics.mean(percent):.2f}" + (f" ± {statistics.stdev(percent):.2f}" if len(percent) > 1 else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("protocol", choices=PROTOCOLS)
    parser.add_argument("--adjoin", default=str(ROOT / "build" / "dev" / "adjoin"))
    parser.add_argument("--splits", type=int, default=10)
    parser.add_argument("--first", type=int, default=0, help="number of the first split")
    parser.add_argument("--mode", choices=["intended", "released"], default="intended", help="of heart: which hard negatives")
    parser.add_argument("--models", help="only these, with commas between")
    parser.add_argument("--graphs", help="only these, with commas between")
    parser.add_argument("--threads", type=int, default=0)
    arguments = parser.parse_args()
    if not DATA.exists():
        sys.exit(f"no data sets in {DATA} (ADJOIN_DATA names another folder)")
    settings = PROTOCOLS[arguments.protocol]
    models = arguments.models.split(",") if arguments.models else settings["models"]
    graphs = arguments.graphs.split(",") if arguments.graphs else list(settings["graphs"])
    extra = ["--negatives", f"heart-{arguments.mode}"] if arguments.protocol == "heart" else []
    splits = range(arguments.first, arguments.first + arguments.splits)
    metrics = settings["metrics"].split(",")
    for graph in graphs:
        print(f"## {graph}, {arguments.protocol}{' ' + arguments.mode if extra else ''}\n\n| method | splits | " + " | ".join(metrics) + " | seconds |")
        print("|---" * (3 + len(metrics)) + "|", flush=True)
        found = [compare(arguments.adjoin, arguments.protocol, graph, split, extra, arguments.threads) for split in splits]
        for method in settings["baselines"]:
            cells = [cell([record[method][metric]["mean"] for record in found]) for metric in metrics]
            print(f"| {method} | {len(splits)} | " + " | ".join(cells) + " | |", flush=True)
        for model in models:
            results = [train(arguments.adjoin, arguments.protocol, graph, model, split, extra, arguments.threads) for split in splits]
            cells = [cell([values[k] for values, _ in results]) for k in range(len(metrics))]
            seconds = statistics.mean(seconds for _, seconds in results)
            print(f"| {model} | {len(splits)} | " + " | ".join(cells) + f" | {seconds:.0f} |", flush=True)
        print()


if __name__ == "__main__":
    main()
