// What is drawn at random: the first values of parameters, and what dropout drops.
#include <cmath>
#include <cstring>

#include <doctest/doctest.h>

#include "check_operation.hpp"
#include "operations.hpp"
#include "random_graphs.hpp"

using namespace adjoin;
using namespace adjoin::learn;

TEST_CASE("dropout keeps the share that it should, leaves means alone and is off without training") {
  RunContext context = test::context_with(2);
  const Matrix ones(400, 250, 1.0F);
  Tape tape(context);
  const Tensor x = tape.constant("ones", ones.view());
  const Tensor dropped = dropout(tape, x, 0.3);
  const Tensor again = dropout(tape, x, 0.3);
  CHECK(dropout(tape, x, 0) == x);
  tape.forward({.step = 2});
  std::size_t kept = 0;
  std::size_t both = 0;
  for (std::size_t i = 0; i < 400; ++i) {
    for (std::size_t j = 0; j < 250; ++j) {
      const float value = tape.value(dropped)(i, j);
      if (value != 0) {
        CHECK(value == 1 / 0.7F);
        ++kept;
        if (tape.value(again)(i, j) != 0) ++both;
      }
    }
  }
  CHECK(static_cast<double>(kept) / 100'000 == doctest::Approx(0.7).epsilon(0.01));
  CHECK(static_cast<double>(both) / 100'000 == doctest::Approx(0.49).epsilon(0.02));  // another place, another draw
  tape.forward({.training = false});
  CHECK(std::memcmp(tape.value(dropped).data(), ones.view().data(), ones.bytes()) == 0);
}

TEST_CASE("dropped values of a sparse matrix are its values at the share that they should, and all without training") {
  RunContext context = test::context_with(2);
  for (const bool weighted : {false, true}) {
    const Csr csr = test::random_csr(400, 500, 0.5, weighted, 3);
    const CsrView a = csr.view();
    const SparseOperand operand(context, a);
    Tape tape(context);
    const Tensor dropped = dropped_values(tape, operand, 0.3);
    const Tensor again = dropped_values(tape, operand, 0.3);
    tape.forward({.step = 2});
    std::size_t kept = 0;
    std::size_t both = 0;
    std::size_t wrong = 0;
    const auto value_of = [&](std::size_t e) { return a.weighted() ? a.weights[e] : 1.0F; };
    for (std::size_t e = 0; e < a.nonzero_count(); ++e) {
      const float value = tape.value(dropped)(e, 0);
      if (value == 0) continue;
      ++kept;
      if (value != 1 / 0.7F * value_of(e)) ++wrong;
      if (tape.value(again)(e, 0) != 0) ++both;
    }
    CHECK(wrong == 0);
    const auto entries = static_cast<double>(a.nonzero_count());
    CHECK(static_cast<double>(kept) / entries == doctest::Approx(0.7).epsilon(0.01));
    CHECK(static_cast<double>(both) / entries == doctest::Approx(0.49).epsilon(0.02));
    tape.forward({.training = false});
    for (std::size_t e = 0; e < a.nonzero_count(); ++e) {
      if (tape.value(dropped)(e, 0) != value_of(e)) ++wrong;
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("normal samples have the mean and deviation asked for, and are the mean without training") {
  RunContext context = test::context_with(2);
  const Matrix means(400, 250, 2.0F);
  const Matrix log_deviations(400, 250, std::log(0.5F));
  Tape tape(context);
  const Tensor mean = tape.constant("means", means.view());
  const Tensor drawn = normal_sample(tape, mean, tape.constant("deviations", log_deviations.view()));
  const auto moments = [&] {
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 0; i < 400; ++i) {
      for (const float value : tape.value(drawn).row(i)) {
        sum += static_cast<double>(value);
        squares += (static_cast<double>(value) - 2) * (static_cast<double>(value) - 2);
      }
    }
    return std::pair(sum / 1e5, std::sqrt(squares / 1e5));
  };
  tape.forward({.step = 2});
  const auto [first, deviation] = moments();
  CHECK(first == doctest::Approx(2).epsilon(0.004));
  CHECK(deviation == doctest::Approx(0.5).epsilon(0.01));
  tape.forward({.step = 3});
  CHECK(moments().first != first);
  tape.forward({.step = 2});
  CHECK(moments().first == first);
  tape.forward({.training = false});
  CHECK(std::memcmp(tape.value(drawn).data(), means.view().data(), means.bytes()) == 0);
}

TEST_CASE("a deviation whose logarithm is above 10 counts as one of 10, without a gradient, and a NaN stays") {
  RunContext context = test::context_with(1);
  const Matrix means(1, 1, 0.5F);
  Parameters parameters;
  Parameter& large = parameters.add("large", 1, 1);
  Parameter& ten = parameters.add("ten", 1, 1);
  set_constant(large, 80);
  set_constant(ten, 10);
  Tape tape(context);
  const Tensor mean = tape.constant("means", means.view());
  const Tensor first = normal_divergence(tape, mean, tape.parameter(large));
  const Tensor second = normal_divergence(tape, mean, tape.parameter(ten));
  const Tensor drawn = normal_sample(tape, mean, tape.parameter(large));
  tape.forward();
  CHECK(tape.scalar(first) == tape.scalar(second));
  CHECK(std::isfinite(tape.scalar(drawn)));
  tape.backward(first);
  CHECK(large.gradient(0, 0) == 0);
  tape.backward(drawn);
  CHECK(large.gradient(0, 0) == 0);
  tape.backward(second);
  CHECK(ten.gradient(0, 0) > 0);
  set_constant(large, std::nan(""));
  CHECK_THROWS_AS(tape.forward(), NotFinite);
}

TEST_CASE("a parameter begins as its seed and its name say, whatever else a model has") {
  Parameters small;
  Parameters large;
  large.add("other", 5, 5);
  Parameter& a = small.add("w", 30, 40);
  Parameter& b = large.add("w", 30, 40);
  set_glorot_uniform(a, 3);
  set_glorot_uniform(b, 3);
  CHECK(std::memcmp(a.value.view().data(), b.value.view().data(), a.value.bytes()) == 0);
  double most = 0;
  double total = 0;
  for (std::size_t i = 0; i < 30; ++i) {
    for (const float value : a.value.row(i)) {
      most = std::max(most, std::abs(static_cast<double>(value)));
      total += static_cast<double>(value);
    }
  }
  const double bound = std::sqrt(6.0 / 70);
  CHECK(most <= bound);
  CHECK(most > 0.98 * bound);
  CHECK(std::abs(total / 1200) < 0.05 * bound);
  set_glorot_uniform(b, 4);
  CHECK(std::memcmp(a.value.view().data(), b.value.view().data(), a.value.bytes()) != 0);
  set_normal(a, 2, 3);
  double squares = 0;
  for (std::size_t i = 0; i < 30; ++i) {
    for (const float value : a.value.row(i)) squares += static_cast<double>(value) * static_cast<double>(value);
  }
  CHECK(std::sqrt(squares / 1200) == doctest::Approx(2).epsilon(0.06));
  CHECK(large.value_count() == 1225);
}
