#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/simplicial/evaluation_parts.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::detail {

EvaluationParts evaluation_parts(RunContext& context, const SimplexView& simplices,
                                 std::shared_ptr<const NodeIndex> nodes, double train, double until, int max_size) {
  if (train >= until) {
    throw InvalidOption(
        fmt::format("the training takes a share of {} of the simplices, and all that is looked at is {}; "
                    "lower --train or raise --until",
                    train, until));
  }
  const Time train_until = time_quantile(simplices, train);
  const Time test_until = time_quantile(simplices, until);
  return {train_until, test_until,
          project_simplices(context, simplices_until(simplices, train_until), std::move(nodes),
                            {TieWeight::count, max_size}),
          incidence_of(context, simplices_between(simplices, train_until, test_until), max_size)};
}

}  // namespace adjoin::detail
