// A published task from end to end, beside scikit-learn.
#include <algorithm>
#include <filesystem>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/algorithms/evaluate/f1.hpp>
#include <adjoin/algorithms/evaluate/logistic_regression.hpp>
#include <adjoin/algorithms/evaluate/split_nodes.hpp>
#include <adjoin/io/dataset_file.hpp>
#include <adjoin/io/node_table.hpp>

#include "repository.hpp"

using namespace adjoin;

TEST_CASE("labels of BlogCatalog are predicted as well as by scikit-learn, within 0.2 points") {
  const std::filesystem::path data = test::data_folder();
  const std::filesystem::path folder = data / "labels" / "blogcatalog";
  if (!std::filesystem::exists(folder)) {
    MESSAGE("skipped: no BlogCatalog in ", data.string(), " (ADJOIN_DATA names another folder)");
    return;
  }
  RunContext context;
  GraphFile file = read_graph(context, folder / "edges.txt.gz", {}, {});
  Dataset set;
  set.nodes = file.graph.view().shared_nodes();
  set.graph = std::move(file.graph);
  read_label_file(context, folder / "labels.txt", Separator::space, UnknownNodes::error, set);
  const CsrView labels = set.labels->of_node.view();
  FastRPOptions options;
  options.dim = 128;
  const Matrix x = fastrp(context, set.graph->view(), options).embedding;

  std::vector<NodeId> labelled;
  for (std::size_t v = 0; v < labels.row_count(); ++v) {
    if (labels.row_size(v) > 0) labelled.push_back(node_id(v));
  }
  const NodeSplit split = split_nodes(context, *set.nodes, labelled, {0, 0.9});
  const auto rows_of = [&](const std::vector<NodeId>& nodes) {
    Matrix rows(nodes.size(), x.columns());
    for (std::size_t i = 0; i < nodes.size(); ++i) std::ranges::copy(x.row(index(nodes[i])), rows.row(i).begin());
    return rows;
  };
  const auto labels_of = [&](const std::vector<NodeId>& nodes) {
    std::vector<MatrixEntry> entries;
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
      for (const NodeId k : labels.row_targets(index(nodes[i]))) {
        entries.push_back({i, static_cast<std::uint32_t>(index(k)), 1});
      }
    }
    return matrix_of_entries(nodes.size(), labels.column_count, std::move(entries), true);
  };
  const Matrix training = rows_of(split.training);
  const Matrix test = rows_of(split.test);
  const Csr training_labels = labels_of(split.training);
  const Csr test_labels = labels_of(split.test);
  const LogisticRegressionModel model = logistic_regression(context, training.view(), training_labels.view(),
                                                            {.c = 0.1, .intercept = Intercept::penalized});
  CHECK(model.converged());
  const Matrix scores = decision_scores(context, model, test.view());
  const Csr predicted = predict_given_counts(context.threads(), scores.view(), test_labels.view());
  const F1 f1 = multilabel_f1(test_labels.view(), predicted.view());
  // scikit-learn 1.9.1 on the same vectors and the same split, seed 42: OneVsRestClassifier(LogisticRegression(C=0.1,
  // fit_intercept=False, tol=1e-8)) with a column of ones.
  CHECK(std::abs(100 * f1.micro - 35.474) < 0.2);
  CHECK(std::abs(100 * f1.macro - 19.224) < 0.2);
}
