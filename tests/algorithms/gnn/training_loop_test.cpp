#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/algorithms/gnn/training_loop.hpp>
#include <adjoin/engine/learn/activations.hpp>
#include <adjoin/engine/learn/dropout.hpp>
#include <adjoin/engine/learn/linear.hpp>
#include <adjoin/engine/learn/losses.hpp>
#include <adjoin/engine/learn/normalization.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/random.hpp>

using namespace adjoin;
using namespace adjoin::gnn;

namespace {

constexpr std::size_t loop_rows = 60;
constexpr std::size_t loop_columns = 7;
constexpr std::size_t hidden = 5;

Matrix drawn(std::size_t height, std::size_t width, std::uint64_t key) {
  RandomSequence random(1, RandomStream::tests, key);
  Matrix matrix(height, width);
  for (std::size_t i = 0; i < height; ++i) {
    for (float& value : matrix.row(i)) value = static_cast<float>(random.next_normal());
  }
  return matrix;
}

/// A small network with everything that has state: dropout by step, statistics of batch normalisation.
class SmallProblem {
 public:
  explicit SmallProblem(RunContext& context)
      : x_(drawn(loop_rows, loop_columns, 1)),
        y_(drawn(loop_rows, 1, 2)),
        validation_x_(drawn(loop_rows, loop_columns, 3)),
        validation_y_(drawn(loop_rows, 1, 4)),
        training_(context),
        evaluation_(context, false) {
    learn::set_glorot_uniform(parameters_.add("in", loop_columns, hidden), 3);
    learn::set_constant(parameters_.add("weight", 1, hidden), 1);
    parameters_.add("shift", 1, hidden);
    learn::set_glorot_uniform(parameters_.add("out", hidden, 1), 3);
    parameters_.add("mean", 1, hidden).frozen = true;
    parameters_.add("variance", 1, hidden).frozen = true;
    learn::set_constant(parameters_[5], 1);
    loss_ = record(training_, x_, y_);
    evaluated_ = record(evaluation_, validation_x_, validation_y_);
  }

  double epoch_loss(Trainer& trainer) {
    double sum = 0;
    for (int k = 0; k < 3; ++k) sum += trainer.step(training_, loss_);
    return sum / 3;
  }
  double validate() {
    evaluation_.forward({.training = false});
    return -static_cast<double>(evaluation_.scalar(evaluated_));
  }
  TrainingResult train(RunContext& context, const TrainingOptions& options, const TrainingHooks& hooks = {}) {
    return run_training(
        context, parameters_, options, [&](Trainer& trainer, std::uint64_t) { return epoch_loss(trainer); },
        [&] { return validate(); }, hooks);
  }
  learn::Parameters& parameters() { return parameters_; }
  Matrix& targets() { return y_; }

 private:
  learn::Tensor record(learn::Tape& tape, const Matrix& x, const Matrix& y) {
    learn::Tensor h = learn::matmul(tape, tape.constant("x", x.view()), tape.parameter(parameters_[0]));
    h = learn::batch_norm(tape, h, tape.parameter(parameters_[1]), tape.parameter(parameters_[2]), parameters_[4].value,
                          parameters_[5].value);
    h = learn::dropout(tape, learn::tanh(tape, h), 0.3);
    return learn::mean_squared_error(tape, learn::matmul(tape, h, tape.parameter(parameters_[3])),
                                     tape.constant("y", y.view()));
  }

  Matrix x_;
  Matrix y_;
  Matrix validation_x_;
  Matrix validation_y_;
  learn::Parameters parameters_;
  learn::Tape training_;
  learn::Tape evaluation_;
  learn::Tensor loss_{};
  learn::Tensor evaluated_{};
};

/// A copy of a state, as a checkpoint is one.
struct Copy {
  std::map<std::string, std::vector<float>> matrices;
  std::map<std::string, std::vector<double>> numbers;
  std::map<std::string, std::uint64_t> counts;

  bool operator==(const Copy&) const = default;

