// Labels of some nodes, predicted from their vectors by a model of other nodes' labels: one learning problem, as
// classify_nodes and tune_fastrp pose it many times.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <adjoin/algorithms/evaluate/logistic_regression.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/ids.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// The rows of `labels` that list a class at all, in order.
std::vector<NodeId> labelled_nodes(const CsrView& labels);

/// Row i is row nodes[i] of x. nodes: below x.rows(), in any order.
Matrix copy_rows(const Threads& threads, MatrixView<const float> x, std::span<const NodeId> nodes);

/// Vectors and their classes. x: n x d; labels: n x classes without weights.
struct LabelledRows {
  MatrixView<const float> x;
  CsrView labels;
};

struct LabelPrediction {
  Csr labels;  // a row for each row asked for, with as many classes as are true of it
  bool converged = false;
};

/// Fits one logistic regression a class to `training`, and gives each row of `asked` its highest scoring classes, as
/// many as it has: the protocol of DeepWalk (Perozzi et al. 2014), and the argmax where a row has one class.
/// Cost, errors and repeat: as logistic_regression.
LabelPrediction predict_labels(RunContext& context, const LabelledRows& training, const LabelledRows& asked,
                               const LogisticRegressionOptions& options);

/// Bytes that both sets of vectors, copied, and predict_labels take at its peak.
std::uint64_t estimate_predict_labels_memory(std::size_t training_rows, std::size_t asked_rows, std::size_t columns,
                                             std::size_t classes);

}  // namespace adjoin
