#include <adjoin/algorithms/evaluate/check_split.hpp>
#include <adjoin/algorithms/evaluate/split_given.hpp>

#include "split_support.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

/// Either node first, as files have them.
std::vector<Edge> turned(std::vector<Edge> pairs) {
  for (std::size_t i = 0; i < pairs.size(); i += 2) std::swap(pairs[i].source, pairs[i].target);
  return pairs;
}

}  // namespace

TEST_CASE("a split that is given again in pieces is the same split") {
  CHECK(rc::check([](std::uint64_t seed) {
    const Graph graph = random_graph(60, 300, seed % 2 == 0, seed);
    RunContext context = with_threads(1 + static_cast<int>(seed % 2));
    EdgeSplit split = split_edges(context, graph, {});
    const std::uint64_t hash = hash_of(split);
    const GivenPairs given{turned(split.validation), turned(split.test), turned(split.validation_negatives),
                           turned(split.test_negatives)};
    const EdgeSplit again = split_of_given(context, std::move(split.training), given);
    RC_ASSERT(hash_of(again) == hash);
    check_edge_split(context, again, graph);
  }));
}

TEST_CASE("a part that comes without negatives gets some, and none is given for another part") {
  CHECK(rc::check([](std::uint64_t seed) {
    const Graph graph = random_graph(16, 50, false, seed);
    RunContext context;
    EdgeSplit split = split_edges(context, graph, {});
    const Pairs given_negatives = pairs_of(split.test_negatives);
    const EdgeSplit again =
        split_of_given(context, std::move(split.training), {split.validation, split.test, {}, split.test_negatives});
    RC_ASSERT(pairs_of(again.test_negatives) == given_negatives);
    RC_ASSERT(again.validation_negatives.size() == split.validation.size());
    RC_ASSERT(disjoint(pairs_of(again.validation_negatives), given_negatives));
    check_edge_split(context, again, graph);
  }));
}

TEST_CASE("a split that leaks is not taken") {
  RunContext context;
  const auto taken = [&](GivenPairs given) {
    return split_of_given(context, graph_of(8, {edge(0, 1), edge(1, 2), edge(2, 3)}), std::move(given));
  };
  CHECK_THROWS_WITH_AS(taken({{}, {edge(2, 1)}, {}, {}}),
                       "the pair '1', '2' is in the training graph and in the test edges", InvalidData);
  CHECK_THROWS_WITH_AS(taken({{edge(4, 5)}, {edge(5, 4)}, {}, {}}),
                       "the pair '4', '5' is in the validation edges and in the test edges", InvalidData);
  CHECK_THROWS_WITH_AS(taken({{}, {edge(4, 5), edge(5, 4)}, {}, {}}), "the pair '4', '5' is in the test edges twice",
                       InvalidData);
  CHECK_THROWS_WITH_AS(taken({{}, {edge(4, 5)}, {}, {edge(3, 2)}}),
                       "the pair '2', '3' is in the training graph and in the test negatives", InvalidData);
  CHECK_THROWS_AS(taken({{}, {edge(4, 8)}, {}, {}}), InvalidData);
  CHECK(taken({{}, {edge(4, 5)}, {}, {}}).test_negatives.size() == 1);
}
