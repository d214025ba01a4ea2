// The slow twin tries every four nodes.
#include <algorithm>
#include <map>
#include <stop_token>
#include <tuple>

#include <adjoin/algorithms/evaluate/ranking_metrics.hpp>
#include <adjoin/algorithms/simplicial/evaluate_quadruples.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "simplicial_support.hpp"

using namespace adjoin;
using test::project;

namespace {

struct Found {
  std::uint64_t closed = 0;
  std::vector<NodeQuadruple> open;
  std::vector<bool> closes;
};

/// All sets of four nodes with ties between all of them, from the simplices themselves.
Found tried(const test::DrawnLog& drawn, std::size_t cut, bool closed_faces) {
  const auto before = [&](const std::vector<std::size_t>& nodes) {
    return test::shared(drawn.simplices, 0, cut, nodes) > 0;
  };
  Found found;
  for (std::size_t d = 0; d < drawn.nodes; ++d) {
    for (std::size_t c = 0; c < d; ++c) {
      for (std::size_t b = 0; b < c; ++b) {
        for (std::size_t a = 0; a < b; ++a) {
          if (!before({a, b}) || !before({a, c}) || !before({a, d}) || !before({b, c}) || !before({b, d}) ||
              !before({c, d})) {
            continue;
          }
          if (before({a, b, c, d})) {
            ++found.closed;
            continue;
          }
          const bool faces = before({a, b, c}) && before({a, b, d}) && before({a, c, d}) && before({b, c, d});
          if (closed_faces && !faces) continue;
          found.open.push_back({node_id(a), node_id(b), node_id(c), node_id(d)});
          found.closes.push_back(test::shared(drawn.simplices, cut, drawn.simplices.size(), {a, b, c, d}) > 0);
        }
      }
    }
  }
  return found;
}

std::vector<double> quadruple_scores_of(const Projection& projection, const std::vector<NodeQuadruple>& quadruples) {
  const std::vector<GroupMethod> methods = all_group_methods();
  std::vector<double> scores(quadruples.size() * methods.size());
  prepare_quadruple_scores(projection, methods).score(quadruples, scores);
  return scores;
}

}  // namespace

TEST_CASE("an evaluation of four nodes is what trying every four and sorting them gives") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_log();
    if (drawn.times.empty()) return;
    const SimplexLog log = drawn.log();
    QuadrupleEvaluationOptions options;
    options.train = 0.6;
    options.closed_faces = *rc::gen::arbitrary<bool>();
    const Time until = time_quantile(log.view(), options.train);
    const SimplexView first = simplices_until(log.view(), until);
    const Projection projection = project(first);
    const Found found = tried(drawn, first.size(), options.closed_faces);
    const auto positives = static_cast<std::size_t>(std::ranges::count(found.closes, true));
    RunContext context = test::with_threads(*rc::gen::element(1, 2, 3));
    const auto evaluate = [&] {
      return evaluate_quadruples(context, log.view(), test::names_of(drawn.nodes), all_group_methods(), options);
    };
    if (positives == 0 || positives == found.open.size()) {
      RC_ASSERT_THROWS_AS(evaluate(), InvalidData);
      return;
    }
    const QuadrupleEvaluation result = evaluate();
    RC_ASSERT(result.closed_tetrahedra == found.closed);
    RC_ASSERT(result.open_tetrahedra == found.open.size());
    RC_ASSERT(result.positives == positives);
    const std::vector<double> scores = quadruple_scores_of(projection, found.open);
    for (std::size_t k = 0; k < result.methods.size(); ++k) {
      std::vector<double> closing;
      std::vector<double> others;
      for (std::size_t i = 0; i < found.open.size(); ++i) {
        (found.closes[i] ? closing : others).push_back(scores[k * found.open.size() + i]);
      }
      const RankedScores ranked(context.threads(), std::span<const double>(closing), std::span<const double>(others));
      RC_ASSERT(result.methods[k].average_precision == average_precision(ranked));
    }
  }));
}

TEST_CASE("the best open tetrahedra are the first of all of them, sorted by score and then by id") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_log();
    const SimplexLog log = drawn.log();
    const Projection projection = project(log.view());
    const bool closed_faces = *rc::gen::arbitrary<bool>();
    const Found all = tried(drawn, drawn.simplices.size(), closed_faces);
    const std::vector<double> scores = quadruple_scores_of(projection, all.open);
    const std::vector<GroupMethod> methods = all_group_methods();
    const auto count = static_cast<std::size_t>(*rc::gen::inRange(0, 20));
    RunContext context = test::with_threads(2);
    const BestQuadruples found =
        best_open_tetrahedra(context, projection, prepare_quadruple_scores(projection, methods), count, closed_faces);
    RC_ASSERT(found.open_tetrahedra == all.open.size());
    RC_ASSERT(found.closed_tetrahedra == all.closed);
    for (std::size_t k = 0; k < methods.size(); ++k) {
      std::vector<std::tuple<double, NodeQuadruple>> sorted;
      for (std::size_t i = 0; i < all.open.size(); ++i)
        sorted.emplace_back(-scores[k * all.open.size() + i], all.open[i]);
      std::ranges::sort(sorted);
      sorted.resize(std::min(count, sorted.size()));
      RC_ASSERT(found.best[k].size() == sorted.size());
      for (std::size_t i = 0; i < sorted.size(); ++i) {
        RC_ASSERT(found.best[k][i].score == -std::get<0>(sorted[i]));
        RC_ASSERT(found.best[k][i].quadruple == std::get<1>(sorted[i]));
      }
    }
  }));
}

TEST_CASE("an evaluation of four nodes has the same bits for 1, 2, 3 and 8 threads, stops, and is refused memory") {
  const auto data = test::public_set("email-Enron");
  if (!data) return;
  const SimplexView simplices = data->simplices->view();
  const auto evaluate = [&](RunSettings settings) {
    RunContext context(std::move(settings));
    return evaluate_quadruples(context, simplices, test::names_of(simplices.node_count), all_group_methods());
  };
  RunSettings settings;
  settings.threads = 1;
  const QuadrupleEvaluation one = evaluate(settings);
  CHECK(one.positives > 0);
  for (const int threads : {2, 3, 8}) {
    settings.threads = threads;
    const QuadrupleEvaluation again = evaluate(settings);
    for (std::size_t k = 0; k < one.methods.size(); ++k) {
      CHECK(again.methods[k].average_precision == one.methods[k].average_precision);
      CHECK(again.methods[k].interval.high == one.methods[k].interval.high);
    }
  }
  settings.memory_budget = 1;
  CHECK_THROWS_AS(evaluate(settings), BudgetExceeded);
  settings = {};
  std::stop_source stop;
  stop.request_stop();
  settings.stop = stop.get_token();
  CHECK_THROWS_AS(evaluate(settings), Cancelled);
}
