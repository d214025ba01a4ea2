#include <cmath>

#include <doctest/doctest.h>

#include <adjoin/algorithms/gnn/encoder.hpp>
#include <adjoin/algorithms/gnn/variational.hpp>
#include <adjoin/engine/learn/elementwise.hpp>
#include <adjoin/engine/learn/layout.hpp>

#include "small_graphs.hpp"

using namespace adjoin;
using namespace adjoin::gnn;

TEST_CASE("a variational encoder gives means without training, draws while training, and the divergence of both") {
  RunContext context = test::context_with(2);
  const Csr adjacency = test::random_adjacency(30, 0.2, 3);
  const Matrix features = test::random_features(30, 6, 4);
  learn::Parameters parameters;
  const Encoder encoder({.input_dropout = 0, .dropout = 0}, 6, 8, parameters, 1);
  const Messages messages(context, adjacency.view(), encoder.message_form());
  learn::Tape tape(context);
  const learn::Tensor both = tape.keep(encoder.record(tape, NodeFeatures(features.view()), messages));
  const VariationalVectors variational = record_variational(tape, both);
  tape.keep(variational.vectors);
  tape.forward({.training = false});
  const Matrix means = test::copy_of(tape.value(variational.vectors));
  REQUIRE(means.columns() == 4);
  double divergence = 0;
  for (std::size_t i = 0; i < 30; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      const auto mean = static_cast<double>(tape.value(both)(i, j));
      const auto log_deviation = static_cast<double>(tape.value(both)(i, 4 + j));
      CHECK(means(i, j) == tape.value(both)(i, j));
      divergence -= 0.5 * (1 + 2 * log_deviation - mean * mean - std::exp(2 * log_deviation)) / 30;
    }
  }
  CHECK(static_cast<double>(tape.scalar(variational.divergence)) == doctest::Approx(divergence).epsilon(1e-5));
  tape.forward({.step = 1});
  std::size_t moved = 0;
  for (std::size_t i = 0; i < 30; ++i) {
    for (std::size_t j = 0; j < 4; ++j) moved += tape.value(variational.vectors)(i, j) != means(i, j) ? 1 : 0;
  }
  CHECK(moved == 120);
  const learn::Tensor loss = learn::add(tape, learn::sum(tape, variational.vectors), variational.divergence);
  tape.forward({.step = 1});
  tape.backward(loss);
  for (const learn::Parameter& parameter : parameters) {
    CAPTURE(parameter.name);
    double size = 0;
    for (std::size_t i = 0; i < parameter.gradient.rows(); ++i) {
      for (const float value : parameter.gradient.row(i)) size += std::abs(static_cast<double>(value));
    }
    CHECK(size > 0);
  }
  CHECK_THROWS_AS(record_variational(tape, learn::slice_columns(tape, both, 0, 3)), InvalidOption);
}
