// What is drawn at random: the first values of parameters, and what dropout drops.
#include <cmath>
#include <cstring>

#include <doctest/doctest.h>

#include "check_operation.hpp"
#include "operations.hpp"

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
