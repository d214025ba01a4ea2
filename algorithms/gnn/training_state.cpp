#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <adjoin/algorithms/gnn/training_state.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::gnn {
namespace {

/// Numbers that the history keeps of an epoch: loss, validation metric or NaN, learning rate. Not its time, so that the
/// same training has the same state.
constexpr std::size_t history_columns = 3;
constexpr std::uint64_t most_epochs = 1'000'000;  // as the options have it

learn::PlateauOptions plateau_options(const TrainingOptions& options) {
  return {.goal = learn::Goal::highest, .factor = options.plateau_factor, .patience = options.plateau_patience};
}

int patience_of(const TrainingOptions& options) {
  return options.patience == 0 ? std::numeric_limits<int>::max() : options.patience;
}

TrainingOptions checked(const TrainingOptions& options) {
  check_training_options(options);
  return options;
}

void copy(MatrixView<const float> from, MatrixView<float> to) {
  for (std::size_t i = 0; i < from.rows(); ++i) std::ranges::copy(from.row(i), to.row(i).begin());
}

/// A whole number of another type, visited as a count.
template <class Number>
void visit_as_count(TrainingState::VisitCount visit, const std::string& name, Number& number) {
  auto count = static_cast<std::uint64_t>(number);
  visit(name, count);
  number = static_cast<Number>(count);
}

}  // namespace

TrainingState::TrainingState(learn::Parameters& parameters, const TrainingOptions& options)
    : parameters_(&parameters),
      options_(checked(options)),
      optimizer_(options.optimizer, parameters),
      plateau_(plateau_options(options)),
      stopping_(learn::Goal::highest, patience_of(options)) {
  if (options.moving_average > 0) average_.emplace(parameters, options.moving_average);
  best_.reserve(parameters.size());
  for (const learn::Parameter& parameter : parameters) {
    best_.emplace_back(parameter.value.rows(), parameter.value.columns());
  }
  keep_model();
}

void TrainingState::keep_model() {
  for (std::size_t k = 0; k < best_.size(); ++k) copy((*parameters_)[k].value.view(), best_[k].view());
}

void TrainingState::visit_model(VisitMatrix visit) {
  if (!stopping_.state().seen) {
    swap_average();
    keep_model();
    swap_average();
  }
  for (std::size_t k = 0; k < best_.size(); ++k) visit((*parameters_)[k].name, best_[k].view());
}

void TrainingState::visit_counts(VisitCount visit) {
  visit("epoch", epoch_);
  visit("step", step_);
  visit("best_epoch", best_epoch_);
  std::uint64_t optimizer_steps = optimizer_.steps();
  visit("optimizer.steps", optimizer_steps);
  optimizer_.set_steps(optimizer_steps);
  learn::PlateauSchedule::State plateau = plateau_.state();
  visit_as_count(visit, "plateau.worse", plateau.worse);
  visit_as_count(visit, "plateau.seen", plateau.seen);
  plateau_.set_state(plateau);
  learn::EarlyStopping::State stopping = stopping_.state();
  visit_as_count(visit, "stopping.worse", stopping.worse);
  visit("stopping.evaluations", stopping.evaluations);
  visit("stopping.best_evaluation", stopping.best_evaluation);
  visit_as_count(visit, "stopping.seen", stopping.seen);
  stopping_.set_state(stopping);
  if (epoch_ > most_epochs) {
    throw InvalidData(
        fmt::format("a training of {} epochs is longer than the {} that there can be", epoch_, most_epochs));
  }
  history_.resize(epoch_ * history_columns);
}

void TrainingState::visit_numbers(VisitNumbers visit) {
  learn::PlateauSchedule::State plateau = plateau_.state();
  visit("plateau.factor", {&plateau.factor, 1, 1});
  visit("plateau.best", {&plateau.best, 1, 1});
  plateau_.set_state(plateau);
  learn::EarlyStopping::State stopping = stopping_.state();
  visit("stopping.best", {&stopping.best, 1, 1});
  stopping_.set_state(stopping);
  visit("history", {history_.data(), history_.size() / history_columns, history_columns});
}

void TrainingState::visit_matrices(VisitMatrix visit) {
  for (learn::Parameter& parameter : *parameters_) visit("value." + parameter.name, parameter.value.view());
  optimizer_.visit_state(
      [&](const std::string& name, MatrixView<float> values) { visit("optimizer." + name, values); });
  if (!average_) return;
  for (std::size_t k = 0; k < parameters_->size(); ++k) {
    visit("average." + (*parameters_)[k].name, average_->average(k));
  }
}

std::optional<double> TrainingState::best_validation() const noexcept {
  if (!stopping_.state().seen) return std::nullopt;
  return stopping_.state().best;
}

std::vector<EpochRecord> TrainingState::history() const {
  std::vector<EpochRecord> records;
  for (std::size_t k = 0; k < history_.size() / history_columns; ++k) {
    const double* const row = history_.data() + k * history_columns;
    EpochRecord& record = records.emplace_back();
    record.epoch = k + 1;
    record.loss = row[0];
    if (!std::isnan(row[1])) record.validation = row[1];
    record.learning_rate = row[2];
    record.seconds = k < seconds_.size() ? seconds_[k] : 0;
  }
  return records;
}

void TrainingState::take_step(RunContext& context) {
  if (options_.clip_norm > 0) learn::clip_gradients(context, *parameters_, options_.clip_norm);
  const double factor = learn::schedule_factor(options_.schedule, step_) * plateau_.factor();
  optimizer_.step(context, factor);
  learning_rate_ = options_.optimizer.learning_rate * factor;
  if (average_) average_->update(context);
  ++step_;
}

void TrainingState::swap_average() noexcept {
  if (average_) average_->swap();
}

void TrainingState::observe(double metric) {
  if (options_.plateau_factor < 1) plateau_.observe(metric);
  if (!stopping_.observe(metric)) return;
  keep_model();
  best_epoch_ = epoch_ + 1;
}

void TrainingState::end_epoch(const EpochRecord& record) {
  history_.insert(history_.end(), {record.loss, record.validation.value_or(std::numeric_limits<double>::quiet_NaN()),
                                   record.learning_rate});
  seconds_.resize(epoch_);
  seconds_.push_back(record.seconds);
  ++epoch_;
}

void TrainingState::restore_best() {
  std::size_t k = 0;
  visit_model([&](const std::string&, MatrixView<float> values) { copy(values, (*parameters_)[k++].value.view()); });
}

std::uint64_t TrainingState::bytes(const TrainingOptions& options, std::uint64_t value_count) noexcept {
  const std::uint64_t copies = options.moving_average > 0 ? 4 : 3;  // values, gradients, the best, the average
  return copies * value_count * sizeof(float) + learn::Optimizer::bytes(options.optimizer, value_count);
}

}  // namespace adjoin::gnn
