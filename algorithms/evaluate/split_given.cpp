#include <utility>

#include <adjoin/algorithms/evaluate/check_split.hpp>
#include <adjoin/algorithms/evaluate/node_pairs.hpp>
#include <adjoin/algorithms/evaluate/split_given.hpp>

namespace adjoin {
namespace {

std::vector<Edge> smaller_first(std::vector<Edge> pairs) {
  for (Edge& pair : pairs) pair = detail::as_pair(pair.source, pair.target);
  return pairs;
}

}  // namespace

EdgeSplit split_of_given(RunContext& context, Graph training, GivenPairs given, NegativeSampler negatives, int round) {
  context.begin_stage("split", "pairs", given.validation.size() + given.test.size());
  EdgeSplit split{std::move(training), smaller_first(std::move(given.validation)), smaller_first(std::move(given.test)),
                  smaller_first(std::move(given.validation_negatives)), smaller_first(std::move(given.test_negatives))};
  check_edge_split(split);
  const Graph whole = detail::graph_with(context, split.training, split.validation, split.test);
  std::vector<Edge> avoid = split.validation_negatives;
  avoid.insert(avoid.end(), split.test_negatives.begin(), split.test_negatives.end());
  HeldOut wanting{whole, split.training, {}, {}, avoid};
  if (split.validation_negatives.empty()) wanting.validation = split.validation;
  if (split.test_negatives.empty()) wanting.test = split.test;
  StageNegatives drawn = held_out_negatives(context, wanting, negatives, round);
  if (split.validation_negatives.empty()) split.validation_negatives = std::move(drawn.validation);
  if (split.test_negatives.empty()) split.test_negatives = std::move(drawn.test);
  context.end_stage();
  return split;
}

}  // namespace adjoin
