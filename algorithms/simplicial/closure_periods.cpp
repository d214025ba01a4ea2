#include <utility>

#include <adjoin/algorithms/simplicial/closure_periods.hpp>

namespace adjoin {

ClosureParts project_closure_parts(RunContext& context, const SimplexView& simplices,
                                   std::shared_ptr<const NodeIndex> nodes, const ClosureOptions& options) {
  validate(options);
  ClosurePeriods periods;
  periods.later_until = time_quantile(simplices, options.until);
  const SimplexView part = simplices_until(simplices, periods.later_until);
  periods.first_until = time_quantile(part, options.train);
  ProjectionOptions projection;
  projection.max_size = options.max_size;
  Projection first = project_simplices(context, simplices_until(part, periods.first_until), nodes, projection);
  Projection later = project_simplices(context, simplices_between(part, periods.first_until, periods.later_until),
                                       std::move(nodes), projection);
  periods.first_simplices = first.incidence.simplex_count();
  periods.later_simplices = later.incidence.simplex_count();
  const std::uint64_t too_large = first.incidence.too_large + later.incidence.too_large;
  return {periods, std::move(first), std::move(later), too_large};
}

}  // namespace adjoin
