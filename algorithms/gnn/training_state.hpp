// All that the next epoch of a training depends on beside data and options, so that a training that was stopped can go
// on as if it had not been.
//
// Random numbers need no state of their own: they are functions of the seed and of the numbers of step and epoch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <adjoin/algorithms/gnn/training_options.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/learn/moving_average.hpp>
#include <adjoin/engine/learn/optimizer.hpp>
#include <adjoin/engine/learn/parameter.hpp>
#include <adjoin/engine/learn/schedule.hpp>
#include <adjoin/engine/runtime/function_ref.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::gnn {

/// What an epoch came to.
struct EpochRecord {
  std::uint64_t epoch = 0;  // counted from 1
  double loss = 0;          // the mean over its steps
  std::optional<double> validation;
  double learning_rate = 0;  // of its last step
  double seconds = 0;        // 0 of an epoch before a restored state
};

class TrainingState {
 public:
  using VisitMatrix = FunctionRef<void(const std::string& name, MatrixView<float> values)>;
  using VisitNumbers = FunctionRef<void(const std::string& name, MatrixView<double> values)>;
  using VisitCount = FunctionRef<void(const std::string& name, std::uint64_t& count)>;

  /// At the beginning of a training. The parameters outlive it; frozen ones are kept with the others, as they may be
  /// what batch normalisation remembers. InvalidOption for options out of range.
  TrainingState(learn::Parameters& parameters, const TrainingOptions& options);

  /// The model if training ended here: for every parameter, by its name, the values at the best evaluation so far;
  /// without an evaluation, those of now, or of the moving average.
  void visit_model(VisitMatrix visit);
  /// Everything else. Each visit may write what an earlier visit of a state of the same model and options has read;
  /// the counts have to be written first, as they say how long the history is; InvalidData if it is too long.
  void visit_counts(VisitCount visit);
  void visit_numbers(VisitNumbers visit);
  void visit_matrices(VisitMatrix visit);

  /// Epochs and steps that are done.
  std::uint64_t epoch() const noexcept { return epoch_; }
  std::uint64_t step() const noexcept { return step_; }
  /// Of the last step that was taken.
  double learning_rate() const noexcept { return learning_rate_; }
  /// Whether the validation metric has not got better for as long as the options allow.
  bool stopped() const noexcept { return stopping_.stopped(); }
  /// The best evaluation so far: its epoch, counted from 1, and its metric. 0 and nothing before the first.
  std::uint64_t best_epoch() const noexcept { return best_epoch_; }
  std::optional<double> best_validation() const noexcept;
  /// A record for each epoch that is done.
  std::vector<EpochRecord> history() const;

  /// Moves the parameters along their gradients, clipped if so asked.
  void take_step(RunContext& context);
  /// Puts the values that are evaluated, the moving average where there is one, where the parameters stand; a second
  /// call puts back those that are trained on.
  void swap_average() noexcept;
  /// Takes the metric of the model as it stands, after swap_average. NaN is no better than any other.
  void observe(double metric);
  void end_epoch(const EpochRecord& record);
  /// The parameters become those of visit_model. The state is not to be used for training afterwards.
  void restore_best();

  /// Bytes of parameters, gradients and state for a model of `value_count` numbers.
  static std::uint64_t bytes(const TrainingOptions& options, std::uint64_t value_count) noexcept;

 private:
  void keep_model();

  learn::Parameters* parameters_;
  TrainingOptions options_;
  learn::Optimizer optimizer_;
  std::optional<learn::MovingAverage> average_;
  learn::PlateauSchedule plateau_;
  learn::EarlyStopping stopping_;
  std::vector<Matrix> best_;
  std::vector<double> history_;
  std::vector<double> seconds_;  // of the epochs of this run
  std::uint64_t epoch_ = 0;
  std::uint64_t step_ = 0;
  std::uint64_t best_epoch_ = 0;
  double learning_rate_ = 0;
};

}  // namespace adjoin::gnn
