// The scores that `adjoin score` knows by name, over all of linkpred.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <adjoin/algorithms/linkpred/neighborhood_scores.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/options.hpp>

namespace adjoin::cli {

struct ScoreOptions {
  NeighborDirection direction = NeighborDirection::out;
  bool use_weights = false;
  int max_distance = 0;
  double local_path_epsilon = 0.01;
  double katz_beta = 0.001;
  int katz_length = 12;
  double alpha = 0.15;
  double epsilon = 1e-7;

  static constexpr auto fields() {
    using O = ScoreOptions;
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

/// "cn,aa,katz" or "all" as names, each once. InvalidOption, with the nearest name, for one that is not there.
std::vector<std::string> parse_score_methods(const std::string& text);

/// A method of neighborhood_scores by its name, or InvalidOption that says which these are.
NeighborhoodScore neighborhood_method(const std::string& name);

/// pairs x methods. Errors: those of the methods.
Matrix score_pairs(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                   std::span<const std::string> methods, const ScoreOptions& options);

std::uint64_t estimate_score_memory(GraphView graph, std::size_t pair_count, std::span<const std::string> methods,
                                    const ScoreOptions& options, int threads);

}  // namespace adjoin::cli
