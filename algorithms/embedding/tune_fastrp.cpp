#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>

#include <fmt/format.h>

#include <adjoin/algorithms/embedding/hop_sums.hpp>
#include <adjoin/algorithms/embedding/pair_score.hpp>
#include <adjoin/algorithms/embedding/tune_fastrp.hpp>
#include <adjoin/algorithms/embedding/weight_search.hpp>
#include <adjoin/algorithms/evaluate/logistic_regression.hpp>
#include <adjoin/algorithms/evaluate/predict_labels.hpp>
#include <adjoin/algorithms/evaluate/split.hpp>
#include <adjoin/algorithms/evaluate/split_nodes.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/engine/sparse/select_rows.hpp>

namespace adjoin {
namespace {

constexpr int beta_refinements = 2;
/// Of the logistic regressions of trials, which are compared with one another only; the test's has the default.
constexpr double search_tolerance = 1e-3;
/// The first of the splits into training and validation part; the one that sets the test part aside is 0.
constexpr std::uint32_t first_round = 1;

int dim_of_search(const TuneFastRPOptions& options) {
  return options.search_dim == 0 ? options.dim : std::min(options.search_dim, options.dim);
}

FastRPOptions fastrp_options(const TuneFastRPOptions& options, int dim, float beta, std::vector<float> weights) {
  FastRPOptions result;
  result.dim = dim;
  result.beta = beta;
  result.weights = std::move(weights);
  result.dialect = options.dialect;
  result.matrix = options.matrix;
  result.direction = options.direction;
  return result;
}

FastRPOptions options_of_hops(const TuneFastRPOptions& options, float beta) {
  return fastrp_options(options, dim_of_search(options), beta, std::vector<float>(detail::tuned_hops, 1.0F));
}

void check(const TuneFastRPOptions& options) {
  validate(options);
  if (options.betas.empty()) throw InvalidOption("betas is empty; give at least one");
}

/// Betas have three decimals, so that people can type them.
float rounded_beta(float beta) {
  return static_cast<float>(std::round(static_cast<double>(beta) * 1000) / 1000);
}

/// Tries betas and weights on the rows of some nodes. score: takes the rows of `nodes`, in their order.
class BetaSearch {
 public:
  using Score = std::function<double(MatrixView<const float>)>;

  BetaSearch(RunContext& context, GraphView graph, const TuneFastRPOptions& options, std::span<const NodeId> nodes,
             Score score)
      : context_(context),
        graph_(graph),
        options_(options),
        nodes_(nodes),
        score_(std::move(score)),
        rows_(nodes.size(), static_cast<std::size_t>(dim_of_search(options))) {}

  void run() {
    const std::vector<detail::HopWeights> grid = detail::grid_of_weights();
    for (const float beta : options_.betas) try_beta(beta, grid, static_cast<std::size_t>(options_.trials));
    if (betas_.size() < 2) return;
    float step = distance_to_neighbors();
    for (int round = 0; round < beta_refinements; ++round) {
      step /= 2;
      const TuneTrial center = best();
      for (const float sign : {-1.0F, 1.0F}) {
        try_beta(center.beta + sign * step, {center.weights}, (static_cast<std::size_t>(options_.trials) + 2) / 3);
      }
    }
  }

  const TuneTrial& best() const { return trials_[best_]; }
  std::vector<TuneTrial> take_trials() { return std::move(trials_); }

 private:
  void try_beta(float wanted, const std::vector<detail::HopWeights>& first, std::size_t trials) {
    const float beta = std::clamp(rounded_beta(wanted), -10.0F, 10.0F);
    if (std::ranges::find(betas_, beta) != betas_.end()) return;
    betas_.push_back(beta);
    const detail::HopSums sums(context_, graph_, options_of_hops(options_, beta));
    context_.begin_stage("search", "trials", trials);
    const auto score = [&](const detail::HopWeights& weights) {
      sums.rows(context_.threads(), weights, nodes_, rows_.view());
      const double value = score_(rows_.view());
      context_.advance(1);
      return value;
    };
    for (detail::ScoredWeights& tried : detail::search_weights(first, trials, score)) {
      trials_.push_back({beta, std::move(tried.weights), tried.score});
      if (trials_.back().score > best().score) best_ = trials_.size() - 1;
    }
  }

