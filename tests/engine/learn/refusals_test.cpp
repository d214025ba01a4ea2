// What the tape and its operations refuse, and in which words.
#include <array>
#include <cmath>
#include <functional>
#include <vector>

#include <doctest/doctest.h>

#include "check_operation.hpp"
#include "operations.hpp"
#include "random_graphs.hpp"

using namespace adjoin;
using namespace adjoin::learn;

TEST_CASE("shapes that do not fit are refused when recorded, with both named") {
  RunContext context = test::context_with(1);
  const Matrix x(3, 4, 1.0F);
  const Matrix w(5, 2, 1.0F);
  Tape tape(context);
  const Tensor a = tape.constant("x", x.view());
  const Tensor b = tape.constant("w", w.view());
  CHECK_THROWS_WITH_AS(matmul(tape, a, b),
                       "matmul: x is 3 x 4 and w is 5 x 2; the columns of the first, as it enters, are as many as the "
                       "rows of the second",
                       InvalidOption);
  const std::array<NodeId, 3> rows = {NodeId{0}, NodeId{3}, NodeId{1}};
  CHECK_THROWS_WITH_AS(gather_rows(tape, a, rows),
                       "gather_rows: row 3 is asked for and there are 3; give numbers below that", InvalidOption);
  const std::array<std::uint32_t, 3> labels = {0, 4, 1};
  CHECK_THROWS_AS(cross_entropy(tape, a, labels), InvalidOption);
  const std::array<EdgeOffset, 3> offsets = {EdgeOffset{0}, EdgeOffset{1}, EdgeOffset{2}};
  CHECK_THROWS_AS(segment_sum(tape, offsets, a), InvalidOption);
  CHECK_THROWS_AS(segment_sum(tape, std::span<const EdgeOffset>(), a), InvalidOption);
  CHECK_THROWS_AS(attention(tape, a, a, b, offsets), InvalidOption);
  const Csr csr = test::random_csr(3, 3, 0.5, false, 1);
  const SparseOperand graph(context, csr.view());
  const Matrix one(1, 4, 1.0F);
  const Tensor row = tape.constant("row", one.view());
  CHECK_THROWS_AS(learn::spmm(tape, graph, b), InvalidOption);
  CHECK_THROWS_AS(learn::spmm(tape, graph, b, a), InvalidOption);
  for (const auto& refused :
       std::vector<std::function<void()>>{[&] { add(tape, a, b); },
                                          [&] { subtract(tape, a, b); },
                                          [&] { multiply(tape, a, b); },
                                          [&] { add_row(tape, a, b); },
                                          [&] { learn::scale_rows(tape, a, b); },
                                          [&] { row_dot(tape, a, b); },
                                          [&] { block_product(tape, a, b, 2, 2); },
                                          [&] { block_product(tape, a, a, 0, 0); },
                                          [&] { layer_norm(tape, a, b, b); },
                                          [&] { concatenate_columns(tape, std::array{a, b}); },
                                          [&] { concatenate_rows(tape, std::array{a, b}); },
                                          [&] { concatenate_rows(tape, std::span<const Tensor>()); },
                                          [&] { slice_columns(tape, a, 3, 2); },
                                          [&] { slice_rows(tape, a, 1, ~std::size_t{0}); },
                                          [&] { scatter_add_rows(tape, b, rows, 4); },
                                          [&] { time_encoding(tape, a, b, b); },
                                          [&] { gru_cell(tape, a, a, {b, b, b, b}); },
                                          [&] { mean_squared_error(tape, a, b); },
                                          [&] { bpr_loss(tape, a, b); },
                                          [&] { margin_ranking_loss(tape, a, a, b, 1); },
                                          [&] { distillation_loss(tape, a, a, 0); },
                                          [&] { distillation_loss(tape, a, b, 1); },
                                          [&] { learn::maximum(tape, a, b); },
                                          [&] { scale(tape, a, b); },
                                          [&] { head_dot(tape, a, b, 1); },
                                          [&] { head_dot(tape, a, row, 3); },
                                          [&] { pagerank_step(tape, graph, b, a, 0.1); },
                                          [&] { pagerank_step(tape, graph, a, b, 0.1); },
                                          [&] { pagerank_step(tape, graph, a, a, 1.5); },
                                          [&] { attention_weights(tape, graph, a, b); },
                                          [&] { attention_weights(tape, graph, b, a); },
                                          [&] { attention_weights(tape, graph, a, a, 0); },
                                          [&] { dynamic_attention_weights(tape, graph, a, a, b, 2); },
                                          [&] { dynamic_attention_weights(tape, graph, a, a, row, 3); },
                                          [&] { normal_sample(tape, a, b); },
                                          [&] { normal_divergence(tape, a, b); },
                                          [&] { dropped_values(tape, graph, 1); },
                                          [&] { dropout(tape, a, 1); },
                                          [&] { dropout(tape, a, std::nan("")); },
                                          [&] { leaky_relu(tape, a, -1); }}) {
    CHECK_THROWS_AS(refused(), InvalidOption);
  }
}

TEST_CASE("what cannot be asked of a tape is refused in one sentence") {
  RunContext context = test::context_with(1);
  Parameters parameters;
  Parameter& w = parameters.add("w", 2, 2);
  CHECK_THROWS_WITH_AS(parameters.add("w", 1, 1), "there is a parameter 'w' already; give the second another name",
                       InvalidOption);
  CHECK_THROWS_AS(parameters.add("", 1, 1), InvalidOption);
  CHECK(parameters.find("w") == &w);
  CHECK(parameters.find("v") == nullptr);
  Tape tape(context);
  const Tensor x = tape.parameter(w);
  CHECK(tape.parameter(w) == x);
  const Tensor y = relu(tape, x);
  const Tensor loss = sum(tape, y);
  const Tensor constant = sum(tape, tape.constant("c", w.value.view()));
  CHECK_THROWS_AS(tape.backward(loss), InvalidOption);
  CHECK_THROWS_WITH_AS(tape.value(loss), "sum 2 has no values yet; call forward() first", InvalidOption);
  tape.forward();
  CHECK_THROWS_WITH_AS(tape.value(y), "the values of relu 1 are not kept after a pass; call keep() when recording",
                       InvalidOption);
  CHECK_THROWS_AS(tape.backward(y), InvalidOption);         // 2 x 2
  CHECK_THROWS_AS(tape.backward(constant), InvalidOption);  // no parameter
  CHECK_NOTHROW(tape.backward(loss));
  tape.keep(y);
  CHECK_THROWS_WITH_AS(tape.value(y), "relu 1 has no values yet; call forward() first", InvalidOption);
  tape.forward();
  CHECK(tape.value(y)(1, 1) == 0);
}
