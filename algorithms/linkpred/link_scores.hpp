// Every training-free score of linkpred by its name, with the options of all of them in one table.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <adjoin/algorithms/linkpred/best_links.hpp>
#include <adjoin/algorithms/linkpred/neighborhood_scores.hpp>
#include <adjoin/algorithms/linkpred/personalized_pagerank.hpp>
#include <adjoin/algorithms/linkpred/resistance_distance.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

struct LinkScoreOptions {
  NeighborDirection direction = NeighborDirection::out;
  bool use_weights = false;
  int max_distance = 0;
  double local_path_epsilon = 0.01;
  double katz_beta = 0.001;
  int katz_length = 12;
  double alpha = 0.15;
  double epsilon = 1e-7;
  ResistanceMethod resistance = ResistanceMethod::exact;
  double resistance_error = 0.1;
  double simrank_decay = 0.8;
  int simrank_iterations = 5;
  int factors = 5;
  int eigenvectors = 16;

  static constexpr auto fields() {
    using O = LinkScoreOptions;
    return std::tuple{
        option_field("direction", &O::direction,
                     "whose nodes of a directed graph are neighbours: out, in, or both; simrank goes by in unless it "
                     "is both, resistance-distance and spectral always by both"),
        option_field("use-weights", &O::use_weights,
                     "let weights count, in the methods that have such a form; the others are refused with it"),
        option_field("max-distance", &O::max_distance, {0, 1'000'000'000},
                     "shortest-path: pairs further apart count as not connected; 0 for no limit"),
        option_field("local-path-epsilon", &O::local_path_epsilon, {0.0, 1.0},
                     "local-path: what a walk of three edges counts against one of two"),
        option_field("katz-beta", &O::katz_beta, {1e-12, 1.0},
                     "katz: what each further edge of a walk multiplies its count by"),
        option_field("katz-length", &O::katz_length, {1, 1000}, "katz: edges of the longest walks that count"),
        option_field(
            "alpha", &O::alpha, {1e-4, 1.0},
            "rooted-pagerank, from both nodes of a pair, and personalized-pagerank, from the first: probability that "
            "a walk returns to its root"),
        option_field("epsilon", &O::epsilon, {1e-14, 1.0},
                     "both of PageRank: the error at a node may be this for each of its edges"),
        option_field("resistance", &O::resistance,
                     "resistance-distance: exact, or projected, for graphs whose factor is large"),
        option_field("resistance-error", &O::resistance_error, {0.005, 1.0},
                     "resistance-distance, projected: standard deviation of a resistance, as a share of it"),
        option_field("simrank-decay", &O::simrank_decay, {0.0, 1.0},
                     "simrank: what a step away from a pair multiplies its similarity by"),
        option_field("simrank-iterations", &O::simrank_iterations, {1, 1000}, "simrank: rounds"),
        option_field("factors", &O::factors, {1, 1024}, "matrix-factorization: numbers of a vector"),
        option_field("eigenvectors", &O::eigenvectors, {0, 500},
                     "spectral: eigenvectors beside those that every component has")};
  }
};

/// A score's name and the short one that the field's tables have for it.
struct LinkScoreName {
  std::string_view name;
  std::string_view alias;
  bool of_any_size = true;  // of graphs of more nodes than a table of all pairs, or a dense factor, has room for
};

/// All of them, those of the neighbourhood first.
std::span<const LinkScoreName> link_score_names() noexcept;

/// The name of what `word`, a name or an alias, stands for; empty if it is none.
std::string_view find_link_score(std::string_view word) noexcept;

/// The score of the neighbourhood of that name, if it is one.
std::optional<NeighborhoodScore> find_neighborhood_score(std::string_view name) noexcept;

/// Whether best_links_by finds pairs by it.
bool has_best_links(std::string_view name) noexcept;

/// Whether the score of (x, y) may differ from that of (y, x).
bool is_one_way_score(GraphView graph, std::string_view name, const LinkScoreOptions& options) noexcept;

/// Whether 0 is the score of pairs of which the graph says nothing, and no pair scores less.
bool is_zero_without_evidence(std::string_view name) noexcept;

/// That of the walks of both scores of PageRank.
PageRankOptions pagerank_options(const LinkScoreOptions& options);

/// InvalidOption, which says which can, for a score by which best_links_by cannot find pairs.
void check_has_best_links(std::string_view name);

/// The `count` pairs without an edge that score highest, the best first, as best_links and best_path_links find them:
/// by a score of the neighbourhood, local-path, katz or rooted-pagerank.
/// Errors.  As check_has_best_links, and those of the functions.
std::vector<ScoredPair> best_links_by(RunContext& context, GraphView graph, std::string_view name, std::size_t count,
                                      const LinkScoreOptions& options);

/// Bytes that best_links_by takes at its peak beyond the graph, on `threads` threads.
std::uint64_t estimate_best_links_by_memory(GraphView graph, std::string_view name, std::size_t count,
                                            const LinkScoreOptions& options, int threads);

/// Value (i, j) is the score of pairs[i] by names[j]: higher is likelier, for every score. The scores of the
/// neighbourhood are found in one go.
/// names:   of link_score_names().
/// Errors.  InvalidOption for another name, and for use_weights with a score that has no such form; those of the
/// scores. Repeat.  The same bits for any number of threads and any order of the pairs.
Matrix link_scores(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                   std::span<const std::string> names, const LinkScoreOptions& options);

/// Bytes that link_scores takes at its peak beyond the graph and the pairs, on `threads` threads.
std::uint64_t estimate_link_scores_memory(GraphView graph, std::size_t pair_count, std::span<const std::string> names,
                                          const LinkScoreOptions& options, int threads);

}  // namespace adjoin
