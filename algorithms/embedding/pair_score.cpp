#include <algorithm>
#include <cmath>

#include <adjoin/algorithms/embedding/pair_score.hpp>
#include <adjoin/algorithms/evaluate/ranking_metrics.hpp>
#include <adjoin/engine/dense/products.hpp>

namespace adjoin::detail {
namespace {

constexpr std::size_t pairs_per_chunk = 1024;

}  // namespace

PairScore::PairScore(const std::vector<Edge>& positives, const std::vector<Edge>& negatives) {
  for (const auto* const edges : {&positives, &negatives}) {
    for (const Edge& edge : *edges) {
      nodes_.push_back(edge.source);
      nodes_.push_back(edge.target);
    }
  }
  std::ranges::sort(nodes_);
  nodes_.erase(std::unique(nodes_.begin(), nodes_.end()), nodes_.end());
  positives_ = places_of(positives);
  negatives_ = places_of(negatives);
}

double PairScore::score(const Threads& threads, MatrixView<const float> rows) const {
  std::vector<float> lengths(rows.rows());
  threads.for_chunks(rows.rows(), pairs_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      dot_rows(rows, i, rows.row(i), {&lengths[i], 1});
      lengths[i] = std::sqrt(lengths[i]);
    }
  });
  const auto cosines = [&](const Places& pairs) {
    std::vector<float> result(pairs.size());
    threads.for_chunks(pairs.size(), pairs_per_chunk, [&](Chunk chunk) {
      for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
        const auto [u, v] = pairs[i];
        dot_rows(rows, u, rows.row(v), {&result[i], 1});
        const float length = lengths[u] * lengths[v];
        result[i] = length > 0 ? result[i] / length : 0.0F;
      }
    });
    return result;
  };
  return auc(RankedScores(threads, std::span<const float>(cosines(positives_)), cosines(negatives_)));
}

PairScore::Places PairScore::places_of(const std::vector<Edge>& edges) const {
  const auto place = [&](NodeId node) {
    return static_cast<std::size_t>(std::ranges::lower_bound(nodes_, node) - nodes_.begin());
  };
  Places places;
  for (const Edge& edge : edges) places.emplace_back(place(edge.source), place(edge.target));
  return places;
}

}  // namespace adjoin::detail
