// How well the cosine of two nodes' vectors tells pairs with an edge from pairs without: a private part of tune_fastrp.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/parallel.hpp>

namespace adjoin::detail {

/// Pairs with an edge and pairs without one.
class PairScore {
 public:
  PairScore(const std::vector<Edge>& positives, const std::vector<Edge>& negatives);

  /// The nodes of all pairs, in the order of ids.
  std::span<const NodeId> nodes() const noexcept { return nodes_; }

  /// There is a pair of either kind. Area under the ROC curve of the cosine; that of a zero row is 0. rows: those of
  /// nodes(), in their order.
  double score(const Threads& threads, MatrixView<const float> rows) const;

 private:
  using Places = std::vector<std::pair<std::size_t, std::size_t>>;

  Places places_of(const std::vector<Edge>& edges) const;

  std::vector<NodeId> nodes_;
  Places positives_;  // places in nodes_
  Places negatives_;
};

}  // namespace adjoin::detail
