#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/algorithms/evaluate/classify_nodes.hpp>
#include <adjoin/algorithms/evaluate/column_scaling.hpp>
#include <adjoin/algorithms/evaluate/mean_sd.hpp>
#include <adjoin/algorithms/evaluate/predict_labels.hpp>
#include <adjoin/engine/graph/dataset.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "golden_table.hpp"

using namespace adjoin;

namespace {

using Table = std::vector<std::vector<double>>;

/// The borders graph: vectors of its 266 places, and the region, or several labels, of each.
struct Borders {
  explicit Borders(bool several) : nodes(NodeIndex::range(266)) {
    const Table vectors = test::golden_table("evaluate/classify_vectors");
    const Table table = test::golden_table("evaluate/classify_labels");
    x = Matrix(vectors.size(), vectors.front().size());
    constexpr std::size_t regions = 9;
    const std::size_t classes = several ? table.front().size() : regions;
    std::vector<MatrixEntry> entries;
    for (std::uint32_t i = 0; i < vectors.size(); ++i) {
      for (std::size_t j = 0; j < x.columns(); ++j) x(i, j) = static_cast<float>(vectors[i][j]);
      for (std::uint32_t k = 0; k < classes; ++k) {
        if (table[i][k] != 0) entries.push_back({i, k, 1});
      }
    }
    labels = matrix_of_entries(vectors.size(), classes, std::move(entries), true);
  }

  ClassifyNodesResult classify(const ClassifyNodesOptions& options, int threads = 2) const {
    RunSettings settings;
    settings.threads = threads;
    RunContext context(settings);
    return classify_nodes(context, x.view(), nodes, labels.view(), options);
  }

  NodeIndex nodes;
  Matrix x;
  Csr labels;
};

/// Four points, two of each of two classes, far apart.
struct Small {
  Small() : nodes(NodeIndex::range(8)), x(8, 1, 0.0F) {
    for (std::size_t i = 0; i < 8; ++i) x(i, 0) = i % 2 == 0 ? 10.0F : -10.0F;
    std::vector<MatrixEntry> entries;
    for (std::uint32_t i = 0; i < 6; ++i) entries.push_back({i, i % 2, 1});
    labels = matrix_of_entries(8, 2, std::move(entries), true);
  }

  std::string refusal(const ClassifyNodesOptions& options = {.shares = {0.5F}}) {
    RunContext context;
    try {
      classify_nodes(context, x.view(), nodes, labels.view(), options);
    } catch (const Error& error) {
      return error.what();
    }
    return "no refusal";
  }

  NodeIndex nodes;
  Matrix x;
  Csr labels;
};

}  // namespace

TEST_CASE("F1 and accuracy of the borders' regions are scikit-learn's on the same splits, within 0.2 points" *
          doctest::test_suite("accuracy")) {
  // Lines of: several labels, scaling, intercept, C, share, repeat, micro, macro, accuracy.
  std::size_t checked = 0;
  for (const std::vector<double>& golden : test::golden_table("evaluate/classify_scores")) {
    if (golden[5] != 0) continue;  // the other repeats come with the first
    CAPTURE(checked);
    const bool several = golden[0] != 0;
    const Borders borders(several);
    const ClassifyNodesResult result =
        borders.classify({.shares = {static_cast<float>(golden[4])},
                          .repeats = 3,
                          .c = golden[3],
                          .intercept = EnumNames<Intercept>::names.at(static_cast<std::size_t>(golden[2])).first,
                          .scaling = EnumNames<VectorScaling>::names.at(static_cast<std::size_t>(golden[1])).first});
    CHECK(result.one_label == !several);
    CHECK(result.not_converged == 0);
    CHECK(result.shares.front().training_count == std::llround(golden[4] * 266));
    for (const std::vector<double>& line : test::golden_table("evaluate/classify_scores")) {
      if (!std::equal(line.begin(), line.begin() + 5, golden.begin())) continue;
      const SplitScores& scores = result.shares.front().splits.at(static_cast<std::size_t>(line[5]));
      CHECK(std::abs(scores.f1.micro - line[6]) < 0.002);
      CHECK(std::abs(scores.f1.macro - line[7]) < 0.002);
      CHECK(std::abs(scores.accuracy - line[8]) < 0.002);
      ++checked;
    }
  }
  CHECK(checked == 54);
}

TEST_CASE("scores have the same bits for 1, 2, 3 and 8 threads, and follow the names of nodes") {
  const Borders borders(true);
  const ClassifyNodesOptions options{.shares = {0.3F, 0.6F}, .repeats = 2, .scaling = VectorScaling::columns};
  const ClassifyNodesResult first = borders.classify(options, 1);
  for (const int threads : {2, 3, 8}) {
    const ClassifyNodesResult result = borders.classify(options, threads);
    for (std::size_t s = 0; s < 2; ++s) {
      for (std::size_t r = 0; r < 2; ++r) {
        CHECK(result.shares[s].splits[r].f1.micro == first.shares[s].splits[r].f1.micro);
        CHECK(result.shares[s].splits[r].f1.macro == first.shares[s].splits[r].f1.macro);
        CHECK(result.shares[s].splits[r].accuracy == first.shares[s].splits[r].accuracy);
      }
    }
  }
}

