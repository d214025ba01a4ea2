#include <utility>

#include <adjoin/engine/graph/as_simplices.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace {

/// Simplices of two nodes; a SimplexLog keeps each node of a simplex once.
class PairList {
 public:
  explicit PairList(std::size_t count) {
    arrays_.offsets = Array<EdgeOffset>(count + 1);
    arrays_.nodes = Array<NodeId>(2 * count);
    for (std::size_t i = 0; i <= count; ++i) arrays_.offsets[i] = edge_offset(2 * i);
  }
  void add(NodeId source, NodeId target) {
    arrays_.nodes[at_++] = source;
    arrays_.nodes[at_++] = target;
  }
  SimplexArrays finish() && { return std::move(arrays_); }

 private:
  SimplexArrays arrays_;
  std::size_t at_ = 0;
};

SimplexArrays pairs_of_events(EventView events) {
  PairList pairs(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) pairs.add(events.sources[i], events.targets[i]);
  SimplexArrays arrays = std::move(pairs).finish();
  arrays.times = Array<Time>(events.size());
  std::ranges::copy(events.times, arrays.times.begin());
  arrays.decimals = events.decimals;
  return arrays;
}

SimplexArrays pairs_of_edges(GraphView graph) {
  PairList pairs(graph.edge_count());
  const CsrView a = graph.out();
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    for (const NodeId target : a.row_targets(row)) {
      if (graph.directed() || index(target) >= row) pairs.add(node_id(row), target);
    }
  }
  return std::move(pairs).finish();
}

}  // namespace

SimplexLog as_simplices(RunContext& context, const Dataset& dataset) {
  if (!dataset.events && !dataset.graph) throw InvalidData("there are neither events nor edges to make simplices of");
  return {context, dataset.nodes->size(),
          dataset.events ? pairs_of_events(dataset.events->view()) : pairs_of_edges(dataset.graph->view())};
}

}  // namespace adjoin
