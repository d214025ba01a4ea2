// Every training-free score of linkpred by its name, with the options of all of them in one table.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <adjoin/algorithms/linkpred/neighborhood_scores.hpp>
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

  static constexpr auto fields() {
    using O = LinkScoreOptions;
    return std::tuple{
        option_field("direction", &O::direction, "whose nodes of a directed graph are neighbours: out, in, or both"),
        option_field("use-weights", &O::use_weights,
                     "let weights count, in the methods that have such a form; the others are refused with it"),
        option_field("max-distance", &O::max_distance, {0, 1'000'000'000},
                     "shortest-path: pairs further apart count as not connected; 0 for no limit"),
        option_field("local-path-epsilon", &O::local_path_epsilon, {0.0, 1.0},
                     "local-path: what a walk of three edges counts against one of two"),
        option_field("katz-beta", &O::katz_beta, {1e-12, 1.0},
                     "katz: what each further edge of a walk multiplies its count by"),
        option_field("katz-length", &O::katz_length, {1, 1000}, "katz: edges of the longest walks that count"),
        option_field("alpha", &O::alpha, {1e-4, 1.0}, "rooted-pagerank: probability that a walk returns to its root"),
        option_field("epsilon", &O::epsilon, {1e-14, 1.0},
                     "rooted-pagerank: the error at a node may be this for each of its edges")};
  }
};

/// A score's name and the short one that the field's tables have for it.
struct LinkScoreName {
  std::string_view name;
  std::string_view alias;
};

/// All of them, those of the neighbourhood first.
std::span<const LinkScoreName> link_score_names() noexcept;

/// The name of what `word`, a name or an alias, stands for; empty if it is none.
std::string_view find_link_score(std::string_view word) noexcept;

/// The score of the neighbourhood of that name. InvalidOption, which says which these are, for another one.
NeighborhoodScore neighborhood_score_named(std::string_view name);

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
