#!/usr/bin/env python3
"""Training of graph neural networks by adjoin and by PyTorch Geometric: the same graph, features, network and training nodes, in turns, a
fresh process a run.

  pip install torch torch_geometric     # and torch_sparse, for --forms sparse-tensor and --sample; peer_gnn.py says what does without
  cmake --preset dev && ninja -C build/dev bench_gnn
  python3 bench/peers/compare_gnn.py --cases cora-gcn rmat5-gcn --threads 2 --rounds 5

An epoch is one step on the whole graph: dropout, forwards, backwards, Adam; without evaluation. The peer is given its edges in each of
--forms, and the quickest counts. Ratios are of medians of epochs, paired by round, and the same of processor time, of all threads together:
that one says what a core does, and hardly moves with what else the machine does (with one thread; waiting threads of OpenMP count too).
`busy` is the largest share of the machine that other programs took while one of the two ran: a round above --quiet is done again, up to
--tries times.

With --sample: neighbours of all nodes in batches, by the sampler and by the operator that NeighborLoader calls; adjoin's time has the
matrices of both layers and their transposes in it.
"""
import argparse
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("ADJOIN_DATA", ROOT.parent / "shared" / "data")) / "citation" / "cora"
CASES = {  # graph, network, hidden, heads
    "cora-gcn": ("cora", "gcn", 16, 1),
    "cora-gat": ("cora", "gat", 8, 8),
    "cora-sage": ("cora", "sage", 16, 1),
    "cora-gcn-256": ("cora", "gcn", 256, 1),
    "rmat5-gcn": ("rmat5", "gcn", 128, 1),
    "rmat5-sage": ("rmat5", "sage", 128, 1),
    "rmat5-gat": ("rmat5", "gat", 16, 8),
    "rmat6-gcn": ("rmat6", "gcn", 128, 1),
    "rmat6-sage": ("rmat6", "sage", 64, 1),
}
EPOCHS = {"cora": 60, "rmat5": 20, "rmat6": 7}


def write_graph(folder, n, edges):
    """Both directions of each edge, as CSR."""
    both = np.unique(np.concatenate([edges, edges[:, ::-1]]), axis=0)
    both = both[both[:, 0] != both[:, 1]]
    np.save(folder / "offsets.npy", np.concatenate([[0], np.cumsum(np.bincount(both[:, 0], minlength=n))]).astype(np.int64))
    np.save(folder / "targets.npy", both[:, 1].astype(np.int32))


def make_cora(folder):
    import scipy.io

    features = scipy.io.mmread(DATA / "features.mtx.gz").toarray().astype(np.float32)
    write_graph(folder, len(features), np.loadtxt(DATA / "edges.txt", dtype=np.int64))
    features.tofile(folder / "features.f32")
    train = np.array(json.loads((DATA / "split.json").read_text())["train"])
    train.astype(np.uint32).tofile(folder / "train.u32")
    labels = np.loadtxt(DATA / "labels.txt", dtype=np.int64)
    labels = labels[:, -1] if labels.ndim == 2 else labels
    labels[train].astype(np.uint32).tofile(folder / "labels.u32")


def make_rmat(folder, scale, edges):
    """Exactly so many different edges, of Graph500's parameters; 128 normal features; 1,000 training nodes of 16 classes."""
    random = np.random.default_rng(1)
    found = np.empty((0, 2), np.int64)
    while len(found) < edges:
        ends = np.zeros((2, edges), np.int64)
        for _ in range(scale):
            draw = random.random(edges)
            ends = 2 * ends + np.stack([draw >= 0.76, ((draw >= 0.57) & (draw < 0.76)) | (draw >= 0.95)])
        ends = np.sort(ends.T, axis=1)
        found = np.unique(np.concatenate([found, ends[ends[:, 0] != ends[:, 1]]]), axis=0)
    write_graph(folder, 2**scale, found[random.permutation(len(found))[:edges]])
    random.standard_normal((2**scale, 128), np.float32).tofile(folder / "features.f32")
    random.permutation(2**scale)[:1000].astype(np.uint32).tofile(folder / "train.u32")
    random.integers(0, 16, 1000).astype(np.uint32).tofile(folder / "labels.u32")


