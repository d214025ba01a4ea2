#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/column_scaling.hpp>
#include <adjoin/algorithms/evaluate/logistic_regression.hpp>
#include <adjoin/algorithms/evaluate/ranking_metrics.hpp>
#include <adjoin/algorithms/evaluate/split.hpp>
#include <adjoin/algorithms/linkpred/link_classifier.hpp>
#include <adjoin/engine/dense/finite.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin {
namespace {

/// Rounds of split_edges that nobody asks for by hand.
constexpr int first_round = 500'000;

/// Features of edges held out, then of as many pairs without an edge.
struct Examples {
  Matrix features;
  std::size_t positives = 0;
};

/// Scores after learning: any features are scaled by what the examples say.
void take_logarithms(RunContext& context, MatrixView<float> x, const std::vector<double>& medians) {
  constexpr std::size_t rows_per_chunk = 1024;
  context.threads().for_chunks(x.rows(), rows_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      for (std::size_t j = 0; j < x.columns(); ++j) {
        const double value = static_cast<double>(x(i, j));
        x(i, j) = static_cast<float>(std::copysign(std::log1p(std::abs(value) / medians[j]), value));
      }
    }
  });
}

/// What the model was not learned from is checked as what it was learned from is.
void check_features(RunContext& context, const Matrix& features, std::size_t columns) {
  if (features.columns() != columns) {
    throw InvalidData(
        fmt::format("the features are {} numbers a pair, and the model learned from {}", features.columns(), columns));
  }
  if (const auto row = first_row_not_finite(context, features.view())) {
    throw InvalidData(fmt::format("pair {} has a feature that is NaN or infinite", *row + 1));
  }
}

}  // namespace

struct LinkModel::State {
  std::vector<double> medians;  // empty: no logarithms
  detail::ColumnScaling scaling;
  LogisticRegressionModel regression;
  double c = 0;
  double validation_auc = 0;
  std::uint64_t examples = 0;

  void scale(RunContext& context, Matrix& features) const {
    if (!medians.empty()) take_logarithms(context, features.view(), medians);
    scaling.apply(context.threads(), features.view());
  }
};

class LinkModelBuilder {
 public:
  LinkModelBuilder(RunContext& context, GraphView graph, const PairFeatureFunction& features,
                   const LinkClassifierOptions& options)
      : context_(context), graph_(graph), features_(features), options_(options) {}

  LinkModel learn() {
    Examples learned = learn_from();
    Examples judged = hold_out(options_.rounds);
    std::vector<double> medians;
    if (options_.scaling == FeatureScaling::logarithm) {
      medians = medians_of(learned.features.view());
      take_logarithms(context_, learned.features.view(), medians);
      take_logarithms(context_, judged.features.view(), medians);
    }
    const detail::ColumnScaling scaling(context_.threads(), learned.features.view());
    scaling.apply(context_.threads(), learned.features.view());
    scaling.apply(context_.threads(), judged.features.view());
    LinkModel::State state{std::move(medians), scaling, {}, 0, 0, learned.positives};
    choose(learned, judged, state);
    LinkModel model;
    model.state_ = std::make_shared<const LinkModel::State>(std::move(state));
    return model;
  }

 private:
  /// The share of the edges held out in a round.
  double share() const {
    const double most = static_cast<double>(options_.max_examples) / options_.rounds;
    return std::min(options_.held_out, most / static_cast<double>(std::max<std::size_t>(graph_.edge_count(), 1)));
  }

  Matrix features_of(GraphView graph, std::span<const Edge> pairs) {
    Matrix features = features_(context_, graph, pairs);
    if (features.rows() != pairs.size() || (columns_ && features.columns() != *columns_)) {
      throw InvalidData(fmt::format("the features of {} pairs are {} x {} numbers", pairs.size(), features.rows(),
                                    features.columns()));
    }
    columns_ = features.columns();
    if (const auto row = first_row_not_finite(context_, features.view())) {
      throw InvalidData(fmt::format("pair {} has a feature that is NaN or infinite", *row + 1));
    }
    return features;
  }

  Examples hold_out(int round) {
    const EdgeSplit split = split_edges(
        context_, graph_, {.validation = 0, .test = share(), .keep_connected = false, .round = first_round + round});
    std::vector<Edge> pairs = split.test;
    pairs.insert(pairs.end(), split.test_negatives.begin(), split.test_negatives.end());
    return {features_of(split.training, pairs), split.test.size()};
  }

  /// The positives of all rounds, then the negatives.
  Examples learn_from() {
    std::vector<Examples> rounds;
    std::size_t positives = 0;
    for (int round = 0; round < options_.rounds; ++round) {
      rounds.push_back(hold_out(round));
      positives += rounds.back().positives;
    }
    Examples all{Matrix(2 * positives, columns_.value_or(0)), positives};
    std::size_t positive = 0;
    std::size_t negative = positives;
    for (const Examples& round : rounds) {
      for (std::size_t i = 0; i < round.features.rows(); ++i) {
        std::ranges::copy(round.features.row(i),
                          all.features.row(i < round.positives ? positive++ : negative++).begin());
      }
    }
    return all;
  }

