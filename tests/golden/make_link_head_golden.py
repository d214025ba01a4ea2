"""Heads of link prediction with their gradients, as PyTorch has them, in double precision: read by
tests/algorithms/gnn/link_head_test.cpp.

Made with PyTorch 2.15.0 (CPU); run in this folder: python3 make_link_head_golden.py

gnn/head_NAME.tsv has a matrix a line, "rows columns values...": the vectors of 6 nodes, the counts of 5 pairs (of the head that
takes some), then the parameters in the order in which the head adds them, the scores of the pairs, and the gradients of the vectors
and of the parameters for the loss sum(w * score), w_i = (i + 1) / 2.
"""
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(11)
OUT = pathlib.Path("gnn")
OUT.mkdir(exist_ok=True)

WIDTH, HIDDEN = 4, 5
NODES = torch.randn(6, WIDTH)
SOURCES, TARGETS = [0, 1, 2, 5, 3], [1, 4, 5, 3, 0]
# Rows of pairs: which nodes each shares, and how much of them.
SHARED = torch.zeros(5, 6)
for row, column, weight in [(0, 2, 1.0), (0, 4, 0.25), (2, 0, 1.0), (2, 3, 1.0), (2, 4, 0.5), (4, 1, 1.0)]:
    SHARED[row, column] = weight
COUNTS = torch.rand(5, 3) * 4
LOSS = torch.arange(1, 6).reshape(5, 1) / 2


def line(x):
    return f"{x.shape[0]} {x.shape[1]} " + " ".join(f"{v:.17g}" for v in x.flatten().tolist())


class Maker:
    """Parameters of small numbers, in the order in which they are asked for."""

    def __init__(self):
        self.parameters = []

    def parameter(self, rows, columns, about=0.0):
        self.parameters.append((torch.randn(rows, columns) * 0.6 + about).requires_grad_())
        return self.parameters[-1]

    def network(self, width, layers):
        sizes = [width] + [HIDDEN] * (layers - 1) + [1]
        maps = [(self.parameter(a, b), self.parameter(1, b)) for a, b in zip(sizes, sizes[1:])]

        def run(x):
            for i, (weight, shift) in enumerate(maps):
                x = (F.relu(x) if i else x) @ weight + shift
            return x

        return run

    def layer(self, width, columns, normalized):
        weight, shift = self.parameter(width, columns), self.parameter(1, columns)
        if not normalized:
            return lambda x: F.relu(x @ weight + shift)
        gain, bias = self.parameter(1, columns, 1.0), self.parameter(1, columns)
        return lambda x: F.relu(F.layer_norm(x @ weight + shift, (columns,), gain[0], bias[0]))


def write(name, make):
    maker = Maker()
    head = make(maker)
    nodes = NODES.clone().requires_grad_()
    score = head(nodes)
    (score * LOSS).sum().backward()
    lines = [nodes.detach()] + ([COUNTS] if name == "counts" else []) + [p.detach() for p in maker.parameters]
    lines += [score.detach(), nodes.grad] + [p.grad for p in maker.parameters]
    OUT.joinpath(f"head_{name}.tsv").write_text("\n".join(map(line, lines)) + "\n")


def ends(x):
    return x[SOURCES], x[TARGETS]


def hadamard(maker):
    network = maker.network(WIDTH, 3)
    return lambda x: network(ends(x)[0] * ends(x)[1])


def bilinear(maker):
    w = maker.parameter(WIDTH, WIDTH)
    half = lambda a, b: torch.einsum("ij,jk,ik->i", a, w, b)[:, None]
    return lambda x: (half(*ends(x)) + half(*reversed(ends(x)))) / 2


def distmult(maker):
    w = maker.parameter(1, WIDTH)
    return lambda x: (ends(x)[0] * w * ends(x)[1]).sum(1, keepdim=True)


def concatenation(maker):
    network = maker.network(2 * WIDTH, 2)
    return lambda x: (network(torch.cat(ends(x), 1)) + network(torch.cat(ends(x)[::-1], 1))) / 2


def common_neighbors(maker):
    node_first, node_second = maker.layer(WIDTH, HIDDEN, False), maker.layer(HIDDEN, WIDTH, True)
    pair = maker.layer(WIDTH, HIDDEN, True)
    shared_first, shared_second = maker.layer(WIDTH, HIDDEN, False), maker.layer(HIDDEN, HIDDEN, True)
    joined = maker.layer(HIDDEN, HIDDEN, True)
    weight, shift = maker.parameter(HIDDEN, 1), maker.parameter(1, 1)

    def head(x):
        z = x + node_second(node_first(x))
        a, b = ends(x)
        return joined(shared_second(shared_first(SHARED @ z)) + pair(a * b)) @ weight + shift

    return head


def counts(maker):
    pair, structure = maker.layer(WIDTH, HIDDEN, True), maker.layer(3, HIDDEN, True)
    network = maker.network(2 * HIDDEN, 2)
    return lambda x: network(torch.cat((pair(ends(x)[0] * ends(x)[1]), structure(COUNTS)), 1))


write("dot", lambda maker: lambda x: (ends(x)[0] * ends(x)[1]).sum(1, keepdim=True))
write("hadamard", hadamard)
write("bilinear", bilinear)
write("distmult", distmult)
write("concatenation", concatenation)
write("common_neighbors", common_neighbors)
write("counts", counts)
