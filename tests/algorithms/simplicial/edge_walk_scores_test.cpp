// Against inverses of dense matrices, by elimination.
#include <cmath>
#include <limits>
#include <stop_token>

#include <adjoin/algorithms/simplicial/edge_walk_scores.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "dense_inverse.hpp"
#include "simplicial_support.hpp"

using namespace adjoin;
using test::DenseMatrix;
using test::project;

namespace {

EdgeWalkOptions options_of(EdgeWalk walk, bool use_weights) {
  EdgeWalkOptions options;
  options.walk = walk;
  options.use_weights = use_weights;
  return options;
}

const std::vector<EdgeWalkOptions>& all_walks() {
  static const std::vector<EdgeWalkOptions> walks{options_of(EdgeWalk::katz, false), options_of(EdgeWalk::katz, true),
                                                  options_of(EdgeWalk::pagerank, false),
                                                  options_of(EdgeWalk::pagerank, true)};
  return walks;
}

EdgeWalkScores walk_scores_of(const Graph& graph, const EdgeWalkOptions& options = {}, int threads = 2) {
  RunContext context = test::with_threads(threads);
  return edge_walk_scores(context, graph, options);
}

DenseMatrix dense(GraphView graph, bool use_weights) {
  const CsrView a = graph.out();
  DenseMatrix w(a.row_count(), std::vector<double>(a.row_count(), 0.0));
  for (std::size_t i = 0; i < a.row_count(); ++i) {
    for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) {
      w[i][index(a.targets[e])] = use_weights ? static_cast<double>(a.weights[e]) : 1;
    }
  }
  return w;
}

/// By steps of a walk on W + I, whose largest eigenvalue has no other of its size.
double slow_radius(const DenseMatrix& w) {
  std::vector<double> x(w.size(), 1.0);
  double growth = 1;
  for (int step = 0; step < 20'000; ++step) {
    std::vector<double> y = x;
    for (std::size_t i = 0; i < w.size(); ++i) {
      for (std::size_t j = 0; j < w.size(); ++j) y[i] += w[i][j] * x[j];
    }
    growth = *std::ranges::max_element(y);
    for (std::size_t i = 0; i < w.size(); ++i) x[i] = y[i] / growth;
  }
  return growth - 1;
}

/// S of the header's formulas, from the inverse.
DenseMatrix slow_scores(const DenseMatrix& w, const EdgeWalkOptions& options, double beta) {
  const std::size_t n = w.size();
  DenseMatrix m = w;
  for (std::size_t j = 0; j < n; ++j) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += w[i][j];
    for (std::size_t i = 0; i < n; ++i) {
      const double step = options.walk == EdgeWalk::katz ? beta * w[i][j]
                          : sum == 0                     ? 0
                                                         : options.alpha * w[i][j] / sum;
      m[i][j] = (i == j ? 1 : 0) - step;
    }
  }
  DenseMatrix s = test::inverse_of(m);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      if (options.walk == EdgeWalk::katz) {
        s[i][j] -= i == j ? 1 : 0;
      } else {
        s[i][j] *= 1 - options.alpha;
      }
    }
  }
  return s;
}

}  // namespace

TEST_CASE("the number of an edge is S_ij + S_ji of the dense inverse, within the error that is stated") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_log();
    const SimplexLog log = drawn.log();
    const Projection projection = project(log.view());
    const CsrView a = projection.graph.view().out();
    for (EdgeWalkOptions options : all_walks()) {
      options.error = *rc::gen::element(1e-13, 1e-6, 1e-2);
      const EdgeWalkScores found = walk_scores_of(projection.graph, options);
      RC_ASSERT(found.values.size() == a.nonzero_count());
      RC_ASSERT(found.error <= options.error);
      const DenseMatrix w = dense(projection.graph, options.use_weights);
      const DenseMatrix s = slow_scores(w, options, found.beta);
      for (std::size_t i = 0; i < a.row_count(); ++i) {
        const auto strength = [&](std::size_t v) {
          double sum = 0;
          for (const double weight : w[v]) sum += weight;
          return sum;
        };
        for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) {
          const std::size_t j = index(a.targets[e]);
          const double ratio = std::sqrt(strength(i) / strength(j));
          const double factor = options.walk == EdgeWalk::katz ? 2 : (1 - options.alpha) * (ratio + 1 / ratio);
          RC_ASSERT(std::abs(found.values[e] - s[i][j] - s[j][i]) <= factor * found.error + 1e-12);
        }
      }
    }
  }));
}

