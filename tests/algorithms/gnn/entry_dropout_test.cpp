// What is left of a matrix when entries are dropped.
#include <algorithm>
#include <cmath>
#include <map>

#include <adjoin/algorithms/gnn/entry_dropout.hpp>

#include "link_support.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

using Entries = std::map<std::pair<std::size_t, std::size_t>, float>;

Entries entries_of(const Csr& csr) {
  const CsrView matrix = csr.view();
  Entries entries;
  for (std::size_t row = 0; row < matrix.row_count(); ++row) {
    for (std::size_t e = matrix.row_begin(row); e < matrix.row_end(row); ++e) {
      entries[{row, index(matrix.targets[e])}] = matrix.weighted() ? matrix.weights[e] : 1.0F;
    }
  }
  return entries;
}

}  // namespace

TEST_CASE("entries stay as they were, in order, or go") {
  CHECK(rc::check([] {
    const auto rows = *rc::gen::inRange<std::size_t>(0, 60);
    const auto weighted = *rc::gen::arbitrary<bool>();
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const double rate = *rc::gen::element(0.0, 0.3, 0.9);
    const Csr matrix = random_csr(rows, rows, 0.2, weighted, seed, true);
    RunContext context = with_threads(2, seed);
    const Csr kept = gnn::drop_entries(context, matrix.view(), rate, seed % 7);
    const Entries before = entries_of(matrix);
    RC_ASSERT(kept.view().row_count() == rows);
    RC_ASSERT(kept.view().weighted() == (weighted && kept.targets.size() > 0));
    for (const auto& [place, weight] : entries_of(kept)) RC_ASSERT(before.at(place) == weight);
    for (std::size_t row = 0; row < rows; ++row) RC_ASSERT(std::ranges::is_sorted(kept.view().row_targets(row)));
    if (rate == 0) RC_ASSERT(kept.targets.size() == matrix.targets.size());
  }));
}

TEST_CASE("the share that goes is the rate, of every row alike and of both directions apart") {
  RunContext context;
  const std::size_t nodes = 300;
  const Graph graph = drawn_graph(nodes, 30'000, 4);
  const CsrView adjacency = graph.view().out();
  std::size_t kept = 0;
  std::size_t one_way = 0;
  std::vector<double> of_row(nodes);
  constexpr std::size_t steps = 50;
  for (std::size_t step = 0; step < steps; ++step) {
    const Csr thinned = gnn::drop_entries(context, adjacency, 0.4, step);
    const NeighborSets sets = neighbor_sets(thinned.view());
    kept += thinned.targets.size();
    for (std::size_t u = 0; u < nodes; ++u) {
      of_row[u] += static_cast<double>(sets[u].size());
      one_way +=
          static_cast<std::size_t>(std::ranges::count_if(sets[u], [&](std::size_t v) { return !sets[v].contains(u); }));
    }
  }
  const double draws = static_cast<double>(adjacency.nonzero_count() * steps);
  CHECK(std::abs(static_cast<double>(kept) / draws - 0.6) < 5 * std::sqrt(0.24 / draws));
  CHECK(std::abs(static_cast<double>(one_way) / draws - 0.24) < 0.01);  // 0.6 * 0.4: the other direction is on its own
  for (std::size_t u = 0; u < nodes; ++u) {
    const double of = static_cast<double>(adjacency.row_size(u) * steps);
    CHECK(std::abs(of_row[u] / of - 0.6) < 5 * std::sqrt(0.24 / of));
  }
}

TEST_CASE("what goes depends on the seed and the step, not on the threads") {
  const Csr matrix = random_csr(2000, 2000, 0.02, true, 3);
  const auto kept = [&](int threads, std::uint64_t seed, std::uint64_t step) {
    RunContext context = with_threads(threads, seed);
    return entries_of(gnn::drop_entries(context, matrix.view(), 0.5, step));
  };
  const Entries one = kept(1, 42, 1);
  for (const int threads : {2, 3, 8}) CHECK(kept(threads, 42, 1) == one);
  CHECK(kept(2, 42, 2) != one);
  CHECK(kept(2, 43, 1) != one);
}
