#!/usr/bin/env python3
"""NetworkX's scores of pairs. It leaves out nodes of degree one from Adamic-Adar by itself; ends of a pair without edges score 0."""
import networkx

from pairs import drive


def graph_of(network):
    graph = networkx.Graph()
    graph.add_nodes_from(range(network.n))
    graph.add_edges_from(network.edges)
    return graph


def of_generator(function):
    def method(network, _):
        graph = graph_of(network)
        return lambda: [score for _, _, score in function(graph, network.pairs)]

    return method


def common_neighbors(network, _):
    graph = graph_of(network)
    return lambda: [sum(1 for _ in networkx.common_neighbors(graph, source, target)) for source, target in network.pairs]


if __name__ == "__main__":
    drive("networkx", networkx.__version__, {
        "common-neighbors": (common_neighbors, {}),
        "jaccard": (of_generator(networkx.jaccard_coefficient), {}),
        "adamic-adar": (of_generator(networkx.adamic_adar_index), {}),
        "resource-allocation": (of_generator(networkx.resource_allocation_index), {}),
        "preferential-attachment": (of_generator(networkx.preferential_attachment), {}),
    })
