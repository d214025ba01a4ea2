// How alike the features of two nodes are: the cosine of the angle between them.
//
// Source.  Salton, McGill: Introduction to modern information retrieval, 1983; as a score of links and as one of those
//          that HeaRT's negatives are chosen by: Li et al.: Evaluating graph neural networks for link prediction,
//          NeurIPS 2023, section 4.
#pragma once

#include <cstdint>
#include <span>

#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// Value i is <x, y> / (|x| |y|) of the rows of pairs[i], within [-1, 1], summed in double; 0 where a row has no entry
/// but zeros.
/// Input.   features: a row a node; finite.
/// Cost.    O(entries of the two rows) a pair; 8 bytes a row beside the result.
/// Errors.  InvalidData for a pair of a node with itself, or of one without a row; BudgetExceeded, Cancelled.
/// Repeat.  The same bits for any number of threads. Of dense rows embedding_scores has the cosine.
Array<float> feature_cosine_scores(RunContext& context, const CsrView& features, std::span<const Edge> pairs);

/// Bytes that it takes at its peak beyond the features and the pairs.
std::uint64_t estimate_feature_cosine_memory(std::size_t node_count, std::size_t pair_count) noexcept;

namespace detail {

/// 1 / the length of each row, 0 of a row of zeros. What the cosine of HeaRT's negatives is made of too.
Array<double> inverse_lengths(RunContext& context, const CsrView& features);

/// |x| times |y| is rarely the root of <x, x> times <y, y> to the last bit.
inline float as_cosine(double product, double inverse_x, double inverse_y) noexcept {
  const double cosine = product * (inverse_x * inverse_y);
  return static_cast<float>(cosine > 1 ? 1 : cosine < -1 ? -1 : cosine);
}

}  // namespace detail

}  // namespace adjoin
