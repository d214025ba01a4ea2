// Positives that are ranked each against negatives of its own, as OGB's `mrr` evaluator (Hu et al. 2020) and HeaRT
// (Li et al. 2023) have it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <adjoin/algorithms/evaluate/ranking_metrics.hpp>
#include <adjoin/engine/dense/matrix_view.hpp>

namespace adjoin {

/// The rank, from 1, of each positive among the negatives in its row; by TieRule::mean
/// (#negatives above + #negatives above or equal) / 2 + 1, which may be half a place. negatives: p x q.
/// InvalidData if there is no positive or no negative, and for the first score that is NaN, which it names.
/// O(p * q) time. The same for any number of threads.
std::vector<double> ranks_among_own_negatives(const Threads& threads, std::span<const float> positives,
                                              MatrixView<const float> negatives, TieRule ties);
std::vector<double> ranks_among_own_negatives(const Threads& threads, std::span<const double> positives,
                                              MatrixView<const double> negatives, TieRule ties);

/// The mean of 1 / rank. ranks: not empty, each at least 1. O(p).
double mean_reciprocal_rank(std::span<const double> ranks) noexcept;

/// The share of ranks that are at most K. ranks: not empty, each at least 1. InvalidOption if k is 0. O(p).
double hits_at(std::span<const double> ranks, std::uint64_t k);

}  // namespace adjoin
