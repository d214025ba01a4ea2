// How the length of steps changes over a training, and when it ends.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>

#include <adjoin/engine/runtime/options.hpp>

namespace adjoin::learn {

enum class ScheduleKind { constant, cosine };

struct ScheduleOptions {
  ScheduleKind kind = ScheduleKind::constant;
  std::uint64_t warmup_steps = 0;
  std::uint64_t total_steps = 1000;
  double final_factor = 0;

  static constexpr auto fields() {
    return std::tuple{
        option_field("schedule", &ScheduleOptions::kind, "how the learning rate changes",
                     "cosine: Loshchilov, Hutter 2017, equation 5, one period"),
        option_field("warmup-steps", &ScheduleOptions::warmup_steps, {0, 1'000'000'000},
                     "steps over which the learning rate rises from nearly 0", "Goyal et al. 2017, section 2.2"),
        option_field("total-steps", &ScheduleOptions::total_steps, {1, 1'000'000'000'000},
                     "of cosine: the step at which it arrives at final-factor"),
        option_field("final-factor", &ScheduleOptions::final_factor, {0.0, 1.0},
                     "of cosine: the share of the learning rate that remains"),
    };
  }
};

/// What the learning rate is multiplied with at a step, counted from 0. Up to the last step of the warm-up it is
/// (step + 1) / warmup_steps; then 1, or half a period of a cosine from 1 to final_factor.
double schedule_factor(const ScheduleOptions& options, std::uint64_t step) noexcept;

/// Whether a metric should rise (an accuracy) or fall (a loss).
enum class Goal { highest, lowest };

struct PlateauOptions {
  Goal goal = Goal::lowest;
  double factor = 0.1;
  int patience = 10;
  double threshold = 1e-4;
  double least_factor = 0;

  static constexpr auto fields() {
    return std::tuple{
        option_field("plateau-goal", &PlateauOptions::goal, "whether the metric should rise or fall"),
        option_field("plateau-factor", &PlateauOptions::factor, {0.0, 1.0},
                     "what the learning rate is multiplied with"),
        option_field("plateau-patience", &PlateauOptions::patience, {0, 1'000'000},
                     "evaluations without a better metric that are let pass"),
        option_field("plateau-threshold", &PlateauOptions::threshold, {0.0, 1.0},
                     "the share by which a metric has to be better"),
        option_field("plateau-least", &PlateauOptions::least_factor, {0.0, 1.0}, "the factor that is not gone below"),
    };
  }
};

/// Lowers the learning rate when a metric no longer gets better.
class PlateauSchedule {
 public:
  /// InvalidOption for options out of range.
  explicit PlateauSchedule(const PlateauOptions& options);

  /// Takes the metric of an evaluation; NaN is no better. Returns the factor from here on.
  double observe(double metric) noexcept;
  double factor() const noexcept { return state_.factor; }

  /// What a checkpoint keeps.
  struct State {
    double factor = 1;
    double best = 0;
    int worse = 0;  // evaluations since it got better
    bool seen = false;
  };
  const State& state() const noexcept { return state_; }
  void set_state(const State& state) noexcept { state_ = state; }

 private:
  PlateauOptions options_;
  State state_;
};

/// Tells when a metric has not got better for `patience` evaluations.
class EarlyStopping {
 public:
  /// patience >= 1, least_gain >= 0 (InvalidOption). A metric is better if it is so by more than least_gain.
  EarlyStopping(Goal goal, int patience, double least_gain = 0);

  /// Takes the metric of the next evaluation; NaN is no better. True if it is the best so far: the model is to be kept.
  bool observe(double metric) noexcept;
  bool stopped() const noexcept { return state_.worse >= patience_; }

  /// What a checkpoint keeps.
  struct State {
    double best = 0;
    int worse = 0;  // evaluations since the best
    std::uint64_t evaluations = 0;
    std::uint64_t best_evaluation = 0;  // counted from 0
    bool seen = false;
  };
  const State& state() const noexcept { return state_; }
  void set_state(const State& state) noexcept { state_ = state; }

 private:
  Goal goal_;
  int patience_;
  double least_gain_;
  State state_;
};

}  // namespace adjoin::learn

template <>
struct adjoin::EnumNames<adjoin::learn::ScheduleKind> {
  using Kind = adjoin::learn::ScheduleKind;
  static constexpr std::array<std::pair<Kind, std::string_view>, 2> names{
      {{Kind::constant, "constant"}, {Kind::cosine, "cosine"}}};
};
template <>
struct adjoin::EnumNames<adjoin::learn::Goal> {
  using Goal = adjoin::learn::Goal;
  static constexpr std::array<std::pair<Goal, std::string_view>, 2> names{
      {{Goal::highest, "highest"}, {Goal::lowest, "lowest"}}};
};
