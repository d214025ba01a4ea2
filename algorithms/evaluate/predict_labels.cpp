#include <algorithm>

#include <adjoin/algorithms/evaluate/f1.hpp>
#include <adjoin/algorithms/evaluate/predict_labels.hpp>
#include <adjoin/engine/dense/narrow_products.hpp>

namespace adjoin {

std::vector<NodeId> labelled_nodes(const CsrView& labels) {
  std::vector<NodeId> nodes;
  for (std::size_t v = 0; v < labels.row_count(); ++v) {
    if (labels.row_size(v) > 0) nodes.push_back(node_id(v));
  }
  return nodes;
}

Matrix copy_rows(const Threads& threads, MatrixView<const float> x, std::span<const NodeId> nodes) {
  constexpr std::size_t rows_per_chunk = 1024;
  Matrix rows(nodes.size(), x.columns());
  threads.for_chunks(nodes.size(), rows_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      std::ranges::copy(x.row(index(nodes[i])), rows.row(i).begin());
    }
  });
  return rows;
}

LabelPrediction predict_labels(RunContext& context, const LabelledRows& training, const LabelledRows& asked,
                               const LogisticRegressionOptions& options) {
  const LogisticRegressionModel model = logistic_regression(context, training.x, training.labels, options);
  const Matrix scores = decision_scores(context, model, asked.x);
  return {predict_given_counts(context.threads(), scores.view(), asked.labels), model.converged()};
}

std::uint64_t estimate_predict_labels_memory(std::size_t training_rows, std::size_t asked_rows, std::size_t columns,
                                             std::size_t classes) {
  // The scores, once as wide as the products make them; the labels are few beside them.
  const std::uint64_t scores = asked_rows * (round_up_to_narrow(classes) + classes) * sizeof(float);
  return (training_rows + asked_rows) * columns * sizeof(float) +
         std::max(estimate_logistic_memory(training_rows, columns, classes), scores);
}

}  // namespace adjoin
