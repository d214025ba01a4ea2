// What stands between and around pairs, against sets of nodes.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include <adjoin/algorithms/gnn/distance_counts.hpp>
#include <adjoin/algorithms/gnn/neighborhood_sketch.hpp>
#include <adjoin/algorithms/gnn/pair_neighbors.hpp>
#include <adjoin/algorithms/gnn/target_removal.hpp>

#include "link_support.hpp"

using namespace adjoin;
using namespace adjoin::gnn;
using namespace adjoin::test;

namespace {

struct Drawn {
  Graph graph;
  std::vector<Edge> pairs;
};

Drawn draw() {
  const auto nodes = *rc::gen::inRange<std::size_t>(2, 40);
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  return {drawn_graph(nodes, nodes * (1 + seed % 4), seed), drawn_pairs(nodes, seed % 50, seed)};
}

/// Steps from a node to every other, without the edge between it and `other`; absent where there is no path.
std::map<std::size_t, int> distances(const NeighborSets& sets, std::size_t from, std::size_t other) {
  std::map<std::size_t, int> found{{from, 0}};
  std::vector<std::size_t> queue{from};
  for (std::size_t i = 0; i < queue.size(); ++i) {
    for (const std::size_t next : sets[queue[i]]) {
      const bool link = (queue[i] == from && next == other) || (queue[i] == other && next == from);
      if (!link && found.try_emplace(next, found[queue[i]] + 1).second) queue.push_back(next);
    }
  }
  return found;
}

DistanceCounts slow_counts(const NeighborSets& sets, const Edge& pair) {
  const std::size_t u = index(pair.source);
  const std::size_t v = index(pair.target);
  const auto from_u = distances(sets, u, v);
  const auto from_v = distances(sets, v, u);
  const auto label = [](const std::map<std::size_t, int>& from, std::size_t z) {
    const auto place = from.find(z);
    return place == from.end() || place->second > 2 ? 0 : place->second;
  };
  DistanceCounts c;
  for (std::size_t z = 0; z < sets.size(); ++z) {
    if (z == u || z == v) continue;
    const int a = label(from_u, z);
    const int b = label(from_v, z);
    if (a == 1 && b == 1) ++c.one_one;
    if (a == 1 && b == 2) ++c.one_two;
    if (a == 2 && b == 1) ++c.two_one;
    if (a == 2 && b == 2) ++c.two_two;
    if (a == 1 && b == 0) ++c.first_one;
    if (a == 2 && b == 0) ++c.first_two;
    if (a == 0 && b == 1) ++c.second_one;
    if (a == 0 && b == 2) ++c.second_two;
  }
  return c.in_order();
}

Edge reversed(const Edge& pair) {
  return {pair.target, pair.source};
}

}  // namespace

TEST_CASE("a graph without its targets has every other edge with its weight, and neither direction of a target") {
  CHECK(rc::check([] {
    const auto rows = *rc::gen::inRange<std::size_t>(1, 40);
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const Csr a = random_csr(rows, rows, 0.2, seed % 2 == 0, seed, true);
    RunContext context = with_threads(2);
    TargetRemoval removal(a.view());
    for (int time = 0; time < 2; ++time) {  // in the same memory
      std::vector<Edge> targets = random_edges(rows, seed % 30, seed + static_cast<std::uint64_t>(time));
      std::set<std::pair<std::size_t, std::size_t>> gone;
      for (const Edge& target : targets) {
        gone.insert({index(target.source), index(target.target)});
        gone.insert({index(target.target), index(target.source)});
      }
      const CsrView found = removal.without(context, targets);
      RC_ASSERT(found.row_count() == rows);
      RC_ASSERT(found.column_count == rows);
      RC_ASSERT(found.weighted() == (a.view().weighted() && found.nonzero_count() > 0));
      for (std::size_t i = 0; i < rows; ++i) {
        std::vector<NodeId> columns;
        std::vector<float> weights;
        for (std::size_t e = a.view().row_begin(i); e < a.view().row_end(i); ++e) {
          if (gone.contains({i, index(a.targets[e])})) continue;
          columns.push_back(a.targets[e]);
          if (a.view().weighted()) weights.push_back(a.weights[e]);
        }
        RC_ASSERT(std::ranges::equal(found.row_targets(i), columns));
        RC_ASSERT(std::ranges::equal(found.row_weights(i), weights));
      }
    }
  }));
}

