// Buffers that operations work in again: drawn networks of operations that do so, with tensors taken by several,
// against a twin in which every value and every gradient has memory of its own.
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/learn/activations.hpp>
#include <adjoin/engine/learn/dropout.hpp>
#include <adjoin/engine/learn/elementwise.hpp>
#include <adjoin/engine/learn/linear.hpp>

using namespace adjoin;
using namespace adjoin::learn;

namespace {

enum class StepKind { add_row, add, subtract, multiply, scale, scale_rows, relu, elu, gelu, tanh, dropout };
constexpr std::array all_kinds = {StepKind::add_row, StepKind::add,        StepKind::subtract, StepKind::multiply,
                                  StepKind::scale,   StepKind::scale_rows, StepKind::relu,     StepKind::elu,
                                  StepKind::gelu,    StepKind::tanh,       StepKind::dropout};

struct Drawn {
  StepKind kind;
  std::size_t first;
  std::size_t second;
};

constexpr std::size_t network_rows = 3;
constexpr std::size_t network_columns = 5;
using Numbers = std::vector<double>;

/// value and slope of a function of one number.
std::pair<double, double> applied(StepKind kind, double x) {
  switch (kind) {
    case StepKind::relu:
      return {x > 0 ? x : 0, x > 0 ? 1 : 0};
    case StepKind::elu:
      return {x > 0 ? x : std::expm1(x), x > 0 ? 1 : std::exp(x)};
    case StepKind::tanh:
      return {std::tanh(x), 1 - std::tanh(x) * std::tanh(x)};
    case StepKind::scale:
      return {0.75 * x, 0.75};
    case StepKind::gelu: {
      const double share = std::erfc(-x / std::sqrt(2.0)) / 2;
      return {x * share, share + x * std::exp(-x * x / 2) / std::sqrt(2 * 3.14159265358979323846)};
    }
    default:
      return {x, 1};
  }
}

/// The gradients of the sum of the last tensor, by parameter: the matrix, the row and the column.
std::vector<Numbers> twin(const std::vector<Drawn>& network, const Numbers& x, const Numbers& row,
                          const Numbers& column) {
  std::vector<Numbers> values = {x};
  for (const Drawn& drawn : network) {
    Numbers result(x.size());
    for (std::size_t e = 0; e < result.size(); ++e) {
      const double a = values[drawn.first][e];
      const double b = values[drawn.second][e];
      switch (drawn.kind) {
        case StepKind::add_row:
          result[e] = a + row[e % network_columns];
          break;
        case StepKind::scale_rows:
          result[e] = a * column[e / network_columns];
          break;
        case StepKind::add:
          result[e] = a + b;
          break;
        case StepKind::subtract:
          result[e] = a - b;
          break;
        case StepKind::multiply:
          result[e] = a * b;
          break;
        default:
          result[e] = applied(drawn.kind, a).first;
      }
    }
    values.push_back(result);
  }
  std::vector<Numbers> gradients(values.size(), Numbers(x.size(), 0.0));
  gradients.back().assign(x.size(), 1.0);
  Numbers row_gradient(network_columns, 0.0);
  Numbers column_gradient(network_rows, 0.0);
  for (std::size_t k = network.size(); k-- > 0;) {
    const Drawn& drawn = network[k];
    for (std::size_t e = 0; e < x.size(); ++e) {
      const double g = gradients[k + 1][e];
      const double a = values[drawn.first][e];
      switch (drawn.kind) {
        case StepKind::add_row:
          gradients[drawn.first][e] += g;
          row_gradient[e % network_columns] += g;
          break;
        case StepKind::scale_rows:
          gradients[drawn.first][e] += g * column[e / network_columns];
          column_gradient[e / network_columns] += g * a;
          break;
        case StepKind::add:
        case StepKind::subtract:
          gradients[drawn.first][e] += g;
          gradients[drawn.second][e] += drawn.kind == StepKind::add ? g : -g;
          break;
        case StepKind::multiply:
          gradients[drawn.first][e] += g * values[drawn.second][e];
          gradients[drawn.second][e] += g * a;
          break;
        default:
          gradients[drawn.first][e] += g * applied(drawn.kind, a).second;
      }
    }
  }
  return {gradients[0], row_gradient, column_gradient};
}

Tensor recorded(BasicTape<double>& tape, const Drawn& drawn, const std::vector<Tensor>& values, Tensor row,
                Tensor column) {
  const Tensor a = values[drawn.first];
  const Tensor b = values[drawn.second];
  switch (drawn.kind) {
    case StepKind::add_row:
      return add_row(tape, a, row);
    case StepKind::scale_rows:
      return scale_rows(tape, a, column);
    case StepKind::add:
      return add(tape, a, b);
    case StepKind::subtract:
      return subtract(tape, a, b);
    case StepKind::multiply:
      return multiply(tape, a, b);
    case StepKind::scale:
      return scale(tape, a, 0.75);
    case StepKind::relu:
      return relu(tape, a);
    case StepKind::elu:
      return elu(tape, a);
    case StepKind::gelu:
      return gelu(tape, a);
    case StepKind::tanh:
      return tanh(tape, a);
    case StepKind::dropout:
      return dropout(tape, a, 0.5);
  }
  return a;
}

bool near(double a, double b) {
  return std::abs(a - b) <= 1e-9 * (1 + std::abs(a) + std::abs(b));
}

}  // namespace

