// Operations, optimisers and schedules against PyTorch (tests/golden/make_learn_golden.py).
#include <array>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/engine/learn/moving_average.hpp>
#include <adjoin/engine/learn/optimizer.hpp>
#include <adjoin/engine/learn/schedule.hpp>

#include "check_operation.hpp"
#include "golden_table.hpp"
#include "operations.hpp"

using namespace adjoin;
using namespace adjoin::learn;
using adjoin::test::golden_table;
using adjoin::test::near;

namespace {

using Inputs = std::span<const Tensor>;

constexpr std::array<EdgeOffset, 5> golden_offsets = {EdgeOffset{0}, EdgeOffset{2}, EdgeOffset{2}, EdgeOffset{5},
                                                      EdgeOffset{6}};
constexpr std::array<NodeId, 6> golden_targets = {NodeId{1}, NodeId{3}, NodeId{0}, NodeId{2}, NodeId{4}, NodeId{4}};
constexpr std::array<float, 6> golden_weights = {0.5F, -1, 2, 0.25F, 1.5F, -0.75F};
constexpr CsrView golden_graph = {5, golden_offsets, golden_targets, golden_weights};
constexpr std::array<NodeId, 5> golden_picked = {NodeId{3}, NodeId{0}, NodeId{3}, NodeId{1}, NodeId{3}};
constexpr std::array<std::uint32_t, 4> golden_labels = {2, 0, 1, 2};

template <class Real>
BasicMatrix<Real> matrix_of(const std::vector<double>& line) {
  BasicMatrix<Real> x(static_cast<std::size_t>(line[0]), static_cast<std::size_t>(line[1]));
  for (std::size_t k = 0; k + 2 < line.size(); ++k) x.view().data()[k] = static_cast<Real>(line[k + 2]);
  return x;
}

template <class Real>
std::size_t differences(MatrixView<const Real> x, const std::vector<double>& line, double tolerance) {
  REQUIRE(x.rows() * x.columns() + 2 == line.size());
  REQUIRE(x.rows() == static_cast<std::size_t>(line[0]));
  std::size_t count = 0;
  for (std::size_t k = 0; k + 2 < line.size(); ++k) {
    if (!near(static_cast<double>(x(k / x.columns(), k % x.columns())), line[k + 2], tolerance)) ++count;
  }
  return count;
}

template <class Real, class Record>
void compare(RunContext& context, const std::vector<std::vector<double>>& lines, std::size_t inputs, Record&& record,
             double tolerance) {
  REQUIRE(lines.size() >= 2 * inputs + 2);
  BasicParameters<Real> parameters;
  BasicTape<Real> tape(context);
  std::vector<Tensor> tensors;
  for (std::size_t k = 0; k < inputs; ++k) {
    auto& parameter = parameters.add("input " + std::to_string(k), static_cast<std::size_t>(lines[k][0]),
                                     static_cast<std::size_t>(lines[k][1]));
    parameter.value = matrix_of<Real>(lines[k]);
    tensors.push_back(tape.parameter(parameter));
  }
  const BasicMatrix<Real> w = matrix_of<Real>(lines[inputs]);
  const Tensor result = tape.keep(record(tape, std::span<const Tensor>(tensors)));
  const Tensor loss = sum(tape, multiply(tape, result, tape.constant("w", w.view())));
  tape.forward();
  tape.backward(loss);
  CHECK(differences(tape.value(result), lines[inputs + 1], tolerance) == 0);
  for (std::size_t k = 0; k < inputs; ++k) {
    CAPTURE(k);
    CHECK(differences(MatrixView<const Real>(parameters[k].gradient.view()), lines[inputs + 2 + k], tolerance) == 0);
  }
}

template <class Record>
void check_golden(const std::string& name, std::size_t inputs, Record&& record) {
  CAPTURE(name);
  const auto lines = golden_table("learn/" + name);
  RunContext context = test::context_with(2);
  compare<double>(context, lines, inputs, record, 1e-10);
  compare<float>(context, lines, inputs, record, 2e-6);
}

/// What a loss is compared with, by row and column.
template <class Tape, class Value>
Tensor given(Tape& tape, Value&& value) {
  using Real = std::conditional_t<std::is_same_v<Tape, BasicTape<float>>, float, double>;
  std::array<Real, 12> values;
  for (std::size_t k = 0; k < values.size(); ++k) values[k] = static_cast<Real>(value(k / 3, k % 3));
  const std::span<Real> copy = tape.copy(std::span<const Real>(values));
  return tape.constant("given", MatrixView<const Real>(copy.data(), 4, 3));
}

}  // namespace