TEST_CASE("beta is a quarter of the largest eigenvalue's inverse, or a half where that is less") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_log();
    const SimplexLog log = drawn.log();
    const Projection projection = project(log.view());
    if (projection.graph.view().edge_count() == 0) return;
    for (const bool weighted : {false, true}) {
      const double radius = slow_radius(dense(projection.graph, weighted));
      const EdgeWalkScores found = walk_scores_of(projection.graph, options_of(EdgeWalk::katz, weighted));
      RC_ASSERT(std::abs(found.beta * radius / std::min(0.25, 0.5 * radius) - 1) < 1e-9);
      RC_ASSERT(std::abs(found.gamma - found.beta * radius) < 1e-9);
    }
  }));
  // An edge of weight 1: the largest eigenvalue is 1. Of weight 1/4: the limit counts.
  const SimplexLog pair = test::log_of(2, {{0, 1}});
  const Projection projection = project(pair.view());
  CHECK(walk_scores_of(projection.graph).beta == doctest::Approx(0.25).epsilon(1e-13));
  EdgeWalkOptions wide;
  wide.katz_share = 0.75;
  CHECK(walk_scores_of(projection.graph, wide).beta == 0.5);
  CHECK(walk_scores_of(projection.graph, wide).values[0] == doctest::Approx(2 * 0.5 / (1 - 0.25)).epsilon(1e-12));
}

TEST_CASE("edges have the same bits for 1, 2, 3 and 8 threads, and from both ends") {
  const auto data = test::public_set("email-Enron");
  if (!data) return;
  const Projection projection = project(data->simplices->view());
  const CsrView a = projection.graph.view().out();
  for (const EdgeWalkOptions& options : all_walks()) {
    const EdgeWalkScores one = walk_scores_of(projection.graph, options, 1);
    for (const int threads : {2, 3, 8}) {
      CHECK(std::ranges::equal(walk_scores_of(projection.graph, options, threads).values, one.values));
    }
    for (std::size_t i = 0; i < a.row_count(); ++i) {
      for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) {
        const auto back = a.row_targets(index(a.targets[e]));
        const auto at = std::ranges::lower_bound(back, node_id(i)) - back.begin();
        CHECK(one.values[e] == one.values[a.row_begin(index(a.targets[e])) + static_cast<std::size_t>(at)]);
      }
    }
  }
}

TEST_CASE("of two graphs beside one another each edge has the PageRank it has alone, to the bit") {
  CHECK(rc::check([] {
    const test::DrawnLog left = test::draw_log();
    const test::DrawnLog right = test::draw_log();
    test::Simplices both = left.simplices;
    for (auto simplex : right.simplices) {
      for (std::size_t& node : simplex) node += left.nodes;
      both.push_back(simplex);
    }
    const SimplexLog log = test::log_of(left.nodes + right.nodes, both);
    const SimplexLog left_log = test::log_of(left.nodes, left.simplices);
    const SimplexLog right_log = test::log_of(right.nodes, right.simplices);
    for (const bool weighted : {false, true}) {
      const auto options = options_of(EdgeWalk::pagerank, weighted);
      const EdgeWalkScores union_scores = walk_scores_of(project(log.view()).graph, options);
      std::vector<double> apart;
      for (const SimplexLog* part : {&left_log, &right_log}) {
        const EdgeWalkScores scores = walk_scores_of(project(part->view()).graph, options);
        apart.insert(apart.end(), scores.values.begin(), scores.values.end());
      }
      RC_ASSERT(std::ranges::equal(union_scores.values, apart));
    }
  }));
}

