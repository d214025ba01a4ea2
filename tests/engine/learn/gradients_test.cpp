// Every operation: gradients against central differences, float against double.
#include <array>

#include <doctest/doctest.h>

#include "check_operation.hpp"
#include "operations.hpp"
#include "random_graphs.hpp"

using namespace adjoin;
using namespace adjoin::learn;
using adjoin::test::check_gradients;

namespace {

using Inputs = std::span<const Tensor>;

constexpr std::array<EdgeOffset, 5> six_offsets = {EdgeOffset{0}, EdgeOffset{2}, EdgeOffset{2}, EdgeOffset{5},
                                                   EdgeOffset{6}};

constexpr std::array<EdgeOffset, 5> four_offsets = {EdgeOffset{0}, EdgeOffset{1}, EdgeOffset{1}, EdgeOffset{3},
                                                    EdgeOffset{4}};
constexpr std::array<NodeId, 5> picked_rows = {NodeId{3}, NodeId{0}, NodeId{3}, NodeId{1}, NodeId{3}};
constexpr std::array<std::uint32_t, 4> row_labels = {2, 0, 1, 2};

/// The fixed values of one precision that stand beside drawn inputs.
template <class Tape>
Tensor constant_of(Tape& tape, const BasicMatrix<float>& floats, const BasicMatrix<double>& doubles) {
  if constexpr (std::is_same_v<Tape, BasicTape<float>>) {
    return tape.constant("given", floats.view());
  } else {
    return tape.constant("given", doubles.view());
  }
}

}  // namespace

TEST_CASE("the gradient of matmul equals central differences, with either side transposed") {
  const auto with = [](Transposed transposed) {
    return [transposed](auto& tape, Inputs in) { return matmul(tape, in[0], in[1], transposed); };
  };
  check_gradients({{5, 3}, {3, 4}}, with({}));
  check_gradients({{3, 5}, {3, 4}}, with({.first = true}));
  check_gradients({{5, 3}, {4, 3}}, with({.second = true}));
  check_gradients({{3, 5}, {4, 3}}, with({.first = true, .second = true}));
  check_gradients({{4, 4}}, [](auto& tape, Inputs in) { return matmul(tape, in[0], in[0]); });
}

TEST_CASE("gradients of element-wise operations equal central differences") {
  check_gradients({{4, 3}, {1, 3}}, [](auto& tape, Inputs in) { return add_row(tape, in[0], in[1]); });
  check_gradients({{4, 3}, {4, 3}}, [](auto& tape, Inputs in) { return add(tape, in[0], in[1]); });
  check_gradients({{4, 3}, {4, 3}}, [](auto& tape, Inputs in) { return subtract(tape, in[0], in[1]); });
  check_gradients({{4, 3}, {4, 3}}, [](auto& tape, Inputs in) { return multiply(tape, in[0], in[1]); });
  check_gradients({{4, 3}}, [](auto& tape, Inputs in) { return multiply(tape, in[0], in[0]); });
  check_gradients({{4, 3}}, [](auto& tape, Inputs in) { return scale(tape, in[0], -2.5); });
  check_gradients({{4, 3}, {4, 1}}, [](auto& tape, Inputs in) { return scale_rows(tape, in[0], in[1]); });
  check_gradients({{4, 3}, {4, 3}}, [](auto& tape, Inputs in) { return learn::maximum(tape, in[0], in[1]); });
  check_gradients({{4, 3}}, [](auto& tape, Inputs in) { return learn::maximum(tape, in[0], in[0]); });
  check_gradients({{4, 3}, {1, 1}}, [](auto& tape, Inputs in) { return scale(tape, in[0], in[1], 0.5); });
  check_gradients({{4, 3}}, [](auto& tape, Inputs in) { return sum(tape, in[0]); });
  check_gradients({{4, 3}}, [](auto& tape, Inputs in) { return sum_of_squares(tape, in[0]); });
}

TEST_CASE("gradients of activations equal central differences") {
  check_gradients({{6, 5}}, [](auto& tape, Inputs in) { return relu(tape, in[0]); });
  check_gradients({{6, 5}}, [](auto& tape, Inputs in) { return leaky_relu(tape, in[0], 0.2); });
  check_gradients({{6, 5}}, [](auto& tape, Inputs in) { return elu(tape, in[0]); });
  check_gradients({{6, 5}}, [](auto& tape, Inputs in) { return gelu(tape, in[0]); });
  check_gradients({{6, 5}}, [](auto& tape, Inputs in) { return sigmoid(tape, in[0]); });
  check_gradients({{6, 5}}, [](auto& tape, Inputs in) { return learn::tanh(tape, in[0]); });
  check_gradients({{6, 5}}, [](auto& tape, Inputs in) { return softplus(tape, in[0]); });
}

TEST_CASE("the gradient of dropout equals central differences, while training and not") {
  const auto record = [](auto& tape, Inputs in) { return dropout(tape, in[0], 0.4); };
  check_gradients({{7, 6}}, record, true);
  check_gradients({{7, 6}}, record, false);
}

