// The slow twin scores the list of all open triangles and sorts it.
#include <algorithm>
#include <limits>
#include <stop_token>
#include <tuple>
#include <vector>

#include <adjoin/algorithms/simplicial/best_triples.hpp>
#include <adjoin/algorithms/simplicial/open_triangles.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "simplicial_support.hpp"

using namespace adjoin;
using test::project;

namespace {

BestTriples best(const Projection& projection, std::size_t count, int threads = 1) {
  RunContext context = test::with_threads(threads);
  const TripleScoring scoring = prepare_triple_scores(context, projection, local_triple_methods());
  return best_open_triangles(context, projection, scoring, count);
}

}  // namespace

TEST_CASE("the best open triangles are the first of all of them, sorted by score and then by id") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_log();
    const SimplexLog log = drawn.log();
    const Projection projection = project(log.view());
    RunContext context = test::with_threads(1);
    const SimplexLog nothing = test::log_of(drawn.nodes, {});
    const OpenTriangles all = open_triangles(context, projection, incidence_of(context, nothing.view()));
    const std::vector<TripleMethod> methods = local_triple_methods();
    const auto scores = triple_scores(context, projection, all.triples.span(), methods);
    const auto count = static_cast<std::size_t>(*rc::gen::inRange(0, 30));
    const BestTriples found = best(projection, count);
    RC_ASSERT(found.open_triangles == all.triples.size());
    RC_ASSERT(found.closed_triangles == all.closed);
    for (std::size_t k = 0; k < methods.size(); ++k) {
      std::vector<std::tuple<double, NodeTriple>> sorted;
      for (std::size_t i = 0; i < all.triples.size(); ++i) sorted.emplace_back(-scores[k][i], in_order(all.triples[i]));
      std::ranges::sort(sorted);
      sorted.resize(std::min(count, sorted.size()));
      RC_ASSERT(found.best[k].size() == sorted.size());
      for (std::size_t i = 0; i < sorted.size(); ++i) {
        RC_ASSERT(found.best[k][i].score == -std::get<0>(sorted[i]));
        RC_ASSERT(found.best[k][i].triple == std::get<1>(sorted[i]));
      }
    }
  }));
}

TEST_CASE("the best of more triangles than a block has are the same for 1, 2, 3 and 8 threads, and for any count") {
  const auto data = test::public_set("email-Enron");
  if (!data) return;
  const Projection projection = project(data->simplices->view());
  const BestTriples all = best(projection, 1'000'000);
  CHECK(all.open_triangles == 3317);
  CHECK(all.closed_triangles == 6578);
  CHECK(all.best[0].size() == 3317);
  for (const int threads : {1, 2, 3, 8}) {
    const BestTriples some = best(projection, 100, threads);
    for (std::size_t k = 0; k < some.best.size(); ++k) {
      REQUIRE(some.best[k].size() == 100);
      for (std::size_t i = 0; i < 100; ++i) {
        CHECK(some.best[k][i].triple == all.best[k][i].triple);
        CHECK(some.best[k][i].score == all.best[k][i].score);
      }
    }
  }
}

TEST_CASE("a search for the best refuses scores that are none and too little memory, and stops when asked to") {
  const SimplexLog log = test::log_of(4, {{0, 1}, {0, 2}, {1, 2}, {0, 3}, {1, 3}});
  const Projection projection = project(log.view());
  RunContext context = test::with_threads(1);
  TripleScoring nan;
  nan.names = {"nan"};
  nan.score = [](std::span<const NodeTriple>, std::span<double> scores) {
    std::ranges::fill(scores, std::numeric_limits<double>::quiet_NaN());
  };
  CHECK_THROWS_AS(best_open_triangles(context, projection, nan, 1), InvalidData);
  const TripleScoring scoring = prepare_triple_scores(context, projection, local_triple_methods());
  RunSettings settings;
  settings.memory_budget = 1;
  RunContext poor(settings);
  CHECK_THROWS_AS(best_open_triangles(poor, projection, scoring, 1), BudgetExceeded);
  std::stop_source stop;
  stop.request_stop();
  settings = {};
  settings.stop = stop.get_token();
  RunContext stopped(settings);
  CHECK_THROWS_AS(best_open_triangles(stopped, projection, scoring, 1), Cancelled);
  const SimplexLog empty = test::log_of(0, {});
  const Projection nothing = project(empty.view());
  CHECK(best(nothing, 5).open_triangles == 0);
}
