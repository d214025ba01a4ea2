#include <adjoin/engine/runtime/ids.hpp>

std::size_t entries_of(adjoin::EdgeOffset begin) {
  return adjoin::index(begin);
}

std::size_t use(adjoin::NodeId node, adjoin::EdgeOffset offset) {
#ifdef ADJOIN_SHOULD_COMPILE
  return entries_of(offset) + adjoin::index(node);
#else
  return entries_of(node) + adjoin::index(offset);
#endif
}