TEST_CASE("common neighbours are those of sets") {
  CHECK(rc::check([] {
    const Drawn drawn = draw();
    RunContext context = with_threads(2);
    const CsrView adjacency = drawn.graph.view().out();
    const NeighborSets sets = neighbor_sets(adjacency);
    const Csr found = common_neighbors(context, adjacency, drawn.pairs);
    RC_ASSERT(found.view().row_count() == drawn.pairs.size());
    for (std::size_t i = 0; i < drawn.pairs.size(); ++i) {
      std::vector<NodeId> expected;
      for (const std::size_t z : sets[index(drawn.pairs[i].source)]) {
        if (sets[index(drawn.pairs[i].target)].contains(z)) expected.push_back(node_id(z));
      }
      RC_ASSERT(std::ranges::equal(found.view().row_targets(i), expected));
    }
  }));
}

TEST_CASE("completed neighbours are the neighbours of either end, and those of one only ask for the link they lack") {
  CHECK(rc::check([] {
    const Drawn drawn = draw();
    RunContext context = with_threads(2);
    const CsrView adjacency = drawn.graph.view().out();
    const NeighborSets sets = neighbor_sets(adjacency);
    const auto most = *rc::gen::inRange<std::size_t>(0, 6);
    const CompletedNeighbors found = completed_neighbors(context, adjacency, drawn.pairs, most);
    std::size_t question = 0;
    for (std::size_t i = 0; i < drawn.pairs.size(); ++i) {
      const std::size_t u = index(drawn.pairs[i].source);
      const std::size_t v = index(drawn.pairs[i].target);
      std::map<std::size_t, std::size_t> expected;  // from a node to the end that it lacks, or to itself
      for (const auto& [end, other] : {std::pair(u, v), std::pair(v, u)}) {
        std::vector<std::pair<std::size_t, std::size_t>> by_degree;
        for (const std::size_t z : sets[end]) {
          if (sets[other].contains(z)) {
            expected[z] = z;
          } else if (z != other) {
            by_degree.emplace_back(sets[z].size(), z);
          }
        }
        std::ranges::sort(by_degree);
        by_degree.resize(std::min(by_degree.size(), most));
        for (const auto& [degree, z] : by_degree) expected[z] = other;
      }
      RC_ASSERT(found.rows.view().row_size(i) == expected.size());
      auto next = expected.begin();
      for (std::size_t e = found.rows.view().row_begin(i); e < found.rows.view().row_end(i); ++e, ++next) {
        RC_ASSERT(index(found.rows.targets[e]) == next->first);
        const bool common = next->first == next->second;
        RC_ASSERT(found.rows.weights[e] == (common ? 1.0F : 0.0F));
        if (common) continue;
        RC_ASSERT(index(found.entries[question]) == e);
        RC_ASSERT(index(found.questions[question].source) == next->first);
        RC_ASSERT(index(found.questions[question].target) == next->second);
        ++question;
      }
    }
    RC_ASSERT(found.questions.size() == question);
    RC_ASSERT(found.entries.size() == question);
  }));
}

TEST_CASE("distance counts are those of breadth-first searches without the pair's own edge, whichever end is first") {
  CHECK(rc::check([] {
    const Drawn drawn = draw();
    RunContext context = with_threads(2);
    const CsrView adjacency = drawn.graph.view().out();
    const NeighborSets sets = neighbor_sets(adjacency);
    const Matrix found = distance_counts(context, adjacency, drawn.pairs);
    std::vector<Edge> turned;
    for (const Edge& pair : drawn.pairs) turned.push_back(reversed(pair));
    const Matrix again = distance_counts(context, adjacency, turned);
    for (std::size_t i = 0; i < drawn.pairs.size(); ++i) {
      std::array<float, distance_count_columns> expected{};
      put_row(slow_counts(sets, drawn.pairs[i]), expected);
      RC_ASSERT(std::ranges::equal(found.row(i), expected));
      RC_ASSERT(std::ranges::equal(again.row(i), expected));
    }
  }));
}