def folder_of(graphs, name):
    folder = graphs / name
    if not (folder / "labels.u32").exists():
        folder.mkdir(parents=True, exist_ok=True)
        make_cora(folder) if name == "cora" else make_rmat(folder, {"rmat5": 14, "rmat6": 17}[name], 10 ** int(name[-1]))
    return folder


def busy_seconds():
    values = [int(value) for value in pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
    return (sum(values[:8]) - values[3] - values[4]) / os.sysconf("SC_CLK_TCK")


def run(command):
    """What the program prints, and the share of the machine that others took meanwhile."""
    before, own, began = busy_seconds(), os.times(), time.perf_counter()
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if result.returncode != 0:
        raise RuntimeError((result.stderr.strip().split("\n") or ["it failed"])[-1])
    after, now, took = busy_seconds(), os.times(), time.perf_counter() - began
    used = now.children_user + now.children_system - own.children_user - own.children_system
    others = max(0.0, after - before - used) / (took * os.cpu_count())
    return json.loads(result.stdout.strip().split("\n")[-1]), others


def ours_command(arguments, folder, model, hidden, heads, epochs, sparse=False):
    rate = 0.6 if model == "gat" else 0.5
    flags = ["--model", model, "--hidden", hidden * heads, "--input-dropout", rate, "--dropout", rate, "--learning-rate", 0.01, "--weight-decay", 5e-4]
    if model == "gat":
        flags += ["--heads", heads, "--message-dropout", rate, "--activation", "elu"]
    return [arguments.build / "bench" / "peers" / "bench_gnn", folder, "train", epochs, arguments.threads, "sparse" if sparse else "dense", *flags]


def peer_command(*words):
    return [sys.executable, pathlib.Path(__file__).with_name("peer_gnn.py"), *words]


def rounds_of(arguments, commands):
    """Each program's results, a list of rounds; a program that cannot run is told and left out."""
    results, tries = [], 0
    while len(results) < arguments.rounds and commands:
        found, others = {}, 0.0
        for name, command in list(commands.items()):
            try:
                found[name], share = run(command)
            except RuntimeError as error:
                print(f"{name} is left out: {error}", file=sys.stderr)
                del commands[name]
                continue
            others = max(others, share)
        tries += 1
        if others <= arguments.quiet or tries >= arguments.tries:
            results.append((found, others))
    return [(found, others) for found, others in results if all(name in found for name in commands)]


def medians(rounds, name, member):
    return [statistics.median(found[name][member]) for found, _ in rounds]


def train_case(arguments, case):
    graph, model, hidden, heads = CASES[case]
    folder, epochs = folder_of(arguments.graphs, graph), arguments.epochs or EPOCHS[graph]
    commands = {"adjoin": ours_command(arguments, folder, model, hidden, heads, epochs)}
    if graph == "cora":
        commands["adjoin, sparse features"] = ours_command(arguments, folder, model, hidden, heads, epochs, True)
    for form in arguments.forms if model != "gat" else ["edge-index"]:
        commands[form] = peer_command(folder, "train", epochs, arguments.threads, form, model, hidden, heads)
    rounds = rounds_of(arguments, commands)
    peers = [name for name in commands if not name.startswith("adjoin")]
    best = min(peers, key=lambda name: statistics.median(medians(rounds, name, "seconds")))
    rate = max(found[name]["product_rate"] for found, _ in rounds for name in ["adjoin", *peers])
    copy = max(found["adjoin"]["copy_bandwidth"] for found, _ in rounds)
    for name in [name for name in commands if name.startswith("adjoin")]:
        ratios = {member: [b / a for a, b in zip(medians(rounds, name, member), medians(rounds, best, member))]
                  for member in ("seconds", "processor_seconds")}
        mine = [found[name] for found, _ in rounds]
        epoch = statistics.median(medians(rounds, name, "seconds"))
        shares = []
        for kind in ("spmm", "spmm_learned", "matmul"):
            of_kind = [result["operations"][kind] for result in mine if kind in result["operations"]]
            if not of_kind:
                continue
            seconds = statistics.median(operation["seconds"] for operation in of_kind)
            floor = max(of_kind[0]["operations"] / rate, of_kind[0]["bytes"] / copy)
            shares.append(f"{kind} {seconds / epoch:.0%} of the epoch, {seconds / floor:.1f} of its floor")
        memory = mine[0]["peak_bytes"] / mine[0]["stated_bytes"] - 1
        forms = ", ".join(f"{peer} {1e3 * statistics.median(medians(rounds, peer, 'seconds')):.1f}" for peer in peers)
        print(f"| {case}{name[6:]} | {1e3 * epoch:.2f} | {forms} | {statistics.median(ratios['seconds']):.1f} "
              f"({min(ratios['seconds']):.1f} to {max(ratios['seconds']):.1f}) | {statistics.median(ratios['processor_seconds']):.1f} "
              f"| {'; '.join(shares)} | {mine[0]['stated_bytes'] / 1e6:.1f}, {memory:+.0%} | {max(others for _, others in rounds):.0%} |", flush=True)


def sample_case(arguments, graph):
    folder = folder_of(arguments.graphs, graph)
    words = [folder, "sample", arguments.batch, arguments.threads, arguments.fan_outs]
    commands = {"adjoin": [arguments.build / "bench" / "peers" / "bench_gnn", *words], "torch_sparse": peer_command(*words)}
    rounds = rounds_of(arguments, commands)
    if "torch_sparse" not in commands:
        return
    mine, theirs = medians(rounds, "adjoin", "seconds"), medians(rounds, "torch_sparse", "seconds")
    ratios = [b / a for a, b in zip(mine, theirs)]
    processor = [b / a for a, b in zip(medians(rounds, "adjoin", "processor_seconds"), medians(rounds, "torch_sparse", "processor_seconds"))]
    found = rounds[0][0]
    print(f"| {graph}, {arguments.batch} targets, {arguments.fan_outs} | {1e3 * statistics.median(mine):.0f} | {1e3 * statistics.median(theirs):.0f} "
          f"| {statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f}) | {statistics.median(processor):.1f} "
          f"| {found['adjoin']['nodes']:,} and {found['torch_sparse']['nodes']:,} nodes | {max(others for _, others in rounds):.0%} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "dev")
    parser.add_argument("--graphs", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "adjoin-gnn", help="where graphs are kept")
    parser.add_argument("--cases", nargs="*", default=list(CASES), choices=list(CASES))
    parser.add_argument("--forms", nargs="+", default=["edge-index", "csr", "sparse-tensor"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, help="in a round; by default 60, 20 or 7, by the graph")
    parser.add_argument("--quiet", type=float, default=0.1, help="share of the machine that others may take in a round that counts")
    parser.add_argument("--tries", type=int, default=15, help="rounds tried until loud ones count too")
    parser.add_argument("--sample", nargs="*", default=[], choices=["cora", "rmat5", "rmat6"])
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--fan-outs", default="10,10")
    arguments = parser.parse_args()
    print(f"{datetime.date.today()}, {arguments.threads} threads, medians of {arguments.rounds} rounds; milliseconds an epoch\n")
    if arguments.cases:
        print("| case | adjoin | PyG | ratio, paired | of processor time | shares | memory stated, MB, and what the peak was | busy |\n"
              "|---|---:|---|---:|---:|---|---|---:|")
    for case in arguments.cases:
        train_case(arguments, case)
    if arguments.sample:
        print("\n| graph | adjoin | torch_sparse | ratio, paired | of processor time | sampled | busy |\n|---|---:|---:|---:|---:|---|---:|")
    for graph in arguments.sample:
        sample_case(arguments, graph)


if __name__ == "__main__":
    main()
