// Every operation with matrices of several chunks: the same bits for any number of threads.
#include <doctest/doctest.h>

#include "check_operation.hpp"
#include "operations.hpp"
#include "random_graphs.hpp"

using namespace adjoin;
using namespace adjoin::learn;
using adjoin::test::check_same_bits;

namespace {

using Inputs = std::span<const Tensor>;
constexpr std::size_t many_rows = 1500;
constexpr std::size_t many_columns = 24;

/// A sparse matrix of 1500 rows with one full row and empty ones, and what belongs to its entries.
const Csr& drawn_graph() {
  static const Csr csr = test::random_csr(many_rows, many_rows, 0.003, true, 5, true);
  return csr;
}

}  // namespace

TEST_CASE("dense operations have the same bits for 1, 2, 3 and 8 threads") {
  check_same_bits({{many_rows, many_columns}, {many_columns, many_columns}},
                  [](auto& tape, Inputs in) { return matmul(tape, in[0], in[1]); });
  check_same_bits({{many_rows, many_columns}, {many_rows, many_columns}},
                  [](auto& tape, Inputs in) { return matmul(tape, in[0], in[1], {.first = true}); });
  check_same_bits({{many_rows, many_columns}, {1, many_columns}},
                  [](auto& tape, Inputs in) { return add_row(tape, in[0], in[1]); });
  check_same_bits({{many_rows, many_columns}}, [](auto& tape, Inputs in) { return sum(tape, gelu(tape, in[0])); });
  check_same_bits({{many_rows, many_columns}}, [](auto& tape, Inputs in) { return sum_of_squares(tape, in[0]); });
  check_same_bits({{many_rows, many_columns}}, [](auto& tape, Inputs in) { return dropout(tape, in[0], 0.5); });
  check_same_bits({{many_rows, many_columns}, {1, many_columns}, {1, many_columns}},
                  [](auto& tape, Inputs in) { return layer_norm(tape, in[0], in[1], in[2]); });
  BatchStatistics<float> statistics(many_columns);
  check_same_bits({{many_rows, many_columns}, {1, many_columns}, {1, many_columns}},
                  [&](auto& tape, Inputs in) { return batch_norm(tape, in[0], in[1], in[2], statistics); });
  check_same_bits({{many_rows, many_columns}},
                  [](auto& tape, Inputs in) { return learn::normalize_rows(tape, in[0]); });
  check_same_bits({{many_rows, many_columns}, {many_rows, many_columns}},
                  [](auto& tape, Inputs in) { return row_dot(tape, in[0], in[1]); });
  check_same_bits({{many_rows, many_columns}, {1, many_columns}},
                  [](auto& tape, Inputs in) { return head_dot(tape, in[0], in[1], 4); });
  check_same_bits({{many_rows, many_columns}, {many_rows, many_columns}},
                  [](auto& tape, Inputs in) { return learn::maximum(tape, in[0], in[1]); });
  check_same_bits({{many_rows, many_columns}, {1, 1}},
                  [](auto& tape, Inputs in) { return scale(tape, in[0], in[1], 1.0); });
  check_same_bits({{many_rows, many_columns}, {many_rows, many_columns}},
                  [](auto& tape, Inputs in) { return normal_sample(tape, in[0], in[1]); });
  check_same_bits({{many_rows, many_columns}, {many_rows, many_columns}},
                  [](auto& tape, Inputs in) { return normal_divergence(tape, in[0], in[1]); });
  check_same_bits({{many_rows, 6}, {many_rows, many_columns}},
                  [](auto& tape, Inputs in) { return block_product(tape, in[0], in[1], 2, 3); });
  check_same_bits({{many_rows, 5}, {many_rows, 8}, {5, 24}, {8, 24}, {1, 24}, {1, 24}},
                  [](auto& tape, Inputs in) { return gru_cell(tape, in[0], in[1], {in[2], in[3], in[4], in[5]}); });
  check_same_bits({{many_rows, 1}, {1, many_columns}, {1, many_columns}},
                  [](auto& tape, Inputs in) { return time_encoding(tape, in[0], in[1], in[2]); });
}

