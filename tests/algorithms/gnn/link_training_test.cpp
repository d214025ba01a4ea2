// Networks that foretell links, trained on small graphs.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <stop_token>

#include <adjoin/algorithms/evaluate/ranking_metrics.hpp>
#include <adjoin/algorithms/evaluate/split.hpp>
#include <adjoin/algorithms/gnn/count_columns.hpp>
#include <adjoin/algorithms/gnn/train_link_predictor.hpp>
#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>

#include "link_support.hpp"
#include "sanitized.hpp"

using namespace adjoin;
using namespace adjoin::gnn;
using namespace adjoin::test;

namespace {

/// Three groups of nodes: an edge within one is likely, between two is not.
Graph grouped_graph(std::size_t nodes, std::uint64_t seed) {
  RandomSequence random(seed, RandomStream::tests, 1);
  std::vector<Edge> edges;
  for (std::size_t u = 0; u < nodes; ++u) {
    for (std::size_t v = u + 1; v < nodes; ++v) {
      if (random.next_uniform() < (u % 3 == v % 3 ? 0.4 : 0.03)) edges.push_back({node_id(u), node_id(v)});
    }
  }
  RunContext context;
  return build_graph(context, to_array(edges), {}, NodeIndex::range(nodes), {}).graph;
}

/// Noise, and in its first columns the group.
Matrix grouped_features(std::size_t nodes) {
  Matrix features(nodes, 8);
  RandomSequence random(5, RandomStream::tests, 2);
  for (std::size_t i = 0; i < nodes; ++i) {
    for (float& entry : features.row(i)) entry = static_cast<float>(random.next_normal());
    features(i, i % 3) += 2;
  }
  return features;
}

LinkTrainingOptions small_options(LinkModelName name, int epochs) {
  LinkTrainingOptions options = link_model_options(name);
  options.model.encoder.hidden = 16;
  options.model.encoder.input_dropout = 0.1;
  options.model.head.decoder_hidden = 16;
  options.model.node_vectors = 8;
  options.training.epochs = epochs;
  options.training.optimizer.learning_rate = 0.01;
  options.batches.batch_size = 100;
  return options;
}

struct Trained {
  std::vector<float> scores;
  std::vector<float> parameters;
  std::vector<double> losses;
};

Trained train(int threads, const Graph& graph, const Matrix* given, const LinkTrainingOptions& options,
              std::span<const Edge> pairs) {
  RunContext context = with_threads(threads);
  LinkNetwork network(options.model, graph.view().node_count(), given == nullptr ? 0 : given->columns(), 7);
  std::optional<NodeFeatures> features;
  if (given != nullptr) features.emplace(given->view());
  const LinkProblem problem{graph.view(), features ? &*features : nullptr};
  const LinkMetric metric = [&](RunContext& run, LinkScorer& scorer) {
    std::vector<float> scores(pairs.size());
    scorer.score(run, pairs, scores);
    return static_cast<double>(scores[0]);
  };
  const LinkTrainingResult result = train_link_predictor(context, network, problem, options, metric);
  Trained trained;
  for (const EpochRecord& record : result.training.history) trained.losses.push_back(record.loss);
  const Array<float> scores = predict_link_scores(context, network, problem, pairs);
  trained.scores.assign(scores.begin(), scores.end());
  for (const auto& parameter : network.parameters()) {
    const auto view = parameter.value.view();
    trained.parameters.insert(trained.parameters.end(), view.data(), view.data() + view.rows() * view.columns());
  }
  return trained;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

double test_auc(const LinkTrainingOptions& options, bool with_features, std::uint64_t seed) {
  RunContext context = with_threads(2, seed);
  const Graph graph = grouped_graph(90, seed);
  const EdgeSplit split = split_edges(context, graph.view(), {.validation = 0.1, .test = 0.2});
  const Matrix given = grouped_features(90);
  const NodeFeatures features(given.view());
  LinkNetwork network(options.model, 90, with_features ? given.columns() : 0, seed);
  const LinkProblem problem{split.training.view(), with_features ? &features : nullptr};
  const auto auc_of = [](RunContext& run, LinkScorer& scorer, std::span<const Edge> edges,
                         std::span<const Edge> others) {
    std::vector<float> positive(edges.size());
    std::vector<float> negative(others.size());
    scorer.score(run, edges, positive);
    scorer.score(run, others, negative);
    return auc(RankedScores(run.threads(), positive, negative));
  };
  train_link_predictor(context, network, problem, options, [&](RunContext& run, LinkScorer& scorer) {
    return auc_of(run, scorer, split.validation, split.validation_negatives);
  });
  WholeGraphScorer whole(context, network, problem);
  return auc_of(context, whole.scorer(), split.test, split.test_negatives);
}

}  // namespace

TEST_CASE("every model learns groups of nodes from the edges within them, by features or without" *
          doctest::test_suite("accuracy")) {
  for (const auto& [name, word] : EnumNames<LinkModelName>::names) {
    CAPTURE(word);
    const LinkTrainingOptions options = small_options(name, 60);
    CHECK(test_auc(options, true, 3) > 0.7);
    if (name != LinkModelName::mlp) CHECK(test_auc(options, false, 3) > 0.7);
  }
  LinkTrainingOptions sketches = small_options(LinkModelName::buddy, 60);
  sketches.model.structure = PairStructure::sketches;
  CHECK(test_auc(sketches, false, 3) > 0.7);
}

TEST_CASE("every model has the same bits for 1, 2, 3 and 8 threads, on the whole graph and on samples") {
  const Graph graph = grouped_graph(60, 2);
  const Matrix features = grouped_features(60);
  const std::vector<Edge> pairs = drawn_pairs(60, 300, 1);
  for (const auto& [name, word] : EnumNames<LinkModelName>::names) {
    for (const int fan_out : {0, 3}) {
      if (name == LinkModelName::ncnc && fan_out > 0) continue;
      CAPTURE(word);
      CAPTURE(fan_out);
      LinkTrainingOptions options = small_options(name, 6);
      options.model.structure_dropout = 0.3;
      options.model.vector_dropout = 0.1;
      options.batches.fan_out = fan_out;
      for (const Matrix* given : {&features, static_cast<const Matrix*>(nullptr)}) {
        const Trained one = train(1, graph, given, options, pairs);
        CHECK(std::ranges::all_of(one.scores, [](float score) { return std::isfinite(score); }));
        CHECK(one.losses.back() < one.losses.front());
        for (const int threads : {2, 3, 8}) {
          CAPTURE(threads);
          const Trained other = train(threads, graph, given, options, pairs);
          CHECK(same_bits(one.scores, other.scores));
          CHECK(same_bits(one.parameters, other.parameters));
          CHECK(one.losses == other.losses);
        }
      }
    }
  }
}

TEST_CASE("a batch of all edges leaves a graph of none, in which structure tells nothing") {
  // On the edges that it learns from, a network that saw them would be right.
  const Graph graph = drawn_graph(60, 200, 4);
  LinkTrainingOptions options = small_options(LinkModelName::buddy, 40);
  options.model.encoder.model = EncoderKind::mlp;  // and features say nothing either
  options.batches.batch_size = 1000;
  const Matrix nothing(60, 3, 1.0F);
  const Trained trained = train(2, graph, &nothing, options, drawn_pairs(60, 10, 1));
  for (const double loss : trained.losses) CHECK(loss > 2 * std::log(2.0) - 0.05);
}

TEST_CASE("structure and vectors that drop out are missing from the training, and from nothing else") {
  const Graph graph = grouped_graph(60, 2);
  const std::vector<Edge> pairs = drawn_pairs(60, 300, 1);
  LinkTrainingOptions options = small_options(LinkModelName::ncn, 1);
  options.training.optimizer.learning_rate = 0;  // so that the networks differ by what they see alone
  const Trained whole = train(2, graph, nullptr, options, pairs);
  options.model.structure_dropout = 0.9;
  const Trained thinned = train(2, graph, nullptr, options, pairs);
  CHECK(whole.losses != thinned.losses);
  CHECK(same_bits(whole.parameters, thinned.parameters));
  CHECK(same_bits(whole.scores, thinned.scores));
  options.model.structure_dropout = 0;
  options.model.vector_dropout = 0.9;
  const Trained blurred = train(2, graph, nullptr, options, pairs);
  CHECK(whole.losses != blurred.losses);
  CHECK(same_bits(whole.scores, blurred.scores));
  options.model.vector_dropout = 1;
  CHECK_THROWS_AS(train(2, graph, nullptr, options, pairs), InvalidOption);
}

TEST_CASE("steps on samples of all neighbours are those on the whole graph, without the edges of the batch either") {
  const Graph graph = grouped_graph(60, 2);
  const Matrix features = grouped_features(60);
  const std::vector<Edge> pairs = drawn_pairs(60, 50, 1);
  for (const auto& [name, word] : EnumNames<LinkModelName>::names) {
    // What a variational network draws goes by the places of nodes in a batch; completion is refused.
    if (name == LinkModelName::vgae || name == LinkModelName::ncnc) continue;
    CAPTURE(word);
    LinkTrainingOptions options = small_options(name, 2);
    options.model.encoder.layers = 2;
    options.model.encoder.input_dropout = 0;  // dropout goes by places, too
    options.model.encoder.dropout = 0;
    options.model.head.decoder_dropout = 0;
    options.model.structure_dropout = 0;
    options.model.vector_dropout = 0;
    for (const Matrix* given : {&features, static_cast<const Matrix*>(nullptr)}) {
      options.batches.fan_out = 0;
      const Trained whole = train(2, graph, given, options, pairs);
      options.batches.fan_out = 60;
      const Trained sampled = train(2, graph, given, options, pairs);
      REQUIRE(whole.losses.size() == sampled.losses.size());
      for (std::size_t i = 0; i < whole.losses.size(); ++i) {
        CHECK(sampled.losses[i] == doctest::Approx(whole.losses[i]).epsilon(1e-3));
      }
      for (std::size_t i = 0; i < pairs.size(); ++i) {
        CHECK(sampled.scores[i] == doctest::Approx(whole.scores[i]).epsilon(0.02));
      }
    }
  }
}

TEST_CASE("few neighbours in each step teach nearly what all of them do" * doctest::test_suite("accuracy")) {
  for (const LinkModelName name : {LinkModelName::gcn, LinkModelName::sage, LinkModelName::ncn, LinkModelName::buddy}) {
    CAPTURE(name);
    LinkTrainingOptions options = small_options(name, 60);
    options.batches.fan_out = 4;
    CHECK(test_auc(options, true, 3) > 0.7);
  }
}

TEST_CASE("completion, which takes the vectors of all nodes, is refused on samples") {
  const Graph graph = grouped_graph(30, 2);
  LinkTrainingOptions options = small_options(LinkModelName::ncnc, 1);
  options.batches.fan_out = 5;
  CHECK_THROWS_WITH_AS(train(1, graph, nullptr, options, drawn_pairs(30, 10, 1)),
                       "fan-out = 5 with structure = completed, which takes the vectors of all nodes in each step; "
                       "leave fan-out out, or take structure = common-neighbors",
                       InvalidOption);
}

TEST_CASE("a head rate of 0 leaves what makes scores as it was drawn, and of a half halves its first step") {
  RunContext context = with_threads(2);
  const Graph graph = grouped_graph(60, 2);
  LinkTrainingOptions options = small_options(LinkModelName::gcn, 1);
  options.batches.batch_size = 10'000;  // one step, of Adam, whose length is nearly the learning rate
  options.training.optimizer.learning_rate = 0.01;
  const LinkNetwork drawn(options.model, 60, 0, 7);
  for (const double rate : {0.0, 0.5, 1.0}) {
    CAPTURE(rate);
    options.model.head_rate = rate;
    LinkNetwork network(options.model, 60, 0, 7);
    train_link_predictor(context, network, {graph.view(), nullptr}, options, {});
    for (std::size_t k = 0; k < network.parameters().size(); ++k) {
      const learn::Parameter& parameter = network.parameters()[k];
      CAPTURE(parameter.name);
      float longest = 0;
      for (std::size_t i = 0; i < parameter.value.rows(); ++i) {
        for (std::size_t j = 0; j < parameter.value.columns(); ++j) {
          longest = std::max(longest, std::abs(parameter.value(i, j) - drawn.parameters()[k].value(i, j)));
        }
      }
      const double expected = 0.01 * (parameter.name.starts_with("head.") ? rate : 1);
      CHECK(static_cast<double>(longest) == doctest::Approx(expected).epsilon(0.02));
    }
  }
}

TEST_CASE("the estimate of a training of links is within 15 % of what it takes" * doctest::test_suite("memory")) {
  if (!memory_is_as_asked) return;
  RunContext context = with_threads(2);
  const Graph graph =
      generate_block_model(context, {.nodes = 10'000, .blocks = 3, .inside = 2e-3, .across = 1e-5}).graph;
  const Matrix given(10'000, 64, 1.0F);
  const NodeFeatures features(given.view());
  const LinkProblem problem{graph.view(), &features};
  const std::vector<Edge> pairs = drawn_pairs(10'000, 1000, 1);
  const LinkMetric metric = [&](RunContext& run, LinkScorer& scorer) {
    std::vector<float> scores(pairs.size());
    scorer.score(run, pairs, scores);
    return 0.0;
  };
  struct Case {
    LinkModelName model;
    int fan_out;
  };
  for (const Case& tried : {Case{LinkModelName::gcn, 0}, Case{LinkModelName::ncn, 0}, Case{LinkModelName::buddy, 0},
                            Case{LinkModelName::sage, 5}, Case{LinkModelName::ncn, 5}}) {
    LinkTrainingOptions options = link_model_options(tried.model);
    options.training.epochs = 1;
    options.training.evaluate_every = 1;
    options.batches = {.batch_size = 8192, .fan_out = tried.fan_out};
    LinkNetwork network(options.model, 10'000, 64, 7);
    const auto estimate = static_cast<double>(estimate_link_training_memory(context, network, problem, options));
    restart_recent_peak();
    const std::uint64_t before = resident_bytes();
    train_link_predictor(context, network, problem, options, metric);
    const auto taken = static_cast<double>(recent_peak_bytes() - before);
    CAPTURE(static_cast<int>(tried.model));
    CAPTURE(tried.fan_out);
    CHECK(taken < 1.15 * estimate);
    CHECK(taken > 0.85 * estimate);
  }
}

TEST_CASE("counts become columns of like size") {
  RunContext context;
  const Graph graph = drawn_graph(30, 90, 3);
  const CsrView adjacency = graph.view().out();
  const std::vector<Edge> pairs = drawn_pairs(30, 40, 2);
  const Matrix counts = distance_counts(context, adjacency, pairs);
  const Matrix columns = count_columns(context, adjacency, pairs, counts.view());
  REQUIRE(columns.columns() == count_column_count);
  const NeighborSets sets = neighbor_sets(adjacency);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto& first = sets[index(pairs[i].source)];
    const auto& second = sets[index(pairs[i].target)];
    const std::size_t linked = first.contains(index(pairs[i].target)) ? 1 : 0;
    const double degrees = static_cast<double>((first.size() - linked) * (second.size() - linked));
    double resources = 0;
    for (const std::size_t z : first) {
      if (second.contains(z)) resources += 1 / static_cast<double>(sets[z].size());
    }
    CHECK(std::abs(static_cast<double>(columns(i, 16)) - resources) < 1e-6);
    for (std::size_t k = 0; k < 8; ++k) {
      const double count = static_cast<double>(counts(i, k));
      CHECK(std::abs(static_cast<double>(columns(i, k)) - std::log1p(count)) < 1e-6);
      const double share = degrees > 0 ? count / std::sqrt(degrees) : 0;
      CHECK(std::abs(static_cast<double>(columns(i, 8 + k)) - share) < 1e-5);
    }
  }
}

TEST_CASE("scores of many pairs are those of each, in whatever order and company") {
  RunContext context = with_threads(2);
  const Graph graph = grouped_graph(60, 2);
  const std::vector<Edge> pairs = drawn_pairs(60, 5000, 1);
  for (const LinkModelName name : {LinkModelName::gcn, LinkModelName::ncnc, LinkModelName::buddy}) {
    const LinkTrainingOptions options = small_options(name, 1);
    const LinkNetwork network(options.model, 60, 0, 7);
    const LinkProblem problem{graph.view(), nullptr};
    const Array<float> all = predict_link_scores(context, network, problem, pairs);
    for (const std::size_t i : {0U, 2047U, 2048U, 4999U}) {
      const Array<float> alone = predict_link_scores(context, network, problem, std::span(pairs).subspan(i, 1));
      CHECK(std::abs(alone[0] - all[i]) < 1e-5F);
      const Edge turned{pairs[i].target, pairs[i].source};
      const Array<float> back = predict_link_scores(context, network, problem, std::span(&turned, 1));
      CHECK(std::abs(back[0] - all[i]) < 1e-5F);
    }
    CHECK(predict_link_scores(context, network, problem, {}).size() == 0);
  }
}

TEST_CASE("directed edges are pairs, and weights and self-loops play no part") {
  RunContext context;
  const auto edge = [](std::size_t u, std::size_t v) { return Edge{node_id(u), node_id(v)}; };
  BuildOptions options;
  options.directed = true;
  options.self_loops = SelfLoops::keep;
  const Graph graph = build_graph(context, to_array<Edge>({edge(0, 1), edge(1, 0), edge(2, 1), edge(2, 2)}),
                                  to_array<float>({2, 3, 4, 5}), NodeIndex::range(3), options)
                          .graph;
  const Csr adjacency = link_adjacency(context, graph.view());
  CHECK(!adjacency.view().weighted());
  CHECK(neighbor_sets(adjacency.view()) == NeighborSets{{1}, {0, 2}, {1}});
}

TEST_CASE("what does not fit is refused with a sentence") {
  RunContext context;
  const Graph graph = grouped_graph(30, 2);
  const LinkTrainingOptions options = small_options(LinkModelName::gcn, 1);
  LinkNetwork other(options.model, 31, 0, 7);
  CHECK_THROWS_WITH_AS(train_link_predictor(context, other, {graph.view(), nullptr}, options, {}),
                       "the graph has 30 nodes, and the network was made for 31", InvalidData);
  LinkNetwork featured(options.model, 30, 8, 7);
  CHECK_THROWS_WITH_AS(predict_link_scores(context, featured, {graph.view(), nullptr}, {}),
                       "the network goes by features of nodes, and there are none", InvalidData);
  const Matrix given = grouped_features(29);
  const NodeFeatures features(given.view());
  CHECK_THROWS_WITH_AS(predict_link_scores(context, featured, {graph.view(), &features}, {}),
                       "the features are of 29 nodes, and the graph has 30", InvalidData);
  LinkNetwork network(options.model, 30, 0, 7);
  for (const Edge& pair : {Edge{node_id(1), node_id(1)}, Edge{node_id(1), node_id(30)}}) {
    CHECK_THROWS_AS(predict_link_scores(context, network, {graph.view(), nullptr}, std::span(&pair, 1)), InvalidData);
  }
  LinkTrainingOptions wrong = options;
  wrong.training.epochs = 0;
  CHECK_THROWS_AS(train_link_predictor(context, network, {graph.view(), nullptr}, wrong, {}), InvalidOption);
  RunSettings tight;
  tight.memory_budget = 1;
  RunContext small(tight);
  CHECK_THROWS_AS(train_link_predictor(small, network, {graph.view(), nullptr}, options, {}), BudgetExceeded);
}

TEST_CASE("a training that is cancelled ends") {
  std::stop_source stop;
  RunSettings settings;
  settings.stop = stop.get_token();
  RunContext context(settings);
  const Graph graph = grouped_graph(30, 2);
  const LinkTrainingOptions options = small_options(LinkModelName::gcn, 1000);
  LinkNetwork network(options.model, 30, 0, 7);
  TrainingHooks hooks;
  hooks.on_epoch = [&](const EpochRecord& record) {
    if (record.epoch == 2) stop.request_stop();
  };
  CHECK_THROWS_AS(train_link_predictor(context, network, {graph.view(), nullptr}, options, {}, hooks), Cancelled);
}
