#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <utility>

#include <adjoin/algorithms/gnn/training_loop.hpp>
#include <adjoin/engine/dense/finite.hpp>

namespace adjoin::gnn {
namespace {

class TrainingRun {
 public:
  using EpochLoss = FunctionRef<double(Trainer&, std::uint64_t)>;
  using Validate = std::optional<FunctionRef<double()>>;

  TrainingRun(RunContext& context, learn::Parameters& parameters, const TrainingOptions& options,
              const TrainingHooks& hooks)
      : context_(context), parameters_(parameters), options_(options), hooks_(hooks), state_(parameters, options) {}

  TrainingResult run(EpochLoss epoch_loss, Validate validate) {
    TrainingResult result;
    result.resumed = hooks_.restore && hooks_.restore(state_);
    const auto epochs = static_cast<std::uint64_t>(options_.epochs);
    context_.begin_stage("train", "epochs", epochs);
    context_.advance(std::min(state_.epoch(), epochs));
    bool saved = result.resumed;
    while (state_.epoch() < epochs && !state_.stopped()) {
      const EpochRecord record = run_epoch(epoch_loss, validate);
      if (hooks_.on_epoch) hooks_.on_epoch(record);
      saved = hooks_.save_every > 0 && state_.epoch() % static_cast<std::uint64_t>(hooks_.save_every) == 0;
      if (saved) save();
      context_.advance(1);
    }
    if (!saved) save();
    context_.end_stage();
    result.history = state_.history();
    result.best_epoch = state_.best_epoch();
    result.best_validation = state_.best_validation();
    result.stopped_early = state_.stopped();
    state_.restore_best();
    return result;
  }

 private:
  using Clock = std::chrono::steady_clock;

  EpochRecord run_epoch(EpochLoss epoch_loss, Validate validate) {
    const Clock::time_point began = Clock::now();
    EpochRecord record;
    record.epoch = state_.epoch() + 1;
    Trainer trainer(context_, state_);
    context_.without_progress([&] {
      record.loss = epoch_loss(trainer, state_.epoch());
      if (validate && record.epoch % static_cast<std::uint64_t>(options_.evaluate_every) == 0) {
        state_.swap_average();
        const double metric = (*validate)();
        state_.observe(metric);
        state_.swap_average();
        if (!std::isnan(metric)) record.validation = metric;
      }
    });
    record.learning_rate = state_.learning_rate();
    record.seconds = std::chrono::duration<double>(Clock::now() - began).count();
    state_.end_epoch(record);
    return record;
  }

  /// A step may leave parameters that only the next pass would find to be no numbers.
  void save() {
    if (!hooks_.save) return;
    for (const learn::Parameter& parameter : parameters_) {
      if (!first_row_not_finite(context_, parameter.value.view())) continue;
      throw learn::NotFinite(state_.step() - 1, "the optimiser", parameter.name, false);
    }
    hooks_.save(state_);
  }

  RunContext& context_;
  learn::Parameters& parameters_;
  const TrainingOptions& options_;
  const TrainingHooks& hooks_;
  TrainingState state_;
};

}  // namespace

double Trainer::step(learn::Tape& tape, learn::Tensor loss) {
  tape.forward({.training = true, .step = state_->step()});
  const auto value = static_cast<double>(tape.scalar(loss));
  tape.backward(loss);
  state_->take_step(*context_);
  return value;
}

TrainingResult run_training(RunContext& context, learn::Parameters& parameters, const TrainingOptions& options,
                            FunctionRef<double(Trainer&, std::uint64_t)> epoch_loss,
                            std::optional<FunctionRef<double()>> validate, const TrainingHooks& hooks) {
  return TrainingRun(context, parameters, options, hooks).run(epoch_loss, validate);
}

}  // namespace adjoin::gnn