TEST_CASE("gradients of normalisations equal central differences") {
  check_gradients({{5, 7}, {1, 7}, {1, 7}},
                  [](auto& tape, Inputs in) { return layer_norm(tape, in[0], in[1], in[2]); });
  BatchStatistics<float> floats(4);
  BatchStatistics<double> doubles(4);
  for (std::size_t j = 0; j < 4; ++j) {
    floats.mean(0, j) = 0.25F;
    doubles.mean(0, j) = 0.25;
    floats.variance(0, j) = 2.0F;
    doubles.variance(0, j) = 2.0;
  }
  const auto record = [&](auto& tape, Inputs in) {
    if constexpr (std::is_same_v<decltype(tape), BasicTape<float>&>) {
      return batch_norm(tape, in[0], in[1], in[2], floats);
    } else {
      return batch_norm(tape, in[0], in[1], in[2], doubles);
    }
  };
  check_gradients({{6, 4}, {1, 4}, {1, 4}}, record, false);  // first: training moves the statistics
  check_gradients({{6, 4}, {1, 4}, {1, 4}}, record, true);
  check_gradients({{5, 4}}, [](auto& tape, Inputs in) { return learn::normalize_rows(tape, in[0]); });
}

TEST_CASE("gradients of concatenation and slices equal central differences") {
  check_gradients({{4, 2}, {4, 3}, {4, 1}}, [](auto& tape, Inputs in) { return concatenate_columns(tape, in); });
  check_gradients({{2, 3}, {1, 3}, {3, 3}}, [](auto& tape, Inputs in) { return concatenate_rows(tape, in); });
  check_gradients({{4, 5}}, [](auto& tape, Inputs in) { return slice_columns(tape, in[0], 1, 3); });
  check_gradients({{5, 4}}, [](auto& tape, Inputs in) { return slice_rows(tape, in[0], 2, 2); });
  check_gradients({{3, 2}}, [](auto& tape, Inputs in) {
    const std::array<Tensor, 2> twice = {in[0], in[0]};
    return concatenate_columns(tape, std::span<const Tensor>(twice));
  });
}

TEST_CASE("gradients of gather and scatter equal central differences, where a row is picked twice and one never") {
  check_gradients({{4, 3}}, [](auto& tape, Inputs in) { return gather_rows(tape, in[0], picked_rows); });
  check_gradients({{5, 3}}, [](auto& tape, Inputs in) { return scatter_add_rows(tape, in[0], picked_rows, 6); });
}

TEST_CASE("gradients of message passing equal central differences") {
  RunContext context = test::context_with(1);
  for (const bool weighted : {false, true}) {
    const Csr csr = test::random_csr(5, 6, 0.4, weighted, 11, true);
    const SparseOperand a(context, csr.view());
    const std::size_t entries = csr.view().nonzero_count();
    check_gradients({{6, 4}}, [&](auto& tape, Inputs in) { return learn::spmm(tape, a, in[0]); });
    check_gradients({{entries, 1}, {6, 4}}, [&](auto& tape, Inputs in) { return learn::spmm(tape, a, in[0], in[1]); });
    check_gradients({{entries, 2}, {6, 4}}, [&](auto& tape, Inputs in) { return learn::spmm(tape, a, in[0], in[1]); });
    check_gradients({{6, 4}}, [&](auto& tape, Inputs in) { return neighbor_max(tape, a, in[0]); });
    check_gradients({{6, 4}, {5, 4}},
                    [&](auto& tape, Inputs in) { return pagerank_step(tape, a, in[0], in[1], 0.15); });
    check_gradients({{6, 4}},
                    [&](auto& tape, Inputs in) { return learn::spmm(tape, a, dropped_values(tape, a, 0.4), in[0]); });
  }
}

TEST_CASE("gradients of attention along a graph equal central differences") {
  RunContext context = test::context_with(1);
  const Csr csr = test::random_csr(5, 6, 0.4, false, 11, true);
  const SparseOperand a(context, csr.view());
  for (const std::size_t heads : {1UL, 2UL}) {
    check_gradients({{5, heads}, {6, heads}},
                    [&](auto& tape, Inputs in) { return attention_weights(tape, a, in[0], in[1]); });
    check_gradients({{5, 4}, {6, 4}, {1, 4}}, [&](auto& tape, Inputs in) {
      return dynamic_attention_weights(tape, a, in[0], in[1], in[2], heads);
    });
  }
  const Csr square = test::random_csr(6, 6, 0.4, false, 12, true);
  const SparseOperand b(context, square.view());
  check_gradients({{6, 2}}, [&](auto& tape, Inputs in) { return attention_weights(tape, b, in[0], in[0]); });
  check_gradients({{6, 4}, {1, 4}},
                  [&](auto& tape, Inputs in) { return dynamic_attention_weights(tape, b, in[0], in[0], in[1], 2); });
}

