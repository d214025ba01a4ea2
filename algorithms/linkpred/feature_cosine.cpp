#include <cmath>

#include <fmt/format.h>

#include <adjoin/algorithms/linkpred/feature_cosine.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace {

constexpr std::size_t rows_per_chunk = 1 << 12;
constexpr std::size_t pairs_per_chunk = 1 << 8;

void check_pairs(std::span<const Edge> pairs, std::size_t rows) {
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto [source, target] = pairs[i];
    if (index(source) >= rows || index(target) >= rows) {
      throw InvalidData(fmt::format("pair {} has the node ids {} and {}, but there are features of those below {}",
                                    i + 1, index(source), index(target), rows));
    }
    if (source != target) continue;
    throw InvalidData(fmt::format("pair {} is node {} with itself; give pairs of two nodes", i + 1, index(source)));
  }
}

double dot(MatrixView<const float> features, NodeId x, NodeId y) {
  const auto a = features.row(index(x));
  const auto b = features.row(index(y));
  double sum = 0;
  for (std::size_t j = 0; j < a.size(); ++j) sum += static_cast<double>(a[j]) * static_cast<double>(b[j]);
  return sum;
}

double dot(const CsrView& features, NodeId x, NodeId y) {
  const auto value = [&](std::size_t entry) {
    return features.weighted() ? static_cast<double>(features.weights[entry]) : 1.0;
  };
  double sum = 0;
  std::size_t i = features.row_begin(index(x));
  std::size_t j = features.row_begin(index(y));
  while (i < features.row_end(index(x)) && j < features.row_end(index(y))) {
    const NodeId a = features.targets[i];
    const NodeId b = features.targets[j];
    if (a == b) sum += value(i) * value(j);
    i += a <= b ? 1 : 0;
    j += b <= a ? 1 : 0;
  }
  return sum;
}

template <class Features>
Array<double> inverse_lengths_of(RunContext& context, const Features& features, std::size_t rows) {
  Array<double> inverses(rows);
  context.threads().for_chunks(rows, rows_per_chunk, [&](Chunk chunk) {
    for (std::size_t row = chunk.begin; row < chunk.end; ++row) {
      const double square = dot(features, node_id(row), node_id(row));
      inverses[row] = square > 0 ? 1 / std::sqrt(square) : 0;
    }
  });
  return inverses;
}

template <class Features>
Array<float> scores_of(RunContext& context, const Features& features, std::size_t rows, std::span<const Edge> pairs) {
  check_pairs(pairs, rows);
  context.require_memory(resident_bytes() + estimate_feature_cosine_memory(rows, pairs.size()), "raise --memory");
  const Array<double> inverses = inverse_lengths_of(context, features, rows);
  Array<float> scores(pairs.size());
  context.begin_stage("feature cosine", "pairs", pairs.size());
  context.for_chunks(pairs.size(), pairs_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      const auto [x, y] = pairs[i];
      scores[i] = detail::as_cosine(dot(features, x, y), inverses[index(x)], inverses[index(y)]);
    }
  });
  context.end_stage();
  return scores;
}

}  // namespace

namespace detail {

Array<double> inverse_lengths(RunContext& context, const CsrView& features) {
  return inverse_lengths_of(context, features, features.row_count());
}

}  // namespace detail

Array<float> feature_cosine_scores(RunContext& context, const CsrView& features, std::span<const Edge> pairs) {
  return scores_of(context, features, features.row_count(), pairs);
}

Array<float> feature_cosine_scores(RunContext& context, MatrixView<const float> features, std::span<const Edge> pairs) {
  return scores_of(context, features, features.rows(), pairs);
}

std::uint64_t estimate_feature_cosine_memory(std::size_t node_count, std::size_t pair_count) noexcept {
  return node_count * sizeof(double) + pair_count * sizeof(float);
}

}  // namespace adjoin
