// What scores of three nodes may be made of in a prediction: the simplices up to a time, and nothing that comes later.
#pragma once

#include <functional>
#include <memory>

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
  ClosureLabels labels = ClosureLabels::correct;
  /// Times within: scores that learn see which open triangles of the simplices up to the first close after it, and
  /// choose, if they have to, by the same of the second and the time between the two.
  Time learn_until = 0;
  Time choose_until = 0;
};

/// One or more scores, made of the training.
using TripleScoringMaker = std::function<TripleScoring(RunContext&, const TripleTraining&)>;

/// The scores of triple_scores.
TripleScoringMaker triple_method_maker(std::vector<TripleMethod> methods);

/// All of these, one after another.
TripleScoring make_scoring(RunContext& context, const TripleTraining& training,
                           std::span<const TripleScoringMaker> makers);

}  // namespace adjoin
