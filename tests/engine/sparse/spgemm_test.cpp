// Products of sparse matrices against maps of exact sums.
#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/sparse/spgemm.hpp>
#include <adjoin/engine/sparse/transpose.hpp>

#include "random_graphs.hpp"
#include "with_threads.hpp"

using namespace adjoin;
using test::with_threads;

namespace {

using Row = std::map<std::size_t, double>;

double weight(const CsrView& a, std::size_t e) {
  return a.weighted() ? static_cast<double>(a.weights[e]) : 1.0;
}

/// The slow, obviously right row of a product.
Row twin_row(const CsrView& a, const CsrView& b, std::size_t row) {
  Row sums;
  for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
    const std::size_t middle = index(a.targets[e]);
    for (std::size_t i = b.row_begin(middle); i < b.row_end(middle); ++i) {
      sums[index(b.targets[i])] += weight(a, e) * weight(b, i);
    }
  }
  return sums;
}

/// To the bit: both sum in double in one order.
bool equals_twin(const CsrView& a, const CsrView& b, const Csr& product) {
  const CsrView c = product.view();
  if (product.offsets.size() != a.offsets.size() || c.column_count != b.column_count || c.offsets[0] != EdgeOffset{0})
    return false;
  if (c.weights.size() != c.targets.size() || c.row_end(c.row_count() - 1) != c.targets.size()) return false;
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    const Row expected = twin_row(a, b, row);
    if (c.row_size(row) != expected.size()) return false;
    std::size_t e = c.row_begin(row);
    for (const auto& [column, sum] : expected) {
      if (index(c.targets[e]) != column || c.weights[e] != static_cast<float>(sum)) return false;
      ++e;
    }
  }
  return true;
}

bool same(const Csr& a, const Csr& b) {
  return std::ranges::equal(a.offsets, b.offsets) && std::ranges::equal(a.targets, b.targets) &&
         std::ranges::equal(a.weights, b.weights);
}

/// `row_size` random columns a row, of very many; negative weights too.
Csr sparse_rows(std::size_t rows, std::size_t columns, std::size_t row_size, bool weighted, std::uint64_t key) {
  RandomSequence random(3, RandomStream::tests, key);
  std::vector<EdgeOffset> offsets{EdgeOffset{0}};
  std::vector<NodeId> targets;
  std::vector<float> weights;
  for (std::size_t row = 0; row < rows; ++row) {
    std::set<NodeId> drawn;
    while (drawn.size() < (row % 7 == 3 ? 0 : row_size)) drawn.insert(node_id(random.next_below(columns)));
    targets.insert(targets.end(), drawn.begin(), drawn.end());
    offsets.push_back(edge_offset(targets.size()));
  }
  for (std::size_t e = 0; weighted && e < targets.size(); ++e) {
    weights.push_back(static_cast<float>(random.next_normal()));
  }
  return {columns, test::to_array(offsets), test::to_array(targets), test::to_array(weights)};
}

}  // namespace

TEST_CASE("the product of drawn matrices equals the one that maps make, weighted or not, to the bit") {
  RunContext context;
  CHECK(rc::check([&] {
    const auto rows = *rc::gen::inRange<std::size_t>(1, 60);
    const auto middle = *rc::gen::inRange<std::size_t>(1, 60);
    const auto columns = *rc::gen::inRange<std::size_t>(1, 300);
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const auto density = *rc::gen::element(0.0, 0.02, 0.2, 0.9);
    const Csr a = test::random_csr(rows, middle, density, *rc::gen::arbitrary<bool>(), seed, true);
    const Csr b = test::random_csr(middle, columns, density, *rc::gen::arbitrary<bool>(), seed + 1);
    const Csr c = spgemm(context, a.view(), b.view());
    RC_ASSERT(equals_twin(a.view(), b.view(), c));
    RC_ASSERT(c.bytes() <= estimate_spgemm_memory(context, a.view(), b.view()));
  }));
}

