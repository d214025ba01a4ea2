// How a model is trained: steps, their length, when it ends, and what is kept of it.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include <adjoin/engine/learn/optimizer.hpp>
#include <adjoin/engine/learn/schedule.hpp>
#include <adjoin/engine/runtime/options.hpp>

namespace adjoin::gnn {

struct TrainingOptions {
  learn::OptimizerOptions optimizer;
  learn::ScheduleOptions schedule;
  int epochs = 200;
  int patience = 100;
  int evaluate_every = 1;
  double clip_norm = 0;
  double moving_average = 0;
  double plateau_factor = 1;
  int plateau_patience = 10;

  /// The rows of its own; training_option_values and bind_training_options have those of the parts, too.
  static constexpr auto fields() {
    using O = TrainingOptions;
    return std::tuple{
        option_field("epochs", &O::epochs, {1, 1'000'000}, "passes over the training part at most"),
        option_field("patience", &O::patience, {0, 1'000'000},
                     "evaluations without a better validation metric after which training ends; 0: it does not"),
        option_field("evaluate-every", &O::evaluate_every, {1, 1'000'000},
                     "epochs from one evaluation of the validation part to the next"),
        option_field("clip-norm", &O::clip_norm, {0.0, 1e9},
                     "the length that all gradients together are scaled down to; 0: they stay as they are",
                     "Pascanu, Mikolov, Bengio 2013"),
        option_field("moving-average", &O::moving_average, {0.0, 0.999999999},
                     "the share that remains of the average of parameters at each step, which is then what is "
                     "evaluated and kept; 0: no average",
                     "Polyak, Juditsky 1992"),
        option_field("plateau-factor", &O::plateau_factor, {0.0, 1.0},
                     "what the learning rate is multiplied with when the validation metric gets no better; 1: never"),
        option_field("plateau-patience", &O::plateau_patience, {0, 1'000'000},
                     "of plateau-factor: evaluations without a better metric that are let pass"),
    };
  }
};

/// InvalidOption for the first value outside its range.
void check_training_options(const TrainingOptions& options);

/// All rows: of the training, its optimiser and its schedule.
std::vector<OptionValue> training_option_values(const TrainingOptions& options);
std::vector<Option> bind_training_options(TrainingOptions& options);

}  // namespace adjoin::gnn
