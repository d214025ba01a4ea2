// A private part of linkpred: who has a node as a neighbour, in an order of the searcher's own, so that a search that
// may stop at some place of that order reads no more than it needs.
#pragma once

#include <cstdint>
#include <vector>

#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin::detail {

/// Row z lists the places in `order` of the nodes whose neighbour z is, rising, with the weights of those edges.
class RankedColumns {
 public:
  /// rows: of each node its neighbours. order: every node once. O(m), by one thread. Cancelled.
  RankedColumns(RunContext& context, const CsrView& rows, std::vector<NodeId> order);

  static std::uint64_t bytes(std::uint64_t nodes, std::uint64_t entries, bool weighted) noexcept;

  std::size_t node_count() const noexcept { return order_.size(); }
  NodeId node(std::size_t place) const noexcept { return order_[place]; }
  const CsrView& view() const noexcept { return view_; }

 private:
  std::vector<NodeId> order_;
  Csr columns_;
  CsrView view_;
};

}  // namespace adjoin::detail