TEST_CASE("sparse operations have the same bits for 1, 2, 3 and 8 threads, whatever hubs there are") {
  RunContext context = test::context_with(1);
  const CsrView view = drawn_graph().view();
  const std::size_t entries = view.nonzero_count();
  const SparseOperand a(context, view);
  std::vector<NodeId> picked;
  for (std::size_t i = 0; i < 4000; ++i) picked.push_back(node_id(i * i % 97));  // few rows, each many times
  check_same_bits({{many_rows, many_columns}}, [&](auto& tape, Inputs in) { return learn::spmm(tape, a, in[0]); });
  check_same_bits({{entries, 2}, {many_rows, many_columns}},
                  [&](auto& tape, Inputs in) { return learn::spmm(tape, a, in[0], in[1]); });
  check_same_bits({{many_rows, many_columns}}, [&](auto& tape, Inputs in) { return neighbor_max(tape, a, in[0]); });
  check_same_bits({{many_rows, many_columns}, {many_rows, many_columns}},
                  [&](auto& tape, Inputs in) { return pagerank_step(tape, a, in[0], in[1], 0.1); });
  check_same_bits({{many_rows, many_columns}},
                  [&](auto& tape, Inputs in) { return learn::spmm(tape, a, dropped_values(tape, a, 0.5), in[0]); });
  check_same_bits({{many_rows, 4}, {many_rows, 4}},
                  [&](auto& tape, Inputs in) { return attention_weights(tape, a, in[0], in[1]); });
  check_same_bits({{many_rows, many_columns}, {many_rows, many_columns}, {1, many_columns}},
                  [&](auto& tape, Inputs in) { return dynamic_attention_weights(tape, a, in[0], in[1], in[2], 4); });
  check_same_bits({{many_rows, many_columns}}, [&](auto& tape, Inputs in) { return gather_rows(tape, in[0], picked); });
  check_same_bits({{4000, many_columns}},
                  [&](auto& tape, Inputs in) { return scatter_add_rows(tape, in[0], picked, many_rows); });
  check_same_bits({{entries, 4}}, [&](auto& tape, Inputs in) { return segment_sum(tape, view.offsets, in[0]); });
  check_same_bits({{entries, 4}}, [&](auto& tape, Inputs in) { return segment_max(tape, view.offsets, in[0]); });
  check_same_bits({{entries, 4}}, [&](auto& tape, Inputs in) { return segment_softmax(tape, view.offsets, in[0]); });
  check_same_bits({{many_rows, 8}, {entries, 8}, {entries, 8}},
                  [&](auto& tape, Inputs in) { return attention(tape, in[0], in[1], in[2], view.offsets, 2); });
}

TEST_CASE("losses have the same bits for 1, 2, 3 and 8 threads") {
  std::vector<std::uint32_t> labels;
  for (std::size_t i = 0; i < many_rows; ++i) labels.push_back(static_cast<std::uint32_t>(i % many_columns));
  check_same_bits({{many_rows, many_columns}},
                  [&](auto& tape, Inputs in) { return cross_entropy(tape, in[0], labels); });
  check_same_bits({{many_rows, many_columns}, {many_rows, many_columns}},
                  [](auto& tape, Inputs in) { return bpr_loss(tape, in[0], in[1]); });
  check_same_bits({{many_rows, many_columns}, {many_rows, many_columns}},
                  [](auto& tape, Inputs in) { return distillation_loss(tape, in[0], in[1], 2); });
  check_same_bits({{many_rows, many_columns}, {many_rows, many_columns}},
                  [](auto& tape, Inputs in) { return binary_cross_entropy(tape, in[0], in[1]); });
}
