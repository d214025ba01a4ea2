#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/algorithms/evaluate/ranking_metrics.hpp>
#include <adjoin/algorithms/evaluate/split.hpp>
#include <adjoin/algorithms/linkpred/link_classifier.hpp>
#include <adjoin/algorithms/linkpred/structural_features.hpp>

#include "paths_support.hpp"
#include "refusal.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

Graph blocks(std::size_t nodes) {
  RunContext context;
  BlockModelOptions options;
  options.nodes = nodes;
  options.blocks = 4;
  options.inside = 0.15;
  options.across = 0.01;
  return generate_block_model(context, options).graph;
}

bool joined(GraphView graph, Edge pair) {
  return std::ranges::binary_search(graph.out().row_targets(index(pair.source)), pair.target);
}

/// One column: the Adamic-Adar score.
Matrix adamic_adar(RunContext& context, GraphView graph, std::span<const Edge> pairs) {
  return link_scores(context, graph, pairs, std::vector<std::string>{"adamic-adar"}, {});
}

PairFeatureFunction times(float factor) {
  return [factor](RunContext& context, GraphView graph, std::span<const Edge> pairs) {
    Matrix features = adamic_adar(context, graph, pairs);
    for (std::size_t i = 0; i < features.rows(); ++i) features(i, 0) *= factor;
    return features;
  };
}

double auc_on(const EdgeSplit& split, const PairFeatureFunction& features, int threads = 2) {
  RunSettings settings;
  settings.threads = threads;
  RunContext context(settings);
  std::vector<Edge> pairs = split.test;
  pairs.insert(pairs.end(), split.test_negatives.begin(), split.test_negatives.end());
  const LinkClassifierResult result = classify_links(context, split.training, pairs, features);
  CHECK(result.converged);
  return auc(RankedScores(context.threads(), result.scores.span().first(split.test.size()),
                          result.scores.span().subspan(split.test.size())));
}

}  // namespace

TEST_CASE("what a link classifier learns from never holds the edges that it is to tell") {
  const Graph graph = blocks(300);
  RunContext context;
  const std::vector<Edge> wanted{{node_id(0), node_id(1)}};
  std::size_t calls = 0;
  std::size_t edges_before = graph.view().edge_count();
  const PairFeatureFunction features = [&](RunContext& inner, GraphView given, std::span<const Edge> pairs) {
    ++calls;
    const bool last = pairs.size() == 1;
    CHECK((given.edge_count() == edges_before) == last);
    std::size_t positives = 0;
    for (const Edge& pair : pairs) {
      if (last) continue;
      CHECK_FALSE(joined(given, pair));
      positives += joined(graph, pair) ? 1U : 0U;
    }
    if (!last) CHECK(2 * positives == pairs.size());
    return adamic_adar(inner, given, pairs);
  };
  LinkClassifierOptions options;
  options.rounds = 3;
  const LinkClassifierResult result = classify_links(context, graph, wanted, features, options);
  CHECK(calls == 5);  // three to learn from, one to choose by, and the wanted pairs
  CHECK(result.scores.size() == 1);
  const auto held_out = static_cast<std::uint64_t>(std::llround(0.1 * static_cast<double>(edges_before)));
  CHECK(result.examples == 3 * held_out);
  options.max_examples = 30;
  CHECK(classify_links(context, graph, wanted, features, options).examples == 30);
}

