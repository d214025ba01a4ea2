#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include <adjoin/algorithms/gnn/distance_counts.hpp>

namespace adjoin::gnn {
namespace {

/// At most 64 tasks, each with a table of its own.
std::size_t pairs_per_task(std::size_t pairs) noexcept {
  return std::max<std::size_t>(64, chunk_count(pairs, 64));
}

/// Distances of nodes from the two ends of a pair, 0 for more than 2.
class Distances {
 public:
  explicit Distances(const CsrView& adjacency) : adjacency_(adjacency), labels_(adjacency.row_count(), 0) {}

  DistanceCounts count(const Edge& pair) {
    walk(pair.source, pair.target, 0);
    walk(pair.target, pair.source, 2);
    std::array<std::uint32_t, 16> nodes{};
    for (const NodeId node : touched_) ++nodes[std::exchange(labels_[index(node)], std::uint8_t{0})];
    touched_.clear();
    const auto at = [&](std::size_t first, std::size_t second) {
      return static_cast<float>(nodes[first | second << 2U]);
    };
    return {.one_one = at(1, 1),
            .one_two = at(1, 2),
            .two_one = at(2, 1),
            .two_two = at(2, 2),
            .first_one = at(1, 0),
            .first_two = at(2, 0),
            .second_one = at(0, 1),
            .second_two = at(0, 2)};
  }

 private:
  /// Labels are two bits an end, those of the second above those of the first.
  void walk(NodeId from, NodeId other, unsigned shift) {
    const auto label = [&](NodeId node, unsigned distance) {
      std::uint8_t& entry = labels_[index(node)];
      if ((entry >> shift & 3U) != 0 || node == from || node == other) return;
      if (entry == 0) touched_.push_back(node);
      entry = static_cast<std::uint8_t>(entry | distance << shift);
    };
    const auto neighbors = adjacency_.row_targets(index(from));
    for (const NodeId node : neighbors) label(node, 1);
    for (const NodeId node : neighbors) {
      if (node == other) continue;
      for (const NodeId next : adjacency_.row_targets(index(node))) label(next, 2);
    }
  }

  const CsrView& adjacency_;
  std::vector<std::uint8_t> labels_;
  std::vector<NodeId> touched_;
};

}  // namespace

DistanceCounts DistanceCounts::in_order() const noexcept {
  const auto around_first = std::tuple(first_one + one_two, first_two + two_one, one_two);
  const auto around_second = std::tuple(second_one + two_one, second_two + one_two, two_one);
  if (around_first <= around_second) return *this;
  DistanceCounts other = *this;
  std::swap(other.one_two, other.two_one);
  std::swap(other.first_one, other.second_one);
  std::swap(other.first_two, other.second_two);
  return other;
}

void put_row(const DistanceCounts& counts, std::span<float> row) noexcept {
  const std::array<float, distance_count_columns> values = {counts.one_one,    counts.one_two,   counts.two_one,
                                                            counts.two_two,    counts.first_one, counts.first_two,
                                                            counts.second_one, counts.second_two};
  std::ranges::copy(values, row.begin());
}

Matrix distance_counts(RunContext& context, const CsrView& adjacency, std::span<const Edge> pairs) {
  Matrix result(pairs.size(), distance_count_columns);
  context.for_chunks(pairs.size(), pairs_per_task(pairs.size()), [&](Chunk chunk) {
    Distances distances(adjacency);
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) put_row(distances.count(pairs[i]).in_order(), result.row(i));
  });
  return result;
}

}  // namespace adjoin::gnn