  /// The smaller of the distances from the best beta to those on its sides.
  float distance_to_neighbors() const {
    float distance = std::numeric_limits<float>::max();
    for (const float beta : betas_) {
      if (beta != best().beta) distance = std::min(distance, std::abs(beta - best().beta));
    }
    return distance;
  }

  RunContext& context_;
  GraphView graph_;
  const TuneFastRPOptions& options_;
  std::span<const NodeId> nodes_;
  Score score_;
  Matrix rows_;
  std::vector<float> betas_;
  std::vector<TuneTrial> trials_;
  std::size_t best_ = 0;
};

/// Finishes a result but for what the test part says.
void take_search(BetaSearch& search, const TuneFastRPOptions& options, TuneFastRPResult& result) {
  result.validation_score = search.best().score;
  result.best = fastrp_options(options, options.dim, search.best().beta, search.best().weights);
  result.trials = search.take_trials();
}

/// Training and validation part of one repeat: places among the nodes that are not of the test part, and their labels.
struct Fold {
  std::vector<NodeId> training;
  std::vector<NodeId> validation;
  Csr training_labels;
  Csr validation_labels;
};

class LabelGoal {
 public:
  LabelGoal(RunContext& context, GraphView graph, const CsrView& labels, const TuneFastRPOptions& options)
      : context_(context), graph_(graph), labels_(labels), options_(options) {}

  TuneFastRPResult run() {
    context_.begin_stage("split", "nodes", labels_.row_count());
    const NodeSplit split = set_test_aside();
    make_folds();
    BetaSearch search(context_, graph_, options_, known_, [&](MatrixView<const float> rows) { return score(rows); });
    search.run();
    TuneFastRPResult result;
    take_search(search, options_, result);
    result.training_count = folds_.front().training.size();
    result.validation_count = folds_.front().validation.size();
    result.test_count = split.test.size();
    folds_.clear();
    test(split.test, result);
    return result;
  }

 private:
  static constexpr std::size_t least_known = 2;

  NodeSplit set_test_aside() {
    const std::vector<NodeId> nodes = labelled_nodes(labels_);
    NodeSplit split = split_nodes(context_, graph_.nodes(), nodes, {0, options_.test});
    known_ = split.training;
    const auto held_out =
        static_cast<std::size_t>(std::llround(options_.validation * static_cast<double>(known_.size())));
    if (split.test.empty() || held_out == 0 || held_out >= known_.size()) {
      throw InvalidData(fmt::format("{} cannot be split into training, validation and test part; label more nodes",
                                    counted(nodes.size(), "labelled node", "labelled nodes")));
    }
    std::vector<std::size_t> members(labels_.column_count, 0);
    for (const NodeId node : known_) {
      for (const NodeId k : labels_.row_targets(index(node))) ++members[index(k)];
    }
    const auto usable = std::ranges::count_if(members, [](std::size_t count) { return count >= least_known; });
    if (usable < 2) {
      throw InvalidData(
          fmt::format("{} two nodes or more outside of the test part; labels to be predicted need two such "
                      "classes",
                      usable == 0 ? "no class has" : "only one class has"));
    }
    return split;
  }

  void make_folds() {
    for (int repeat = 0; repeat < options_.repeats; ++repeat) {
      NodeSplit split = split_nodes(context_, graph_.nodes(), known_, {options_.validation, 0},
                                    first_round + static_cast<std::uint32_t>(repeat));
      const auto most = static_cast<std::size_t>(options_.search_nodes);
      if (most > 0 && split.training.size() > most) {
        const double rest = 1 - static_cast<double>(most) / static_cast<double>(split.training.size());
        split.training = split_nodes(context_, graph_.nodes(), split.training, {rest, 0},
                                     first_round + static_cast<std::uint32_t>(options_.repeats + repeat))
                             .training;
      }
      folds_.push_back({places_of(split.training), places_of(split.validation),
                        select_rows(context_, labels_, split.training),
                        select_rows(context_, labels_, split.validation)});
    }
  }

