// A score learned from the graph itself: which of its edges are, of pairs alike in everything that is computed of
// pairs.
//
// Source.  Logistic regression on several scores at once is the "ensemble" of Zhang, Chen: Link Prediction Based on
//          Graph Neural Networks, NeurIPS 2018, and, on the features of an embedding, the protocol of Grover, Leskovec:
//          node2vec, KDD 2016.
// Method.  In each of some rounds a share of the edges is held out at random (split_edges), with as many pairs without
//          an edge beside them, and the features of both are computed on the graph that is left: what a classifier
//          learns from never holds the edge that it is to tell. A last round is not learned from; the penalty of the
//          logistic regression is the one that ranks it best, by AUC. Of the wanted pairs the features are those of
//          the whole graph given.
//          Before that, FeatureScaling::logarithm takes a value x of a column to sign(x) log(1 + |x| / m), with m the
//          median of the column's sizes that are not 0: counts, degrees and probabilities become near to linear, and a
//          factor on the column means nothing. Then every column is brought to mean 0 and variance 1.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// pairs x columns, the number of columns being the same in each call and every value finite; computed from that graph
/// alone.
using PairFeatureFunction = std::function<Matrix(RunContext&, GraphView, std::span<const Edge>)>;

enum class FeatureScaling : std::uint8_t { logarithm, none };
template <>
struct EnumNames<FeatureScaling> {
  static constexpr std::array<std::pair<FeatureScaling, std::string_view>, 2> names{
      {{FeatureScaling::logarithm, "logarithm"}, {FeatureScaling::none, "none"}}};
};

struct LinkClassifierOptions {
  int rounds = 5;
  double held_out = 0.1;
  int max_examples = 20'000;
  std::vector<float> c{0.01F, 0.1F, 1, 10};
  FeatureScaling scaling = FeatureScaling::logarithm;

  static constexpr auto fields() {
    using O = LinkClassifierOptions;
    return std::tuple{
        option_field("rounds", &O::rounds, {1, 1000}, "how many times edges are held out to learn from"),
        option_field("held-out", &O::held_out, {0.001, 0.5}, "share of the edges held out in a round, at most"),
        option_field("max-examples", &O::max_examples, {10, 1'000'000'000},
                     "most edges learned from, over all rounds; fewer are held out where there are more"),
        option_field("c", &O::c, {1e-6F, 1e6F},
                     "weights of the data against the penalty of the logistic regression, to choose from"),
        option_field("scaling", &O::scaling,
                     "what is done to a column before it is brought to mean 0 and variance 1: logarithm, or none")};
  }
};

struct LinkClassifierResult {
  Array<float> scores;              // one a pair: the decision function, above 0 where a link is likelier than not
  double c = 0;                     // chosen
  double validation_auc = 0;        // of the round that was not learned from
  std::vector<float> coefficients;  // one a column, for columns of variance 1
  std::uint64_t examples = 0;       // edges learned from; as many pairs without one
  bool converged = true;
};

/// What was learned: takes features of pairs to scores.
class LinkModel {
 public:
  /// Scores, one a row. features: as the function that the model learned from gives them, pairs x columns.
  Array<float> scores(RunContext& context, Matrix features) const;
  /// What each column adds to the score: coefficient times the value as the model scales it; a row's sum, and the same
  /// number for all pairs, the intercept, is its score. pairs x columns.
  Matrix contributions(RunContext& context, Matrix features) const;

  /// Everything of a result but the scores.
  LinkClassifierResult summary() const;

 private:
  friend class LinkModelBuilder;
  struct State;
  std::shared_ptr<const State> state_;
};

/// Learns from `graph`, so that any number of pairs can be scored, at any time.
/// Input.   features: called once a round on a graph with fewer edges, once for the last round.
/// Cost.    rounds + 1 times that of the features.
/// Errors.  InvalidOption; InvalidData if the graph is too small to hold edges out, or features has another shape or a
///          value that is not finite; those of `features`; Cancelled.
/// Repeat.  The same bits for any number of threads at one instruction level, if `features` has that.
LinkModel learn_links(RunContext& context, GraphView graph, const PairFeatureFunction& features,
                      const LinkClassifierOptions& options = {});

/// Scores of links, learned from `graph`: learn_links, and its scores of the features of the pairs on the whole graph.
/// Input.   features: called once a round on a graph with fewer edges, once for the last round, once on `graph`.
/// Cost.    rounds + 2 times that of the features.
/// Errors.  InvalidOption; InvalidData if the graph is too small to hold edges out, or features has another shape or a
///          value that is not finite; those of `features`; Cancelled.
/// Repeat.  The same bits for any number of threads at one instruction level, if `features` has that.
LinkClassifierResult classify_links(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                                    const PairFeatureFunction& features, const LinkClassifierOptions& options = {});

/// Bytes that classify_links takes at its peak beyond the graph, the pairs and what `features` takes beside its result.
std::uint64_t estimate_link_classifier_memory(GraphView graph, std::size_t pair_count, std::size_t columns,
                                              const LinkClassifierOptions& options);

}  // namespace adjoin
