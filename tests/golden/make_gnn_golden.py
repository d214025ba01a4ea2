"""Graph neural networks with the gradients of all that they learn, as PyTorch Geometric has them, in double precision:
read by tests/algorithms/gnn/golden_test.cpp.

Made with PyTorch Geometric 2.8.1 and PyTorch 2.15.0 (CPU); run in this folder: python3 make_gnn_golden.py

gnn/edges.tsv: source, target and weight of each edge of a directed graph of nine nodes, one of them without edges.
gnn/NAME.tsv has a matrix a line, "rows columns values...": the features, the parameters in the order and the layout of
adjoin, the weights w of the loss sum(w * result), the result, the gradient of the features and those of the parameters.
For a mean or a variance that batch normalisation remembers, what it has become stands in the place of its gradient.
"""
import pathlib

import numpy
import torch
import torch.nn.functional as F
from torch.func import functional_call
from torch_geometric.nn import (APPNP, GATConv, GATv2Conv, GCNConv, GINConv, JumpingKnowledge, LightGCN, SAGEConv,
                                SGConv)

torch.set_default_dtype(torch.float64)
OUT = pathlib.Path("gnn")
OUT.mkdir(exist_ok=True)

NODES, FEATURES, HIDDEN, CLASSES = 9, 5, 6, 4
random = numpy.random.default_rng(11)
draw = lambda *shape: torch.tensor(random.standard_normal(shape).round(6))
edges = sorted({(int(a), int(b)) for a, b in random.integers(0, NODES - 1, (26, 2)) if a != b})
weights = torch.tensor(random.uniform(0.2, 2, len(edges)).round(4))
edge_index = torch.tensor(edges).T
(OUT / "edges.tsv").write_text(
    "".join(f"{a} {b} {w:.4f}\n" for (a, b), w in zip(edges, weights.tolist())), encoding="utf-8")


def line(x):
    x = x.detach().numpy()
    return " ".join([str(x.shape[0]), str(x.shape[1])] + [f"{value:.12g}" for value in x.ravel()]) + "\n"


class Remembered:
    """What batch normalisation remembers: begins with zeros (a mean) or ones (a variance)."""

    def __init__(self, columns, value):
        self.begin = torch.full((1, columns), float(value))
        self.now = self.begin.clone().reshape(-1)


def case(name, shapes, forward):
    """shapes: of the parameters, or a Remembered. forward: (features, parameters) to the vectors."""
    x = draw(NODES, FEATURES).requires_grad_()
    # Half as large as the features, so that a softmax over neighbours is not all of one.
    parameters = [shape if isinstance(shape, Remembered) else (draw(*shape) / 2).requires_grad_() for shape in shapes]
    result = forward(x, [p.now if isinstance(p, Remembered) else p for p in parameters])
    w = draw(*result.shape)
    (w * result).sum().backward()
    of = lambda p: p.begin if isinstance(p, Remembered) else p
    left = lambda p: p.now[None, :] if isinstance(p, Remembered) else p.grad
    rows = [x] + [of(p) for p in parameters] + [w, result, x.grad] + [left(p) for p in parameters]
    (OUT / f"{name}.tsv").write_text("".join(map(line, rows)), encoding="utf-8")


def call(module, parameters, *arguments, **named):
    return functional_call(module, parameters, arguments, named)


def gcn(x, p, edge_weight=None):
    conv = GCNConv(x.shape[1], p[0].shape[1])
    return call(conv, {"lin.weight": p[0].T, "bias": p[1][0]}, x, edge_index, edge_weight)


def linear(x, p):
    return F.linear(x, p[0].T, p[1][0])


def sage(x, p):
    conv = SAGEConv(x.shape[1], p[0].shape[1])
    return call(conv, {"lin_l.weight": p[0].T, "lin_r.weight": p[1].T, "lin_l.bias": p[2][0]}, x, edge_index)


def sage_max(x, p):
    conv = SAGEConv(x.shape[1], p[2].shape[1], aggr="max", project=True)
    return call(conv, {"lin.weight": p[0].T, "lin.bias": p[1][0], "lin_l.weight": p[2].T, "lin_r.weight": p[3].T,
                       "lin_l.bias": p[4][0]}, x, edge_index)


def gat(x, p, heads, concat):
    width = p[1].shape[1] // heads
    conv = GATConv(x.shape[1], width, heads=heads, concat=concat)
    return call(conv, {"lin.weight": p[0].T, "att_src": p[1].reshape(1, heads, width),
                       "att_dst": p[2].reshape(1, heads, width), "bias": p[3][0]}, x, edge_index)


def gatv2(x, p, heads, concat):
    width = p[3].shape[1] // heads
    conv = GATv2Conv(x.shape[1], width, heads=heads, concat=concat)
    return call(conv, {"lin_l.weight": p[0].T, "lin_l.bias": torch.zeros(heads * width), "lin_r.weight": p[1].T,
                       "lin_r.bias": p[2][0], "att": p[3].reshape(1, heads, width), "bias": p[4][0]}, x, edge_index)


