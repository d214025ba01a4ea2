#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/algorithms/gnn/node_targets.hpp>
#include <adjoin/algorithms/gnn/prepared_features.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "small_graphs.hpp"

using namespace adjoin;
using namespace adjoin::gnn;
using namespace adjoin::test;

namespace {

/// Row v lists sets[v].
Csr labels_of(const std::vector<std::set<std::size_t>>& sets, std::size_t classes) {
  std::vector<EdgeOffset> offsets{edge_offset(0)};
  std::vector<NodeId> targets;
  for (const auto& set : sets) {
    for (const std::size_t label : set) targets.push_back(node_id(label));
    offsets.push_back(edge_offset(targets.size()));
  }
  return {classes, to_array(offsets), to_array(targets), {}};
}

std::vector<std::set<std::size_t>> drawn_sets(std::size_t nodes, std::size_t classes, bool one_label,
                                              std::uint64_t seed) {
  RandomSequence random(seed, RandomStream::tests, 9);
  std::vector<std::set<std::size_t>> sets(nodes);
  for (auto& set : sets) {
    const std::size_t count = one_label ? 1 : 1 + random.next_below(classes);
    for (std::size_t k = 0; k < count; ++k) set.insert(random.next_below(classes));
  }
  return sets;
}

struct Slow {
  double loss = 0;
  double accuracy = 0;
  double micro = 0;
};

/// By the definitions, entry by entry.
Slow slow_scores(MatrixView<const float> logits, const std::vector<std::set<std::size_t>>& sets,
                 const std::vector<NodeId>& nodes, bool one_label) {
  Slow slow;
  double true_positives = 0;
  double told_or_true = 0;
  for (const NodeId node : nodes) {
    const std::span<const float> row = logits.row(index(node));
    std::set<std::size_t> told;
    double sum = 0;
    for (const float logit : row) sum += std::exp(static_cast<double>(logit));
    for (std::size_t c = 0; c < row.size(); ++c) {
      const double probability = 1 / (1 + std::exp(-static_cast<double>(row[c])));
      const bool is = sets[index(node)].contains(c);
      if (one_label) {
        if (is) slow.loss -= std::log(std::exp(static_cast<double>(row[c])) / sum);
      } else {
        slow.loss -= std::log(is ? probability : 1 - probability) / static_cast<double>(row.size());
        if (probability > 0.5) told.insert(c);
      }
    }
    if (one_label) {
      std::size_t best = 0;
      for (std::size_t c = 1; c < row.size(); ++c) best = row[c] > row[best] ? c : best;
      told.insert(best);
    }
    slow.accuracy += told == sets[index(node)] ? 1 : 0;
    for (const std::size_t label : told) true_positives += sets[index(node)].contains(label) ? 1 : 0;
    told_or_true += static_cast<double>(told.size() + sets[index(node)].size());
  }
  const auto count = static_cast<double>(nodes.size());
  return {slow.loss / count, slow.accuracy / count, told_or_true > 0 ? 2 * true_positives / told_or_true : 0};
}

}  // namespace

TEST_CASE("scores of told labels are those of the definitions, and the loss is that of the tape") {
  CHECK(rc::check([] {
    const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
    const auto classes = *rc::gen::inRange<std::size_t>(1, 6);
    const bool one_label = *rc::gen::arbitrary<bool>();
    constexpr std::size_t nodes = 30;
    const auto sets = drawn_sets(nodes, classes, one_label, seed);
    const Csr labels = labels_of(sets, classes);
    const Matrix logits = random_features(nodes, classes, seed);
    std::vector<NodeId> part;
    for (std::size_t v = seed % 3; v < nodes; v += 3) part.push_back(node_id(v));
    const NodeTargets targets(labels.view(), part, one_label);
    const NodeScores scores = targets.score(logits.view());
    const Slow slow = slow_scores(logits.view(), sets, part, one_label);
    RC_ASSERT(scores.nodes == part.size());
    RC_ASSERT(std::abs(scores.loss - slow.loss) < 1e-9);
    RC_ASSERT(std::abs(scores.accuracy - slow.accuracy) < 1e-12);
    RC_ASSERT(std::abs(scores.f1.micro - slow.micro) < 1e-12);

    RunContext context = context_with(1);
    learn::Tape tape(context, false);
    const learn::Tensor loss = targets.record_loss(tape, tape.constant("logits", logits.view()));
    tape.forward();
    RC_ASSERT(std::abs(static_cast<double>(tape.scalar(loss)) - slow.loss) < 1e-5);
  }));
}

