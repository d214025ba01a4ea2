#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include <adjoin/algorithms/linkpred/best_path_links.hpp>
#include <adjoin/algorithms/linkpred/katz.hpp>
#include <adjoin/algorithms/linkpred/link_scores.hpp>
#include <adjoin/algorithms/linkpred/local_path.hpp>
#include <adjoin/algorithms/linkpred/matrix_factorization.hpp>
#include <adjoin/algorithms/linkpred/personalized_pagerank.hpp>
#include <adjoin/algorithms/linkpred/shortest_path.hpp>
#include <adjoin/algorithms/linkpred/simrank.hpp>
#include <adjoin/algorithms/linkpred/spectral.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {
namespace {

constexpr std::array<LinkScoreName, 19> all_scores{{{"common-neighbors", "cn"},
                                                    {"jaccard", "jc"},
                                                    {"salton", "cosine"},
                                                    {"sorensen", "si"},
                                                    {"hub-promoted", "hpi"},
                                                    {"hub-depressed", "hdi"},
                                                    {"leicht-holme-newman", "lhn"},
                                                    {"adamic-adar", "aa"},
                                                    {"resource-allocation", "ra"},
                                                    {"preferential-attachment", "pa"},
                                                    {"shortest-path", "sp"},
                                                    {"local-path", "lp"},
                                                    {"katz", "kz"},
                                                    {"rooted-pagerank", "rpr"},
                                                    {"personalized-pagerank", "ppr"},
                                                    {"resistance-distance", "rd", false},
                                                    {"simrank", "sr", false},
                                                    {"matrix-factorization", "mf"},
                                                    {"spectral", "spc"}}};

ShortestPathOptions shortest_path_options(const LinkScoreOptions& options) {
  return {.max_distance = options.max_distance, .direction = options.direction};
}
LocalPathOptions local_path_options(const LinkScoreOptions& options) {
  return {.epsilon = options.local_path_epsilon, .use_weights = options.use_weights, .direction = options.direction};
}
KatzOptions katz_options(const LinkScoreOptions& options) {
  KatzOptions katz;
  katz.beta = options.katz_beta;
  katz.max_length = options.katz_length;
  katz.use_weights = options.use_weights;
  katz.direction = options.direction;
  return katz;
}
/// From the first node of a pair alone.
PageRankOptions one_sided(PageRankOptions pagerank) {
  pagerank.symmetric = false;
  return pagerank;
}
ResistanceOptions resistance_options(const LinkScoreOptions& options) {
  ResistanceOptions resistance;
  resistance.method = options.resistance;
  resistance.epsilon = options.resistance_error;
  resistance.use_weights = options.use_weights;
  return resistance;
}
SimRankOptions simrank_options(const LinkScoreOptions& options) {
  return {.decay = options.simrank_decay,
          .iterations = options.simrank_iterations,
          .direction = options.direction == NeighborDirection::both ? NeighborDirection::both : NeighborDirection::in};
}
MatrixFactorizationOptions factorization_options(const LinkScoreOptions& options) {
  MatrixFactorizationOptions factorization;
  factorization.rank = options.factors;
  factorization.use_weights = options.use_weights;
  factorization.direction = options.direction;
  return factorization;
}
SpectralOptions spectral_options(const LinkScoreOptions& options) {
  SpectralOptions spectral;
  spectral.rank = options.eigenvectors;
  spectral.use_weights = options.use_weights;
  return spectral;
}

/// A score that is none of the neighbourhood's.
struct Score {
  std::string_view name;
  bool has_weights;
  Array<float> (*scores)(RunContext&, GraphView, std::span<const Edge>, const LinkScoreOptions&);
  std::uint64_t (*memory)(GraphView, std::size_t pairs, const LinkScoreOptions&, int threads);
};

constexpr std::array<Score, 9> other_scores{
    {{"shortest-path", false,
      [](RunContext& context, GraphView graph, std::span<const Edge> pairs, const LinkScoreOptions& options) {
        return shortest_path_scores(context, graph, pairs, shortest_path_options(options));
      },
      [](GraphView graph, std::size_t pairs, const LinkScoreOptions& options, int threads) {
        return estimate_shortest_path_memory(graph, pairs, shortest_path_options(options), threads);
      }},
     {"local-path", true,
      [](RunContext& context, GraphView graph, std::span<const Edge> pairs, const LinkScoreOptions& options) {
        return local_path_scores(context, graph, pairs, local_path_options(options));
      },
      [](GraphView graph, std::size_t pairs, const LinkScoreOptions& options, int threads) {
        return estimate_local_path_memory(graph, pairs, local_path_options(options), threads);
      }},
     {"katz", true,
      [](RunContext& context, GraphView graph, std::span<const Edge> pairs, const LinkScoreOptions& options) {
        return katz_scores(context, graph, pairs, katz_options(options));
      },
      [](GraphView graph, std::size_t pairs, const LinkScoreOptions& options, int threads) {
        return estimate_katz_memory(graph, pairs, katz_options(options), threads);
      }},
     {"rooted-pagerank", true,
      [](RunContext& context, GraphView graph, std::span<const Edge> pairs, const LinkScoreOptions& options) {
        return rooted_pagerank_scores(context, graph, pairs, pagerank_options(options)).scores;
      },
      [](GraphView graph, std::size_t pairs, const LinkScoreOptions& options, int threads) {
        return estimate_rooted_pagerank_memory(graph, pairs, pagerank_options(options), threads);
      }},
     {"personalized-pagerank", true,
      [](RunContext& context, GraphView graph, std::span<const Edge> pairs, const LinkScoreOptions& options) {
        return rooted_pagerank_scores(context, graph, pairs, one_sided(pagerank_options(options))).scores;
      },
      [](GraphView graph, std::size_t pairs, const LinkScoreOptions& options, int threads) {
        return estimate_rooted_pagerank_memory(graph, pairs, one_sided(pagerank_options(options)), threads);
      }},
     {"resistance-distance", true,
      [](RunContext& context, GraphView graph, std::span<const Edge> pairs, const LinkScoreOptions& options) {
        return resistance_scores(context, graph, pairs, resistance_options(options));
      },
      [](GraphView graph, std::size_t pairs, const LinkScoreOptions& options, int threads) {
        return estimate_resistance_memory(graph, pairs, resistance_options(options), threads);
      }},
     {"simrank", false,
      [](RunContext& context, GraphView graph, std::span<const Edge> pairs, const LinkScoreOptions& options) {
        return simrank_scores(context, graph, pairs, simrank_options(options));
      },
      [](GraphView graph, std::size_t pairs, const LinkScoreOptions& options, int) {
        return estimate_simrank_memory(graph, pairs, simrank_options(options));
      }},
     {"matrix-factorization", true,
      [](RunContext& context, GraphView graph, std::span<const Edge> pairs, const LinkScoreOptions& options) {
        return matrix_factorization_scores(context, graph, pairs, factorization_options(options));
      },
      [](GraphView graph, std::size_t pairs, const LinkScoreOptions& options, int threads) {
        return estimate_matrix_factorization_memory(graph, pairs, factorization_options(options), threads);
      }},
     {"spectral", true,
      [](RunContext& context, GraphView graph, std::span<const Edge> pairs, const LinkScoreOptions& options) {
        return spectral_scores(context, graph, pairs, spectral_options(options)).scores;
      },
      [](GraphView graph, std::size_t pairs, const LinkScoreOptions& options, int) {
        return estimate_spectral_memory(graph, pairs, spectral_options(options));
      }}}};

const Score& other_score(std::string_view name) {
  const auto* const found = std::ranges::find(other_scores, name, &Score::name);
  if (found == other_scores.end()) {
    throw InvalidOption(fmt::format("{} is not the name of a score", quote_for_message(name)));
  }
  return *found;
}

}  // namespace