def batch_norm(x, p):
    return F.batch_norm(x, p[2], p[3], p[0][0], p[1][0], training=True)


class Inner(torch.nn.Module):
    """The MLP of a GIN layer, with parameters from outside."""

    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        return linear(F.relu(batch_norm(linear(x, self.p[1:3]), self.p[3:7])), self.p[7:9])


def gin(x, p):
    return call(GINConv(Inner(p), train_eps=True), {"eps": p[0][0]}, x, edge_index)


def sgc(x, p):
    conv = SGConv(x.shape[1], p[0].shape[1], K=2)
    return call(conv, {"lin.weight": p[0].T, "lin.bias": p[1][0]}, x, edge_index)


class Embedding(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, edge_index):
        return self.model.get_embedding(edge_index)


def lightgcn(x, p):
    return call(Embedding(LightGCN(NODES, FEATURES, num_layers=3)), {"model.embedding.weight": x}, edge_index)


def jumping(x, p, mode):
    first = F.relu(gcn(x, p[0:2]))
    second = F.relu(gcn(first, p[2:4]))
    return linear(JumpingKnowledge(mode)([first, second]), p[4:6])


def residual(x, p):
    """Two layers with what enters them added, the first by a projection, and layer normalisation between."""
    first = gcn(x, p[0:2]) + x @ p[2]
    first = F.elu(F.layer_norm(first, (HIDDEN,), p[3][0], p[4][0]))
    return gcn(first, p[5:7]) + first @ p[7]


plain = lambda a, b: [(a, b), (1, b)]
two = plain(FEATURES, HIDDEN) + plain(HIDDEN, CLASSES)
case("mlp", two, lambda x, p: linear(F.relu(linear(x, p[:2])), p[2:]))
case("gcn", two, lambda x, p: gcn(F.relu(gcn(x, p[:2])), p[2:]))
case("gcn_weighted", two, lambda x, p: gcn(F.relu(gcn(x, p[:2], weights)), p[2:], weights))
of_sage = lambda a, b: [(a, b), (a, b), (1, b)]
case("sage", of_sage(FEATURES, HIDDEN) + of_sage(HIDDEN, CLASSES),
     lambda x, p: sage(F.relu(sage(x, p[:3])), p[3:]))
of_max = lambda a, b: [(a, a), (1, a), (a, b), (a, b), (1, b)]
case("sage_max", of_max(FEATURES, HIDDEN) + of_max(HIDDEN, CLASSES),
     lambda x, p: sage_max(F.relu(sage_max(x, p[:5])), p[5:]))
of_gat = lambda a, b, c: [(a, b), (1, b), (1, b), (1, c)]
case("gat", of_gat(FEATURES, HIDDEN, HIDDEN) + of_gat(HIDDEN, 2 * CLASSES, CLASSES),
     lambda x, p: gat(F.elu(gat(x, p[:4], 3, True)), p[4:], 2, False))
of_gatv2 = lambda a, b, c: [(a, b), (a, b), (1, b), (1, b), (1, c)]
case("gatv2", of_gatv2(FEATURES, HIDDEN, HIDDEN) + of_gatv2(HIDDEN, 2 * CLASSES, CLASSES),
     lambda x, p: gatv2(F.elu(gatv2(x, p[:5], 3, True)), p[5:], 2, False))
norm = lambda b: [(1, b), (1, b), Remembered(b, 0), Remembered(b, 1)]
of_gin = lambda a, b: [(1, 1), (a, HIDDEN), (1, HIDDEN)] + norm(HIDDEN) + [(HIDDEN, b), (1, b)]
case("gin", of_gin(FEATURES, HIDDEN) + norm(HIDDEN) + of_gin(HIDDEN, CLASSES),
     lambda x, p: gin(F.relu(batch_norm(gin(x, p[:9]), p[9:13])), p[13:]))
case("sgc", plain(FEATURES, CLASSES), sgc)
case("appnp", two,
     lambda x, p: APPNP(K=4, alpha=0.15)(linear(F.relu(linear(x, p[:2])), p[2:]), edge_index))
case("lightgcn", [], lightgcn)
case("jumping_concatenate", plain(FEATURES, HIDDEN) + plain(HIDDEN, HIDDEN) + plain(2 * HIDDEN, CLASSES),
     lambda x, p: jumping(x, p, "cat"))
case("jumping_maximum", plain(FEATURES, HIDDEN) + plain(HIDDEN, HIDDEN) + plain(HIDDEN, CLASSES),
     lambda x, p: jumping(x, p, "max"))
case("residual", plain(FEATURES, HIDDEN) + [(FEATURES, HIDDEN), (1, HIDDEN), (1, HIDDEN)] + plain(HIDDEN, CLASSES)
     + [(HIDDEN, CLASSES)], residual)
