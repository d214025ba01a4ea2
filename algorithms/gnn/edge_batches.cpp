#include <algorithm>

#include <adjoin/algorithms/evaluate/negative_sampling.hpp>
#include <adjoin/algorithms/evaluate/node_pairs.hpp>
#include <adjoin/algorithms/gnn/edge_batches.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/runtime/shuffle.hpp>

namespace adjoin::gnn {

EdgeBatches::EdgeBatches(RunContext& context, GraphView graph, const EdgeBatchOptions& options)
    : graph_(graph), size_(static_cast<std::size_t>(options.batch_size)) {
  validate(options);
  detail::NodePairs(context, graph).for_each([&](NodeId u, NodeId v) { positives_.push_back({u, v}); });
  if (positives_.empty()) throw InvalidData("the graph has no edge between two nodes, so there is nothing to learn");
}

void EdgeBatches::begin_epoch(RunContext& context, std::uint64_t epoch) {
  const std::size_t total = positives_.size();
  TrainingNegativeOptions options;
  options.round = static_cast<int>(epoch);
  const std::vector<Edge> negatives = training_negatives(context, graph_, total, options);
  RandomSequence random(context.seed(), RandomStream::edge_batches, epoch);
  std::vector<Edge> order = positives_;
  shuffle(random, std::span<Edge>(order));
  pairs_.clear();
  pairs_.reserve(2 * total);
  for (std::size_t begin = 0; begin < total; begin += size_) {
    const auto from = static_cast<std::ptrdiff_t>(begin);
    const auto to = static_cast<std::ptrdiff_t>(std::min(total, begin + size_));
    pairs_.insert(pairs_.end(), order.begin() + from, order.begin() + to);
    pairs_.insert(pairs_.end(), negatives.begin() + from, negatives.begin() + to);
  }
}

EdgeBatch EdgeBatches::batch(std::size_t i) const noexcept {
  const std::size_t begin = i * size_;
  const std::size_t size = std::min(size_, positives_.size() - begin);
  return {std::span(pairs_).subspan(2 * begin, 2 * size)};
}

std::uint64_t EdgeBatches::bytes(GraphView graph) noexcept {
  // Positives, their order, the negatives and both in batches; a node of a hash table for each negative drawn.
  constexpr std::uint64_t hash_node = 40;
  return std::uint64_t{graph.edge_count()} * (5 * sizeof(Edge) + hash_node);
}

}  // namespace adjoin::gnn