  std::vector<NodeId> places_of(std::span<const NodeId> nodes) const {
    std::vector<NodeId> places;
    for (const NodeId node : nodes) {
      places.push_back(node_id(static_cast<std::size_t>(std::ranges::lower_bound(known_, node) - known_.begin())));
    }
    return places;
  }

  F1 f1_of(const Matrix& training, const Csr& training_labels, const Matrix& judged, const Csr& judged_labels,
           double tolerance) {
    LogisticRegressionOptions regression;
    regression.tolerance = tolerance;
    regression.c = options_.c;
    regression.intercept = Intercept::penalized;
    const LabelPrediction predicted = predict_labels(context_, {training.view(), training_labels.view()},
                                                     {judged.view(), judged_labels.view()}, regression);
    return multilabel_f1(judged_labels.view(), predicted.labels.view());
  }

  double chosen(const F1& f1) const { return options_.f1 == F1Mean::macro ? f1.macro : f1.micro; }

  double score(MatrixView<const float> rows) {
    double sum = 0;
    for (const Fold& fold : folds_) {
      sum +=
          chosen(f1_of(copy_rows(context_.threads(), rows, fold.training), fold.training_labels,
                       copy_rows(context_.threads(), rows, fold.validation), fold.validation_labels, search_tolerance));
    }
    return sum / static_cast<double>(folds_.size());
  }

  void test(std::span<const NodeId> test_nodes, TuneFastRPResult& result) {
    const Matrix embedding = fastrp(context_, graph_, result.best).embedding;
    context_.begin_stage("test", "nodes", test_nodes.size());
    const auto rows_of = [&](std::span<const NodeId> nodes) {
      return copy_rows(context_.threads(), embedding.view(), nodes);
    };
    result.test_f1 = f1_of(rows_of(known_), select_rows(context_, labels_, known_), rows_of(test_nodes),
                           select_rows(context_, labels_, test_nodes), LogisticRegressionOptions().tolerance);
    result.test_score = chosen(result.test_f1);
  }