  static Copy of(TrainingState& state) {
    Copy copy;
    const auto keep = [&](const std::string& prefix) {
      return [&copy, prefix](const std::string& name, MatrixView<float> values) {
        REQUIRE(!copy.matrices.contains(prefix + name));
        copy.matrices[prefix + name].assign(values.data(), values.data() + values.rows() * values.columns());
      };
    };
    state.visit_counts([&](const std::string& name, std::uint64_t& count) { copy.counts[name] = count; });
    state.visit_numbers([&](const std::string& name, MatrixView<double> values) {
      copy.numbers[name].assign(values.data(), values.data() + values.rows() * values.columns());
    });
    state.visit_model(keep("model."));
    state.visit_matrices(keep("state."));
    return copy;
  }

  bool write_to(TrainingState& state) const {
    const auto put = [&](const std::string& prefix) {
      return [this, prefix](const std::string& name, MatrixView<float> values) {
        const std::vector<float>& from = matrices.at(prefix + name);
        REQUIRE(from.size() == values.rows() * values.columns());
        std::ranges::copy(from, values.data());
      };
    };
    state.visit_counts([&](const std::string& name, std::uint64_t& count) { count = counts.at(name); });
    state.visit_numbers([&](const std::string& name, MatrixView<double> values) {
      const std::vector<double>& from = numbers.at(name);
      REQUIRE(from.size() == values.rows() * values.columns());
      std::ranges::copy(from, values.data());
    });
    state.visit_model(put("model."));
    state.visit_matrices(put("state."));
    return true;
  }
};

/// Everything on: the moments of Adam, a warm-up and a cosine, a plateau, clipping, an average.
TrainingOptions everything() {
  TrainingOptions options;
  options.epochs = 23;
  options.evaluate_every = 2;
  options.clip_norm = 0.5;
  options.moving_average = 0.9;
  options.plateau_factor = 0.5;
  options.plateau_patience = 1;
  options.optimizer.weight_decay = 1e-3;
  options.schedule = {.kind = learn::ScheduleKind::cosine, .warmup_steps = 5, .total_steps = 60, .final_factor = 0.1};
  return options;
}

std::vector<float> values_of(SmallProblem& problem) {
  std::vector<float> values;
  for (const learn::Parameter& parameter : problem.parameters()) {
    for (std::size_t i = 0; i < parameter.value.rows(); ++i) {
      values.insert(values.end(), parameter.value.row(i).begin(), parameter.value.row(i).end());
    }
  }
  return values;
}

struct Ended {
  std::vector<float> values;
  std::vector<double> losses;
  std::uint64_t best_epoch = 0;
  std::optional<double> best;

  bool operator==(const Ended&) const = default;
};

Ended ended(SmallProblem& problem, const TrainingResult& result) {
  Ended all{values_of(problem), {}, result.best_epoch, result.best_validation};
  for (const EpochRecord& record : result.history) {
    all.losses.insert(all.losses.end(), {record.loss, record.validation.value_or(-1e9), record.learning_rate});
  }
  return all;
}

Ended trained(int threads, const TrainingOptions& options) {
  RunSettings settings;
  settings.threads = threads;
  RunContext context(settings);
  SmallProblem problem(context);
  return ended(problem, problem.train(context, options));
}

}  // namespace

TEST_CASE("a training that is saved and restored after any epoch ends with the bits of one that was not stopped") {
  const TrainingOptions options = everything();
  const Ended whole = trained(1, options);
  for (const std::uint64_t stop_after : {1, 2, 3, 10, 22, 23}) {
    Copy checkpoint;
    RunContext context;
    SmallProblem first(context);
    TrainingOptions shorter = options;
    shorter.epochs = static_cast<int>(stop_after);
    first.train(context, shorter, {.save = [&](TrainingState& state) { checkpoint = Copy::of(state); }});
    CHECK(checkpoint.counts.at("epoch") == stop_after);

    SmallProblem second(context);
    std::vector<std::uint64_t> epochs;
    const TrainingResult result =
        second.train(context, options,
                     {.on_epoch = [&](const EpochRecord& record) { epochs.push_back(record.epoch); },
                      .restore = [&](TrainingState& state) { return checkpoint.write_to(state); }});
    CAPTURE(stop_after);
    CHECK(result.resumed);
    CHECK(epochs.size() == 23 - stop_after);
    CHECK(ended(second, result) == whole);
  }
}

