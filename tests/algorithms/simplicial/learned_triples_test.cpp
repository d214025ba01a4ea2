// Golden values of logistic-regression: the optimum that tests/golden/make_triple_logistic_golden.py prints, of
// scikit-learn on features computed by NumPy. With LIBLINEAR's own tolerance the figures of contacts are up to 8 %
// higher, by the order of the rows. Features are compared with their formulas, over sets.
#include <algorithm>
#include <cmath>
#include <set>

#include <adjoin/algorithms/simplicial/evaluate_triples.hpp>
#include <adjoin/algorithms/simplicial/learned_triples.hpp>
#include <adjoin/algorithms/simplicial/triple_features.hpp>
#include <adjoin/algorithms/simplicial/triple_sample.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "simplicial_support.hpp"

using namespace adjoin;
using test::project;

namespace {

/// The nodes and simplices of a log, asked the slow way.
struct SlowLog {
  const test::DrawnLog& drawn;

  std::size_t together(std::size_t u, std::size_t v) const { return test::shared(drawn.simplices, {u, v}); }
  std::set<std::size_t> neighbors(std::size_t u) const {
    std::set<std::size_t> found;
    for (std::size_t v = 0; v < drawn.nodes; ++v) {
      if (u != v && together(u, v) > 0) found.insert(v);
    }
    return found;
  }
  std::vector<std::size_t> common(const std::vector<std::size_t>& nodes) const {
    std::vector<std::size_t> found;
    for (std::size_t v = 0; v < drawn.nodes; ++v) {
      if (std::ranges::all_of(nodes, [&](std::size_t u) { return u != v && together(u, v) > 0; })) found.push_back(v);
    }
    return found;
  }
  double fading(const std::vector<std::size_t>& nodes, double span) const {
    double sum = 0;
    const std::size_t count = drawn.simplices.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (test::shared(drawn.simplices, i, i + 1, nodes) == 0) continue;
      sum += std::exp(-static_cast<double>(count - 1 - i) / static_cast<double>(count) / span);
    }
    return sum;
  }
  std::size_t in_large(std::size_t u, std::size_t v) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < drawn.simplices.size(); ++i) {
      count += drawn.simplices[i].size() > 2 ? test::shared(drawn.simplices, i, i + 1, {u, v}) : 0;
    }
    return count;
  }
};

std::vector<double> slow_published(const SlowLog& slow, std::vector<std::size_t> nodes) {
  std::ranges::sort(nodes);
  std::ranges::stable_sort(nodes, {}, [&](std::size_t v) { return slow.neighbors(v).size(); });
  if (nodes[2] < nodes[1]) std::swap(nodes[1], nodes[2]);
  const auto [i, j, k] = std::tuple(nodes[0], nodes[1], nodes[2]);
  std::vector<double> values;
  for (const std::size_t size :
       {slow.together(i, j), slow.together(j, k), slow.together(i, k), slow.neighbors(i).size(),
        slow.neighbors(j).size(), slow.neighbors(k).size(), test::shared(slow.drawn.simplices, {i}),
        test::shared(slow.drawn.simplices, {j}), test::shared(slow.drawn.simplices, {k}), slow.common({i, j}).size(),
        slow.common({i, k}).size(), slow.common({j, k}).size(), slow.common({i, j, k}).size()}) {
    values.push_back(static_cast<double>(size));
  }
  for (std::size_t c = 0; c < 13; ++c) values.push_back(c < 9 ? std::log(values[c]) : std::log(1 + values[c]));
  return values;
}

