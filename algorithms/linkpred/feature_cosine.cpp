#include <cmath>

#include <adjoin/algorithms/linkpred/check_pairs.hpp>
#include <adjoin/algorithms/linkpred/feature_cosine.hpp>

namespace adjoin {
namespace {

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

}  // namespace

namespace detail {

Array<double> inverse_lengths(RunContext& context, const CsrView& features) {
  Array<double> inverses(features.row_count());
  constexpr std::size_t rows_per_chunk = 1 << 12;
  context.threads().for_chunks(inverses.size(), rows_per_chunk, [&](Chunk chunk) {
    for (std::size_t row = chunk.begin; row < chunk.end; ++row) {
      const double square = dot(features, node_id(row), node_id(row));
      inverses[row] = square > 0 ? 1 / std::sqrt(square) : 0;
    }
  });
  return inverses;
}

}  // namespace detail

Array<float> feature_cosine_scores(RunContext& context, const CsrView& features, std::span<const Edge> pairs) {
  const std::size_t rows = features.row_count();
  detail::check_pairs(rows, "features", pairs);
  context.require_memory(resident_bytes() + estimate_feature_cosine_memory(rows, pairs.size()), "raise --memory");
  const Array<double> inverses = detail::inverse_lengths(context, features);
  Array<float> scores(pairs.size());
  context.begin_stage("feature cosine", "pairs", pairs.size());
  constexpr std::size_t pairs_per_chunk = 1 << 8;
  context.for_chunks(pairs.size(), pairs_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      const auto [x, y] = pairs[i];
      scores[i] = detail::as_cosine(dot(features, x, y), inverses[index(x)], inverses[index(y)]);
    }
  });
  context.end_stage();
  return scores;
}

std::uint64_t estimate_feature_cosine_memory(std::size_t node_count, std::size_t pair_count) noexcept {
  return node_count * sizeof(double) + pair_count * sizeof(float);
}

}  // namespace adjoin
