#!/usr/bin/env python3
"""How well graph neural networks foretell links, by three published protocols, as tables in Markdown.

  ninja -C build/dev adjoin_command
  python3 bench/accuracy/gnn_links.py heart --splits 10 [--mode intended] [--models gcn,ncn]
  python3 bench/accuracy/gnn_links.py hits --splits 10
  python3 bench/accuracy/gnn_links.py seal --splits 10

heart   HeaRT on Cora (Li et al., NeurIPS 2023): 85/5/10, 500 hard negatives of each edge's own, MRR and Hits@10; the best epoch by MRR of
        the validation part. Beside the networks, on the same splits, what needs no training: PageRank and the cosine of features.
hits    Hits@100 on Cora (Wang, Yang, Zhang, ICLR 2024): 70/10/20, as many uniform negatives as test edges; the best epoch by Hits@50 of the
        validation part, whose negatives are half as many.
seal    AUC on five graphs (Zhang, Chen, NeurIPS 2018): 90/10, of whose training part 5 % choose the epoch.

Settings are those of `adjoin train link --model`, but for what SETTINGS names. Mean and deviation over
splits, in percent; seconds of one training. The data come from ADJOIN_DATA, or from beside the checkout.
"""
import argparse
import json
import os
import pathlib
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
        "metrics": "hits@50,hits@100,auc",
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
    # The authors' own for Cora, but for one learning rate instead of two (0.0043 and 0.0024) and 150 epochs of batches of 1024 instead of
    # 100 of 1152.
    ("hits", "ncn"): ["--learning-rate", "0.004", "--decoder-dropout", "0.05", "--structure-dropout", "0.4", "--vector-dropout", "0.3",
                      "--epochs", "150", "--patience", "0"],
    ("hits", "buddy"): ["--learning-rate", "0.003", "--input-dropout", "0.7", "--epochs", "150"],
    ("seal", "buddy"): ["--learning-rate", "0.003", "--batch-size", "256", "--epochs", "100", "--patience", "8"],
}


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(command)}: {result.stderr}")
    return json.loads(result.stdout)


def train(adjoin, protocol, graph, model, split, extra, threads):
    """The values on the test part, and the seconds that it took."""
    settings = PROTOCOLS[protocol]
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        made = run(adjoin, "train", "link", *settings["graphs"][graph], *settings["split"], "--round", str(split), *extra, "--metrics",
                   settings["metrics"], "--model", model, *SETTINGS.get((protocol, model), []), "--out", f"{folder}/m.safetensors", "--json",
                   "--threads", str(threads))
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
