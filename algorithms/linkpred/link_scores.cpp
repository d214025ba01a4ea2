#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include <adjoin/algorithms/linkpred/katz.hpp>
#include <adjoin/algorithms/linkpred/link_scores.hpp>
#include <adjoin/algorithms/linkpred/local_path.hpp>
#include <adjoin/algorithms/linkpred/personalized_pagerank.hpp>
#include <adjoin/algorithms/linkpred/shortest_path.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {
namespace {

constexpr std::array<LinkScoreName, 14> all_scores{{{"common-neighbors", "cn"},
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
                                                    {"rooted-pagerank", "rpr"}}};

std::optional<NeighborhoodScore> find_neighborhood_score(std::string_view name) {
  for (const auto& [score, word] : EnumNames<NeighborhoodScore>::names) {
    if (word == name) return score;
  }
  return std::nullopt;
}

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
PageRankOptions pagerank_options(const LinkScoreOptions& options) {
  PageRankOptions pagerank;
  pagerank.alpha = options.alpha;
  pagerank.epsilon = options.epsilon;
  pagerank.use_weights = options.use_weights;
  pagerank.direction = options.direction;
  return pagerank;
}

/// The scores of a method that is none of the neighbourhood's.
Array<float> scores_of(RunContext& context, GraphView graph, std::span<const Edge> pairs, std::string_view method,
                       const LinkScoreOptions& options) {
  if (method == "shortest-path") {
    if (options.use_weights) throw InvalidOption("shortest-path has no form with weights; leave use-weights out");
    return shortest_path_scores(context, graph, pairs, shortest_path_options(options));
  }
  if (method == "local-path") return local_path_scores(context, graph, pairs, local_path_options(options));
  if (method == "katz") return katz_scores(context, graph, pairs, katz_options(options));
  if (method == "rooted-pagerank") {
    return rooted_pagerank_scores(context, graph, pairs, pagerank_options(options)).scores;
  }
  throw InvalidOption(fmt::format("{} is not the name of a score", quote_for_message(method)));
}

std::uint64_t memory_of(GraphView graph, std::size_t pairs, std::string_view method, const LinkScoreOptions& options,
                        int threads) {
  if (method == "shortest-path") {
    return estimate_shortest_path_memory(graph, pairs, shortest_path_options(options), threads);
  }
  if (method == "local-path") return estimate_local_path_memory(graph, pairs, local_path_options(options), threads);
  if (method == "katz") return estimate_katz_memory(graph, pairs, katz_options(options), threads);
  return estimate_rooted_pagerank_memory(graph, pairs, pagerank_options(options), threads);
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

NeighborhoodScore neighborhood_score_named(std::string_view name) {
  if (const auto score = find_neighborhood_score(name)) return *score;
  throw InvalidOption(
      fmt::format("the best pairs are found by what neighbourhoods share, which {} is not; score pairs "
                  "of your own, or name one of common-neighbors to preferential-attachment",
                  name));
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
    const Array<float> scores = scores_of(context, graph, pairs, names[column], options);
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
      most = std::max(most, memory_of(graph, pair_count, name, options, threads));
    }
  }
  most = std::max(most, estimate_neighborhood_memory(graph, pair_count, of_neighborhoods,
                                                     {options.direction, options.use_weights}));
  return most + pair_count * names.size() * sizeof(float);
}

}  // namespace adjoin