TEST_CASE("rows of few entries among very many columns are right, beside rows of many") {
  RunContext context;
  for (const bool weighted : {false, true}) {
    for (const std::size_t row_size : {1UL, 8UL, 60UL, 2000UL}) {
      CAPTURE(row_size);
      const Csr a = sparse_rows(40, 300, 12, weighted, row_size);
      const Csr b = sparse_rows(300, 400'000, row_size, weighted, row_size + 1);
      CHECK(equals_twin(a.view(), b.view(), spgemm(context, a.view(), b.view())));
    }
  }
}

TEST_CASE("a row of far more products than a task should have is right") {
  RunContext context;
  for (const bool weighted : {false, true}) {
    const Csr a = test::random_csr(30, 1500, 0.01, weighted, 7, true);
    const Csr b = test::random_csr(1500, 2000, 0.3, weighted, 8);  // 700'000 products in the full row: cut by columns
    CHECK(equals_twin(a.view(), b.view(), spgemm(context, a.view(), b.view())));
  }
  const Csr hubs = test::random_csr(6, 1500, 1, true, 11);  // hubs side by side share tasks
  const Csr narrow = test::random_csr(1500, 500, 0.4, true, 12);
  CHECK(equals_twin(hubs.view(), narrow.view(), spgemm(context, hubs.view(), narrow.view())));
  const Csr short_rows = sparse_rows(100'000, 300'000, 2, true, 9);
  const Csr hub = sparse_rows(2, 100'000, 80'000, true, 10);  // 140'000 products, of rows too short to cut
  CHECK(equals_twin(hub.view(), short_rows.view(), spgemm(context, hub.view(), short_rows.view())));
}

TEST_CASE("the transpose of a product is the product of the transposes, turned round") {
  RunContext context;
  const Csr a = sparse_rows(50, 80, 6, false, 1);
  const Csr b = sparse_rows(80, 70, 6, false, 2);
  const Csr c = spgemm(context, a.view(), b.view());
  const Csr a_turned = transpose(context, a.view());
  const Csr b_turned = transpose(context, b.view());
  const Csr turned = spgemm(context, b_turned.view(), a_turned.view());
  CHECK(same(transpose(context, c.view()), turned));
}

TEST_CASE("entries whose summands cancel stay, as zeros") {
  RunContext context;
  const Csr a{2, test::to_array<EdgeOffset>({edge_offset(0), edge_offset(2)}),
              test::to_array<NodeId>({node_id(0), node_id(1)}), test::to_array<float>({1, -1})};
  const Csr b{1, test::to_array<EdgeOffset>({edge_offset(0), edge_offset(1), edge_offset(2)}),
              test::to_array<NodeId>({node_id(0), node_id(0)}), Array<float>()};
  const Csr c = spgemm(context, a.view(), b.view());
  REQUIRE(c.targets.size() == 1);
  CHECK(c.weights[0] == 0);
}

TEST_CASE("matrices without rows, columns or entries have products") {
  RunContext context;
  const Csr none = test::random_csr(0, 5, 1, false, 1);
  const Csr five = test::random_csr(5, 4, 1, false, 1);
  CHECK(spgemm(context, none.view(), five.view()).offsets.size() == 1);
  const Csr empty = test::random_csr(5, 5, 0, true, 1);
  const Csr c = spgemm(context, empty.view(), five.view());
  CHECK(c.view().row_count() == 5);
  CHECK(c.targets.empty());
  const Csr no_columns = test::random_csr(4, 0, 1, false, 1);
  CHECK(spgemm(context, five.view(), no_columns.view()).targets.empty());
}

TEST_CASE("the product has the same bits for 1, 2, 3 and 8 threads, with rows that are cut") {
  const Csr a = test::random_csr(400, 1500, 0.03, true, 7, true);
  const Csr b = test::random_csr(1500, 2000, 0.2, true, 8);
  RunContext one = with_threads(1);
  const Csr expected = spgemm(one, a.view(), b.view());
  for (const int threads : {2, 3, 8}) {
    RunContext context = with_threads(threads);
    CHECK(same(spgemm(context, a.view(), b.view()), expected));
  }
}

TEST_CASE("a product that does not fit is refused by its exact size, and the estimate bounds it") {
  // 1200 x 1500 entries, each the sum of 40 products: the bound by columns is exact, that by products far above.
  const Csr a = test::random_csr(1500, 50, 1, false, 1);
  const Csr b = test::random_csr(50, 1500, 1, false, 2);
  RunContext context = with_threads(2);
  const std::uint64_t estimate = estimate_spgemm_memory(context, a.view(), b.view());
  const Csr c = spgemm(context, a.view(), b.view());
  CHECK(c.bytes() <= estimate);
  CHECK(estimate < c.bytes() + (1 << 20));
  RunSettings settings;
  settings.threads = 2;
  settings.memory_budget = resident_bytes() + c.bytes() / 2;
  RunContext poor(settings);
  CHECK_THROWS_AS(spgemm(poor, a.view(), b.view()), BudgetExceeded);
  settings.memory_budget = resident_bytes() + estimate + (8 << 20);
  RunContext rich(settings);
  CHECK(same(spgemm(rich, a.view(), b.view()), c));
}
