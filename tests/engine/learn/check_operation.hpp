// What every operation of the tape has to pass.
#pragma once

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/engine/learn/elementwise.hpp>
#include <adjoin/engine/learn/tape.hpp>
#include <adjoin/engine/runtime/random.hpp>

namespace adjoin::test {

using learn::Shape;
using learn::Tensor;

inline RunContext context_with(int threads) {
  RunSettings settings;
  settings.threads = threads;
  return RunContext(settings);
}

template <class Real>
void fill_normal(MatrixView<Real> x, std::uint64_t key) {
  RandomSequence random(7, RandomStream::tests, key);
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (Real& entry : x.row(i)) entry = static_cast<Real>(static_cast<float>(random.next_normal()));
  }
}

/// A loss of an operation: its result taken twice, from two copies of its inputs' values, with random weights. Both
/// times the inputs are results of other operations, so that their memory is used again where nothing should read it,
/// and the second time their gradients are added to those of the first.
template <class Real>
struct Trial {
  template <class Record>
  Trial(RunContext& context, const std::vector<Shape>& shapes, Record&& record, std::uint64_t seed = 1)
      : tape(context) {
    for (std::size_t k = 0; k < shapes.size(); ++k) {
      learn::BasicParameter<Real>& parameter =
          parameters.add("input " + std::to_string(k), shapes[k].rows, shapes[k].columns);
      fill_normal(parameter.value.view(), seed * 100 + k);
    }
    weights.reserve(2);
    std::vector<Tensor> inputs;
    for (auto& parameter : parameters) inputs.push_back(learn::scale(tape, tape.parameter(parameter), 1.0));
    for (int time = 0; time < 2; ++time) {
      // A multiple does not look at the result again, so nothing but the operation itself can keep its values.
      const Tensor result = learn::scale(tape, record(tape, std::span<const Tensor>(inputs)), 1.0);
      if (time == 0) output = tape.keep(result);
      const Shape shape = tape.shape(result);
      weights.emplace_back(shape.rows, shape.columns);
      fill_normal(weights.back().view(), seed * 100 + 50 + static_cast<std::uint64_t>(time));
      const Tensor weighted = learn::multiply(tape, result, tape.constant("weights", weights.back().view()));
      const Tensor part = learn::sum(tape, weighted);
      loss = time == 0 ? part : learn::add(tape, loss, part);
    }
  }

  Real run(bool training = true) {
    tape.forward({.training = training, .step = 3});
    tape.backward(loss);
    return tape.scalar(loss);
  }
  Real loss_alone(bool training = true) {
    tape.forward({.training = training, .step = 3});
    return tape.scalar(loss);
  }

  learn::BasicParameters<Real> parameters;
  std::vector<BasicMatrix<Real>> weights;
  learn::BasicTape<Real> tape;
  Tensor output{};
  Tensor loss{};
};

inline bool near(double found, double expected, double tolerance) {
  return std::abs(found - expected) <= tolerance * (1 + std::max(std::abs(found), std::abs(expected)));
}

/// Gradients in double precision equal central differences; results and gradients in float equal those in double.
/// record: (tape, inputs) to the result, for tapes of both precisions.
template <class Record>
void check_gradients(const std::vector<Shape>& shapes, Record&& record, bool training = true) {
  RunContext context = context_with(2);
  Trial<double> exact(context, shapes, record);
  Trial<float> fast(context, shapes, record);
  exact.run(training);
  fast.run(training);
  const auto differs = [](const auto& a, const auto& b, double tolerance) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < a.rows(); ++i) {
      for (std::size_t j = 0; j < a.columns(); ++j) {
        if (!near(static_cast<double>(a(i, j)), static_cast<double>(b(i, j)), tolerance)) ++count;
      }
    }
    return count;
  };
  CHECK(differs(exact.tape.value(exact.output), fast.tape.value(fast.output), 2e-5) == 0);
  std::size_t nonzero = 0;
  for (std::size_t k = 0; k < shapes.size(); ++k) {
    CAPTURE(k);
    auto& parameter = exact.parameters[k];
    CHECK(differs(parameter.gradient.view(), fast.parameters[k].gradient.view(), 1e-4) == 0);
    std::size_t wrong = 0;
    const BasicMatrix<double> gradient = [&] {
      BasicMatrix<double> copy(shapes[k].rows, shapes[k].columns);
      for (std::size_t i = 0; i < copy.rows(); ++i) {
        for (std::size_t j = 0; j < copy.columns(); ++j) copy(i, j) = parameter.gradient(i, j);
      }
      return copy;
    }();
    for (std::size_t i = 0; i < shapes[k].rows; ++i) {
      for (std::size_t j = 0; j < shapes[k].columns; ++j) {
        constexpr double step = 1e-5;
        double& entry = parameter.value(i, j);
        const double before = entry;
        entry = before + step;
        const double above = exact.loss_alone(training);
        entry = before - step;
        const double below = exact.loss_alone(training);
        entry = before;
        const double difference = (above - below) / (2 * step);
        if (difference != 0) ++nonzero;
        if (near(gradient(i, j), difference, 1e-7)) continue;
        if (wrong++ == 0) MESSAGE("entry ", i, ", ", j, ": ", gradient(i, j), " and ", difference);
      }
    }
    CHECK(wrong == 0);
  }
  CHECK(nonzero > 0);
}

/// Results and gradients in float have the same bits over 1, 2, 3 and 8 threads, and when a pass is run again.
template <class Record>
void check_same_bits(const std::vector<Shape>& shapes, Record&& record) {
  const auto bits_with = [&](int threads) {
    RunContext context = context_with(threads);
    Trial<float> trial(context, shapes, record);
    std::vector<float> all;
    const auto append = [&](MatrixView<const float> x) {
      for (std::size_t i = 0; i < x.rows(); ++i) all.insert(all.end(), x.row(i).begin(), x.row(i).end());
    };
    for (int time = 0; time < 2; ++time) {
      trial.run();
      append(trial.tape.value(trial.output));
      for (const auto& parameter : trial.parameters) append(parameter.gradient.view());
    }
    const std::size_t half = all.size() / 2;
    CHECK(std::memcmp(all.data(), all.data() + half, half * sizeof(float)) == 0);
    return all;
  };
  const std::vector<float> one = bits_with(1);
  CHECK(one.size() > 0);
  for (const int threads : {2, 3, 8}) {
    CAPTURE(threads);
    const std::vector<float> more = bits_with(threads);
    REQUIRE(more.size() == one.size());
    CHECK(std::memcmp(one.data(), more.data(), one.size() * sizeof(float)) == 0);
  }
}

}  // namespace adjoin::test
