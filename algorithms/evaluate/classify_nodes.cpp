#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/classify_nodes.hpp>
#include <adjoin/algorithms/evaluate/column_scaling.hpp>
#include <adjoin/algorithms/evaluate/predict_labels.hpp>
#include <adjoin/engine/dense/finite.hpp>
#include <adjoin/engine/dense/rowwise.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/engine/sparse/select_rows.hpp>

namespace adjoin {
namespace {

/// Of the regressions: a tenth of their default, so that hardly a node is told otherwise than by a solver run to its
/// end.
constexpr double fit_tolerance = 1e-5;

std::size_t training_size(float share, std::size_t labelled) {
  return static_cast<std::size_t>(std::llround(static_cast<double>(share) * static_cast<double>(labelled)));
}

bool each_has_one(const CsrView& labels, std::span<const NodeId> nodes) {
  return std::ranges::all_of(nodes, [&](NodeId node) { return labels.row_size(index(node)) == 1; });
}

void check_input(RunContext& context, MatrixView<const float> embedding, const NodeIndex& nodes,
                 const CsrView& labels) {
  if (embedding.rows() != nodes.size() || labels.row_count() != nodes.size()) {
    throw InvalidData(fmt::format("there are {} nodes, vectors of {} and labels for {}", nodes.size(), embedding.rows(),
                                  labels.row_count()));
  }
  if (const auto bad = first_row_not_finite(context, embedding)) {
    throw InvalidData(fmt::format("the vector of node {} has a value that is not finite",
                                  quote_for_message(nodes.name(node_id(*bad)))));
  }
  std::vector<bool> has_nodes(labels.column_count);
  for (const NodeId k : labels.targets) has_nodes[index(k)] = true;
  const auto classes = std::ranges::count(has_nodes, true);
  if (classes < 2) {
    throw InvalidData(fmt::format("{} has nodes; labels to be told apart need two such classes",
                                  classes == 0 ? "no class" : "only one class"));
  }
}

/// One class a row, of rows that have one each.
std::span<const std::uint32_t> class_numbers(const Csr& labels, std::vector<std::uint32_t>& numbers) {
  numbers.clear();
  for (const NodeId k : labels.targets) numbers.push_back(static_cast<std::uint32_t>(index(k)));
  return numbers;
}

double share_all_right(const CsrView& truth, const CsrView& predicted) {
  std::size_t right = 0;
  for (std::size_t i = 0; i < truth.row_count(); ++i) {
    if (std::ranges::equal(truth.row_targets(i), predicted.row_targets(i))) ++right;
  }
  return static_cast<double>(right) / static_cast<double>(truth.row_count());
}

class Protocol {
 public:
  Protocol(RunContext& context, MatrixView<const float> x, const CsrView& labels, const ClassifyNodesOptions& options,
           bool one_label)
      : context_(context), x_(x), labels_(labels), options_(options), one_label_(one_label) {}

  SplitScores score(const NodeSplit& split) {
    Matrix training = copy_rows(context_.threads(), x_, split.training);
    Matrix test = copy_rows(context_.threads(), x_, split.test);
    if (options_.scaling == VectorScaling::columns) {
      const detail::ColumnScaling scaling(context_.threads(), training.view());
      scaling.apply(context_.threads(), training.view());
      scaling.apply(context_.threads(), test.view());
    }
    const Csr training_labels = select_rows(context_, labels_, split.training);
    const Csr truth = select_rows(context_, labels_, split.test);
    LogisticRegressionOptions regression;
    regression.c = options_.c;
    regression.intercept = options_.intercept;
    regression.tolerance = fit_tolerance;
    const LabelPrediction prediction =
        predict_labels(context_, {training.view(), training_labels.view()}, {test.view(), truth.view()}, regression);
    if (!prediction.converged) ++not_converged_;
    return {f1_of(truth, prediction.labels), share_all_right(truth.view(), prediction.labels.view())};
  }

  std::uint64_t not_converged() const { return not_converged_; }

 private:
  F1 f1_of(const Csr& truth, const Csr& predicted) {
    if (!one_label_) return multilabel_f1(truth.view(), predicted.view());
    return multiclass_f1(class_numbers(truth, truth_), class_numbers(predicted, predicted_), labels_.column_count);
  }