TEST_CASE("products and element-wise operations equal those of PyTorch, with their gradients") {
  check_golden("matmul", 2, [](auto& tape, Inputs in) { return matmul(tape, in[0], in[1]); });
  check_golden("matmul_first", 2, [](auto& tape, Inputs in) { return matmul(tape, in[0], in[1], {.first = true}); });
  check_golden("matmul_second", 2, [](auto& tape, Inputs in) { return matmul(tape, in[0], in[1], {.second = true}); });
  check_golden("matmul_both", 2, [](auto& tape, Inputs in) { return matmul(tape, in[0], in[1], {true, true}); });
  check_golden("add_row", 2, [](auto& tape, Inputs in) { return add_row(tape, in[0], in[1]); });
  check_golden("scale_rows", 2, [](auto& tape, Inputs in) { return learn::scale_rows(tape, in[0], in[1]); });
  check_golden("maximum", 2, [](auto& tape, Inputs in) { return learn::maximum(tape, in[0], in[1]); });
  check_golden("scale_learned", 2, [](auto& tape, Inputs in) { return scale(tape, in[0], in[1], 1); });
  check_golden("head_dot", 2, [](auto& tape, Inputs in) { return head_dot(tape, in[0], in[1], 2); });
  check_golden("row_dot", 2, [](auto& tape, Inputs in) { return row_dot(tape, in[0], in[1]); });
  check_golden("block_product", 2, [](auto& tape, Inputs in) { return block_product(tape, in[0], in[1], 2, 3); });
  check_golden("block_product_transposed", 2,
               [](auto& tape, Inputs in) { return block_product(tape, in[0], in[1], 2, 3, true); });
}

TEST_CASE("activations equal those of PyTorch, with their gradients") {
  check_golden("relu", 1, [](auto& tape, Inputs in) { return relu(tape, in[0]); });
  check_golden("leaky_relu", 1, [](auto& tape, Inputs in) { return leaky_relu(tape, in[0], 0.2); });
  check_golden("elu", 1, [](auto& tape, Inputs in) { return elu(tape, in[0]); });
  check_golden("gelu", 1, [](auto& tape, Inputs in) { return gelu(tape, in[0]); });
  check_golden("sigmoid", 1, [](auto& tape, Inputs in) { return sigmoid(tape, in[0]); });
  check_golden("tanh", 1, [](auto& tape, Inputs in) { return learn::tanh(tape, in[0]); });
  check_golden("softplus", 1, [](auto& tape, Inputs in) { return softplus(tape, in[0]); });
}

TEST_CASE("normalisations equal those of PyTorch, with their gradients and what they remember") {
  check_golden("layer_norm", 3, [](auto& tape, Inputs in) { return layer_norm(tape, in[0], in[1], in[2]); });
  check_golden("normalize_rows", 1, [](auto& tape, Inputs in) { return learn::normalize_rows(tape, in[0]); });
  for (const bool training : {false, true}) {
    CAPTURE(training);
    const auto lines = golden_table(training ? "learn/batch_norm_training" : "learn/batch_norm_fixed");
    RunContext context = test::context_with(1);
    BatchStatistics<double> statistics(3);
    for (std::size_t j = 0; j < 3; ++j) {
      statistics.mean(0, j) = 0.25;
      statistics.variance(0, j) = 2;
    }
    BasicParameters<double> parameters;
    BasicTape<double> tape(context);
    std::vector<Tensor> in;
    for (std::size_t k = 0; k < 3; ++k) {
      auto& parameter = parameters.add(std::to_string(k), static_cast<std::size_t>(lines[k][0]), 3);
      parameter.value = matrix_of<double>(lines[k]);
      in.push_back(tape.parameter(parameter));
    }
    const BasicMatrix<double> w = matrix_of<double>(lines[3]);
    const Tensor result = tape.keep(batch_norm(tape, in[0], in[1], in[2], statistics));
    const Tensor loss = sum(tape, multiply(tape, result, tape.constant("w", w.view())));
    tape.forward({.training = training});
    tape.backward(loss);
    CHECK(differences(tape.value(result), lines[4], 1e-10) == 0);
    for (std::size_t k = 0; k < 3; ++k) {
      CHECK(differences(MatrixView<const double>(parameters[k].gradient.view()), lines[5 + k], 1e-10) == 0);
    }
    CHECK(differences(MatrixView<const double>(statistics.mean.view()), lines[8], 1e-10) == 0);
    CHECK(differences(MatrixView<const double>(statistics.variance.view()), lines[9], 1e-10) == 0);
  }
}