TEST_CASE("counts by sketches are near the exact ones, and exact where nothing is estimated") {
  RunContext context = with_threads(2);
  const Graph graph = drawn_graph(2000, 12'000, 3);
  const CsrView adjacency = graph.view().out();
  const NeighborSets sets = neighbor_sets(adjacency);
  // Those that are not linked, as linked ones are counted in another way; half of them near one another.
  std::vector<Edge> pairs;
  for (const Edge& pair : drawn_pairs(2000, 600, 9)) {
    const std::size_t u = index(pair.source);
    const NodeId middle = adjacency.row_targets(u).empty() ? pair.source : adjacency.row_targets(u).front();
    const NodeId near = adjacency.row_targets(index(middle)).back();
    const Edge candidate = pairs.size() % 2 == 0 ? pair : Edge{pair.source, near};
    if (candidate.source != candidate.target && !sets[u].contains(index(candidate.target))) pairs.push_back(candidate);
  }
  REQUIRE(pairs.size() > 400);
  NeighborhoodSketches sketches(context, 2000);
  sketches.assign(context, adjacency);
  const Matrix exact = distance_counts(context, adjacency, pairs);
  const Matrix found = sketches.counts(context, pairs);

  double squares = 0;
  double bias = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    CHECK(std::ranges::all_of(found.row(i), [](float count) { return count >= 0; }));
    const auto within = [](std::span<const float> c) {  // two steps of either end, which HyperLogLog tells
      return c[1] + c[2] + c[3] + c[5] + c[7];
    };
    const double error = static_cast<double>(within(found.row(i)) / within(exact.row(i))) - 1;
    squares += error * error;
    bias += error;
    // A[2, 2] is a share of some 300 nodes that 128 hashes tell to sqrt(j (1 - j) / 128), and what is taken from it.
    CHECK(std::abs(found(i, 3) - exact(i, 3)) < 60);
    CHECK(found(i, 0) == exact(i, 0));
  }
  const auto count = static_cast<double>(pairs.size());
  CHECK(std::sqrt(squares / count) < 0.1);
  CHECK(std::abs(bias / count) < 0.03);
}

TEST_CASE("sketches made anew in the same memory are those of the new edges, and do not depend on the threads") {
  const Graph first = drawn_graph(300, 2000, 1);
  const Graph second = drawn_graph(300, 500, 2);
  const std::vector<Edge> pairs = drawn_pairs(300, 700, 4);
  const auto counts = [&](int threads, bool again) {
    RunContext context = with_threads(threads);
    NeighborhoodSketches sketches(context, 300);
    if (again) sketches.assign(context, first.view().out());
    sketches.assign(context, second.view().out());
    return sketches.counts(context, pairs);
  };
  const Matrix one = counts(1, false);
  for (const int threads : {1, 2, 3, 8}) {
    const Matrix other = counts(threads, true);
    CHECK(std::memcmp(one.view().data(), other.view().data(), one.bytes()) == 0);
  }
}

TEST_CASE("pairs, structure and all, have the same numbers for 1, 2, 3 and 8 threads") {
  const Graph graph = drawn_graph(500, 4000, 8);
  const CsrView adjacency = graph.view().out();
  const std::vector<Edge> pairs = drawn_pairs(500, 3000, 5);
  const auto run = [&](int threads) {
    RunContext context = with_threads(threads);
    const Csr common = common_neighbors(context, adjacency, pairs);
    const CompletedNeighbors completed = completed_neighbors(context, adjacency, pairs, 4);
    const Matrix counts = distance_counts(context, adjacency, pairs);
    std::vector<std::uint64_t> all;
    for (const NodeId node : common.targets) all.push_back(index(node));
    for (const NodeId node : completed.rows.targets) all.push_back(index(node));
    for (const EdgeOffset entry : completed.entries) all.push_back(index(entry));
    for (std::size_t i = 0; i < counts.rows(); ++i) {
      for (const float count : counts.row(i)) all.push_back(static_cast<std::uint64_t>(count));
    }
    return all;
  };
  const auto one = run(1);
  for (const int threads : {2, 3, 8}) CHECK(run(threads) == one);
}

TEST_CASE("a graph without edges and no pairs at all make empty structure") {
  RunContext context;
  const Graph graph = drawn_graph(5, 0, 1);
  const CsrView adjacency = graph.view().out();
  const std::vector<Edge> pairs = drawn_pairs(5, 3, 1);
  CHECK(common_neighbors(context, adjacency, pairs).targets.size() == 0);
  CHECK(common_neighbors(context, adjacency, {}).offsets.size() == 1);
  CHECK(completed_neighbors(context, adjacency, pairs, 10).questions.empty());
  const Matrix counts = distance_counts(context, adjacency, pairs);
  NeighborhoodSketches sketches(context, 5);
  sketches.assign(context, adjacency);
  const Matrix estimated = sketches.counts(context, pairs);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(std::ranges::all_of(counts.row(i), [](float count) { return count == 0; }));
    CHECK(std::ranges::all_of(estimated.row(i), [](float count) { return count < 0.1F; }));
  }
  CHECK(distance_counts(context, adjacency, {}).rows() == 0);
}
