// Heuristics under the two protocols of HeaRT (Li et al., NeurIPS 2023), for heart.py:
//   bench_heart EDGES FEATURES SETTING ROUNDS EPSILON
// FEATURES: a matrix, or none. SETTING: existing (as many uniform negatives, shared by all positives), intended or
// released (negatives of each positive's own). Each round is a split of its own, 85/5/10, of seed 42. Prints one JSON
// line a round: seconds that the split and its negatives took, and metrics of each score in percent.
#include <chrono>
#include <exception>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include <adjoin/algorithms/evaluate/own_negatives.hpp>
#include <adjoin/algorithms/evaluate/split.hpp>
#include <adjoin/algorithms/linkpred/feature_cosine.hpp>
#include <adjoin/algorithms/linkpred/heart_negatives.hpp>
#include <adjoin/algorithms/linkpred/katz.hpp>
#include <adjoin/algorithms/linkpred/neighborhood_scores.hpp>
#include <adjoin/algorithms/linkpred/personalized_pagerank.hpp>
#include <adjoin/algorithms/linkpred/shortest_path.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/io/dataset_file.hpp>
#include <adjoin/io/node_table.hpp>

namespace {

using namespace adjoin;

constexpr int negatives_per_positive = 500;

struct Setting {
  std::string name;
  double epsilon = 1e-7;
};

using Metrics = std::map<std::string, double>;
using Scores = std::map<std::string, Array<float>>;

Dataset read(RunContext& context, const std::string& edges, const std::string& features) {
  Dataset data = read_dataset(context, edges, {}, {}).data;
  NodeFileOptions files;
  if (features != "none") files.features = features;
  read_node_files(context, files, data);
  return data;
}

Scores scores_of(RunContext& context, GraphView graph, const CsrView& features, const std::vector<Edge>& pairs,
                 const Setting& setting) {
  Scores scores;
  const std::vector<NeighborhoodScore> of_neighborhoods{
      NeighborhoodScore::common_neighbors, NeighborhoodScore::adamic_adar, NeighborhoodScore::resource_allocation,
      NeighborhoodScore::jaccard, NeighborhoodScore::preferential_attachment};
  const Matrix columns = neighborhood_scores(context, graph, pairs, of_neighborhoods);
  for (std::size_t k = 0; k < of_neighborhoods.size(); ++k) {
    Array<float>& column = scores[detail::value_text(of_neighborhoods[k])] = Array<float>(pairs.size());
    for (std::size_t i = 0; i < pairs.size(); ++i) column[i] = columns(i, k);
  }
  scores["shortest-path"] = shortest_path_scores(context, graph, pairs);
  KatzOptions katz;
  katz.beta = 0.005;
  scores["katz"] = katz_scores(context, graph, pairs, katz);
  PageRankOptions pagerank;
  pagerank.epsilon = setting.epsilon;
  // HeaRT's own score is that of the walk from the first node, which is the end that a negative keeps.
  pagerank.symmetric = setting.name == "existing";
  scores["rooted-pagerank"] = rooted_pagerank_scores(context, graph, pairs, pagerank).scores;
  if (features.row_count() > 0) scores["feature-cosine"] = feature_cosine_scores(context, features, pairs);
  return scores;
}

/// The share of positives whose mean rank is at most k. Where many negatives have the score of the k-th, OGB's Hits@K
/// jumps from split to split between 0 and what those positives make up.
double hits_by_mean_rank(const RankedScores& scores, double k) {
  std::uint64_t above = 0;
  std::uint64_t hits = 0;
  for (const ScoreGroup& group : scores.groups()) {
    if (rank_of(above, group.negatives, TieRule::mean) <= k) hits += group.positives;
    above += group.negatives;
  }
  return static_cast<double>(hits) / static_cast<double>(scores.positive_count());
}

Metrics metrics_of(const Threads& threads, const Array<float>& scores, std::size_t positives, bool shared) {
  const std::span<const float> first = scores.span().first(positives);
  const std::span<const float> rest = scores.span().subspan(positives);
  if (shared) {
    const RankedScores ranked(threads, first, rest);
    return {{"mrr", 100 * mean_reciprocal_rank(ranked, TieRule::mean)},
            {"auc", 100 * auc(ranked)},
            {"hits@10", 100 * hits_by_mean_rank(ranked, 10)}};
  }
  const MatrixView<const float> rows(rest.data(), positives, negatives_per_positive);
  const std::vector<double> ranks = ranks_among_own_negatives(threads, first, rows, TieRule::mean);
  return {{"mrr", 100 * mean_reciprocal_rank(ranks)}, {"hits@10", 100 * hits_at(ranks, 10)}};
}

void print_round(int round, double seconds, const std::map<std::string, Metrics>& methods) {
  std::cout << "{\"round\": " << round << ", \"seconds\": " << seconds << ", \"methods\": {";
  std::string between;
  for (const auto& [method, metrics] : methods) {
    std::cout << between << '"' << method << "\": {";
    std::string inner;
    for (const auto& [name, value] : metrics) {
      std::cout << inner << '"' << name << "\": " << value;
      inner = ", ";
    }
    std::cout << '}';
    between = ", ";
  }
  std::cout << "}}\n" << std::flush;
}

void run(const std::string& edges, const std::string& features_path, const Setting& setting, int rounds) {
  RunContext context;
  const Dataset data = read(context, edges, features_path);
  const CsrView features = data.sparse_features ? data.sparse_features->view() : CsrView{};
  const bool shared = setting.name == "existing";
  for (int round = 0; round < rounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    EdgeSplitOptions options;
    options.validation = 0.05;
    options.test = 0.1;
    options.round = round;
    options.negatives = shared ? NegativeSampler::uniform : NegativeSampler::none;
    EdgeSplit split = split_edges(context, *data.graph, options);
    if (!shared) {
      HeartOptions heart;
      heart.mode = setting.name == "released" ? HeartMode::released : HeartMode::intended;
      heart.negatives_per_positive = negatives_per_positive;
      heart.epsilon = setting.epsilon;
      split.test_negatives = heart_negatives(context, split, features, heart).test;
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    std::vector<Edge> pairs = split.test;
    pairs.insert(pairs.end(), split.test_negatives.begin(), split.test_negatives.end());
    std::map<std::string, Metrics> methods;
    for (const auto& [method, scores] : scores_of(context, split.training, features, pairs, setting)) {
      methods[method] = metrics_of(context.threads(), scores, split.test.size(), shared);
    }
    print_round(round, seconds.count(), methods);
  }
}

}  // namespace

int main(int count, char** words) {
  if (count != 6) {
    std::cerr << "usage: bench_heart EDGES FEATURES|none existing|intended|released ROUNDS EPSILON\n";
    return 2;
  }
  try {
    run(words[1], words[2], {words[3], std::stod(words[5])}, std::stoi(words[4]));
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
