#include <array>
#include <map>
#include <optional>
#include <set>

#include <adjoin/algorithms/linkpred/feature_cosine.hpp>
#include <adjoin/algorithms/linkpred/heart_negatives.hpp>
#include <adjoin/algorithms/linkpred/personalized_pagerank.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/sparse/from_dense.hpp>

#include "paths_support.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

using Row = std::vector<double>;

/// A few columns of whole numbers, some rows of zeros; as make_heart_golden.py has them.
Matrix features_of(std::size_t nodes, std::size_t columns) {
  Matrix x(nodes, columns);
  for (std::size_t v = 0; v < nodes; ++v) {
    for (std::size_t f = 0; f < columns; ++f) {
      const std::size_t number = (v * v + 3 * v * f + 5 * f) % 11;
      x(v, f) = v % 8 == 5 || number > 4 ? 0.0F : static_cast<float>(number);
    }
  }
  return x;
}

/// HeaRT's ranks of one score, word by word. masked nodes: -1.
Row slow_ranks(const Row& scores) {
  double highest = 0;
  for (const double score : scores) highest = std::max(highest, score);
  const auto count = [&](auto&& which) { return static_cast<double>(std::ranges::count_if(scores, which)); };
  const double of_highest = count([&](double other) { return other == highest; });
  Row ranks(scores.size());
  double last = 0;
  for (std::size_t v = 0; v < scores.size(); ++v) {
    if (scores[v] <= 0) continue;
    ranks[v] = count([&](double other) { return other >= scores[v]; }) - of_highest + 1;
    last = std::max(last, ranks[v]);
  }
  for (std::size_t v = 0; v < scores.size(); ++v) {
    if (scores[v] == 0) ranks[v] = last + 1;
    if (scores[v] < 0) ranks[v] = last + 2;
  }
  return ranks;
}

/// The merged rank of each node as a partner of one end, and whether it has any score.
struct Partners {
  Row ranks;  // 0 where masked
  std::vector<bool> scored;
};

class SlowHeart {
 public:
  SlowHeart(const EdgeSplit& split, const CsrView& features, HeartOptions options)
      : split_(split),
        options_(options),
        n_(split.training.view().node_count()),
        has_features_(features.row_count() > 0) {
    RunContext context;
    const GraphView graph = split.training.view();
    PageRankOptions pagerank;
    pagerank.alpha = options.alpha;
    pagerank.epsilon = options.epsilon;
    pagerank.use_weights = false;
    for (std::size_t u = 0; u < n_; ++u) {
      Row resources(n_);
      for (const NodeId z : graph.out().row_targets(u)) {
        const auto of_z = graph.out().row_targets(index(z));
        for (const NodeId v : of_z) resources[index(v)] += 1 / static_cast<double>(of_z.size());
      }
      for (double& value : resources) value = double{static_cast<float>(value)};
      resources_.push_back(resources);
      Row walk;
      for (const double value : personalized_pagerank(context, graph, node_id(u), pagerank).values) {
        walk.push_back(double{static_cast<float>(value)});
      }
      walks_.push_back(walk);
      Row cosine(n_);
      if (has_features_) {
        for (std::size_t v = 0; v < n_; ++v) {
          if (v == u) continue;
          const std::vector<Edge> pair{{node_id(u), node_id(v)}};
          cosine[v] = std::max(0.0, double{feature_cosine_scores(context, features, pair)[0]});
        }
      }
      cosines_.push_back(cosine);
    }
  }

  /// One end after the other, over validation and test: their order matters to `released`.
  Partners next(NodeId node, NodeId other, bool test) {
    std::vector<bool> masked(n_);
    masked[index(node)] = masked[index(other)] = true;
    for (const NodeId v : split_.training.view().out().row_targets(index(node))) masked[index(v)] = true;
    for (const Edge& pair : split_.validation) {
      if (test && pair.source == node) masked[index(pair.target)] = true;
      if (test && pair.target == node) masked[index(pair.source)] = true;
    }
    Row resources = resources_[index(node)];
    Row walk = walks_[index(node)];
    Row cosine = cosines_[index(node)];
    for (std::size_t v = 0; v < n_; ++v) {
      if (masked[v]) resources[v] = walk[v] = cosine[v] = -1;
    }
    Partners partners{Row(n_), std::vector<bool>(n_)};
    const Row a = slow_ranks(resources);
    const Row b = slow_ranks(walk);
    const Row c = slow_ranks(cosine);
    for (std::size_t v = 0; v < n_; ++v) {
      if (masked[v]) continue;
      partners.ranks[v] = std::min(a[v], b[v]);
      if (has_features_) partners.ranks[v] = std::min(partners.ranks[v], c[v]);
      partners.scored[v] = resources[v] > 0 || walk[v] > 0 || cosine[v] > 0;
    }
    if (options_.mode == HeartMode::released && has_features_) cosines_[index(node)] = c;
    return partners;
  }

