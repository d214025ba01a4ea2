#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include <adjoin/engine/learn/schedule.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::learn {

double schedule_factor(const ScheduleOptions& options, std::uint64_t step) noexcept {
  if (step < options.warmup_steps) return static_cast<double>(step + 1) / static_cast<double>(options.warmup_steps);
  if (options.kind == ScheduleKind::constant) return 1;
  if (step >= options.total_steps) return options.final_factor;
  const auto done = static_cast<double>(step - options.warmup_steps);
  const auto whole = static_cast<double>(options.total_steps - options.warmup_steps);
  return options.final_factor + (1 - options.final_factor) * (1 + std::cos(std::numbers::pi * done / whole)) / 2;
}

PlateauSchedule::PlateauSchedule(const PlateauOptions& options) : options_(options) {
  validate(options);
}

double PlateauSchedule::observe(double metric) noexcept {
  const double share = options_.goal == Goal::lowest ? 1 - options_.threshold : 1 + options_.threshold;
  const double bound = state_.best * share;
  const bool better =
      !std::isnan(metric) && (!state_.seen || (options_.goal == Goal::lowest ? metric < bound : metric > bound));
  if (better) {
    state_.best = metric;
    state_.seen = true;
    state_.worse = 0;
  } else if (++state_.worse > options_.patience) {
    state_.factor = std::max(options_.least_factor, state_.factor * options_.factor);
    state_.worse = 0;
  }
  return state_.factor;
}

EarlyStopping::EarlyStopping(Goal goal, int patience, double least_gain)
    : goal_(goal), patience_(patience), least_gain_(least_gain) {
  if (patience < 1)
    throw InvalidOption(fmt::format("patience = {} is below 1; wait for one evaluation at least", patience));
  if (!(least_gain >= 0)) throw InvalidOption(fmt::format("least gain = {} is below 0", least_gain));
}

bool EarlyStopping::observe(double metric) noexcept {
  const double gain = goal_ == Goal::highest ? metric - state_.best : state_.best - metric;
  const bool better = !std::isnan(metric) && (!state_.seen || gain > least_gain_);
  if (better) {
    state_.best = metric;
    state_.best_evaluation = state_.evaluations;
    state_.seen = true;
    state_.worse = 0;
  } else {
    ++state_.worse;
  }
  ++state_.evaluations;
  return better;
}

}  // namespace adjoin::learn
