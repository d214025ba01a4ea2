#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <adjoin/engine/learn/moving_average.hpp>
#include <adjoin/engine/learn/optimizer.hpp>
#include <adjoin/engine/learn/schedule.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "check_operation.hpp"

using namespace adjoin;
using namespace adjoin::learn;

TEST_CASE("a cosine begins where the warm-up ends, falls, and stays at its end") {
  const ScheduleOptions options = {
      .kind = ScheduleKind::cosine, .warmup_steps = 10, .total_steps = 100, .final_factor = 0.05};
  CHECK(schedule_factor(options, 0) == doctest::Approx(0.1));
  CHECK(schedule_factor(options, 9) == 1);
  CHECK(schedule_factor(options, 10) == 1);
  for (std::uint64_t step = 11; step < 100; ++step) {
    CHECK(schedule_factor(options, step) < schedule_factor(options, step - 1));
  }
  CHECK(schedule_factor(options, 55) == doctest::Approx((1 + 0.05) / 2));
  CHECK(schedule_factor(options, 100) == 0.05);
  CHECK(schedule_factor(options, 100'000) == 0.05);
  // A warm-up longer than the whole training never gets to the cosine.
  CHECK(schedule_factor({.kind = ScheduleKind::cosine, .warmup_steps = 50, .total_steps = 20}, 60) == 0);
  CHECK(schedule_factor({}, 12345) == 1);
}

TEST_CASE("early stopping waits for as many evaluations as it was told, and knows the best") {
  EarlyStopping stopping(Goal::highest, 3);
  CHECK(stopping.observe(0.5));
  CHECK(!stopping.observe(0.5));  // no better
  CHECK(stopping.observe(0.6));
  CHECK(!stopping.observe(std::nan("")));
  CHECK(!stopping.observe(0.4));
  CHECK(!stopping.stopped());
  const EarlyStopping::State kept = stopping.state();
  CHECK(!stopping.observe(0.6));
  CHECK(stopping.stopped());
  CHECK(stopping.state().best == 0.6);
  CHECK(stopping.state().best_evaluation == 2);

  EarlyStopping resumed(Goal::highest, 3);
  resumed.set_state(kept);
  CHECK(!resumed.stopped());
  CHECK(!resumed.observe(0.6));
  CHECK(resumed.stopped());

  EarlyStopping lowest(Goal::lowest, 1, 0.1);
  CHECK(!lowest.observe(std::nan("")));  // nothing to keep
  CHECK(lowest.observe(2));
  CHECK(!lowest.observe(1.95));  // not by enough
  CHECK(lowest.observe(1.8));
  CHECK_THROWS_AS(EarlyStopping(Goal::lowest, 0), InvalidOption);
  CHECK_THROWS_AS(EarlyStopping(Goal::lowest, 1, -1), InvalidOption);
}

TEST_CASE("options of training out of range are refused") {
  RunContext context = test::context_with(1);
  Parameters parameters;
  parameters.add("w", 2, 2);
  CHECK_THROWS_AS(Optimizer({.learning_rate = -1}, parameters), InvalidOption);
  CHECK_THROWS_AS(Optimizer({.learning_rate = std::nan("")}, parameters), InvalidOption);
  CHECK_THROWS_AS(Optimizer({.beta2 = 1}, parameters), InvalidOption);
  CHECK_THROWS_AS(clip_gradients(context, parameters, 0), InvalidOption);
  CHECK_THROWS_AS(PlateauSchedule({.factor = 2}), InvalidOption);
  CHECK_THROWS_AS(MovingAverage(parameters, 1), InvalidOption);
  CHECK(clip_gradients(context, parameters, 1) == 0);
}

TEST_CASE("an optimiser told its state goes on as if it had never stopped") {
  RunContext context = test::context_with(2);
  for (const OptimizerKind kind : {OptimizerKind::sgd, OptimizerKind::adam, OptimizerKind::adamw}) {
    const OptimizerOptions options = {.kind = kind, .learning_rate = 0.1, .weight_decay = 0.01, .momentum = 0.5};
    Parameters parameters;
    Parameter& w = parameters.add("w", 40, 3);
    test::fill_normal(w.value.view(), 1);
    const auto take_steps = [&](Parameter& p, Optimizer& optimizer, std::uint64_t first, std::uint64_t last) {
      for (std::uint64_t step = first; step < last; ++step) {
        test::fill_normal(p.gradient.view(), 100 + step);
        optimizer.step(context, 1.0 / static_cast<double>(step + 1));
      }
    };
    Optimizer optimizer(options, parameters);
    take_steps(w, optimizer, 0, 3);

    Parameters copy;
    Parameter& v = copy.add("w", 40, 3);
    std::memcpy(v.value.view().data(), w.value.view().data(), w.value.bytes());
    Optimizer resumed(options, copy);
    std::vector<std::pair<std::string, std::vector<float>>> state;
    optimizer.visit_state([&](const std::string& name, MatrixView<float> values) {
      state.emplace_back(name, std::vector<float>(values.data(), values.data() + values.rows() * values.columns()));
    });
    CHECK(state.front().first == "w.mean");
    CHECK(Optimizer::bytes(options, parameters.value_count()) == state.size() * w.value.bytes());
    std::size_t next = 0;
    resumed.visit_state([&](const std::string& name, MatrixView<float> values) {
      REQUIRE(name == state[next].first);
      std::ranges::copy(state[next++].second, values.data());
    });
    resumed.set_steps(optimizer.steps());
    take_steps(w, optimizer, 3, 6);
    take_steps(v, resumed, 3, 6);
    CHECK(std::memcmp(v.value.view().data(), w.value.view().data(), w.value.bytes()) == 0);
  }
}