std::vector<double> slow_recent(const SlowLog& slow, const std::vector<std::size_t>& nodes) {
  const std::vector<std::vector<std::size_t>> pairs{{nodes[0], nodes[1]}, {nodes[0], nodes[2]}, {nodes[1], nodes[2]}};
  std::vector<double> values;
  const auto add = [&](const auto& things, const auto& value, const auto& transform) {
    std::vector<double> three;
    for (const auto& thing : things) three.push_back(static_cast<double>(value(thing)));
    std::ranges::sort(three);
    for (const double one : three) values.push_back(transform(one));
  };
  const auto log = [](double x) { return std::log(x); };
  const auto log1 = [](double x) { return std::log(1 + x); };
  const auto log_faded = [](double x) { return std::log(0.001 + x); };
  using Pair = std::vector<std::size_t>;
  add(pairs, [&](const Pair& p) { return slow.together(p[0], p[1]); }, log);
  add(pairs, [&](const Pair& p) { return slow.in_large(p[0], p[1]); }, log1);
  for (const double span : {0.3, 0.1, 0.03, 0.01}) {
    add(pairs, [&](const Pair& p) { return slow.fading(p, span); }, log_faded);
  }
  add(nodes, [&](std::size_t v) { return test::shared(slow.drawn.simplices, {v}); }, log);
  add(nodes, [&](std::size_t v) { return slow.neighbors(v).size(); }, log);
  for (const double span : {0.3, 0.1, 0.03, 0.01}) {
    add(nodes, [&](std::size_t v) { return slow.fading({v}, span); }, log_faded);
  }
  add(pairs, [&](const Pair& p) { return slow.common(p).size(); }, log1);
  const auto common = slow.common(nodes);
  double adamic_adar = 0;
  for (const std::size_t v : common) adamic_adar += 1 / std::log(static_cast<double>(slow.neighbors(v).size()));
  std::set<std::size_t> all;
  double product = 1;
  for (const std::size_t v : nodes) all.merge(slow.neighbors(v));
  for (const Pair& p : pairs) product *= static_cast<double>(slow.together(p[0], p[1]));
  values.push_back(std::log(1 + static_cast<double>(common.size())));
  values.push_back(std::log(1 + adamic_adar));
  values.push_back(static_cast<double>(common.size()) / static_cast<double>(all.size()));
  values.push_back(std::pow(product, 1.0 / 6));
  return values;
}

OpenTriangles all_open(const Projection& projection) {
  RunContext context = test::with_threads(1);
  const SimplexLog nothing = test::log_of(projection.incidence.node_count(), {});
  return open_triangles(context, projection, incidence_of(context, nothing.view()));
}

TripleEvaluation evaluate(const SimplexView& simplices, const TripleScoringMaker& maker, int threads = 2) {
  RunContext context = test::with_threads(threads);
  TripleEvaluationOptions options;
  options.resamples = 0;
  return evaluate_triples(context, simplices, test::names_of(simplices.node_count), std::span(&maker, 1), options);
}

}  // namespace

TEST_CASE("the features of open triangles of drawn logs are what their formulas say") {
  CHECK(rc::check([] {
    const test::DrawnLog drawn = test::draw_log();
    const SimplexLog log = drawn.log();
    const Projection projection = project(log.view());
    const OpenTriangles open = all_open(projection);
    RunContext context = test::with_threads(2);
    const SlowLog slow{drawn};
    for (const TripleFeatures kind : {TripleFeatures::published, TripleFeatures::recent}) {
      const TripleScoring features = prepare_triple_features(context, projection, kind);
      RC_ASSERT(features.names.size() == (kind == TripleFeatures::published ? 26 : 43));
      const std::size_t count = open.triples.size();
      std::vector<double> values(features.names.size() * count);
      features.score(open.triples.span(), values);
      for (std::size_t i = 0; i < count; ++i) {
        const auto [a, b, c] = open.triples[i];
        const std::vector<std::size_t> nodes{index(a), index(b), index(c)};
        const auto expected =
            kind == TripleFeatures::published ? slow_published(slow, nodes) : slow_recent(slow, nodes);
        RC_ASSERT(expected.size() == features.names.size());
        for (std::size_t k = 0; k < expected.size(); ++k) {
          RC_ASSERT(std::abs(values[k * count + i] - expected[k]) <= 1e-5 * (1 + std::abs(expected[k])));
        }
      }
    }
  }));
}

