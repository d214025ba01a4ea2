// How well a classifier tells nodes' labels from their vectors, which it does not change: the protocol by which papers
// compare embeddings.
//
// Source.  Perozzi, Al-Rfou, Skiena: DeepWalk, KDD 2014, section 5; so do node2vec (2016), ProNE and FastRP (2019).
// Method.  A share of the labelled nodes is drawn to train on, the others are the test. Each class has a logistic
//          regression of its own, with an L2 penalty; a test node is given its highest scoring classes, as many as it
//          has labels, which is the argmax where every node has one. Repeated over splits and shares.
// Scores.  micro- and macro-F1 (f1.hpp), and the share of test nodes whose labels are all right. Where every node has
//          one label, micro-F1 is that share too, and the mean of macro-F1 leaves out classes that a test part has not
//          and that nobody predicts; else it goes over all classes. Both are as scikit-learn has them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <adjoin/algorithms/evaluate/f1.hpp>
#include <adjoin/algorithms/evaluate/logistic_regression.hpp>
#include <adjoin/algorithms/evaluate/split_nodes.hpp>
#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// What is done to vectors before a classifier sees them. rows: each is divided by its length; a zero row stays zero.
/// columns: each is shifted and divided so that the training rows have mean 0 and variance 1 in it; the test rows are
/// treated likewise, and not looked at for it; a column that is constant in training is only shifted.
enum class VectorScaling : std::uint8_t { none, rows, columns };
template <>
struct EnumNames<VectorScaling> {
  static constexpr std::array<std::pair<VectorScaling, std::string_view>, 3> names{
      {{VectorScaling::none, "none"}, {VectorScaling::rows, "rows"}, {VectorScaling::columns, "columns"}}};
};

struct ClassifyNodesOptions {
  std::vector<float> shares{0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.6F, 0.7F, 0.8F, 0.9F};
  int repeats = 10;
  double c = 1;
  Intercept intercept = Intercept::free;
  VectorScaling scaling = VectorScaling::none;

  static constexpr auto fields() {
    using O = ClassifyNodesOptions;
    return std::tuple{
        option_field("shares", &O::shares, {0.001F, 0.999F},
                     "shares of the labelled nodes to train on, with commas between; the others are the test",
                     "DeepWalk 2014"),
        option_field("repeats", &O::repeats, {1, 10'000}, "random splits for each share"),
        option_field("c", &O::c, {1e-6, 1e6}, "weight of the data against the penalty, as scikit-learn's C"),
        option_field(
            "intercept", &O::intercept,
            "none; free of the penalty, as in scikit-learn; or penalized as a coefficient is, as in LIBLINEAR"),
        option_field("scaling", &O::scaling,
                     "vectors as they are; rows of length one; or columns of mean 0 and variance 1 over the training "
                     "part")};
  }
};

struct SplitScores {
  F1 f1;
  double accuracy = 0;
};

struct ShareScores {
  float share = 0;
  std::uint64_t training_count = 0;  // nodes
  std::uint64_t test_count = 0;
  std::vector<SplitScores> splits;  // one a repeat
};

struct ClassifyNodesResult {
  std::vector<ShareScores> shares;  // in the order of the options
  std::uint64_t labelled_count = 0;
  bool one_label = false;           // every labelled node has exactly one
  std::uint64_t not_converged = 0;  // splits in which the regression of some class was stopped
  RunRecord record;
};

/// Input.   embedding: n x d, finite; row i is the vector of nodes' id i. labels: n x classes, row i listing the
///          classes of node i; nodes without labels take no part.
/// Cost.    shares * repeats logistic regressions, some 20 to 100 passes of 4*d*classes operations a training node
///          each; memory: see estimate_classify_nodes_memory.
/// Errors.  InvalidOption; InvalidData if the inputs differ in nodes, if a vector is not finite, if fewer than two
///          classes have nodes, or if a share leaves nobody to train on or to test; BudgetExceeded; Cancelled.
/// Repeat.  a split is a function of the seed, the names and the repeat (classification_split). The same bits for any
///          number of threads.
ClassifyNodesResult classify_nodes(RunContext& context, MatrixView<const float> embedding, const NodeIndex& nodes,
                                   const CsrView& labels, const ClassifyNodesOptions& options = {});

/// The training and test part that classify_nodes makes of the labelled nodes: round(share * nodes) to train on. Of one
/// repeat, a smaller share's training part lies within a larger one's. Errors: as classify_nodes.
NodeSplit classification_split(RunContext& context, const NodeIndex& nodes, std::span<const NodeId> labelled,
                               float share, std::uint32_t repeat);

/// Bytes that classify_nodes takes at its peak beyond its arguments, for vectors of `columns` values.
std::uint64_t estimate_classify_nodes_memory(std::size_t columns, const CsrView& labels,
                                             const ClassifyNodesOptions& options);

}  // namespace adjoin
