// A private part of linkpred: the row of a source in a product of matrices, and its way from hop to hop.
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include <adjoin/algorithms/linkpred/walk_matrix.hpp>
#include <adjoin/engine/runtime/memory.hpp>

namespace adjoin::detail {

/// A vector over the nodes and the list of its entries that are not 0.
class SparseRow {
 public:
  explicit SparseRow(std::size_t n) : values_(n, 0.0), nodes_(n) {}

  static std::uint64_t bytes(std::size_t n) noexcept { return n * (sizeof(double) + sizeof(NodeId)); }

  double operator[](NodeId node) const noexcept { return values_[index(node)]; }
  std::span<const NodeId> nodes() const noexcept { return nodes_.span().first(size_); }

  /// value: not 0, or the node would be listed again and again.
  void add(NodeId node, double value) noexcept {
    if (values_[index(node)] == 0) nodes_[size_++] = node;
    values_[index(node)] += value;
  }
  void clear() noexcept {
    for (const NodeId node : nodes()) values_[index(node)] = 0;
    size_ = 0;
  }

 private:
  Array<double> values_;
  Array<NodeId> nodes_;
  std::size_t size_ = 0;
};

/// The row of a source at one hop, and room for the next.
struct HopRows {
  explicit HopRows(std::size_t n) : now(n), next(n) {}
  SparseRow now;
  SparseRow next;
};

/// next = damping * now A; `now` is empty afterwards, and the two change places.
inline void step(const CsrView& a, double damping, HopRows& rows) noexcept {
  for (const NodeId node : rows.now.nodes()) {
    const double value = damping * rows.now[node];
    for (std::size_t e = a.row_begin(index(node)); e < a.row_end(index(node)); ++e) {
      const double part = value * walk_weight(a, e);
      if (part != 0) rows.next.add(a.targets[e], part);
    }
  }
  rows.now.clear();
  std::swap(rows.now, rows.next);
}

}  // namespace adjoin::detail