std::span<const LinkScoreName> link_score_names() noexcept {
  return all_scores;
}

std::string_view find_link_score(std::string_view word) noexcept {
  for (const LinkScoreName& score : all_scores) {
    if (word == score.name || word == score.alias) return score.name;
  }
  return {};
}

std::optional<NeighborhoodScore> find_neighborhood_score(std::string_view name) noexcept {
  for (const auto& [score, word] : EnumNames<NeighborhoodScore>::names) {
    if (word == name) return score;
  }
  return std::nullopt;
}

bool has_best_links(std::string_view name) noexcept {
  return find_neighborhood_score(name) || name == "local-path" || name == "katz" || name == "rooted-pagerank";
}

bool is_one_way_score(GraphView graph, std::string_view name, const LinkScoreOptions& options) noexcept {
  if (name == "personalized-pagerank") return true;
  const bool by_direction =
      name == "shortest-path" || name == "local-path" || name == "katz" || name == "matrix-factorization";
  return by_direction && graph.directed() && options.direction != NeighborDirection::both;
}

bool is_zero_without_evidence(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 7> others{
      "shortest-path",         "local-path",          "katz",   "rooted-pagerank",
      "personalized-pagerank", "resistance-distance", "simrank"};
  return find_neighborhood_score(name) || std::ranges::find(others, name) != others.end();
}

