#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/gnn/node_targets.hpp>
#include <adjoin/engine/learn/gather.hpp>
#include <adjoin/engine/learn/losses.hpp>
#include <adjoin/engine/learn/operation.hpp>
#include <adjoin/engine/learn/scalar_functions.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin::gnn {
namespace {

/// A matrix of zeros and ones, row by row.
class SetRows {
 public:
  SetRows(std::size_t rows, std::size_t columns) : columns_(columns) { offsets_.reserve(rows + 1); }

  void add(std::size_t column) { targets_.push_back(node_id(column)); }
  void end_row() { offsets_.push_back(edge_offset(targets_.size())); }
  CsrView view() const { return {columns_, offsets_, targets_, {}}; }

 private:
  std::size_t columns_;
  std::vector<EdgeOffset> offsets_{edge_offset(0)};
  std::vector<NodeId> targets_;
};

}  // namespace

bool one_label_each(const CsrView& labels, std::span<const NodeId> nodes) {
  return std::ranges::all_of(nodes, [&](NodeId node) { return labels.row_size(index(node)) == 1; });
}

NodeTargets::NodeTargets(const CsrView& labels, std::vector<NodeId> nodes, bool one_label)
    : nodes_(std::move(nodes)), one_label_(one_label), class_count_(labels.column_count) {
  for (const NodeId node : nodes_) {
    if (index(node) >= labels.row_count()) {
      throw InvalidData(
          fmt::format("node {} of a part is not among the {} nodes with labels", index(node), labels.row_count()));
    }
    const std::size_t count = labels.row_size(index(node));
    if (count == 0) throw InvalidData(fmt::format("node {} of a part has no label; leave it out", index(node)));
    if (one_label && count > 1) {
      throw InvalidData(fmt::format("node {} has {} labels where each has one", index(node), count));
    }
    if (one_label) classes_.push_back(static_cast<std::uint32_t>(index(labels.row_targets(index(node)).front())));
  }
  if (one_label) return;
  indicators_ = Matrix(nodes_.size(), class_count_, 0);
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    for (const NodeId label : labels.row_targets(index(nodes_[i]))) indicators_(i, index(label)) = 1;
  }
}

learn::Tensor NodeTargets::record_loss(learn::Tape& tape, learn::Tensor logits) const {
  return record_loss_of_rows(tape, learn::gather_rows(tape, logits, nodes_));
}

learn::Tensor NodeTargets::record_loss_of_rows(learn::Tape& tape, learn::Tensor rows) const {
  if (one_label_) return learn::cross_entropy(tape, rows, classes_);
  return learn::binary_cross_entropy(tape, rows, tape.constant("labels", indicators_.view()));
}

NodeScores NodeTargets::score(MatrixView<const float> logits) const {
  if (nodes_.empty()) return {};
  return one_label_ ? score_classes(logits) : score_sets(logits);
}

NodeScores NodeTargets::score_classes(MatrixView<const float> logits) const {
  std::vector<std::uint32_t> told;
  told.reserve(size());
  double loss = 0;
  for (std::size_t i = 0; i < size(); ++i) {
    const std::span<const float> row = logits.row(index(nodes_[i]));
    told.push_back(static_cast<std::uint32_t>(std::ranges::max_element(row) - row.begin()));
    loss += learn::log_sum_exp<float>(row) - static_cast<double>(row[classes_[i]]);
  }
  const F1 f1 = multiclass_f1(classes_, told, class_count_);
  return {.nodes = size(), .loss = loss / static_cast<double>(size()), .accuracy = f1.micro, .f1 = f1};
}

NodeScores NodeTargets::score_sets(MatrixView<const float> logits) const {
  SetRows truth(size(), class_count_);
  SetRows told(size(), class_count_);
  double loss = 0;
  std::size_t right = 0;
  for (std::size_t i = 0; i < size(); ++i) {
    bool all_right = true;
    for (std::size_t c = 0; c < class_count_; ++c) {
      const auto logit = static_cast<double>(logits(index(nodes_[i]), c));
      const bool is = indicators_(i, c) > 0;
      if (is) truth.add(c);
      if (logit > 0) told.add(c);
      all_right = all_right && is == (logit > 0);
      const double wrong = is ? -logit : logit;
      loss += learn::softplus_of(wrong);
    }
    truth.end_row();
    told.end_row();
    right += all_right ? 1 : 0;
  }
  const auto count = static_cast<double>(size());
  return {.nodes = size(),
          .loss = loss / (count * static_cast<double>(class_count_)),
          .accuracy = static_cast<double>(right) / count,
          .f1 = multilabel_f1(truth.view(), told.view())};
}

std::uint64_t NodeTargets::bytes(std::size_t nodes, std::size_t classes, bool one_label) noexcept {
  return nodes * (sizeof(NodeId) + (one_label ? sizeof(std::uint32_t) : classes * sizeof(float)));
}

void to_probabilities(RunContext& context, MatrixView<float> logits, bool one_label) {
  learn::for_rows(context, logits.rows(), logits.columns(), [&](std::size_t i) {
    const std::span<float> row = logits.row(i);
    const double whole = one_label ? learn::log_sum_exp<float>(row) : 0;
    for (float& value : row) {
      const auto logit = static_cast<double>(value);
      value = static_cast<float>(one_label ? std::exp(logit - whole) : 1 / (1 + std::exp(-logit)));
    }
  });
}

}  // namespace adjoin::gnn
