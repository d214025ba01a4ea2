#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/algorithms/evaluate/check_split.hpp>
#include <adjoin/algorithms/evaluate/link_comparison.hpp>
#include <adjoin/algorithms/evaluate/own_negatives.hpp>
#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "refusal.hpp"

using namespace adjoin;
using test::refusal;

namespace {

Graph drawn_graph() {
  RunContext context;
  BlockModelOptions options;
  options.nodes = 100;
  options.blocks = 2;
  options.inside = 0.2;
  options.across = 0.05;
  return generate_block_model(context, options).graph;
}

/// A score that any graph has: that of an id, of no meaning.
Array<float> by_ids(RunContext&, GraphView, std::span<const Edge> pairs) {
  Array<float> scores(pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    scores[i] = static_cast<float>((index(pairs[i].source) * 31 + index(pairs[i].target) * 17) % 23);
  }
  return scores;
}

LinkTaskSource random_splits(const Graph& graph) {
  return [&graph](RunContext& context, int run) {
    return LinkTask{split_edges(context, graph, {.validation = 0, .test = 0.2, .keep_connected = false, .round = run}),
                    {}};
  };
}

std::vector<LinkRun> results_of(std::span<const LinkMethod> methods, const LinkTaskSource& tasks,
                                const std::string& metrics, int runs) {
  RunContext context;
  LinkComparisonOptions options;
  options.metrics = parse_metrics(metrics);
  options.runs = runs;
  std::vector<LinkRun> results;
  compare_links(context, methods, tasks, options, {{}, [&](const LinkRun& run) { results.push_back(run); }});
  return results;
}

}  // namespace

TEST_CASE("every method sees the training graph of the split, and its values are those of the metrics") {
  const Graph graph = drawn_graph();
  const LinkScorer checked = [&](RunContext& context, GraphView training, std::span<const Edge> pairs) {
    CHECK(training.edge_count() < graph.view().edge_count());
    for (const Edge& pair : pairs) {
      CHECK_FALSE(std::ranges::binary_search(training.out().row_targets(index(pair.source)), pair.target));
    }
    return by_ids(context, training, pairs);
  };
  const std::vector<LinkMethod> methods{{"first", checked}, {"second", by_ids}};
  const std::vector<LinkRun> results = results_of(methods, random_splits(graph), "auc,mrr", 2);
  REQUIRE(results.size() == 4);
  RunContext context;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const int run = static_cast<int>(i / 2);
    CHECK(results[i].method == methods[i % 2].name);
    CHECK(results[i].run == run);
    const LinkTask task = random_splits(graph)(context, run);
    CHECK(results[i].split_hash == hash_of(task.split));
    const Array<float> positives = by_ids(context, graph, task.split.test);
    const Array<float> negatives = by_ids(context, graph, task.split.test_negatives);
    const RankedScores ranked(context.threads(), positives.span(), negatives.span());
    CHECK(results[i].values == std::vector<double>{auc(ranked), mean_reciprocal_rank(ranked, TieRule::mean)});
    CHECK(results[i].positives == task.split.test.size());
    CHECK(results[i].negatives == task.split.test_negatives.size());
    CHECK(results[i].peak_bytes > 0);
  }
  CHECK(results[0].split_hash != results[2].split_hash);
}

TEST_CASE("what is known is not computed again") {
  const Graph graph = drawn_graph();
  int computed = 0;
  const LinkScorer counting = [&](RunContext& context, GraphView training, std::span<const Edge> pairs) {
    ++computed;
    return by_ids(context, training, pairs);
  };
  const std::vector<LinkMethod> methods{{"a", counting}, {"b", counting}};
  RunContext context;
  LinkComparisonOptions options;
  options.metrics = parse_metrics("auc");
  options.runs = 3;
  std::vector<std::string> finished;
  LinkComparisonSink sink;
  sink.known = [](const std::string& method, int run, std::uint64_t) { return method == "a" || run == 1; };
  sink.finished = [&](const LinkRun& run) { finished.push_back(run.method + std::to_string(run.run)); };
  compare_links(context, methods, random_splits(graph), options, sink);
  CHECK(computed == 2);
  CHECK(finished == std::vector<std::string>{"b0", "b2"});
}