TEST_CASE("graphs that walks are not scored on are refused, and so are options and too little memory") {
  RunContext context;
  const auto graph_of = [&](const std::vector<Edge>& edges, const std::vector<float>& weights, bool directed) {
    BuildOptions options;
    options.directed = directed;
    options.self_loops = SelfLoops::keep;
    return build_graph(context, test::to_array(edges), test::to_array(weights), NodeIndex::range(3), options).graph;
  };
  const std::vector<Edge> path{{NodeId{0}, NodeId{1}}, {NodeId{1}, NodeId{2}}};
  CHECK_THROWS_WITH_AS(walk_scores_of(graph_of(path, {}, true)),
                       "walks are scored on undirected graphs, and this one is directed; read it as undirected",
                       InvalidData);
  CHECK_THROWS_WITH_AS(walk_scores_of(graph_of({{NodeId{1}, NodeId{1}}}, {}, false)),
                       "node 1 has a self-loop; build the graph without them", InvalidData);
  EdgeWalkOptions weighted;
  weighted.use_weights = true;
  CHECK_THROWS_WITH_AS(walk_scores_of(graph_of(path, {1, 0}, false), weighted),
                       "the edge of nodes 1 and 2 has the weight 0, and walks need one above 0", InvalidData);
  CHECK(walk_scores_of(graph_of(path, {1, 0}, false)).values.size() == 4);
  const Graph graph = graph_of(path, {}, false);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const auto& [share, alpha, error] : std::vector<std::array<double, 3>>{
           {1, 0.85, 1e-9}, {0.25, 1, 1e-9}, {0.25, -0.1, 1e-9}, {0.25, 0.85, 0}, {0.25, nan, 1e-9}}) {
    EdgeWalkOptions options;
    options.katz_share = share;
    options.alpha = alpha;
    options.error = error;
    CHECK_THROWS_AS(edge_walk_scores(context, graph, options), InvalidOption);
  }
  CHECK(walk_scores_of(graph_of({}, {}, false)).values.empty());
  RunSettings settings;
  settings.memory_budget = 1;
  RunContext small(settings);
  CHECK_THROWS_AS(edge_walk_scores(small, graph), BudgetExceeded);
  std::stop_source stop;
  settings = {};
  settings.stop = stop.get_token();
  settings.on_progress = [&](const Progress& progress) {
    if (progress.stage == "katz") stop.request_stop();
  };
  RunContext stopped(settings);
  CHECK_THROWS_AS(edge_walk_scores(stopped, graph), Cancelled);
}

TEST_CASE("the estimate is what walks take at their peak, and little more") {
  if (!test::memory_is_as_asked) return;
  // A star: one column, of many rows.
  constexpr std::size_t nodes = 200'000;
  std::vector<Edge> edges;
  for (std::size_t leaf = 1; leaf < nodes; ++leaf) edges.push_back({NodeId{0}, node_id(leaf)});
  RunContext context = test::with_threads(1);
  const Graph graph = build_graph(context, test::to_array(edges), {}, NodeIndex::range(nodes), {}).graph;
  const std::uint64_t estimate = estimate_edge_walk_memory(graph, 1);
  restart_recent_peak();
  const std::uint64_t before = resident_bytes();
  const EdgeWalkScores scores = edge_walk_scores(context, graph, options_of(EdgeWalk::pagerank, false));
  const std::uint64_t taken = recent_peak_bytes() - before;
  CHECK(scores.values.size() == 2 * (nodes - 1));
  CHECK(taken <= estimate + (4 << 20));
  CHECK(taken >= estimate / 2);
  CHECK(estimate_edge_walk_memory(graph, 3) > estimate_edge_walk_memory(graph, 1));
}