TEST_CASE("parts of matrices and rows by number equal those of PyTorch, with their gradients") {
  check_golden("concatenate_columns", 3, [](auto& tape, Inputs in) { return concatenate_columns(tape, in); });
  check_golden("concatenate_rows", 2, [](auto& tape, Inputs in) { return concatenate_rows(tape, in); });
  check_golden("slice_columns", 1, [](auto& tape, Inputs in) { return slice_columns(tape, in[0], 1, 3); });
  check_golden("slice_rows", 1, [](auto& tape, Inputs in) { return slice_rows(tape, in[0], 2, 2); });
  check_golden("gather_rows", 1, [](auto& tape, Inputs in) { return gather_rows(tape, in[0], golden_picked); });
  check_golden("scatter_add_rows", 1,
               [](auto& tape, Inputs in) { return scatter_add_rows(tape, in[0], golden_picked, 4); });
}

TEST_CASE("operations along the entries of a sparse matrix equal those of PyTorch, with their gradients") {
  RunContext context = test::context_with(1);
  const SparseOperand a(context, golden_graph);
  check_golden("spmm", 1, [&](auto& tape, Inputs in) { return learn::spmm(tape, a, in[0]); });
  check_golden("spmm_learned", 2, [&](auto& tape, Inputs in) { return learn::spmm(tape, a, in[0], in[1]); });
  check_golden("neighbor_max", 1, [&](auto& tape, Inputs in) { return neighbor_max(tape, a, in[0]); });
  check_golden("pagerank_step", 2, [&](auto& tape, Inputs in) { return pagerank_step(tape, a, in[0], in[1], 0.15); });
  check_golden("attention_weights", 2, [&](auto& tape, Inputs in) { return attention_weights(tape, a, in[0], in[1]); });
  check_golden("dynamic_attention_weights", 3,
               [&](auto& tape, Inputs in) { return dynamic_attention_weights(tape, a, in[0], in[1], in[2], 2); });
  check_golden("segment_sum", 1, [](auto& tape, Inputs in) { return segment_sum(tape, golden_offsets, in[0]); });
  check_golden("segment_mean", 1, [](auto& tape, Inputs in) { return segment_mean(tape, golden_offsets, in[0]); });
  check_golden("segment_max", 1, [](auto& tape, Inputs in) { return segment_max(tape, golden_offsets, in[0]); });
  check_golden("segment_softmax", 1,
               [](auto& tape, Inputs in) { return segment_softmax(tape, golden_offsets, in[0]); });
}

TEST_CASE("GRU cell, time encoding and attention equal those of PyTorch, with their gradients") {
  check_golden("gru_cell", 6,
               [](auto& tape, Inputs in) { return gru_cell(tape, in[0], in[1], {in[2], in[3], in[4], in[5]}); });
  check_golden("time_encoding", 3, [](auto& tape, Inputs in) { return time_encoding(tape, in[0], in[1], in[2]); });
  check_golden("attention", 3,
               [](auto& tape, Inputs in) { return attention(tape, in[0], in[1], in[2], golden_offsets, 2); });
}

TEST_CASE("losses equal those of PyTorch, with their gradients") {
  check_golden("normal_divergence", 2, [](auto& tape, Inputs in) { return normal_divergence(tape, in[0], in[1]); });
  const auto soft = [](std::size_t i, std::size_t j) { return static_cast<double>((i + j) % 3) / 2; };
  const auto signs = [](std::size_t i, std::size_t j) { return (i + j) % 2 == 0 ? 1.0 : -1.0; };
  const auto three = [](std::size_t i, std::size_t j) { return static_cast<double>((i + j) % 3) - 1; };
  check_golden("binary_cross_entropy", 1,
               [&](auto& tape, Inputs in) { return binary_cross_entropy(tape, in[0], given(tape, soft)); });
  check_golden("cross_entropy", 1, [](auto& tape, Inputs in) { return cross_entropy(tape, in[0], golden_labels); });
  check_golden("bpr_loss", 2, [](auto& tape, Inputs in) { return bpr_loss(tape, in[0], in[1]); });
  check_golden("margin_ranking_loss", 2,
               [&](auto& tape, Inputs in) { return margin_ranking_loss(tape, in[0], in[1], given(tape, three), 0.3); });
  check_golden("distillation_loss", 1,
               [&](auto& tape, Inputs in) { return distillation_loss(tape, in[0], given(tape, soft), 1.7); });
  check_golden("mean_squared_error", 1,
               [&](auto& tape, Inputs in) { return mean_squared_error(tape, in[0], given(tape, soft)); });
  check_golden("hinge_loss", 1, [&](auto& tape, Inputs in) { return hinge_loss(tape, in[0], given(tape, signs)); });
}