  RunContext& context_;
  GraphView graph_;
  CsrView labels_;
  const TuneFastRPOptions& options_;
  std::vector<NodeId> known_;  // labelled and not of the test part, in the order of ids
  std::vector<Fold> folds_;
};

/// Shares of all pairs: validation is a share of what the test leaves.
SplitShares shares_of(const TuneFastRPOptions& options) {
  return {options.validation * (1 - options.test), options.test};
}

EdgeSplitOptions edge_split_of(const TuneFastRPOptions& options) {
  const SplitShares shares = shares_of(options);
  return {.validation = shares.validation, .test = shares.test};
}

}  // namespace

TuneFastRPResult tune_fastrp_for_labels(RunContext& context, GraphView graph, const CsrView& labels,
                                        const TuneFastRPOptions& options) {
  check(options);
  if (labels.row_count() != graph.node_count()) {
    throw InvalidData(
        fmt::format("there are labels for {} nodes and the graph has {}", labels.row_count(), graph.node_count()));
  }
  context.require_memory(resident_bytes() + estimate_tune_fastrp_memory_for_labels(graph, labels, options),
                         "lower --search-dim or --search-nodes, or raise --memory");
  TuneFastRPResult result = LabelGoal(context, graph, labels, options).run();
  result.record = context.record("tune fastrp", option_values(options));
  return result;
}

TuneFastRPResult tune_fastrp_for_links(RunContext& context, GraphView graph, const TuneFastRPOptions& options) {
  check(options);
  context.require_memory(resident_bytes() + estimate_tune_fastrp_memory_for_links(graph, options),
                         "lower --search-dim, or raise --memory");
  const EdgeSplit split = split_edges(context, graph, edge_split_of(options));
  TuneFastRPResult result;
  {
    const detail::PairScore validation(split.validation, split.validation_negatives);
    BetaSearch search(context, split.training, options, validation.nodes(),
                      [&](MatrixView<const float> rows) { return validation.score(context.threads(), rows); });
    search.run();
    take_search(search, options, result);
  }
  const Matrix embedding = fastrp(context, split.training, result.best).embedding;
  context.begin_stage("test", "pairs", split.test.size());
  const detail::PairScore test(split.test, split.test_negatives);
  const Matrix rows = copy_rows(context.threads(), embedding.view(), test.nodes());
  result.test_score = test.score(context.threads(), rows.view());
  result.training_count = split.training.view().edge_count();
  result.validation_count = split.validation.size();
  result.test_count = split.test.size();
  result.record = context.record("tune fastrp", option_values(options));
  return result;
}

std::uint64_t estimate_tune_fastrp_memory_for_labels(GraphView graph, const CsrView& labels,
                                                     const TuneFastRPOptions& options) {
  const std::size_t labelled = labelled_nodes(labels).size();
  const auto known = static_cast<std::size_t>((1 - options.test) * static_cast<double>(labelled)) + 1;
  auto training = static_cast<std::size_t>((1 - options.validation) * static_cast<double>(known)) + 1;
  if (options.search_nodes > 0) training = std::min(training, static_cast<std::size_t>(options.search_nodes));
  const auto validation = static_cast<std::size_t>(options.validation * static_cast<double>(known)) + 1;
  const std::size_t classes = labels.column_count;
  const auto search_dim = static_cast<std::size_t>(dim_of_search(options));
  const std::uint64_t places = labels.nonzero_count() * sizeof(NodeId) * static_cast<std::size_t>(options.repeats) +
                               labelled * (3 + 2 * static_cast<std::size_t>(options.repeats)) * sizeof(std::size_t);
  const std::uint64_t search = detail::estimate_hop_sums_memory(graph, options_of_hops(options, 0)) +
                               known * search_dim * sizeof(float) +
                               estimate_predict_labels_memory(training, validation, search_dim, classes);
  const FastRPOptions last = fastrp_options(options, options.dim, 0, std::vector<float>(detail::tuned_hops, 1.0F));
  const std::uint64_t test = estimate_fastrp_memory(graph, last) +
                             estimate_predict_labels_memory(known, labelled - std::min(known, labelled) + 1,
                                                            static_cast<std::size_t>(options.dim), classes);
  return places + std::max(search, test);
}

std::uint64_t estimate_tune_fastrp_memory_for_links(GraphView graph, const TuneFastRPOptions& options) {
  const SplitShares shares = shares_of(options);
  const std::uint64_t n = graph.node_count();
  const std::uint64_t m = graph.edge_count();
  const auto held_out = static_cast<std::uint64_t>((shares.validation + shares.test) * static_cast<double>(m)) + 2;
  const std::uint64_t pairs = held_out * 2 * (3 * sizeof(Edge) + 2 * sizeof(std::size_t) + 16);
  const auto rows = [&](int dim) { return n * static_cast<std::uint64_t>(dim) * sizeof(float); };
  const std::uint64_t search =
      detail::estimate_hop_sums_memory(graph, options_of_hops(options, 0)) + rows(dim_of_search(options));
  const FastRPOptions last = fastrp_options(options, options.dim, 0, std::vector<float>(detail::tuned_hops, 1.0F));
  const std::uint64_t test = estimate_fastrp_memory(graph, last) + rows(options.dim);
  return std::max(estimate_edge_split_memory(graph, edge_split_of(options)),
                  graph.bytes() + pairs + std::max(search, test));
}

}  // namespace adjoin
