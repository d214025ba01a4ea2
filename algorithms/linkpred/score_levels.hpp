// A private part of linkpred: the nodes in the order of a score, in a form that can be ranked anew without sorting.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <adjoin/engine/runtime/ids.hpp>

namespace adjoin::detail {

struct ScoredNode {
  NodeId node;
  float score;  // above 0
};

/// The rank of each level among nodes that are not masked, as HeaRT ranks them. Of N with a score, those of the highest
/// have rank 1, and any others (nodes with this score or a higher one) - (nodes of the highest) + 1. So the last rank
/// is at most N; nodes without a score come after it, and masked ones after those.
struct LevelRanks {
  std::vector<std::uint32_t> of_level;
  std::uint32_t masked = 0;
};

/// A level for each node: 0 without a score, else 1 and up by rising score, the same for the same score.
class ScoreLevels {
 public:
  explicit ScoreLevels(std::size_t nodes) : levels_(nodes, 0) {}
  /// Bytes of the levels, of their ranks and of the scored nodes that they are made of.
  static std::uint64_t bytes(std::size_t nodes) noexcept;

  /// scored: each node once, in any order; is sorted.
  void assign(std::vector<ScoredNode>& scored);

  std::uint32_t level(NodeId node) const noexcept { return levels_[index(node)]; }

  /// masked: a byte a node.
  void rank(std::span<const std::uint8_t> masked, LevelRanks& ranks) const;

  /// Makes the rank of each node its level, so that the last shall be first.
  void become(std::span<const std::uint8_t> masked, const LevelRanks& ranks);

 private:
  std::vector<std::uint32_t> levels_;
  std::uint32_t highest_ = 0;
};

}  // namespace adjoin::detail
