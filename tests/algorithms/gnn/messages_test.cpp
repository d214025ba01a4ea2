// The matrices that messages pass along, against their definitions entry by entry.
#include <cmath>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/algorithms/gnn/messages.hpp>

#include "small_graphs.hpp"

using namespace adjoin;
using namespace adjoin::gnn;

namespace {

using Dense = std::vector<std::vector<double>>;

Dense dense_of(const CsrView& a) {
  Dense dense(a.row_count(), std::vector<double>(a.column_count, 0.0));
  for (std::size_t i = 0; i < a.row_count(); ++i) {
    for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) {
      dense[i][index(a.targets[e])] = a.weighted() ? static_cast<double>(a.weights[e]) : 1.0;
    }
  }
  return dense;
}

/// By the definition of each form.
Dense slow_form(Dense a, MessageForm form) {
  const std::size_t n = a.size();
  const bool loops = form == MessageForm::symmetric_with_loops || form == MessageForm::with_loops;
  for (std::size_t i = 0; i < n; ++i) a[i][i] += loops ? 1 : 0;
  std::vector<double> degree(n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) degree[i] += a[i][j];
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      if (a[i][j] == 0) continue;
      switch (form) {
        case MessageForm::symmetric_with_loops:
        case MessageForm::symmetric:
          a[i][j] = degree[j] > 0 ? a[i][j] / std::sqrt(degree[i] * degree[j]) : 0.0;
          break;
        case MessageForm::mean:
          a[i][j] /= degree[i];
          break;
        case MessageForm::with_loops:
          a[i][j] = 1;
          break;
        case MessageForm::sum:
          break;
      }
    }
  }
  return a;
}

}  // namespace

TEST_CASE("every form of messages is what it is defined as, of weighted and directed graphs with self-loops too") {
  CHECK(rc::check([] {
    const auto nodes = *rc::gen::inRange<std::size_t>(0, 25);
    const bool weighted = *rc::gen::arbitrary<bool>();
    const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1000);
    const Csr adjacency = test::random_csr(nodes, nodes, 0.3, weighted, seed, nodes > 0);
    RunContext context = test::context_with(2);
    for (const MessageForm form : {MessageForm::symmetric_with_loops, MessageForm::symmetric, MessageForm::mean,
                                   MessageForm::sum, MessageForm::with_loops}) {
      const Messages messages(context, adjacency.view(), form);
      RC_ASSERT(messages.target_count() == nodes);
      RC_ASSERT(messages.source_count() == nodes);
      const Dense found = dense_of(messages.matrix());
      const Dense expected = slow_form(dense_of(adjacency.view()), form);
      for (std::size_t i = 0; i < nodes; ++i) {
        for (std::size_t j = 0; j < nodes; ++j)
          RC_ASSERT(std::abs(found[i][j] - expected[i][j]) < 2e-6 * (1 + expected[i][j]));
      }
      const auto first = *rc::gen::inRange<std::size_t>(0, nodes + 1);
      const auto count = *rc::gen::inRange<std::size_t>(0, nodes - first + 1);
      const Messages part(messages, first, count);
      RC_ASSERT(part.first_target() == first);
      RC_ASSERT(part.target_count() == count);
      const Dense rows = dense_of(part.matrix());
      for (std::size_t i = 0; i < count; ++i) RC_ASSERT(rows[i] == found[first + i]);
      // Of a part of a part, targets are still counted among the sources.
      if (count > 0) RC_ASSERT(Messages(part, count - 1, 1).first_target() == first + count - 1);
    }
  }));
}

TEST_CASE("messages take the bytes that they are said to, where no self-loop is there already") {
  RunContext context = test::context_with(1);
  for (const bool weighted : {false, true}) {
    Csr adjacency = test::random_adjacency(50, 0.2, 3);
    if (weighted) adjacency.weights = Array<float>(adjacency.targets.size(), 0.5F);
    for (const MessageForm form : {MessageForm::symmetric_with_loops, MessageForm::symmetric, MessageForm::mean,
                                   MessageForm::sum, MessageForm::with_loops}) {
      const Messages messages(context, adjacency.view(), form);
      const CsrView& matrix = messages.matrix();
      const CsrView transposed = messages.operand().transposed();
      const std::uint64_t held = matrix.offsets.size_bytes() + matrix.targets.size_bytes() +
                                 matrix.weights.size_bytes() + transposed.offsets.size_bytes() +
                                 transposed.targets.size_bytes() + transposed.weights.size_bytes() +
                                 messages.operand().origins().size_bytes();
      CHECK(Messages::bytes(adjacency.view(), form) == held);
    }
  }
}
