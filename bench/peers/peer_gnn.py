#!/usr/bin/env python3
"""Training of PyTorch Geometric's networks and its loader of neighbours, measured for compare_gnn.py.

  peer_gnn.py FOLDER train EPOCHS THREADS FORM MODEL HIDDEN HEADS
  peer_gnn.py FOLDER sample BATCH THREADS FAN_OUT,FAN_OUT...

FORM is how the edges are given: edge-index; csr, a sparse matrix of torch; sparse-tensor, the operators of torch_sparse, called as PyG calls
them for its SparseTensor. Normalised once, outside the epochs. Dropout, learning rate and weight decay are those of compare_gnn.py. Neighbours
are drawn by the operator of torch_sparse that NeighborLoader calls, without the loader around it. The operators are those of an installed
torch_sparse, or of the library that TORCH_SPARSE_OPERATORS names, built of its csrc. Prints one JSON line with the members of bench_gnn.
"""
import json
import os
import pathlib
import resource
import sys
import time
import warnings

import numpy as np
import torch
import torch.nn.functional as F
import torch_geometric
from torch_geometric.nn import GATConv, GCNConv, SAGEConv
from torch_geometric.nn.conv.gcn_conv import gcn_norm

warnings.filterwarnings("ignore")
DROPOUT = {"gcn": 0.5, "sage": 0.5, "gat": 0.6}


def load_operators():
    if library := os.environ.get("TORCH_SPARSE_OPERATORS"):
        torch.ops.load_library(library)
    else:
        import torch_sparse  # noqa: F401


def graph_of(folder):
    offsets = np.load(folder / "offsets.npy").astype(np.int64)
    targets = np.load(folder / "targets.npy").astype(np.int64)
    heard_by = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    return torch.from_numpy(np.stack([targets, heard_by])), len(offsets) - 1


def as_form(edges, n, form, model):
    """Edges, and weights where the form keeps them apart. The graph is undirected, so that no transpose is needed."""
    weights = None
    if model == "gcn":
        edges, weights = gcn_norm(edges, None, n, False, True)
    if form == "edge-index":
        return edges, weights
    values = torch.ones(edges.shape[1]) if weights is None else weights
    if form == "csr":
        return torch.sparse_coo_tensor(edges.flip(0), values, (n, n)).coalesce().to_sparse_csr(), None
    load_operators()
    matrix = torch.sparse_coo_tensor(edges.flip(0), values, (n, n)).coalesce().to_sparse_csr()
    rows, columns = matrix.to_sparse_coo().indices()
    back = torch.argsort(columns * n + rows)
    count = matrix.crow_indices().diff()
    common = (rows, matrix.crow_indices(), matrix.col_indices())
    if model == "gcn":
        return lambda x: torch.ops.torch_sparse.spmm_sum(*common, matrix.values(), matrix.crow_indices(), back, x), None
    return lambda x: torch.ops.torch_sparse.spmm_mean(*common, None, count, matrix.crow_indices(), back, x), None


class GCNByOperator(GCNConv):
    def forward(self, x, product, _):
        return product(self.lin(x)) + self.bias


class SAGEByOperator(SAGEConv):
    def forward(self, x, product):
        return self.lin_l(product(x)) + self.lin_r(x)


class Network(torch.nn.Module):
    def __init__(self, model, form, width, hidden, heads, classes):
        super().__init__()
        self.model, self.rate = model, DROPOUT[model]
        if model == "gat":
            self.first = GATConv(width, hidden, heads=heads, dropout=self.rate)
            self.second = GATConv(hidden * heads, classes, heads=1, concat=False, dropout=self.rate)
        elif model == "sage":
            layer = SAGEByOperator if form == "sparse-tensor" else SAGEConv
            self.first, self.second = layer(width, hidden), layer(hidden, classes)
        else:
            layer = GCNByOperator if form == "sparse-tensor" else GCNConv
            self.first, self.second = layer(width, hidden, normalize=False), layer(hidden, classes, normalize=False)

    def forward(self, x, edges, weights):
        more = (weights,) if self.model == "gcn" else ()
        x = F.dropout(x, self.rate, self.training)
        x = self.first(x, edges, *more)
        x = F.elu(x) if self.model == "gat" else F.relu(x)
        return self.second(F.dropout(x, self.rate, self.training), edges, *more)


def product_rate():
    a, b, best = torch.ones(1536, 1536), torch.ones(1536, 1536), 0
    for _ in range(5):
        began = time.perf_counter()
        torch.mm(a, b)
        best = max(best, 2 * 1536**3 / (time.perf_counter() - began))
    return best


def train(folder, epochs, form, model, hidden, heads):
    edges, n = graph_of(folder)
    x = torch.from_numpy(np.fromfile(folder / "features.f32", np.float32).reshape(n, -1))
    nodes = torch.from_numpy(np.fromfile(folder / "train.u32", np.uint32).astype(np.int64))
    labels = torch.from_numpy(np.fromfile(folder / "labels.u32", np.uint32).astype(np.int64))
    edges, weights = as_form(edges, n, form, model)
    torch.manual_seed(1)
    network = Network(model, form, x.shape[1], hidden, heads, int(labels.max()) + 1)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01, weight_decay=5e-4)
    seconds, processor, losses = [], [], []
    for epoch in range(epochs):
        began, processor_began = time.perf_counter(), time.process_time()
        optimizer.zero_grad()
        loss = F.cross_entropy(network(x, edges, weights)[nodes], labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if epoch > 0:
            seconds.append(time.perf_counter() - began)
            processor.append(time.process_time() - processor_began)
    return {"seconds": seconds, "processor_seconds": processor, "losses": losses, "product_rate": product_rate()}


def sample(folder, batch, fan_outs):
    load_operators()
    edges, n = graph_of(folder)
    offsets, sources = torch.from_numpy(np.load(folder / "offsets.npy")), edges[0].contiguous()
    seconds, processor = [], []
    for _ in range(3):
        began, processor_began = time.perf_counter(), time.process_time()
        nodes = entries = 0
        for targets in torch.arange(n).split(batch):
            found, rows, _, _ = torch.ops.torch_sparse.neighbor_sample(offsets, sources, targets, fan_outs, False, True)
            nodes += len(found)
            entries += len(rows)
        seconds.append(time.perf_counter() - began)
        processor.append(time.process_time() - processor_began)
    return {"seconds": seconds, "processor_seconds": processor, "nodes": nodes, "entries": entries}


def main():
    folder, task, count, threads = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    torch.set_num_threads(threads)
    if task == "train":
        result = train(folder, count, sys.argv[5], sys.argv[6], int(sys.argv[7]), int(sys.argv[8]))
    else:
        result = sample(folder, count, [int(fan_out) for fan_out in sys.argv[5].split(",")])
    result["peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    result["version"] = f"torch {torch.__version__}, PyG {torch_geometric.__version__}"
    print(json.dumps(result))


if __name__ == "__main__":
    main()
