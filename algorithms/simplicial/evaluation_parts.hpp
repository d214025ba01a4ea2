// Simplices cut by time for a prediction that is judged. Private to evaluations.
#pragma once

#include <memory>

#include <adjoin/algorithms/simplicial/projection.hpp>

namespace adjoin::detail {

/// What is known before anything is scored.
struct EvaluationParts {
  Time train_until = 0;
  Time test_until = 0;
  Projection projection;  // of the training
  Incidence later;        // what says what closes
};

/// Cuts at time_quantile of `train` and of `until`, shares of the simplices. InvalidOption unless train < until; else
/// as project_simplices.
EvaluationParts evaluation_parts(RunContext& context, const SimplexView& simplices,
                                 std::shared_ptr<const NodeIndex> nodes, double train, double until, int max_size);

}  // namespace adjoin::detail
