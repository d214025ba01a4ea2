#include <algorithm>

#include <adjoin/algorithms/linkpred/score_levels.hpp>

namespace adjoin::detail {

std::uint64_t ScoreLevels::bytes(std::size_t nodes) noexcept {
  return nodes * (2 * sizeof(std::uint32_t) + sizeof(ScoredNode));
}

void ScoreLevels::assign(std::vector<ScoredNode>& scored) {
  std::ranges::sort(scored, {}, &ScoredNode::score);
  std::ranges::fill(levels_, 0U);
  highest_ = 0;
  for (std::size_t i = 0; i < scored.size(); ++i) {
    if (i == 0 || scored[i].score > scored[i - 1].score) ++highest_;
    levels_[index(scored[i].node)] = highest_;
  }
}

void ScoreLevels::rank(std::span<const std::uint8_t> masked, LevelRanks& ranks) const {
  std::vector<std::uint32_t>& of_level = ranks.of_level;
  of_level.assign(std::size_t{highest_} + 1, 0);
  for (std::size_t v = 0; v < levels_.size(); ++v) of_level[levels_[v]] += masked[v] == 0 ? 1 : 0;
  std::uint32_t above = 0;       // nodes of this level and higher ones
  std::uint32_t of_highest = 0;  // the first of them that has a node
  std::uint32_t last = 0;
  for (std::size_t level = highest_; level > 0; --level) {
    const std::uint32_t nodes = of_level[level];
    if (of_highest == 0) of_highest = nodes;
    above += nodes;
    of_level[level] = above - of_highest + 1;
    if (nodes > 0) last = of_level[level];
  }
  of_level[0] = last + 1;
  ranks.masked = last + 2;
}

void ScoreLevels::become(std::span<const std::uint8_t> masked, const LevelRanks& ranks) {
  for (std::size_t v = 0; v < levels_.size(); ++v) {
    levels_[v] = masked[v] != 0 ? ranks.masked : ranks.of_level[levels_[v]];
  }
  highest_ = ranks.masked;
}

}  // namespace adjoin::detail
