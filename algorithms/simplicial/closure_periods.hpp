// Simplices in two stretches of time: the first ones, which say what sets of nodes are like, and later ones, which say
// what of it closes.
//
// Source.  Benson, Abebe, Schaub, Jadbabaie, Kleinberg: Simplicial closure and higher-order link prediction, PNAS 2018,
//          section 3, figure 6.
#pragma once

#include <cstdint>
#include <memory>
#include <tuple>

#include <adjoin/algorithms/simplicial/projection.hpp>

namespace adjoin {

struct ClosureOptions {
  double until = 1;
  double train = 0.8;
  int max_size = default_max_simplex_size;

  static constexpr auto fields() {
    using O = ClosureOptions;
    return std::tuple{
        option_field("until", &O::until, {0.0, 1.0}, "share of the simplices, the first ones, that are looked at",
                     "Benson et al. 2018, figure 6"),
        option_field("train", &O::train, {0.0, 1.0},
                     "share of these that configurations are made of; the others say what closes",
                     "Benson et al. 2018, figure 6"),
        option_field("max-size", &O::max_size, {1, 1'000'000}, "simplices of more nodes are left out",
                     "Benson et al. 2018, section 2")};
  }
};

struct ClosurePeriods {
  Time first_until = 0;  // the last time of the first simplices
  Time later_until = 0;
  std::uint64_t first_simplices = 0;
  std::uint64_t later_simplices = 0;
};

struct ClosureParts {
  ClosurePeriods periods;
  Projection first;
  Projection later;
  std::uint64_t too_large = 0;  // simplices that were left out
};

/// Cuts at time_quantile of `until`, and of `train` of what is before that. Simplices of one time are never parted.
/// Cost.    That of project_simplices, twice.
/// Errors.  InvalidOption, InvalidData if there are no simplices; else as project_simplices.
ClosureParts project_closure_parts(RunContext& context, const SimplexView& simplices,
                                   std::shared_ptr<const NodeIndex> nodes, const ClosureOptions& options);

}  // namespace adjoin
