// Pairs of nodes by their vectors: scores that need no training, and the features of a pair that a classifier learns
// on.
//
// Source.  Grover, Leskovec: node2vec: Scalable Feature Learning for Networks, KDD 2016, table 1 (the features).
// Method.  With the vectors a and b of the two ends:
//          dot        a . b
//          cosine     a . b / (|a| |b|); 0 if either is zero
//          hadamard   a_j b_j            average    (a_j + b_j) / 2
//          l1         |a_j - b_j|        l2         (a_j - b_j)^2
//          All of them are the same for (x, y) and (y, x).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

enum class EmbeddingScore : std::uint8_t { cosine, dot };
template <>
struct EnumNames<EmbeddingScore> {
  static constexpr std::array<std::pair<EmbeddingScore, std::string_view>, 2> names{
      {{EmbeddingScore::cosine, "cosine"}, {EmbeddingScore::dot, "dot"}}};
};

enum class PairFeature : std::uint8_t { hadamard, average, l1, l2 };
template <>
struct EnumNames<PairFeature> {
  static constexpr std::array<std::pair<PairFeature, std::string_view>, 4> names{{{PairFeature::hadamard, "hadamard"},
                                                                                  {PairFeature::average, "average"},
                                                                                  {PairFeature::l1, "l1"},
                                                                                  {PairFeature::l2, "l2"}}};
};

/// InvalidData, naming the node, for the first row with a value that is NaN or infinite. embedding: row i is node i of
/// `nodes`. Reads 4*n*d bytes.
void check_finite(RunContext& context, MatrixView<const float> embedding, const NodeIndex& nodes);

/// Value i is the score of pairs[i].
/// Input.   embedding: n x d, finite. Dot products that a float cannot hold are infinite.
/// Cost.    8*d bytes read a pair.
/// Errors.  InvalidData for a pair of a node with itself or of an id that is not below n; Cancelled.
/// Repeat.  The same bits for any number of threads at one instruction level.
Array<float> embedding_scores(RunContext& context, MatrixView<const float> embedding, std::span<const Edge> pairs,
                              EmbeddingScore score);

/// Row i holds the features of pairs[i]: pairs x d. Else as embedding_scores.
Matrix pair_features(RunContext& context, MatrixView<const float> embedding, std::span<const Edge> pairs,
                     PairFeature feature);

}  // namespace adjoin