 private:
  const EdgeSplit& split_;
  HeartOptions options_;
  std::size_t n_;
  bool has_features_;
  std::vector<Row> resources_;
  std::vector<Row> walks_;
  std::vector<Row> cosines_;
};

std::vector<std::size_t> partners_of(std::span<const Edge> negatives, NodeId kept) {
  std::vector<std::size_t> nodes;
  for (const Edge& pair : negatives) {
    if (pair.source != kept) return {};
    nodes.push_back(index(pair.target));
  }
  return nodes;
}

/// Whether these partners are the first by rank, whatever the order of those that tie.
bool first_by_rank(std::span<const std::size_t> nodes, const Row& ranks) {
  Row chosen;
  for (const std::size_t node : nodes) chosen.push_back(ranks[node]);
  Row all;
  for (const double rank : ranks) {
    if (rank > 0) all.push_back(rank);
  }
  std::ranges::sort(chosen);
  std::ranges::sort(all);
  all.resize(chosen.size());
  return chosen == all && std::set<std::size_t>(nodes.begin(), nodes.end()).size() == nodes.size();
}

EdgeSplit split_of(GraphView graph, double share, int round = 0) {
  RunContext context;
  return split_edges(context, graph,
                     {.validation = share, .test = share, .round = round, .negatives = NegativeSampler::none});
}

HeartNegatives heart(const EdgeSplit& split, const CsrView& features, const HeartOptions& options, int threads = 2) {
  RunContext context = with_threads(threads);
  return heart_negatives(context, split, features, options);
}

std::vector<std::uint64_t> numbers(const HeartNegatives& negatives) {
  std::vector<std::uint64_t> result;
  for (const auto* part : {&negatives.validation, &negatives.test}) {
    for (const Edge& pair : *part) result.push_back(std::uint64_t{index(pair.source)} << 32 | index(pair.target));
  }
  return result;
}

constexpr std::array both_modes{HeartMode::intended, HeartMode::released};

}  // namespace

TEST_CASE("HeaRT's negatives of drawn graphs are those of its definition, word by word, in both modes") {
  CHECK(rc::check([](std::uint64_t seed) {
    const std::size_t nodes = 12 + seed % 20;
    std::vector<WeightedEdge> lines;
    for (const Edge& pair : random_edges(nodes, nodes + seed % 60, seed)) {
      lines.push_back({index(pair.source), index(pair.target)});
    }
    const Graph graph = graph_of(nodes, lines, false, false);
    if (graph.view().edge_count() < 8) return;
    const EdgeSplit split = split_of(graph, 0.2);
    const Matrix x = features_of(nodes, 4);
    RunContext context;
    const Csr sparse = sparse_of(context, x.view());
    const CsrView features = seed % 3 == 0 ? CsrView{} : sparse.view();
    for (const HeartMode mode : both_modes) {
      HeartOptions options;
      options.mode = mode;
      options.negatives_per_positive = 2 * (1 + static_cast<int>(seed % 4));
      const auto half = static_cast<std::size_t>(options.negatives_per_positive) / 2;
      std::optional<HeartNegatives> negatives;
      try {
        negatives = heart(split, features, options);
      } catch (const InvalidData&) {
        return;  // a node that is joined to nearly all others
      }
      SlowHeart slow(split, features, options);
      std::uint64_t without_score = 0;
      for (const bool test : {false, true}) {
        const auto& positives = test ? split.test : split.validation;
        const auto& drawn = test ? negatives->test : negatives->validation;
        RC_ASSERT(drawn.size() == positives.size() * 2 * half);
        for (std::size_t i = 0; i < 2 * positives.size(); ++i) {
          const Edge& positive = positives[i / 2];
          const NodeId kept = i % 2 == 0 ? positive.source : positive.target;
          const Partners partners = slow.next(kept, i % 2 == 0 ? positive.target : positive.source, test);
          const auto chosen = partners_of(std::span(drawn).subspan(i * half, half), kept);
          RC_ASSERT(chosen.size() == half);
          for (const std::size_t node : chosen) RC_ASSERT(partners.ranks[node] > 0);
          const auto scored = static_cast<std::size_t>(std::ranges::count(partners.scored, true));
          if (scored >= half) {
            RC_ASSERT(first_by_rank(chosen, partners.ranks));
            continue;
          }
          without_score += half - scored;
          const auto rest = std::span(chosen).subspan(scored);
          for (const std::size_t node : rest) RC_ASSERT(!partners.scored[node]);
          if (mode == HeartMode::released) {
            RC_ASSERT(first_by_rank(std::span(chosen).first(scored), partners.ranks));
          } else {
            for (std::size_t k = 0; k < scored; ++k) RC_ASSERT(partners.scored[chosen[k]]);
            RC_ASSERT(std::set<std::size_t>(chosen.begin(), chosen.end()).size() == half);
          }
        }
      }
      RC_ASSERT(negatives->without_score == without_score);
    }
  }));
}

