// A private part of linkpred: what neighbourhood scores know of each node, and how a score comes of what a pair shares.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

#include <adjoin/algorithms/linkpred/neighborhood_scores.hpp>
#include <adjoin/engine/runtime/memory.hpp>

namespace adjoin::detail {

/// InvalidOption for values out of range, and for use_weights with scores that have no form with weights.
void check_neighborhood_options(std::span<const NeighborhoodScore> scores, const NeighborhoodOptions& options);

/// What a pair's neighbourhoods share.
struct SharedNeighbors {
  double count = 0;    // c, or with weights the sum over them of the weights of both edges
  double overlap = 0;  // c, and those of the pair itself that are neighbours of both
  double adamic_adar = 0;
  double resources = 0;
};

/// What the score of a pair needs beside the lists of neighbours.
class NeighborhoodDegrees {
 public:
  /// rows: of each node its neighbours; columns: of each node those whose neighbour it is.
  NeighborhoodDegrees(RunContext& context, const CsrView& rows, const CsrView& columns, const NodeIndex& nodes,
                      bool use_weights);

  static std::uint64_t bytes(std::size_t n) noexcept { return n * 3 * sizeof(float); }

  double degree(NodeId node) const noexcept { return static_cast<double>(degrees_[index(node)]); }
  /// What z adds to Adamic-Adar and to resource allocation, with weights for each unit of weight.
  double inverse_log(NodeId z) const noexcept { return static_cast<double>(inverse_logs_[index(z)]); }
  double inverse(NodeId z) const noexcept { return static_cast<double>(inverses_[index(z)]); }
  /// Of all nodes.
  std::span<const float> inverse_logs() const noexcept { return inverse_logs_.span(); }
  std::span<const float> inverses() const noexcept { return inverses_.span(); }

 private:
  Array<float> degrees_;
  Array<float> inverse_logs_;
  Array<float> inverses_;
};

/// kx, ky: degrees of the pair's nodes.
inline double score_of(NeighborhoodScore score, const SharedNeighbors& shared, double kx, double ky) noexcept {
  const auto ratio = [](double a, double b) { return b > 0 ? a / b : 0.0; };
  const double c = shared.count;
  switch (score) {
    case NeighborhoodScore::common_neighbors:
      return c;
    case NeighborhoodScore::jaccard:
      return ratio(c, kx + ky - shared.overlap);
    case NeighborhoodScore::salton:
      return ratio(c, std::sqrt(kx * ky));
    case NeighborhoodScore::sorensen:
      return ratio(2 * c, kx + ky);
    case NeighborhoodScore::hub_promoted:
      return ratio(c, std::min(kx, ky));
    case NeighborhoodScore::hub_depressed:
      return ratio(c, std::max(kx, ky));
    case NeighborhoodScore::leicht_holme_newman:
      return ratio(c, kx * ky);
    case NeighborhoodScore::adamic_adar:
      return shared.adamic_adar;
    case NeighborhoodScore::resource_allocation:
      return shared.resources;
    case NeighborhoodScore::preferential_attachment:
      return kx * ky;
  }
  return 0;
}

/// Whether the node is in a row of neighbours, which is in order.
inline bool contains(std::span<const NodeId> nodes, NodeId node) noexcept {
  return std::ranges::binary_search(nodes, node);
}

/// A float, and finite.
inline float as_score(double score) noexcept {
  return static_cast<float>(std::min(score, static_cast<double>(std::numeric_limits<float>::max())));
}

}  // namespace adjoin::detail