  RunContext& context_;
  MatrixView<const float> x_;
  CsrView labels_;
  const ClassifyNodesOptions& options_;
  bool one_label_;
  std::uint64_t not_converged_ = 0;
  std::vector<std::uint32_t> truth_;
  std::vector<std::uint32_t> predicted_;
};

void check(const ClassifyNodesOptions& options) {
  validate(options);
  if (options.shares.empty()) throw InvalidOption("shares is empty; give at least one");
}

}  // namespace

ClassifyNodesResult classify_nodes(RunContext& context, MatrixView<const float> embedding, const NodeIndex& nodes,
                                   const CsrView& labels, const ClassifyNodesOptions& options) {
  check(options);
  check_input(context, embedding, nodes, labels);
  context.require_memory(resident_bytes() + estimate_classify_nodes_memory(embedding.columns(), labels, options),
                         "raise --memory");
  const std::vector<NodeId> labelled = labelled_nodes(labels);
  ClassifyNodesResult result;
  result.labelled_count = labelled.size();
  result.one_label = each_has_one(labels, labelled);
  // Refused before the first fit: each share's parts are as large in every repeat.
  for (const float share : options.shares) classification_split(context, nodes, labelled, share, 0);

  Matrix scaled;
  if (options.scaling == VectorScaling::rows) {
    std::vector<NodeId> all;
    for (std::size_t v = 0; v < nodes.size(); ++v) all.push_back(node_id(v));
    scaled = copy_rows(context.threads(), embedding, all);
    context.begin_stage("normalize", "rows", scaled.rows());
    normalize_rows(context, scaled.view());
  }
  Protocol protocol(context, scaled.rows() > 0 ? scaled.view() : embedding, labels, options, result.one_label);
  const auto repeats = static_cast<std::uint32_t>(options.repeats);
  context.begin_stage("classify", "splits", options.shares.size() * repeats);
  for (const float share : options.shares) {
    ShareScores& scores = result.shares.emplace_back();
    scores.share = share;
    for (std::uint32_t repeat = 0; repeat < repeats; ++repeat) {
      const NodeSplit split = classification_split(context, nodes, labelled, share, repeat);
      scores.training_count = split.training.size();
      scores.test_count = split.test.size();
      scores.splits.push_back(protocol.score(split));
      context.advance(1);
    }
  }
  result.not_converged = protocol.not_converged();
  result.record = context.record("classify nodes", option_values(options));
  return result;
}

NodeSplit classification_split(RunContext& context, const NodeIndex& nodes, std::span<const NodeId> labelled,
                               float share, std::uint32_t repeat) {
  const std::size_t training = training_size(share, labelled.size());
  if (training == 0 || training >= labelled.size()) {
    throw InvalidData(fmt::format("the share {} of {} leaves nobody to {}", format_number(share),
                                  counted(labelled.size(), "labelled node", "labelled nodes"),
                                  training == 0 ? "train on" : "test"));
  }
  // A share of the test that gives back this very count, whatever a float made of 0.1.
  const double test = static_cast<double>(labelled.size() - training) / static_cast<double>(labelled.size());
  return split_nodes(context, nodes, labelled, {.validation = 0, .test = test}, repeat);
}

std::uint64_t estimate_classify_nodes_memory(std::size_t columns, const CsrView& labels,
                                             const ClassifyNodesOptions& options) {
  const std::size_t labelled = labelled_nodes(labels).size();
  std::uint64_t most = 0;
  for (const float share : options.shares) {
    const std::size_t training = training_size(share, labelled);
    const std::size_t test = labelled - std::min(training, labelled);
    most = std::max(most, estimate_predict_labels_memory(training, test, columns, labels.column_count));
  }
  const std::uint64_t scaled =
      options.scaling == VectorScaling::rows ? labels.row_count() * columns * sizeof(float) : 0;
  // The labelled nodes, a split's parts and its draws; labels of both parts, and those predicted.
  const std::uint64_t lists = labelled * 40 + labels.nonzero_count() * 3 * sizeof(NodeId);
  return scaled + lists + most;
}

}  // namespace adjoin