PageRankOptions pagerank_options(const LinkScoreOptions& options) {
  PageRankOptions pagerank;
  pagerank.alpha = options.alpha;
  pagerank.epsilon = options.epsilon;
  pagerank.use_weights = options.use_weights;
  pagerank.direction = options.direction;
  return pagerank;
}

void check_has_best_links(std::string_view name) {
  if (has_best_links(name)) return;
  std::vector<std::string_view> names;
  for (const LinkScoreName& score : all_scores) {
    if (has_best_links(score.name)) names.push_back(score.name);
  }
  throw InvalidOption(fmt::format("the best pairs of all cannot be found by {}; score pairs of your own, or take {}",
                                  name, fmt::join(names, ", ")));
}

std::vector<ScoredPair> best_links_by(RunContext& context, GraphView graph, std::string_view name, std::size_t count,
                                      const LinkScoreOptions& options) {
  check_has_best_links(name);
  if (const auto score = find_neighborhood_score(name)) {
    return best_links(context, graph, *score, count, {options.direction, options.use_weights});
  }
  if (name == "local-path") return best_local_path_links(context, graph, count, local_path_options(options));
  if (name == "katz") return best_katz_links(context, graph, count, katz_options(options));
  return best_pagerank_links(context, graph, count, pagerank_options(options)).pairs;
}

std::uint64_t estimate_best_links_by_memory(GraphView graph, std::string_view name, std::size_t count,
                                            const LinkScoreOptions& options, int threads) {
  if (name == "local-path") {
    return estimate_best_local_path_links_memory(graph, count, local_path_options(options), threads);
  }
  if (name == "katz") return estimate_best_katz_links_memory(graph, count, katz_options(options), threads);
  if (name == "rooted-pagerank") {
    return estimate_best_pagerank_links_memory(graph, count, pagerank_options(options), threads);
  }
  return estimate_best_links_memory(graph, count, threads, {options.direction, options.use_weights});
}

Matrix link_scores(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                   std::span<const std::string> names, const LinkScoreOptions& options) {
  validate(options);
  Matrix result(pairs.size(), names.size());
  std::vector<NeighborhoodScore> of_neighborhoods;  // in one go
  std::vector<std::size_t> columns;
  for (std::size_t column = 0; column < names.size(); ++column) {
    if (const auto score = find_neighborhood_score(names[column])) {
      of_neighborhoods.push_back(*score);
      columns.push_back(column);
      continue;
    }
    const Score& score = other_score(names[column]);
    if (options.use_weights && !score.has_weights) {
      throw InvalidOption(fmt::format("{} has no form with weights; leave use-weights out", score.name));
    }
    const Array<float> scores = score.scores(context, graph, pairs, options);
    for (std::size_t i = 0; i < pairs.size(); ++i) result(i, column) = scores[i];
  }
  if (of_neighborhoods.empty()) return result;
  const Matrix scores =
      neighborhood_scores(context, graph, pairs, of_neighborhoods, {options.direction, options.use_weights});
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    for (std::size_t k = 0; k < columns.size(); ++k) result(i, columns[k]) = scores(i, k);
  }
  return result;
}

std::uint64_t estimate_link_scores_memory(GraphView graph, std::size_t pair_count, std::span<const std::string> names,
                                          const LinkScoreOptions& options, int threads) {
  std::size_t of_neighborhoods = 0;
  std::uint64_t most = 0;
  for (const std::string& name : names) {
    if (find_neighborhood_score(name)) {
      ++of_neighborhoods;
    } else {
      most = std::max(most, other_score(name).memory(graph, pair_count, options, threads));
    }
  }
  most = std::max(most, estimate_neighborhood_memory(graph, pair_count, of_neighborhoods,
                                                     {options.direction, options.use_weights}));
  return most + pair_count * names.size() * sizeof(float);
}

}  // namespace adjoin
