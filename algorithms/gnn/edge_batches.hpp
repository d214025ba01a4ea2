// The edges of a training graph in batches, each with pairs without an edge to tell them from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::gnn {

struct EdgeBatchOptions {
  int batch_size = 1024;
  int fan_out = 0;

  static constexpr auto fields() {
    using O = EdgeBatchOptions;
    return std::tuple{
        option_field("batch-size", &O::batch_size, {1, 1'000'000'000},
                     "edges in a batch; as many pairs without an edge are beside them", "Li et al. 2023: 1024"),
        option_field("fan-out", &O::fan_out, {0, 1'000'000},
                     "neighbours that a node of a batch hears at each hop, drawn anew in each step, for "
                     "graphs that are too large to pass over in each; 0: all, and the whole graph",
                     "Hamilton, Ying, Leskovec 2017, section 3.2")};
  }
};

/// positives, then as many negatives.
struct EdgeBatch {
  std::span<const Edge> pairs;
  std::span<const Edge> positives() const noexcept { return pairs.first(pairs.size() / 2); }
  std::span<const Edge> negatives() const noexcept { return pairs.last(pairs.size() / 2); }
};

/// Every pair of nodes with an edge between them stands once in the batches of an epoch, whichever way its edge goes,
/// the smaller id first; self-loops do not. Negatives are training_negatives, uniform and distinct within an epoch:
/// pairs that are held out are among those that may be drawn. The order of the edges and the negatives are functions
/// of the context's seed and the epoch alone, so that a run that goes on at an epoch needs to know no more.
class EdgeBatches {
 public:
  /// graph: must outlive this. InvalidOption; InvalidData for a graph without an edge between two nodes.
  EdgeBatches(RunContext& context, GraphView graph, const EdgeBatchOptions& options);

  /// Deals the edges out anew. Spans of batches before are not valid any more. O(m) and the draws of the negatives.
  /// InvalidData if there are fewer pairs without an edge than with one.
  void begin_epoch(RunContext& context, std::uint64_t epoch);

  std::size_t positive_count() const noexcept { return positives_.size(); }
  std::size_t count() const noexcept { return (positives_.size() + size_ - 1) / size_; }
  EdgeBatch batch(std::size_t i) const noexcept;

  /// Bytes held, and those of drawing negatives.
  static std::uint64_t bytes(GraphView graph) noexcept;

 private:
  GraphView graph_;
  std::size_t size_;
  std::vector<Edge> positives_;  // in the order of ids
  std::vector<Edge> pairs_;      // of the epoch, batch by batch
};

}  // namespace adjoin::gnn
