#include <adjoin/engine/graph/graph.hpp>

adjoin::Graph make();

std::size_t use() {
#ifdef ADJOIN_SHOULD_COMPILE
  const adjoin::Graph graph = make();
  const adjoin::GraphView view = graph;
#else
  const adjoin::GraphView view = make();
#endif
  return view.node_count();
}
