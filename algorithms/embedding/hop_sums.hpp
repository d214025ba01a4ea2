// The hops of FastRP, computed once, and weighted sums of them as FastRP would give them: a private part of
// tune_fastrp.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::detail {

/// Every hop of one beta side by side, and of every column the means and covariances of its hops. From these follow
/// mean and variance of any weighted sum, so that some rows of a standardised embedding cost no more than these rows.
class HopSums {
 public:
  /// Embeds with `options` but with weights of 1 and concatenated; self_influence is 0. Stages: fastrp's and "moments".
  HopSums(RunContext& context, GraphView graph, const FastRPOptions& options);

  std::size_t hop_count() const noexcept { return hop_count_; }
  std::size_t dim() const noexcept { return dim_; }

  /// out[i] = the row of nodes[i] in fastrp's embedding with these weights, up to the rounding of floats. weights: one
  /// a hop; out: nodes.size() x dim.
  void rows(const Threads& threads, std::span<const float> weights, std::span<const NodeId> nodes,
            MatrixView<float> out) const;

 private:
  void take_moments(RunContext& context, GraphView graph, NeighborDirection direction);
  double& moment(std::size_t kind, std::size_t column) noexcept { return moments_[kind * dim_ + column]; }
  double moment(std::size_t kind, std::size_t column) const noexcept { return moments_[kind * dim_ + column]; }

  std::size_t hop_count_;
  std::size_t dim_;
  bool standardized_;
  Matrix hops_;                              // n x (hops * dim)
  std::vector<std::uint8_t> has_neighbors_;  // rows without stay zero, and count in no mean
  std::vector<double> moments_;              // means of each hop, then covariances of hops a <= b; `dim` of each
};

/// Peak bytes of HopSums, fastrp's among them, beyond the graph.
std::uint64_t estimate_hop_sums_memory(GraphView graph, const FastRPOptions& options);

}  // namespace adjoin::detail