TEST_CASE("what a restored state is saved as is what it was restored from") {
  RunContext context;
  SmallProblem problem(context);
  TrainingOptions options = everything();
  options.evaluate_every = 1;  // or there are NaNs in the history, which equal nothing
  Copy checkpoint;
  problem.train(context, options, {.save = [&](TrainingState& state) { checkpoint = Copy::of(state); }});
  SmallProblem other(context);
  TrainingState state(other.parameters(), options);
  CHECK(!(Copy::of(state) == checkpoint));
  checkpoint.write_to(state);
  CHECK(Copy::of(state) == checkpoint);
}

TEST_CASE("a training gives the same bits for 1, 2, 3 and 8 threads") {
  const Ended one = trained(1, everything());
  for (const int threads : {2, 3, 8}) CHECK(trained(threads, everything()) == one);
}

TEST_CASE("the parameters of the best evaluation are put back, with the statistics that went with them") {
  TrainingOptions options;
  options.epochs = 40;
  options.patience = 5;
  options.optimizer.learning_rate = 0.05;
  RunContext context;
  SmallProblem problem(context);
  const TrainingResult result = problem.train(context, options);
  REQUIRE(result.best_validation);
  CHECK(result.stopped_early);
  CHECK(result.history.size() == result.best_epoch + 5);
  CHECK(problem.validate() == *result.best_validation);
  for (const EpochRecord& record : result.history) CHECK(*record.validation <= *result.best_validation);
  CHECK(*result.history[result.best_epoch - 1].validation == *result.best_validation);
}

TEST_CASE("the moving average is what is evaluated and kept, and not what is trained on") {
  TrainingOptions options;
  options.epochs = 3;
  options.patience = 0;
  options.moving_average = 0.5;
  options.optimizer = {.kind = learn::OptimizerKind::sgd, .learning_rate = 1};
  RunContext context;
  learn::Parameters parameters;
  learn::Parameter& w = parameters.add("w", 1, 1);
  std::vector<float> trained_on;
  std::vector<float> evaluated;
  const auto run = [&](std::optional<FunctionRef<double()>> validate) {
    learn::set_constant(w, 0);
    run_training(
        context, parameters, options,
        [&](Trainer& trainer, std::uint64_t) {
          trained_on.push_back(w.value(0, 0));
          w.gradient(0, 0) = -1;
          trainer.apply_gradients();
          return 0.0;
        },
        validate);
  };
  const auto validate = [&] {
    evaluated.push_back(w.value(0, 0));
    return evaluated.size() == 2 ? 1.0 : 0.0;
  };
  run(validate);
  CHECK(trained_on == std::vector<float>{0, 1, 2});
  CHECK(evaluated == std::vector<float>{0.5F, 1.25F, 2.125F});
  CHECK(w.value(0, 0) == 1.25F);  // the second was the best
  run(std::nullopt);
  CHECK(w.value(0, 0) == 2.125F);
}

TEST_CASE("without an evaluation the parameters at the end are the model, and a metric of NaN is none") {
  TrainingOptions options;
  options.epochs = 4;
  options.patience = 0;
  RunContext context;
  SmallProblem without(context);
  run_training(
      context, without.parameters(), options,
      [&](Trainer& trainer, std::uint64_t) { return without.epoch_loss(trainer); }, std::nullopt);
  SmallProblem with(context);
  const TrainingResult result = run_training(
      context, with.parameters(), options, [&](Trainer& trainer, std::uint64_t) { return with.epoch_loss(trainer); },
      [] { return std::numeric_limits<double>::quiet_NaN(); });
  CHECK(values_of(with) == values_of(without));
  CHECK(!result.best_validation);
  CHECK(!result.history.back().validation);
}

TEST_CASE("a NaN stops the training by its step, its operation and its tensor, and the last good state stays saved") {
  TrainingOptions options;
  options.epochs = 10;
  RunContext context;
  SmallProblem problem(context);
  Copy checkpoint;
  TrainingHooks hooks;
  hooks.save = [&](TrainingState& state) { checkpoint = Copy::of(state); };
  hooks.on_epoch = [&](const EpochRecord& record) {
    if (record.epoch == 4) problem.targets()(7, 0) = std::nanf("");
  };
  try {
    problem.train(context, options, hooks);
    FAIL("nothing was thrown");
  } catch (const learn::NotFinite& error) {
    CHECK(error.step() == 12);
    CHECK(error.operation() == "the input");
    CHECK(error.tensor() == "y");
  }
  CHECK(checkpoint.counts.at("epoch") == 4);
  for (const auto& [name, values] : checkpoint.matrices) {
    CHECK(std::ranges::all_of(values, [](float value) { return std::isfinite(value); }));
  }
}