TEST_CASE("operations that work in place give the gradients of a twin that does not") {
  CHECK(rc::check([] {
    RunContext context;
    BasicParameters<double> parameters;
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    set_normal(parameters.add("x", network_rows, network_columns), 0.5, seed);
    set_normal(parameters.add("row", 1, network_columns), 0.5, seed);
    set_normal(parameters.add("column", network_rows, 1), 0.5, seed);
    std::vector<Drawn> network;
    const auto length = *rc::gen::inRange<std::size_t>(1, 15);
    for (std::size_t k = 0; k < length; ++k) {
      // Mostly the tensor before, so that there are chains.
      const auto place = [&] { return *rc::gen::inRange(0, 4) > 0 ? k : *rc::gen::inRange<std::size_t>(0, k + 1); };
      network.push_back({*rc::gen::elementOf(all_kinds), place(), place()});
    }
    BasicTape<double> tape(context);
    std::vector<Tensor> values = {tape.parameter(parameters[0])};
    const Tensor row = tape.parameter(parameters[1]);
    const Tensor column = tape.parameter(parameters[2]);
    for (const Drawn& drawn : network) values.push_back(recorded(tape, drawn, values, row, column));
    if (*rc::gen::arbitrary<bool>()) tape.keep(values[values.size() / 2]);
    const Tensor loss = sum(tape, values.back());
    tape.forward({.training = false});
    tape.backward(loss);
    std::vector<Numbers> given;
    for (const auto& parameter : parameters) {
      Numbers& numbers = given.emplace_back();
      for (std::size_t i = 0; i < parameter.value.rows(); ++i) {
        numbers.insert(numbers.end(), parameter.value.row(i).begin(), parameter.value.row(i).end());
      }
    }
    const std::vector<Numbers> expected = twin(network, given[0], given[1], given[2]);
    for (std::size_t p = 0; p < 3; ++p) {
      const BasicMatrix<double>& gradient = parameters[p].gradient;
      for (std::size_t e = 0; e < expected[p].size(); ++e) {
        RC_ASSERT(near(gradient.row(e / gradient.columns())[e % gradient.columns()], expected[p][e]));
      }
    }
  }));
}

TEST_CASE("a chain of operations that work in place takes the memory of its first and of what backward runs read") {
  RunContext context;
  Parameters parameters;
  constexpr std::size_t nodes = 1000;
  parameters.add("x", nodes, 16);
  parameters.add("row", 1, 16);
  Tape tape(context);
  Tensor x = scale(tape, tape.parameter(parameters[0]), 2);
  const Tensor row = tape.parameter(parameters[1]);
  for (int k = 0; k < 5; ++k) x = scale(tape, add_row(tape, x, row), 0.5);
  const Tensor loss = sum(tape, x);
  // One matrix of values, then one of gradients in its place, and some sums.
  CHECK(tape.planned_bytes() < 2 * nodes * 16 * sizeof(float));
  tape.forward();
  tape.backward(loss);
  CHECK(parameters[0].gradient(0, 0) == 2.0F / 32);
}