TEST_CASE("a smaller share's training part lies within a larger one's, and both have their sizes") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::size_t>(10, 200);
    const NodeIndex nodes = NodeIndex::range(n);
    std::vector<NodeId> labelled;
    for (std::size_t v = 0; v < n; ++v) labelled.push_back(node_id(v));
    RunContext context;
    const auto repeat = *rc::gen::inRange<std::uint32_t>(0, 50);
    const NodeSplit small = classification_split(context, nodes, labelled, 0.1F, repeat);
    const NodeSplit large = classification_split(context, nodes, labelled, 0.7F, repeat);
    RC_ASSERT(small.training.size() == static_cast<std::size_t>(std::floor(0.1 * static_cast<double>(n) + 0.5)));
    RC_ASSERT(small.training.size() + small.test.size() == n);
    RC_ASSERT(small.validation.empty());
    RC_ASSERT(std::ranges::includes(large.training, small.training));
    RC_ASSERT(std::ranges::includes(small.test, large.test));
  }));
}

TEST_CASE("nodes without labels take no part, and what can be told apart is told without error") {
  Small small;
  small.x(6, 0) = 1e6F;  // nobody knows its class
  RunContext context;
  const ClassifyNodesResult result =
      classify_nodes(context, small.x.view(), small.nodes, small.labels.view(), {.shares = {0.7F}, .repeats = 5});
  CHECK(result.labelled_count == 6);
  CHECK(result.shares[0].training_count == 4);
  CHECK(result.shares[0].test_count == 2);
  for (const SplitScores& split : result.shares[0].splits) CHECK(split.f1.micro == 1);
}

TEST_CASE("columns are scaled by the mean and spread of other rows, and a constant one is only shifted") {
  Matrix fitted(4, 2, 0.1F);
  for (std::size_t i = 0; i < 4; ++i) fitted(i, 0) = static_cast<float>(2 * i);  // mean 3, variance 5
  const Threads threads(2);
  const detail::ColumnScaling scaling(threads, fitted.view());
  Matrix other(1, 2, 4.0F);
  scaling.apply(threads, other.view());
  CHECK(other(0, 0) == doctest::Approx(1 / std::sqrt(5.0F)));
  CHECK(other(0, 1) == doctest::Approx(3.9F));
}

TEST_CASE("what cannot be classified is refused in one sentence") {
  CHECK(Small().refusal() == "no refusal");
  CHECK(Small().refusal({.shares = {}}) == "shares is empty; give at least one");
  CHECK(Small().refusal({.shares = {1.0F}}) == "shares = 1 is outside 0.001 to 0.999");
  CHECK(Small().refusal({.shares = {0.5F, 0.01F}}) == "the share 0.01 of 6 labelled nodes leaves nobody to train on");
  CHECK(Small().refusal({.shares = {0.95F}}) == "the share 0.95 of 6 labelled nodes leaves nobody to test");
  CHECK(Small().refusal({.repeats = 0}) == "repeats = 0 is outside 1 to 10000");
  Small one_class;
  one_class.labels = matrix_of_entries(8, 2, {{0, 1, 1}, {1, 1, 1}}, true);
  CHECK(one_class.refusal() == "only one class has nodes; labels to be told apart need two such classes");
  Small none;
  none.labels = matrix_of_entries(8, 2, {}, true);
  CHECK(none.refusal() == "no class has nodes; labels to be told apart need two such classes");
  Small infinite;
  infinite.x(3, 0) = std::numeric_limits<float>::infinity();
  CHECK(infinite.refusal() == "the vector of node '3' has a value that is not finite");
  Small short_of;
  short_of.x = Matrix(7, 1, 0.0F);
  CHECK(short_of.refusal() == "there are 8 nodes, vectors of 7 and labels for 8");
  RunSettings settings;
  settings.memory_budget = 1;
  RunContext poor(settings);
  const Small small;
  CHECK_THROWS_AS(classify_nodes(poor, small.x.view(), small.nodes, small.labels.view(), {.shares = {0.5F}}),
                  BudgetExceeded);
}

TEST_CASE("the mean and the standard deviation of repeats are those of a sample") {
  const std::vector<double> values{2, 4, 4, 6};
  CHECK(mean_sd(values).mean == doctest::Approx(4));
  CHECK(mean_sd(values).sd == doctest::Approx(std::sqrt(8.0 / 3)));
  CHECK(mean_sd(std::vector<double>{5}).sd == 0);
}

TEST_CASE("the estimate of a classification covers its vectors and grows with what it must hold") {
  const Borders borders(true);
  const std::uint64_t plain = estimate_classify_nodes_memory(16, borders.labels.view(), {.shares = {0.5F}});
  CHECK(plain > 266 * 16 * sizeof(float));
  CHECK(estimate_classify_nodes_memory(16, borders.labels.view(), {.shares = {0.5F}, .scaling = VectorScaling::rows}) ==
        plain + 266 * 16 * sizeof(float));
}