TEST_CASE("a step that leaves infinite parameters is not saved") {
  TrainingOptions options;
  options.epochs = 3;
  options.optimizer = {.kind = learn::OptimizerKind::sgd, .learning_rate = 1e6};
  RunContext context;
  learn::Parameters parameters;
  learn::set_constant(parameters.add("w", 1, 1), 1e30);
  int saved = 0;
  TrainingHooks hooks;
  hooks.save = [&](TrainingState&) { ++saved; };
  const auto run = [&] {
    run_training(
        context, parameters, options,
        [&](Trainer& trainer, std::uint64_t) {
          parameters[0].gradient(0, 0) = 1e35F;
          trainer.apply_gradients();
          return 0.0;
        },
        std::nullopt, hooks);
  };
  CHECK_THROWS_AS(run(), learn::NotFinite);
  CHECK(saved == 0);
}

TEST_CASE("a training can be cancelled, and what was saved before is whole") {
  std::stop_source source;
  RunSettings settings;
  settings.stop = source.get_token();
  RunContext context(settings);
  SmallProblem problem(context);
  Copy checkpoint;
  TrainingHooks hooks;
  hooks.save = [&](TrainingState& state) { checkpoint = Copy::of(state); };
  hooks.on_epoch = [&](const EpochRecord& record) {
    if (record.epoch == 6) source.request_stop();
  };
  hooks.save_every = 4;
  TrainingOptions options = everything();
  CHECK_THROWS_AS(problem.train(context, options, hooks), Cancelled);
  CHECK(checkpoint.counts.at("epoch") == 4);
  RunContext again;
  SmallProblem resumed(again);
  const TrainingResult result =
      resumed.train(again, options, {.restore = [&](TrainingState& state) { return checkpoint.write_to(state); }});
  CHECK(ended(resumed, result) == trained(1, options));
}

TEST_CASE("checkpoints come every so many epochs and at the end") {
  TrainingOptions options;
  options.epochs = 7;
  RunContext context;
  SmallProblem problem(context);
  std::vector<std::uint64_t> saved;
  problem.train(context, options,
                {.save = [&](TrainingState& state) { saved.push_back(state.epoch()); }, .save_every = 3});
  CHECK(saved == std::vector<std::uint64_t>{3, 6, 7});
}

TEST_CASE("a plateau lowers the learning rate that the epochs report") {
  TrainingOptions options;
  options.epochs = 6;
  options.patience = 0;
  options.plateau_factor = 0.5;
  options.plateau_patience = 1;
  options.optimizer.learning_rate = 0.08;
  RunContext context;
  SmallProblem problem(context);
  const TrainingResult result = run_training(
      context, problem.parameters(), options,
      [&](Trainer& trainer, std::uint64_t) { return problem.epoch_loss(trainer); }, [] { return 0.25; });
  std::vector<double> rates;
  for (const EpochRecord& record : result.history) rates.push_back(record.learning_rate);
  // The first evaluation is the best; two more that are no better lower the rate for the epochs after them.
  CHECK(rates == std::vector<double>{0.08, 0.08, 0.08, 0.04, 0.04, 0.02});
}

TEST_CASE("options out of range and states that are too long are refused") {
  RunContext context;
  SmallProblem problem(context);
  TrainingOptions options;
  options.epochs = 0;
  CHECK_THROWS_AS(problem.train(context, options), InvalidOption);
  options = {};
  options.optimizer.learning_rate = std::nan("");
  CHECK_THROWS_AS(problem.train(context, options), InvalidOption);
  options = {};
  options.schedule.final_factor = 2;
  CHECK_THROWS_AS(problem.train(context, options), InvalidOption);
  TrainingState state(problem.parameters(), {});
  CHECK_THROWS_AS(state.visit_counts([](const std::string& name, std::uint64_t& count) {
    if (name == "epoch") count = std::numeric_limits<std::uint64_t>::max();
  }),
                  InvalidData);
}