TEST_CASE("gradients of normal distributions equal central differences, of draws and of means") {
  const auto record = [](auto& tape, Inputs in) { return normal_sample(tape, in[0], in[1]); };
  check_gradients({{5, 4}, {5, 4}}, record, true);
  check_gradients({{5, 4}, {5, 4}}, [](auto& tape, Inputs in) { return normal_divergence(tape, in[0], in[1]); });
}

TEST_CASE("gradients of segments equal central differences, with an empty segment") {
  check_gradients({{6, 3}}, [](auto& tape, Inputs in) { return segment_sum(tape, six_offsets, in[0]); });
  check_gradients({{6, 3}}, [](auto& tape, Inputs in) { return segment_mean(tape, six_offsets, in[0]); });
  check_gradients({{6, 3}}, [](auto& tape, Inputs in) { return segment_max(tape, six_offsets, in[0]); });
  check_gradients({{6, 3}}, [](auto& tape, Inputs in) { return segment_softmax(tape, six_offsets, in[0]); });
}

TEST_CASE("gradients of products of rows equal central differences") {
  check_gradients({{5, 4}, {5, 4}}, [](auto& tape, Inputs in) { return row_dot(tape, in[0], in[1]); });
  check_gradients({{5, 6}, {1, 6}}, [](auto& tape, Inputs in) { return head_dot(tape, in[0], in[1], 2); });
  check_gradients({{5, 6}, {5, 6}}, [](auto& tape, Inputs in) { return block_product(tape, in[0], in[1], 2, 3); });
  check_gradients({{5, 6}, {5, 4}},
                  [](auto& tape, Inputs in) { return block_product(tape, in[0], in[1], 2, 3, true); });
}

TEST_CASE("the gradient of a GRU cell equals central differences") {
  check_gradients({{4, 3}, {4, 2}, {3, 6}, {2, 6}, {1, 6}, {1, 6}},
                  [](auto& tape, Inputs in) { return gru_cell(tape, in[0], in[1], {in[2], in[3], in[4], in[5]}); });
}

TEST_CASE("the gradient of the time encoding equals central differences") {
  check_gradients({{5, 1}, {1, 4}, {1, 4}},
                  [](auto& tape, Inputs in) { return time_encoding(tape, in[0], in[1], in[2]); });
}

TEST_CASE("the gradient of attention equals central differences, with a query without keys and several heads") {
  for (const std::size_t heads : {1UL, 2UL}) {
    check_gradients({{4, 6}, {6, 6}, {6, 4}},
                    [&](auto& tape, Inputs in) { return attention(tape, in[0], in[1], in[2], six_offsets, heads); });
  }
  check_gradients({{4, 4}}, [](auto& tape, Inputs in) {  // one matrix as keys, values and, its head, queries
    return attention(tape, in[0], in[0], in[0], four_offsets, 2);
  });
}

TEST_CASE("gradients of losses equal central differences") {
  check_gradients({{4, 3}}, [](auto& tape, Inputs in) { return cross_entropy(tape, in[0], row_labels); });
  check_gradients({{4, 2}, {4, 2}}, [](auto& tape, Inputs in) { return bpr_loss(tape, in[0], in[1]); });

  BasicMatrix<float> floats(4, 3);
  BasicMatrix<double> doubles(4, 3);
  const auto give = [&](auto&& value) {
    for (std::size_t i = 0; i < 4; ++i) {
      for (std::size_t j = 0; j < 3; ++j) {
        doubles(i, j) = value(i, j);
        floats(i, j) = static_cast<float>(doubles(i, j));
      }
    }
  };
  give([](std::size_t i, std::size_t j) { return static_cast<double>((i + j) % 3) / 2; });
  check_gradients({{4, 3}}, [&](auto& tape, Inputs in) {
    return binary_cross_entropy(tape, in[0], constant_of(tape, floats, doubles));
  });
  check_gradients({{4, 3}}, [&](auto& tape, Inputs in) {
    return mean_squared_error(tape, in[0], constant_of(tape, floats, doubles));
  });
  check_gradients({{4, 3}}, [&](auto& tape, Inputs in) {
    return distillation_loss(tape, in[0], constant_of(tape, floats, doubles), 1.7);
  });
  give([](std::size_t i, std::size_t j) { return (i + j) % 2 == 0 ? 1.0 : -1.0; });
  check_gradients({{4, 3}},
                  [&](auto& tape, Inputs in) { return hinge_loss(tape, in[0], constant_of(tape, floats, doubles)); });
  give([](std::size_t i, std::size_t j) { return static_cast<double>((i + j) % 3) - 1; });
  check_gradients({{4, 3}, {4, 3}}, [&](auto& tape, Inputs in) {
    return margin_ranking_loss(tape, in[0], in[1], constant_of(tape, floats, doubles), 0.3);
  });
}