TEST_CASE("a method that cannot be run says why, and the others go on") {
  const Graph graph = drawn_graph();
  const std::vector<LinkMethod> methods{{"picky",
                                         [](RunContext&, GraphView, std::span<const Edge>) -> Array<float> {
                                           throw InvalidOption("the graph is not to its taste");
                                         }},
                                        {"plain", by_ids}};
  const std::vector<LinkRun> results = results_of(methods, random_splits(graph), "auc", 1);
  REQUIRE(results.size() == 2);
  CHECK(results[0].refusal == "the graph is not to its taste");
  CHECK(results[0].values.empty());
  CHECK(results[1].values.size() == 1);
}

TEST_CASE("where edges have negatives of their own, each is ranked against those alone") {
  const Graph graph = drawn_graph();
  const LinkTaskSource tasks = [&](RunContext& context, int run) {
    LinkTask task = random_splits(graph)(context, run);
    task.own_negatives = task.split.test_negatives;
    task.own_negatives.insert(task.own_negatives.end(), task.split.test_negatives.rbegin(),
                              task.split.test_negatives.rend());
    return task;
  };
  const std::vector<LinkMethod> methods{{"ids", by_ids}};
  const std::vector<LinkRun> results = results_of(methods, tasks, "mrr,hits@1", 1);
  REQUIRE(results.size() == 1);
  RunContext context;
  const LinkTask task = tasks(context, 0);
  const Array<float> positives = by_ids(context, graph, task.split.test);
  const Array<float> negatives = by_ids(context, graph, task.own_negatives);
  double reciprocal = 0;
  double first = 0;
  for (std::size_t i = 0; i < positives.size(); ++i) {  // two negatives each: 2i and 2i + 1
    double rank = 1;
    for (const std::size_t k : {2 * i, 2 * i + 1}) {
      rank += negatives[k] > positives[i] ? 1 : negatives[k] == positives[i] ? 0.5 : 0;
    }
    reciprocal += 1 / rank;
    first += rank <= 1 ? 1 : 0;
  }
  CHECK(results[0].values[0] == doctest::Approx(reciprocal / static_cast<double>(positives.size())));
  CHECK(results[0].values[1] == doctest::Approx(first / static_cast<double>(positives.size())));
  CHECK(results[0].split_hash != hash_of(task.split));
  CHECK(refusal<InvalidOption>([&] {
          results_of(methods, tasks, "auc", 1);
        }).starts_with("auc is of one ranking of all pairs"));
}

TEST_CASE("a comparison of nothing, on nothing, or of scores that are none") {
  const Graph graph = drawn_graph();
  const LinkTaskSource tasks = random_splits(graph);
  const std::vector<LinkMethod> methods{{"ids", by_ids}};
  CHECK(refusal<InvalidOption>([&] { results_of({}, tasks, "auc", 1); }) == "no method is named");
  const std::vector<LinkMethod> broken{{"broken", [](RunContext&, GraphView, std::span<const Edge> pairs) {
                                          return Array<float>(pairs.size(), std::nanf(""));
                                        }}};
  CHECK(refusal<InvalidData>([&] { results_of(broken, tasks, "auc", 1); }).starts_with("broken: "));
  const LinkTaskSource leaking = [&](RunContext& context, int run) {
    LinkTask task = tasks(context, run);
    task.split.test.push_back(task.split.validation.empty() ? Edge{node_id(0), node_id(0)}
                                                            : task.split.validation.front());
    return task;
  };
  CHECK(refusal<InvalidData>([&] { results_of(methods, leaking, "auc", 1); }) != "no complaint");
}
