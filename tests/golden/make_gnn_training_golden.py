"""A GCN trained for 15 epochs by PyTorch, with PyTorch Geometric's convolution, in double precision: read by
tests/algorithms/gnn/training_golden_test.cpp.

Made with PyTorch Geometric 2.8.1 and PyTorch 2.15.0 (CPU); run in this folder: python3 make_gnn_training_golden.py

gnn_training.tsv, a line each: source and target of the edges of an undirected graph of twelve nodes; the features, row
after row; the classes of the nodes; the nodes to train on; the parameters as they begin, each in a line (weight, shift,
weight, shift); the loss of each epoch before its step; the parameters at the end.
"""
import pathlib

import numpy
import torch
import torch.nn.functional as F
from torch_geometric.nn import GCNConv

torch.set_default_dtype(torch.float64)
NODES, FEATURES, HIDDEN, CLASSES, EPOCHS = 12, 5, 6, 3, 15
random = numpy.random.default_rng(5)
draw = lambda *shape: torch.tensor(random.standard_normal(shape).round(6))
pairs = sorted({(min(a, b), max(a, b)) for a, b in random.integers(0, NODES, (26, 2)).tolist() if a != b})
both = torch.tensor(pairs + [(b, a) for a, b in pairs]).T
x = draw(NODES, FEATURES)
classes = torch.tensor(random.integers(0, CLASSES, NODES))
training = torch.tensor([0, 2, 3, 5, 8, 11])
first, second = GCNConv(FEATURES, HIDDEN), GCNConv(HIDDEN, CLASSES)
with torch.no_grad():
    for parameter in (first.lin.weight, first.bias, second.lin.weight, second.bias):
        parameter.copy_(draw(*parameter.shape))
parameters = lambda: [first.lin.weight.T, first.bias, second.lin.weight.T, second.bias]
lines = [torch.tensor(pairs), x, classes, training, *(p.detach().clone() for p in parameters())]
optimizer = torch.optim.Adam([{"params": first.parameters(), "weight_decay": 0.01}, {"params": second.parameters()}], lr=0.05)
losses = []
for _ in range(EPOCHS):
    optimizer.zero_grad()
    logits = second(F.relu(first(x, both)), both)
    loss = F.cross_entropy(logits[training], classes[training])
    loss.backward()
    torch.nn.utils.clip_grad_norm_([*first.parameters(), *second.parameters()], 0.4)
    optimizer.step()
    losses.append(loss.item())
lines += [torch.tensor(losses), *parameters()]
pathlib.Path("gnn_training.tsv").write_text(
    "".join(" ".join(f"{value:.12g}" for value in line.detach().numpy().ravel().tolist()) + "\n" for line in lines), encoding="utf-8")