TEST_CASE("steps of optimisers equal those of PyTorch") {
  using Kind = OptimizerKind;
  const std::array<std::pair<std::string, OptimizerOptions>, 7> cases = {{
      {"sgd", {.kind = Kind::sgd, .learning_rate = 0.1, .weight_decay = 0.05}},
      {"momentum", {.kind = Kind::sgd, .learning_rate = 0.1, .momentum = 0.9}},
      {"nesterov", {.kind = Kind::sgd, .learning_rate = 0.1, .weight_decay = 0.05, .momentum = 0.9, .nesterov = true}},
      {"adam", {.kind = Kind::adam, .learning_rate = 0.1}},
      {"adam_decay",
       {.kind = Kind::adam, .learning_rate = 0.1, .weight_decay = 0.05, .beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-3}},
      {"adamw", {.kind = Kind::adamw, .learning_rate = 0.1, .weight_decay = 0.05}},
      {"clipped", {.kind = Kind::sgd, .learning_rate = 0.1}},
  }};
  const auto follow = [&]<class Real>(const std::string& name, const OptimizerOptions& options, double tolerance,
                                      Real) {
    CAPTURE(name);
    const auto lines = golden_table("learn/optimizer_" + name);
    RunContext context = test::context_with(2);
    BasicParameters<Real> parameters;
    auto& p = parameters.add("p", 1, 6);
    p.value = matrix_of<Real>(lines[0]);
    const BasicMatrix<Real> h = matrix_of<Real>(lines[1]);
    const BasicMatrix<Real> c = matrix_of<Real>(lines[2]);
    BasicOptimizer<Real> optimizer(options, parameters);
    for (std::size_t step = 3; step < lines.size(); ++step) {
      for (std::size_t j = 0; j < 6; ++j) p.gradient(0, j) = h(0, j) * p.value(0, j) + c(0, j);
      if (name == "clipped") clip_gradients(context, parameters, 0.5);
      optimizer.step(context);
      CHECK(differences(MatrixView<const Real>(p.value.view()), lines[step], tolerance) == 0);
    }
    CHECK(optimizer.steps() == lines.size() - 3);
  };
  for (const auto& [name, options] : cases) {
    follow(name, options, 2e-6, double{});  // PyTorch adds 1e-6 to the norm that it clips by
    follow(name, options, 5e-6, float{});
  }
}

TEST_CASE("schedules and the moving average equal those of PyTorch") {
  const auto cosine = golden_table("learn/schedule_cosine").front();
  const ScheduleOptions falling = {.kind = ScheduleKind::cosine, .total_steps = 10, .final_factor = 0.1};
  for (std::size_t step = 0; step < cosine.size(); ++step) {
    CHECK(near(schedule_factor(falling, step), cosine[step], 1e-11));
  }
  const auto warmup = golden_table("learn/schedule_warmup").front();
  for (std::size_t step = 0; step < warmup.size(); ++step) {
    CHECK(near(schedule_factor({.warmup_steps = 5}, step), warmup[step], 1e-11));
  }
  for (const Goal goal : {Goal::lowest, Goal::highest}) {
    const auto lines =
        golden_table(goal == Goal::lowest ? "learn/schedule_plateau_lowest" : "learn/schedule_plateau_highest");
    PlateauSchedule plateau({.goal = goal, .factor = 0.5, .patience = 2, .least_factor = 0.1});
    for (std::size_t k = 0; k < lines[0].size(); ++k) CHECK(near(plateau.observe(lines[0][k]), lines[1][k], 1e-11));
  }
  const auto lines = golden_table("learn/moving_average");
  RunContext context = test::context_with(1);
  BasicParameters<double> parameters;
  auto& p = parameters.add("p", 1, 4);
  p.value = matrix_of<double>(lines[0]);
  BasicMovingAverage<double> average(parameters, 0.9);
  for (std::size_t k = 1; k + 1 < lines.size(); ++k) {
    p.value = matrix_of<double>(lines[k]);
    average.update(context);
  }
  CHECK(differences(MatrixView<const double>(average.average(0)), lines.back(), 1e-10) == 0);
  average.swap();
  CHECK(differences(MatrixView<const double>(p.value.view()), lines.back(), 1e-10) == 0);
  average.swap();
  CHECK(differences(MatrixView<const double>(p.value.view()), lines[lines.size() - 2], 1e-10) == 0);
}
