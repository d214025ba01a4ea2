#include <cmath>

#include <fmt/format.h>

#include <adjoin/algorithms/linkpred/check_pairs.hpp>
#include <adjoin/algorithms/linkpred/embedding_scores.hpp>
#include <adjoin/engine/dense/finite.hpp>
#include <adjoin/engine/dense/products.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {
namespace {

constexpr std::size_t embedded_pairs_per_chunk = 1024;

double dot(MatrixView<const float> x, std::size_t a, std::size_t b) {
  float fast = 0;
  dot_rows(x, a, x.row(b), {&fast, 1});
  if (std::isfinite(fast)) return static_cast<double>(fast);
  double sum = 0;  // of products that a float cannot hold
  for (std::size_t j = 0; j < x.columns(); ++j) sum += static_cast<double>(x(a, j)) * static_cast<double>(x(b, j));
  return sum;
}

float feature_of(float a, float b, PairFeature feature) noexcept {
  switch (feature) {
    case PairFeature::hadamard:
      return a * b;
    case PairFeature::average:
      return a / 2 + b / 2;
    case PairFeature::l1:
      return std::abs(a - b);
    case PairFeature::l2:
      return (a - b) * (a - b);
  }
  return 0;
}

}  // namespace

void check_finite(RunContext& context, MatrixView<const float> embedding, const NodeIndex& nodes) {
  const auto row = first_row_not_finite(context, embedding);
  if (!row) return;
  throw InvalidData(fmt::format("the vector of node {} has a value that is NaN or infinite",
                                quote_for_message(nodes.name(node_id(*row)))));
}

Array<float> embedding_scores(RunContext& context, MatrixView<const float> embedding, std::span<const Edge> pairs,
                              EmbeddingScore score) {
  detail::check_pairs(embedding.rows(), "vectors", pairs);
  Array<float> scores(pairs.size());
  context.begin_stage("score", "pairs", pairs.size());
  context.for_chunks(pairs.size(), embedded_pairs_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      const std::size_t a = index(pairs[i].source);
      const std::size_t b = index(pairs[i].target);
      double value = dot(embedding, a, b);
      if (score == EmbeddingScore::cosine) {
        const double lengths = std::sqrt(dot(embedding, a, a)) * std::sqrt(dot(embedding, b, b));
        value = lengths > 0 ? value / lengths : 0;
      }
      scores[i] = static_cast<float>(value);
    }
  });
  context.end_stage();
  return scores;
}

Matrix pair_features(RunContext& context, MatrixView<const float> embedding, std::span<const Edge> pairs,
                     PairFeature feature) {
  detail::check_pairs(embedding.rows(), "vectors", pairs);
  Matrix features(pairs.size(), embedding.columns());
  context.begin_stage("pair features", "pairs", pairs.size());
  context.for_chunks(pairs.size(), embedded_pairs_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      const std::span<const float> a = embedding.row(index(pairs[i].source));
      const std::span<const float> b = embedding.row(index(pairs[i].target));
      const std::span<float> row = features.row(i);
      for (std::size_t j = 0; j < row.size(); ++j) row[j] = feature_of(a[j], b[j], feature);
    }
  });
  context.end_stage();
  return features;
}

}  // namespace adjoin