TEST_CASE("HeaRT's ranks of the karate club are those that SciPy's rankdata gives") {
  // A line an end of an edge of the stages: mode, stage, kept end, other end, then the merged rank of each node.
  const auto lines = golden_table("heart_ranks");
  const Graph graph = club("plain");
  EdgeSplit split{graph_of(34, {}, false, false), {}, {}, {}, {}};
  std::map<int, std::vector<Row>> by_mode;
  std::set<std::pair<std::size_t, std::size_t>> held_out;
  for (const Row& line : lines) {
    by_mode[static_cast<int>(line[0])].push_back(line);
    const auto u = static_cast<std::size_t>(line[2]);
    const auto v = static_cast<std::size_t>(line[3]);
    if (u > v || !held_out.insert({u, v}).second) continue;
    (line[1] == 0 ? split.validation : split.test).push_back({node_id(u), node_id(v)});
  }
  std::vector<WeightedEdge> training;
  const CsrView out = graph.view().out();
  for (std::size_t u = 0; u < 34; ++u) {
    for (const NodeId v : out.row_targets(u)) {
      if (u < index(v) && !held_out.contains({u, index(v)})) training.push_back({u, index(v)});
    }
  }
  split.training = graph_of(34, training, false, false);
  RunContext context;
  const Matrix x = features_of(34, 6);
  const Csr features = sparse_of(context, x.view());
  REQUIRE(by_mode.size() == 2);
  for (const HeartMode mode : both_modes) {
    HeartOptions options;
    options.mode = mode;
    options.negatives_per_positive = 14;
    options.epsilon = 1e-12;
    const HeartNegatives negatives = heart(split, features.view(), options);
    std::vector<Edge> drawn = negatives.validation;
    drawn.insert(drawn.end(), negatives.test.begin(), negatives.test.end());
    const std::vector<Row>& expected = by_mode[mode == HeartMode::released ? 1 : 0];
    REQUIRE(drawn.size() == 7 * expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CAPTURE(i);
      const NodeId kept = node_id(static_cast<std::size_t>(expected[i][2]));
      const Row ranks(expected[i].begin() + 4, expected[i].end());
      CHECK(first_by_rank(partners_of(std::span(drawn).subspan(7 * i, 7), kept), ranks));
    }
  }
}

TEST_CASE("HeaRT's negatives are the same for any number of threads, and others for another seed") {
  const Graph graph = rmat(9);
  const EdgeSplit split = split_of(graph, 0.1);
  const Matrix x = features_of(graph.view().node_count(), 5);
  RunContext context;
  const Csr features = sparse_of(context, x.view());
  for (const HeartMode mode : both_modes) {
    HeartOptions options;
    options.mode = mode;
    options.negatives_per_positive = 40;
    const auto expected = numbers(heart(split, features.view(), options, 1));
    for (const int threads : {2, 3, 8}) CHECK(numbers(heart(split, features.view(), options, threads)) == expected);
    RunSettings settings;
    settings.seed = 43;
    RunContext other(settings);
    CHECK(numbers(heart_negatives(other, split, features.view(), options)) != expected);
  }
}

TEST_CASE("HeaRT's negatives that cannot be are refused in a sentence") {
  RunContext context;
  const Graph graph = club("plain");
  const EdgeSplit split = split_of(graph, 0.1);
  const auto refused = [&](const HeartOptions& options, const CsrView& features, const char* message) {
    CHECK_THROWS_WITH(heart_negatives(context, split, features, options), message);
  };
  refused({.negatives_per_positive = 7}, {},
          "negatives-per-positive = 7 is odd, and each end has half of them; take 8");
  const Matrix x = features_of(33, 2);
  const Csr few = sparse_of(context, x.view());
  refused({}, few.view(), "there are features of 33 nodes, and the graph has 34");
  refused({.alpha = 2}, {}, "alpha = 2 is outside 1e-04 to 1");
  CHECK_THROWS_AS(heart_negatives(context, split, {}, {.negatives_per_positive = 66}), InvalidData);
  const Graph arrows = club("directed");
  const EdgeSplit directed = split_of(arrows, 0.1);
  CHECK_THROWS_WITH_AS(heart_negatives(context, directed),
                       "HeaRT's negatives are of undirected graphs; leave out --directed", InvalidOption);
  RunSettings tight;
  tight.memory_budget = 1000;
  RunContext poor(tight);
  CHECK_THROWS_AS(heart_negatives(poor, split, {}, {.negatives_per_positive = 4}), BudgetExceeded);
  CHECK(estimate_heart_memory(graph, 10, {}, {}, 1) < estimate_heart_memory(graph, 10, {}, {}, 2));
  const EdgeSplit nothing{club("plain"), {}, {}, {}, {}};
  CHECK(heart(nothing, {}, {}).test.empty());
}
