#!/usr/bin/env python3
"""Link prediction by a graph neural network of PyTorch Geometric, GCN or SAGE, trained as HeaRT does: each batch's edges leave the
message graph, a uniform pair without label a positive, the logistic loss, gradients clipped to 1. Features of nodes are learned
(one vector a node), for the files hold none. Stops after `patience` looks without gain in AUC on a tenth of the training edges."""
import torch
import torch_geometric
from torch_geometric.nn import GCNConv, SAGEConv

from pairs import drive


class Model(torch.nn.Module):
    def __init__(self, convolution, nodes, own):
        super().__init__()
        width = own["width"]
        self.features = torch.nn.Embedding(nodes, width)
        self.layers = torch.nn.ModuleList(convolution(width, width) for _ in range(own["layers"]))
        self.head = torch.nn.Sequential(torch.nn.Linear(width, width), torch.nn.ReLU(), torch.nn.Linear(width, 1))
        self.dropout = torch.nn.Dropout(own["dropout"])

    def forward(self, message_edges):
        x = self.features.weight
        for i, layer in enumerate(self.layers):
            x = layer(self.dropout(x), message_edges)
            x = torch.relu(x) if i + 1 < len(self.layers) else x
        return x

    def score(self, x, pairs):
        return self.head(self.dropout(x[pairs[0]] * x[pairs[1]])).squeeze(-1)


def both_ways(edges):
    return torch.cat([edges, edges.flip(0)], dim=1)


def auc(positive, negative):
    ranks = torch.cat([positive, negative]).argsort().argsort().float()[:len(positive)] + 1
    return ((ranks.sum() - len(positive) * (len(positive) + 1) / 2) / (len(positive) * len(negative))).item()


def method(convolution):
    def prepared(network, own):
        torch.set_num_threads(own["threads"])
        torch.use_deterministic_algorithms(True)
        torch.manual_seed(own["seed"])
        edges = torch.tensor(network.edges).T
        edges = edges[:, torch.randperm(edges.shape[1])]
        held = max(1, edges.shape[1] // 10)
        watched, train = edges[:, :held], edges[:, held:]
        watched_negative = torch.randint(network.n, (2, held))
        pairs = torch.tensor(network.pairs).T
        model = Model(convolution, network.n, own)
        optimizer = torch.optim.Adam(model.parameters(), lr=own["rate"])

        def epoch():
            model.train()
            order = torch.randperm(train.shape[1])
            for batch in order.split(own["batch"]):
                kept = torch.ones(train.shape[1], dtype=torch.bool)
                kept[batch] = False
                x = model(both_ways(train[:, kept]))
                positive = model.score(x, train[:, batch])
                negative = model.score(x, torch.randint(network.n, (2, len(batch))))
                loss = torch.nn.functional.softplus(-positive).mean() + torch.nn.functional.softplus(negative).mean()
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()

        def run():
            best, since, scores = -1.0, 0, None
            for number in range(own["epochs"]):
                epoch()
                if (number + 1) % 5:
                    continue
                model.eval()
                with torch.no_grad():
                    x = model(both_ways(train))
                    found = auc(model.score(x, watched), model.score(x, watched_negative))
                    if found > best:
                        best, since = found, 0
                        scores = model.score(model(both_ways(edges)), pairs).tolist()
                    else:
                        since += 1
                if since >= own["patience"]:
                    break
            return scores

        return run

    return prepared


OPTIONS = {"width": 128, "layers": 2, "dropout": 0.1, "rate": 0.01, "batch": 1024, "epochs": 200, "patience": 10}

if __name__ == "__main__":
    drive("PyG", torch_geometric.__version__, {"gcn": (method(GCNConv), OPTIONS), "sage": (method(SAGEConv), OPTIONS)})