  /// Of the sizes of a column's values that are not 0; 1 if all are.
  std::vector<double> medians_of(MatrixView<const float> x) const {
    std::vector<double> medians(x.columns(), 1.0);
    context_.threads().for_tasks(x.columns(), [&](std::size_t j) {
      std::vector<double> sizes;
      for (std::size_t i = 0; i < x.rows(); ++i) {
        if (x(i, j) != 0) sizes.push_back(std::abs(static_cast<double>(x(i, j))));
      }
      if (sizes.empty()) return;
      const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
      std::nth_element(sizes.begin(), middle, sizes.end());
      medians[j] = *middle;
    });
    return medians;
  }

  double auc_of(const LogisticRegressionModel& model, const Examples& judged) {
    const Matrix decisions = decision_scores(context_, model, judged.features.view());
    const std::span<const float> scores(decisions.view().data(), decisions.rows());
    return auc(RankedScores(context_.threads(), scores.first(judged.positives), scores.subspan(judged.positives)));
  }

  /// Of penalties that rank the judged ones equally well the first is taken.
  void choose(const Examples& learned, const Examples& judged, LinkModel::State& result) {
    const Csr labels = labels_of(learned);
    context_.begin_stage("learn", "penalties", options_.c.size());
    std::optional<LogisticRegressionModel> best;
    for (const float c : options_.c) {
      LogisticRegressionOptions regression;
      regression.c = static_cast<double>(c);
      LogisticRegressionModel model = logistic_regression(context_, learned.features.view(), labels.view(), regression);
      const double value = auc_of(model, judged);
      context_.advance(1);
      if (best && value <= result.validation_auc) continue;
      best = std::move(model);
      result.validation_auc = value;
      result.c = static_cast<double>(c);
    }
    context_.end_stage();
    result.regression = std::move(*best);
  }

  /// One class, which the positives are of.
  static Csr labels_of(const Examples& examples) {
    const std::size_t rows = examples.features.rows();
    Csr labels{1, Array<EdgeOffset>(rows + 1), Array<NodeId>(examples.positives, node_id(0)), {}};
    for (std::size_t i = 0; i <= rows; ++i) labels.offsets[i] = edge_offset(std::min(i, examples.positives));
    return labels;
  }

  RunContext& context_;
  GraphView graph_;
  const PairFeatureFunction& features_;
  const LinkClassifierOptions& options_;
  std::optional<std::size_t> columns_;
};

Array<float> LinkModel::scores(RunContext& context, Matrix features) const {
  check_features(context, features, state_->regression.coefficients.columns());
  state_->scale(context, features);
  const Matrix decisions = decision_scores(context, state_->regression, features.view());
  Array<float> scores(features.rows());
  std::ranges::copy_n(decisions.view().data(), static_cast<std::ptrdiff_t>(scores.size()), scores.begin());
  return scores;
}

Matrix LinkModel::contributions(RunContext& context, Matrix features) const {
  check_features(context, features, state_->regression.coefficients.columns());
  state_->scale(context, features);
  const auto coefficients = state_->regression.coefficients.row(0);
  for (std::size_t i = 0; i < features.rows(); ++i) {
    for (std::size_t j = 0; j < features.columns(); ++j) features(i, j) *= coefficients[j];
  }
  return features;
}

LinkClassifierResult LinkModel::summary() const {
  LinkClassifierResult result;
  const auto coefficients = state_->regression.coefficients.row(0);
  result.c = state_->c;
  result.validation_auc = state_->validation_auc;
  result.coefficients.assign(coefficients.begin(), coefficients.end());
  result.examples = state_->examples;
  result.converged = state_->regression.converged();
  return result;
}

LinkModel learn_links(RunContext& context, GraphView graph, const PairFeatureFunction& features,
                      const LinkClassifierOptions& options) {
  validate(options);
  if (options.c.empty()) throw InvalidOption("c is empty; give at least one");
  context.require_memory(resident_bytes() + estimate_link_classifier_memory(graph, 0, 0, options),
                         "lower --max-examples, or raise --memory");
  return LinkModelBuilder(context, graph, features, options).learn();
}

LinkClassifierResult classify_links(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                                    const PairFeatureFunction& features, const LinkClassifierOptions& options) {
  validate(options);
  context.require_memory(resident_bytes() + estimate_link_classifier_memory(graph, pairs.size(), 0, options),
                         "lower --max-examples, or raise --memory");
  const LinkModel model = learn_links(context, graph, features, options);
  LinkClassifierResult result = model.summary();
  Matrix wanted = features(context, graph, pairs);
  if (wanted.rows() != pairs.size()) {
    throw InvalidData(
        fmt::format("the features of {} pairs are {} x {} numbers", pairs.size(), wanted.rows(), wanted.columns()));
  }
  result.scores = model.scores(context, std::move(wanted));
  return result;
}

std::uint64_t estimate_link_classifier_memory(GraphView graph, std::size_t pair_count, std::size_t columns,
                                              const LinkClassifierOptions& options) {
  const auto examples =
      static_cast<std::size_t>(std::min(static_cast<double>(options.max_examples),
                                        options.held_out * options.rounds * static_cast<double>(graph.edge_count())));
  const std::size_t rows = 2 * examples * 2 + pair_count;  // of a round and of all rounds, and of the wanted pairs
  EdgeSplitOptions split;
  split.validation = 0;
  split.test = options.held_out;
  return rows * (columns + 1) * sizeof(float) + graph.bytes() + estimate_edge_split_memory(graph, split) +
         estimate_logistic_memory(2 * examples, columns, 1);
}

}  // namespace adjoin