TEST_CASE("a sample is all open triangles where there is room, else as many as asked for, the closing ones first") {
  const auto data = test::public_set("contact-primary-school");
  if (!data) return;
  const SimplexView simplices = data->simplices->view();
  const Time until = time_quantile(simplices, 0.8);
  const Projection projection = project(simplices_until(simplices, until));
  RunContext context = test::with_threads(2);
  const Incidence later = incidence_of(context, simplices_between(simplices, until, time_quantile(simplices, 1)));
  const auto sample = [&](std::uint64_t most, int threads) {
    RunContext of_threads = test::with_threads(threads);
    return sample_open_triangles(of_threads, projection, later, ClosureLabels::correct, most);
  };
  const TripleSample all = sample(100'000, 1);
  CHECK(all.triples.size() == 80'446);
  CHECK(all.positives == 684);
  CHECK(all.negative_weight == 1);
  const TripleSample some = sample(10'000, 1);
  CHECK(some.positives == 684);
  CHECK(some.triples.size() == doctest::Approx(10'000).epsilon(0.05));
  CHECK(some.negative_weight == doctest::Approx((80'446.0 - 684) / (10'000 - 684)));
  const TripleSample few = sample(400, 1);
  CHECK(few.positives == doctest::Approx(200).epsilon(0.25));
  CHECK(few.triples.size() == doctest::Approx(400).epsilon(0.25));
  CHECK(few.negative_weight == doctest::Approx((80'446.0 - 684) / 684));  // the same number of each
  for (const int threads : {2, 3, 8}) {
    const TripleSample again = sample(10'000, threads);
    CHECK(std::ranges::equal(again.triples, some.triples));
    CHECK(std::ranges::equal(again.closes, some.closes));
  }
}

TEST_CASE("logistic regression on the published features is as far above random as scikit-learn's, within 0.2 %" *
          doctest::test_suite("accuracy")) {
  for (const auto& [name, improvement] :
       {std::pair{"email-Enron", 1.05151}, std::pair{"NDC-classes", 0.62596}, std::pair{"contact-high-school", 3.31154},
        std::pair{"contact-primary-school", 5.63032}}) {
    const auto data = test::public_set(name);
    if (!data) continue;
    const TripleEvaluation result = evaluate(data->simplices->view(), logistic_triple_maker());
    CAPTURE(name);
    CHECK(result.methods[0].improvement == doctest::Approx(improvement).epsilon(0.002));
  }
}

TEST_CASE("what is learned has the same bits for 1, 2, 3 and 8 threads, and says how it was made") {
  const auto data = test::public_set("email-Enron");
  if (!data) return;
  const SimplexView simplices = data->simplices->view();
  for (const TripleScoringMaker& maker :
       {logistic_triple_maker(), combined_triple_maker(), combined_triple_maker({600})}) {
    const TripleEvaluation one = evaluate(simplices, maker, 1);
    CHECK(!one.methods[0].note.empty());
    CHECK(one.methods[0].improvement > 0);
    for (const int threads : {2, 3, 8}) {
      CHECK(evaluate(simplices, maker, threads).methods[0].average_precision == one.methods[0].average_precision);
    }
  }
}

TEST_CASE("what is learned sees nothing of the later simplices") {
  const auto data = test::public_set("email-Enron");
  if (!data) return;
  const SimplexView simplices = data->simplices->view();
  const Time until = time_quantile(simplices, 0.8);
  const SimplexView first = simplices_until(simplices, until);
  const Projection projection = project(first);
  const OpenTriangles open = all_open(projection);
  const auto scores = [&](const TripleTraining& training, const TripleScoringMaker& maker) {
    RunContext context = test::with_threads(2);
    std::vector<double> values(open.triples.size());
    maker.make(context, training).score(open.triples.span(), values);
    return values;
  };
  for (const TripleScoringMaker& maker : {logistic_triple_maker(), combined_triple_maker()}) {
    TripleTraining training =
        training_until(simplices, 0.8, test::names_of(simplices.node_count), projection, 25, ClosureLabels::correct);
    CHECK(training.simplices.size() == first.size());
    CHECK(training.eighths[8] == until);
    const auto with_later = scores(training, maker);
    training.simplices = first;  // the same, from a log that ends there
    CHECK(scores(training, maker) == with_later);
  }
}

TEST_CASE("a training in which nothing closes gets a row that says so, beside the others") {
  const SimplexLog log =
      test::log_of(4, {{0, 1}, {0, 1}, {0, 2}, {0, 2}, {1, 2}, {1, 2}, {0, 3}, {1, 3}, {0, 1, 2}, {0, 1, 2}, {3}});
  RunContext context = test::with_threads(1);
  const std::vector<TripleScoringMaker> makers{logistic_triple_maker(), triple_method_maker({{TripleScore::mean, 0}}),
                                               combined_triple_maker()};
  TripleEvaluationOptions options;
  options.train = 0.7;
  const TripleEvaluation result = evaluate_triples(context, log.view(), test::names_of(4), makers, options);
  REQUIRE(result.methods.size() == 3);
  CHECK(result.methods[0].name == "logistic-regression");
  CHECK(result.methods[0].refusal.find("a score is learned where some do and others do not") != std::string::npos);
  CHECK(result.methods[1].average_precision == 1);
  CHECK(result.methods[1].refusal.empty());
  CHECK(!result.methods[2].refusal.empty());
}
