#!/usr/bin/env python3
"""NetworKit's scores of pairs, and its truncated Katz index, whose paths have at most `length` edges."""
import networkit

from pairs import drive


def method(make):
    def prepared(network, options):
        networkit.setNumberOfThreads(options["threads"])
        graph = networkit.Graph(network.n)
        for source, target in network.edges:
            graph.addEdge(source, target)

        def run():
            # runOn sorts by pair, so the answers are put back into the order that was asked for.
            scores = {pair: score for pair, score in make(graph, options).runOn(network.pairs)}
            return [scores[pair] for pair in network.pairs]

        return run

    return prepared


if __name__ == "__main__":
    link = networkit.linkprediction
    plain = {"common-neighbors": link.CommonNeighborsIndex, "jaccard": link.JaccardIndex, "adamic-adar": link.AdamicAdarIndex,
             "resource-allocation": link.ResourceAllocationIndex, "preferential-attachment": link.PreferentialAttachmentIndex}
    methods = {name: (method(lambda graph, _, index=index: index(graph)), {}) for name, index in plain.items()}
    methods["katz"] = (method(lambda graph, own: link.KatzIndex(graph, own["length"], own["beta"])), {"length": 5, "beta": 0.001})
    drive("networkit", networkit.__version__, methods)