TEST_CASE("a classifier on one score ranks as that score does, whatever the score's unit") {
  const Graph graph = blocks(400);
  RunContext context;
  const EdgeSplit split = split_edges(context, graph, {.validation = 0, .test = 0.1});
  std::vector<Edge> pairs = split.test;
  pairs.insert(pairs.end(), split.test_negatives.begin(), split.test_negatives.end());
  const Matrix raw = adamic_adar(context, split.training, pairs);
  const std::span<const float> values(raw.view().data(), pairs.size());
  const double alone =
      auc(RankedScores(context.threads(), values.first(split.test.size()), values.subspan(split.test.size())));
  CHECK(alone > 0.7);  // four blocks are seen by common neighbours
  CHECK(auc_on(split, adamic_adar) == doctest::Approx(alone).epsilon(1e-4));
  CHECK(auc_on(split, times(1e6F)) == doctest::Approx(alone).epsilon(1e-4));
  CHECK(auc_on(split, times(-1e-6F)) == doctest::Approx(alone).epsilon(1e-4));  // learns that lower is likelier
}

TEST_CASE("structure as features tells blocks better than their best score, the same for any number of threads" *
          doctest::test_suite("accuracy")) {
  const Graph graph = blocks(400);
  RunContext context;
  const EdgeSplit split = split_edges(context, graph, {.validation = 0, .test = 0.1});
  const PairFeatureFunction features = [](RunContext& inner, GraphView given, std::span<const Edge> pairs) {
    Matrix columns = structural_features(inner, given, pairs, {});
    CHECK(columns.columns() == structural_feature_names().size());
    return columns;
  };
  const double one = auc_on(split, features, 1);
  CHECK(one > auc_on(split, adamic_adar));
  CHECK(one == auc_on(split, features, 2));
}

TEST_CASE("features that mean nothing are refused, and a graph that is too small") {
  const Graph graph = blocks(200);
  RunContext context;
  const std::vector<Edge> wanted{{node_id(0), node_id(1)}};
  const auto with = [&](const PairFeatureFunction& features) {
    return refusal<InvalidData>([&] { classify_links(context, graph, wanted, features); });
  };
  CHECK(with(times(std::numeric_limits<float>::quiet_NaN())) == "pair 1 has a feature that is NaN or infinite");
  CHECK(with([](RunContext&, GraphView, std::span<const Edge>) {
          return Matrix(3, 2, 0.0F);
        }).ends_with(" pairs are 3 x 2 numbers"));
  LinkClassifierOptions options;
  options.c.clear();
  CHECK(refusal<InvalidOption>([&] { classify_links(context, graph, wanted, adamic_adar, options); }) ==
        "c is empty; give at least one");
  const Graph pair = graph_of(3, {{0, 1}}, false, false);
  CHECK(refusal<InvalidData>([&] {
          classify_links(context, pair, wanted, adamic_adar);
        }).starts_with("the graph is too small to split"));
}

TEST_CASE(
    "a learned model scores any pairs as they are scored at once, and its columns add up to scores but for one "
    "number") {
  const Graph graph = blocks(300);
  RunContext context;
  const std::vector<Edge> pairs = some_pairs(300, 400, 3);
  const PairFeatureFunction features = [](RunContext& inner, GraphView given, std::span<const Edge> asked) {
    return structural_features(inner, given, asked, {});
  };
  const LinkClassifierResult at_once = classify_links(context, graph, pairs, features);
  for (const int threads : {1, 3}) {
    RunContext other = with_threads(threads);
    const LinkModel model = learn_links(other, graph, features);
    CHECK(same_bits(model.scores(other, features(other, graph, pairs)), at_once.scores));
    CHECK(model.summary().coefficients == at_once.coefficients);
    const Matrix parts = model.contributions(other, features(other, graph, pairs));
    REQUIRE(parts.columns() == structural_feature_names().size());
    double first = 0;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      double sum = 0;
      for (const float part : parts.row(i)) sum += double{part};
      const double rest = double{at_once.scores[i]} - sum;  // the intercept
      if (i == 0) first = rest;
      CHECK(std::abs(rest - first) < 1e-4);
    }
  }
  const LinkModel model = learn_links(context, graph, features);
  CHECK_THROWS_WITH_AS(model.scores(context, adamic_adar(context, graph, pairs)),
                       "the features are 1 numbers a pair, and the model learned from 16", InvalidData);
}
