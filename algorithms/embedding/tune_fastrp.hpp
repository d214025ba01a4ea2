// Finds the beta and the weights of FastRP that do best on a validation part, and says how they do on a test part.
//
// Method.  FastRP's sum over hops is linear in the weights, so that the hops of one beta are computed once (FastRP,
//          concatenated) and any number of weights is tried on them. For each beta of `betas` a fixed list of weights
//          is tried first: hops 1 and 2 with weight 0 or 1, hops 3 and 4 on a logarithmic grid. Coordinate search
//          follows from the best of them: one weight at a time is doubled, halved or, for hops 1 and 2, switched; where
//          nothing helps, the factor becomes its root. Then beta itself is refined: two betas half way to the
//          neighbours of the best one, beginning at the best weights, and once more with half the distance.
// Source.  The notebook of FastRP's authors (Chen et al. 2019) fixes the first weights to 0, 0, 1 and searches the last
//          one and beta, on the labels that its score counts. Here those are not seen.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/algorithms/evaluate/f1.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

enum class F1Mean : std::uint8_t { micro, macro };
template <>
struct EnumNames<F1Mean> {
  static constexpr std::array<std::pair<F1Mean, std::string_view>, 2> names{
      {{F1Mean::micro, "micro"}, {F1Mean::macro, "macro"}}};
};

struct TuneFastRPOptions {
  int dim = 512;
  int search_dim = 0;
  std::vector<float> betas{-0.9F, -0.6F, -0.3F, 0};
  int trials = 30;
  double test = 0.2;
  double validation = 0.2;
  F1Mean f1 = F1Mean::micro;
  int repeats = 3;
  int search_nodes = 1000;
  double c = 0.1;
  FastRPDialect dialect = FastRPDialect::adjoin;
  NeighborMatrix matrix = NeighborMatrix::transition;
  NeighborDirection direction = NeighborDirection::out;

  static constexpr auto fields() {
    using O = TuneFastRPOptions;
    return std::tuple{
        option_field("dim", &O::dim, {1, 65'536}, "columns of the embedding"),
        option_field("search-dim", &O::search_dim, {0, 65'536},
                     "columns while searching, fewer for speed; the test score is always that of dim; 0 takes dim"),
        option_field("betas", &O::betas, {-10.0F, 10.0F},
                     "exponents of the degree to try; between and beside them the search refines, unless it is one"),
        option_field("trials", &O::trials, {1, 10'000}, "weights to try for each beta"),
        option_field(
            "test", &O::test, {0.001, 0.999},
            "share of the labelled nodes, or of the edges, that the search never sees and the test score is of"),
        option_field("validation", &O::validation, {0.001, 0.999},
                     "share of the others that a trial is scored on; it learns from the rest"),
        option_field("f1", &O::f1,
                     "labels: the mean over classes, macro, or over labels, micro, that a trial is scored by"),
        option_field("repeats", &O::repeats, {1, 100},
                     "labels: how many times training and validation part are drawn; a score is the mean"),
        option_field(
            "search-nodes", &O::search_nodes, {0, 1'000'000'000},
            "labels: most nodes that a trial learns from, drawn among the training part; 0 takes all; the test "
            "score's model learns from all"),
        option_field("c", &O::c, {1e-6, 1e6},
                     "labels: weight of the data against the penalty in the logistic regression that predicts them"),
        option_field("dialect", &O::dialect, "as of embed"),
        option_field("matrix", &O::matrix, "as of embed"),
        option_field("direction", &O::direction, "as of embed")};
  }
};

struct TuneTrial {
  float beta = 0;
  std::vector<float> weights;
  double score = 0;  // on the validation part
};

struct TuneFastRPResult {
  FastRPOptions best;                // what fastrp is to be run with, at `dim` columns
  double validation_score = 0;       // of `best`
  double test_score = 0;             // F1, or area under the ROC curve
  F1 test_f1;                        // labels: both means
  std::vector<TuneTrial> trials;     // in the order of trying
  std::uint64_t training_count = 0;  // nodes, or pairs of nodes with an edge
  std::uint64_t validation_count = 0;
  std::uint64_t test_count = 0;
  RunRecord record;
};

/// Goal: labels of nodes, predicted from their vectors by one logistic regression a class with a penalised intercept,
/// the number of each node's labels given, as in DeepWalk's protocol. The whole graph is embedded. Labels of the test
/// part are looked at once, when the search is over: a model learns from training and validation part together, on what
/// fastrp(best) gives.
/// Input.   labels: n x classes, row i listing node i's; nodes without labels take no part.
/// Cost.    For each of `betas`, and four more, one fastrp of four hops; for each trial `repeats` small logistic
///          regressions.
/// Errors.  InvalidOption; InvalidData if there are too few labelled nodes or classes to split; BudgetExceeded;
///          Cancelled.
/// Repeat.  as fastrp.
TuneFastRPResult tune_fastrp_for_labels(RunContext& context, GraphView graph, const CsrView& labels,
                                        const TuneFastRPOptions& options);

/// Goal: links. Edges are held out (see split_edges), the rest is embedded, and a trial's score is the area under the
/// ROC curve of the cosine of the ends' vectors, of held-out edges against as many pairs without an edge. Else as
/// above.
TuneFastRPResult tune_fastrp_for_links(RunContext& context, GraphView graph, const TuneFastRPOptions& options);

/// Peak bytes of tune_fastrp_for_labels beyond the graph and the labels.
std::uint64_t estimate_tune_fastrp_memory_for_labels(GraphView graph, const CsrView& labels,
                                                     const TuneFastRPOptions& options);
/// Peak bytes of tune_fastrp_for_links beyond the graph.
std::uint64_t estimate_tune_fastrp_memory_for_links(GraphView graph, const TuneFastRPOptions& options);

}  // namespace adjoin
