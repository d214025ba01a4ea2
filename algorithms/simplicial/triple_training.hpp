// What scores of three nodes may be made of in a prediction: the simplices up to a time, and nothing that comes later.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <adjoin/algorithms/simplicial/open_triangles.hpp>
#include <adjoin/algorithms/simplicial/projection.hpp>
#include <adjoin/algorithms/simplicial/triple_scores.hpp>

namespace adjoin {

/// All of it lives as long as the scores do.
struct TripleTraining {
  SimplexView simplices;
  std::shared_ptr<const NodeIndex> nodes;
  const Projection* projection = nullptr;  // of the simplices, by counts
  int max_size = default_max_simplex_size;
  /// What counts as closing to scores that learn from what has closed within the training.
  ClosureLabels labels = ClosureLabels::correct;
  /// eighths[k]: the time that k eighths of the training come before; of the last one all.
  std::array<Time, 9> eighths{};
};

/// The training that all simplices up to a share of them are. simplices: all there are, of which the later ones are
/// read for nothing but the times of the cuts: eighths[k] is time_quantile of k / 8 of the share.
TripleTraining training_until(const SimplexView& simplices, double share, std::shared_ptr<const NodeIndex> nodes,
                              const Projection& projection, int max_size, ClosureLabels labels);

/// Bytes beyond the projection of the training.
struct ScoringMemory {
  std::uint64_t making = 0;  // at most, while scores are made, what they keep among them
  std::uint64_t kept = 0;    // by the scores
};

/// One or more scores by name, made of the training.
struct TripleScoringMaker {
  std::vector<std::string> names;
  /// InvalidData where the training does not have what the scores need.
  std::function<TripleScoring(RunContext&, const TripleTraining&)> make;
  std::function<ScoringMemory(const Projection& projection, std::uint64_t open_triangles, int threads)> estimate;
};

/// Of all makers, one after another.
ScoringMemory estimate_scoring_memory(std::span<const TripleScoringMaker> makers, const Projection& projection,
                                      std::uint64_t open_triangles, int threads);

/// The scores of triple_scores.
TripleScoringMaker triple_method_maker(std::vector<TripleMethod> methods);

}  // namespace adjoin
