// A private part of linkpred: the best of many scored pairs, collected by tasks that run at the same time.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <mutex>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include <adjoin/algorithms/linkpred/best_links.hpp>
#include <adjoin/algorithms/linkpred/common_neighbors.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin::detail {

inline constexpr double beyond_rounding = 1 + 1e-6;  // of a bound against a score, which is a float

/// The order of results: by falling score, then by ids.
inline bool is_better(const ScoredPair& a, const ScoredPair& b) noexcept {
  return std::tuple(-a.score, a.source, a.target) < std::tuple(-b.score, b.source, b.target);
}

/// Whether there is an edge in either direction.
inline bool linked(const CsrView& rows, NodeId x, NodeId y) noexcept {
  return contains(rows.row_targets(index(x)), y) || contains(rows.row_targets(index(y)), x);
}

/// The best of all pairs offered. Which these are does not depend on the order of offers, as no two pairs are equal.
class BestPairs {
 public:
  explicit BestPairs(std::size_t count) : count_(count) {}

  /// Bytes on `threads` threads, the lists of their tasks among them.
  static std::uint64_t bytes(std::size_t count, int threads) noexcept {
    return static_cast<std::uint64_t>(threads + 1) * most_of_a_list(count) * sizeof(ScoredPair);
  }

  /// What is below this need not be offered.
  float threshold() const noexcept { return std::bit_cast<float>(threshold_bits_.load(std::memory_order_relaxed)); }

  /// What a pair must be better than; nothing while any pair is good enough.
  std::optional<ScoredPair> worst() const {
    const std::scoped_lock lock(mutex_);
    return worst_;
  }

  /// Keeps at most the best of a task's own list while it grows.
  void trim(std::vector<ScoredPair>& pairs) const {
    if (pairs.size() >= most_of_a_list(count_)) keep_best(pairs);
  }

  void offer(std::vector<ScoredPair> pairs) {
    if (pairs.empty()) return;
    const std::scoped_lock lock(mutex_);
    best_.insert(best_.end(), pairs.begin(), pairs.end());
    keep_best(best_);
    if (best_.size() == count_) {
      worst_ = *std::ranges::max_element(best_, is_better);
      threshold_bits_ = std::bit_cast<std::uint32_t>(worst_->score);
    }
  }

  std::vector<ScoredPair> take() {
    std::ranges::sort(best_, is_better);
    return std::move(best_);
  }

 private:
  static std::size_t most_of_a_list(std::size_t count) noexcept { return 2 * count + 1024; }

  void keep_best(std::vector<ScoredPair>& pairs) const {
    if (pairs.size() <= count_) return;
    std::ranges::nth_element(pairs, pairs.begin() + static_cast<std::ptrdiff_t>(count_), is_better);
    pairs.resize(count_);
  }

  std::size_t count_;
  std::vector<ScoredPair> best_;
  std::optional<ScoredPair> worst_;
  mutable std::mutex mutex_;
  std::atomic<std::uint32_t> threshold_bits_{0};  // of a float: 0 at first
};

}  // namespace adjoin::detail
