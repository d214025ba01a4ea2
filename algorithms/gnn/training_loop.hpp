// The loop that every model is trained by: epochs of steps, an evaluation every so often, the best model kept, and all
// of it resumable.
//
// Method.  An epoch is a number of steps, each a loss on a tape, its gradients, clipped if so asked, and a step of the
//          optimiser at the rate of the schedule. Every evaluate_every epochs the metric of the validation part is
//          taken, of the moving average of parameters if there is one; the parameters of the best evaluation are put
//          back at the end. Training ends after `epochs`, or after `patience` evaluations that were no better
//          (Prechelt: Early stopping, but when?, 1998).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <adjoin/algorithms/gnn/training_options.hpp>
#include <adjoin/algorithms/gnn/training_state.hpp>
#include <adjoin/engine/learn/tape.hpp>
#include <adjoin/engine/runtime/function_ref.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::gnn {

/// What an epoch is handed to make its steps with.
class Trainer {
 public:
  Trainer(RunContext& context, TrainingState& state) noexcept : context_(&context), state_(&state) {}

  /// Of the next step, over all epochs: what random numbers of the step are drawn by.
  std::uint64_t step_number() const noexcept { return state_->step(); }

  /// One step down the gradient of loss, 1 x 1: forwards, backwards, parameters moved. Returns the loss before it.
  /// NotFinite, as the tape's guard has it, before anything is moved; Cancelled.
  double step(learn::Tape& tape, learn::Tensor loss);
  /// Moves the parameters along gradients that are there already: of several passes added up, say.
  void apply_gradients() { state_->take_step(*context_); }

 private:
  RunContext* context_;
  TrainingState* state_;
};

/// What others do while a model is trained. None has to be there.
struct TrainingHooks {
  /// After each epoch.
  std::function<void(const EpochRecord&)> on_epoch = {};
  /// Every save_every epochs and at the end, if all parameters are finite: writes a checkpoint, say.
  std::function<void(TrainingState&)> save = {};
  int save_every = 1;
  /// Before the first epoch: may write the state of an earlier run, and tells whether it did.
  std::function<bool(TrainingState&)> restore = {};
};

struct TrainingResult {
  std::vector<EpochRecord> history;  // of all epochs, those before a restored state included
  std::uint64_t best_epoch = 0;      // counted from 1; 0 if nothing was evaluated
  std::optional<double> best_validation;
  bool stopped_early = false;
  bool resumed = false;
};

/// Trains the model; at its end the parameters are those of the best evaluation.
///   epoch_loss(trainer, epoch)  makes the steps of an epoch, counted from 0, and returns their mean loss.
///   validate()                  the metric of the validation part, to be made highest; without it, or where it is NaN,
///                               the parameters at the end are the model.
/// Errors.  InvalidOption; Cancelled; learn::NotFinite with step, operation and tensor where a NaN or an infinity
///          appears. After an error the parameters are those of the step that it came in, and what `save` was last
///          given is the last good state.
/// Repeat.  the same bits for any number of threads, and the same whether or not it was stopped, saved and restored,
///          if epoch_loss and validate are functions of parameters, epoch, step and seed.
/// Stage.   "train", in epochs.
TrainingResult run_training(RunContext& context, learn::Parameters& parameters, const TrainingOptions& options,
                            FunctionRef<double(Trainer& trainer, std::uint64_t epoch)> epoch_loss,
                            std::optional<FunctionRef<double()>> validate, const TrainingHooks& hooks = {});

}  // namespace adjoin::gnn