TEST_CASE("probabilities are those of a softmax or of sigmoids, without overflow") {
  RunContext context;
  Matrix logits(2, 3);
  std::ranges::copy(std::vector<float>{1000, 1000, -1000, 0, static_cast<float>(std::log(3)), -1000},
                    logits.view().data());
  Matrix sigmoids(2, 3);
  std::ranges::copy(logits.view().row(0), sigmoids.row(0).begin());
  std::ranges::copy(logits.view().row(1), sigmoids.row(1).begin());
  to_probabilities(context, logits.view(), true);
  CHECK(logits(0, 0) == 0.5F);
  CHECK(logits(0, 2) == 0);
  CHECK(logits(1, 0) == doctest::Approx(0.25));
  CHECK(logits(1, 1) == doctest::Approx(0.75));
  to_probabilities(context, sigmoids.view(), false);
  CHECK(sigmoids(0, 0) == 1);
  CHECK(sigmoids(0, 2) == 0);
  CHECK(sigmoids(1, 0) == 0.5F);
  CHECK(sigmoids(1, 1) == doctest::Approx(0.75));
}

TEST_CASE("a part whose nodes have no label, too many or are not there is refused") {
  const Csr labels = labels_of({{0}, {}, {0, 1}}, 2);
  CHECK_THROWS_WITH_AS(NodeTargets(labels.view(), {NodeId{1}}, false), "node 1 of a part has no label; leave it out",
                       InvalidData);
  CHECK_THROWS_WITH_AS(NodeTargets(labels.view(), {NodeId{2}}, true), "node 2 has 2 labels where each has one",
                       InvalidData);
  CHECK_THROWS_AS(NodeTargets(labels.view(), {NodeId{3}}, false), InvalidData);
  CHECK(one_label_each(labels.view(), std::vector<NodeId>{NodeId{0}}));
  CHECK(!one_label_each(labels.view(), std::vector<NodeId>{NodeId{0}, NodeId{2}}));
  const Matrix logits = random_features(3, 2, 1);
  CHECK(NodeTargets(labels.view(), {}, true).score(logits.view()).nodes == 0);
}

TEST_CASE("rows of features are divided by the sum of their absolute values, dense and sparse alike") {
  RunContext context = context_with(2);
  Matrix dense(3, 3, 0);
  dense(0, 1) = 3;
  dense(0, 2) = -1;
  dense(2, 0) = 0.5F;
  const PreparedFeatures scaled(context, dense.view(), FeatureRows::sum);
  const MatrixView<const float> x = scaled.features().dense();
  CHECK(std::vector<float>(x.data(), x.data() + 9) == std::vector<float>{0, 0.75F, -0.25F, 0, 0, 0, 1, 0, 0});
  const PreparedFeatures given(context, dense.view(), FeatureRows::as_given);
  CHECK(given.features().dense().data() == dense.view().data());

  Csr sparse = labels_of({{1, 2}, {}, {0}}, 3);
  const PreparedFeatures words(context, sparse.view(), FeatureRows::sum);
  const CsrView halves = words.features().sparse().matrix();
  CHECK(std::vector<float>(halves.weights.begin(), halves.weights.end()) == std::vector<float>{0.5F, 0.5F, 1});
  CHECK(std::ranges::equal(words.features().sparse().transposed().row_weights(2), std::vector<float>{0.5F}));
  sparse.weights = to_array(std::vector<float>{3, -1, 0.5F});
  const PreparedFeatures weighted(context, sparse.view(), FeatureRows::sum);
  const CsrView quarters = weighted.features().sparse().matrix();
  CHECK(std::vector<float>(quarters.weights.begin(), quarters.weights.end()) == std::vector<float>{0.75F, -0.25F, 1});
}
