#include <algorithm>
#include <set>

#include <adjoin/algorithms/gnn/edge_batches.hpp>
#include <adjoin/algorithms/gnn/target_removal.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "link_support.hpp"

using namespace adjoin;
using namespace adjoin::gnn;
using namespace adjoin::test;

namespace {

using Pairs = std::set<std::pair<std::size_t, std::size_t>>;

std::pair<std::size_t, std::size_t> numbers(const Edge& edge) {
  return {index(edge.source), index(edge.target)};
}

std::vector<std::pair<std::size_t, std::size_t>> all_pairs(const EdgeBatches& batches) {
  std::vector<std::pair<std::size_t, std::size_t>> all;
  for (std::size_t i = 0; i < batches.count(); ++i) {
    for (const Edge& pair : batches.batch(i).pairs) all.push_back(numbers(pair));
  }
  return all;
}

}  // namespace

TEST_CASE("an epoch deals out every edge once, with as many pairs that the training graph does not join") {
  CHECK(rc::check([] {
    const auto nodes = *rc::gen::inRange<std::size_t>(8, 40);
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const Graph graph = drawn_graph(nodes, nodes, seed);
    RunContext context = with_threads(2);
    const int size = *rc::gen::inRange(1, 50);
    EdgeBatches batches(context, graph.view(), {.batch_size = size});
    const NeighborSets sets = neighbor_sets(graph.view().out());
    for (const std::uint64_t epoch : {0U, 1U}) {
      batches.begin_epoch(context, epoch);
      Pairs positives;
      Pairs negatives;
      for (std::size_t i = 0; i < batches.count(); ++i) {
        const EdgeBatch batch = batches.batch(i);
        RC_ASSERT(batch.positives().size() == batch.negatives().size());
        const std::size_t full = 2 * static_cast<std::size_t>(size);
        RC_ASSERT(batch.pairs.size() <= full);
        if (i + 1 < batches.count()) RC_ASSERT(batch.pairs.size() == full);
        for (const Edge& pair : batch.positives()) {
          RC_ASSERT(index(pair.source) < index(pair.target));
          RC_ASSERT(sets[index(pair.source)].contains(index(pair.target)));
          RC_ASSERT(positives.insert(numbers(pair)).second);
        }
        for (const Edge& pair : batch.negatives()) {
          RC_ASSERT(!sets[index(pair.source)].contains(index(pair.target)));
          RC_ASSERT(negatives.insert(numbers(pair)).second);
        }
      }
      RC_ASSERT(positives.size() == graph.view().edge_count());
      RC_ASSERT(batches.positive_count() == positives.size());
    }
  }));
}

TEST_CASE("no batch sees an edge that it is to tell, in either direction") {
  const Graph graph = drawn_graph(60, 300, 2);
  RunContext context = with_threads(2);
  EdgeBatches batches(context, graph.view(), {.batch_size = 37});
  TargetRemoval removal(graph.view().out());
  batches.begin_epoch(context, 4);
  for (std::size_t i = 0; i < batches.count(); ++i) {
    const EdgeBatch batch = batches.batch(i);
    const NeighborSets sets = neighbor_sets(removal.without(context, batch.positives()));
    std::size_t left = 0;
    for (const auto& set : sets) left += set.size();
    for (const Edge& pair : batch.positives()) {
      CHECK(!sets[index(pair.source)].contains(index(pair.target)));
      CHECK(!sets[index(pair.target)].contains(index(pair.source)));
    }
    CHECK(left == graph.view().out().nonzero_count() - 2 * batch.positives().size());
  }
}

TEST_CASE("batches are a function of the seed and the epoch, whatever was dealt before and by how many threads") {
  const Graph graph = drawn_graph(80, 400, 6);
  const auto pairs_of_epoch = [&](int threads, std::uint64_t seed, std::vector<std::uint64_t> epochs) {
    RunContext context = with_threads(threads, seed);
    EdgeBatches batches(context, graph.view(), {.batch_size = 64});
    for (const std::uint64_t epoch : epochs) batches.begin_epoch(context, epoch);
    return all_pairs(batches);
  };
  const auto third = pairs_of_epoch(1, 1, {3});
  CHECK(pairs_of_epoch(2, 1, {0, 1, 3}) == third);
  CHECK(pairs_of_epoch(8, 1, {3}) == third);
  CHECK(pairs_of_epoch(1, 2, {3}) != third);
  CHECK(pairs_of_epoch(1, 1, {2}) != third);
}

TEST_CASE("edges of a directed graph stand for their pairs, and self-loops for none") {
  RunContext context;
  BuildOptions options;
  options.directed = true;
  options.self_loops = SelfLoops::keep;
  const auto edge = [](std::size_t u, std::size_t v) { return Edge{node_id(u), node_id(v)}; };
  const Graph graph = build_graph(context, to_array<Edge>({edge(2, 1), edge(1, 2), edge(3, 0), edge(4, 4)}), {},
                                  NodeIndex::range(5), options)
                          .graph;
  EdgeBatches batches(context, graph.view(), {});
  batches.begin_epoch(context, 0);
  REQUIRE(batches.count() == 1);
  Pairs positives;
  for (const Edge& pair : batches.batch(0).positives()) positives.insert(numbers(pair));
  CHECK(positives == Pairs{{1, 2}, {0, 3}});
}

TEST_CASE("graphs that nothing can be learned from are refused") {
  RunContext context;
  const Graph empty = drawn_graph(5, 0, 1);
  CHECK_THROWS_WITH_AS(EdgeBatches(context, empty.view(), {}),
                       "the graph has no edge between two nodes, so there is nothing to learn", InvalidData);
  const Graph graph = drawn_graph(10, 20, 1);
  CHECK_THROWS_AS(EdgeBatches(context, graph.view(), {.batch_size = 0}), InvalidOption);
  BuildOptions options;
  const auto edge = [](std::size_t u, std::size_t v) { return Edge{node_id(u), node_id(v)}; };
  const Graph complete =
      build_graph(context, to_array<Edge>({edge(0, 1), edge(0, 2), edge(1, 2)}), {}, NodeIndex::range(3), options)
          .graph;
  EdgeBatches batches(context, complete.view(), {});
  CHECK_THROWS_AS(batches.begin_epoch(context, 0), InvalidData);
}
