#include <algorithm>
#include <array>

#include <adjoin/algorithms/linkpred/structural_features.hpp>

namespace adjoin {
namespace {

/// No two of them say the same but for a factor.
constexpr std::array<std::string_view, 14> structural_scores{"common-neighbors",
                                                             "jaccard",
                                                             "salton",
                                                             "hub-promoted",
                                                             "hub-depressed",
                                                             "leicht-holme-newman",
                                                             "adamic-adar",
                                                             "resource-allocation",
                                                             "preferential-attachment",
                                                             "shortest-path",
                                                             "local-path",
                                                             "katz",
                                                             "rooted-pagerank",
                                                             "matrix-factorization"};

/// Errors of PageRank below this tell a classifier nothing.
constexpr double finest_epsilon = 1e-5;

/// Weights play no part. Walks of three edges count as those of two do, which common neighbours count alone.
LinkScoreOptions of_features(LinkScoreOptions options) {
  options.use_weights = false;
  options.local_path_epsilon = 1;
  options.epsilon = std::max(options.epsilon, finest_epsilon);
  return options;
}

}  // namespace

std::vector<std::string> structural_feature_names() {
  std::vector<std::string> names(structural_scores.begin(), structural_scores.end());
  names.emplace_back("smaller-degree");
  names.emplace_back("larger-degree");
  return names;
}

Matrix structural_features(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                           const LinkScoreOptions& options) {
  const std::vector<std::string> names(structural_scores.begin(), structural_scores.end());
  const Matrix values = link_scores(context, graph, pairs, names, of_features(options));
  Matrix features(pairs.size(), names.size() + 2);
  const CsrView out = graph.out();
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const std::span<float> row = features.row(i);
    std::ranges::copy(values.row(i), row.begin());
    const auto [smaller, larger] =
        std::minmax({out.row_size(index(pairs[i].source)), out.row_size(index(pairs[i].target))});
    row[names.size()] = static_cast<float>(smaller);
    row[names.size() + 1] = static_cast<float>(larger);
  }
  return features;
}

std::uint64_t estimate_structural_features_memory(GraphView graph, std::size_t pair_count,
                                                  const LinkScoreOptions& options, int threads) {
  const std::vector<std::string> names(structural_scores.begin(), structural_scores.end());
  return estimate_link_scores_memory(graph, pair_count, names, of_features(options), threads) +
         pair_count * (names.size() + 2) * sizeof(float);
}

}  // namespace adjoin
