#include <algorithm>
#include <string>
#include <vector>

#include <adjoin/algorithms/linkpred/katz.hpp>
#include <adjoin/algorithms/linkpred/link_scores.hpp>
#include <adjoin/algorithms/linkpred/local_path.hpp>
#include <adjoin/algorithms/linkpred/matrix_factorization.hpp>
#include <adjoin/algorithms/linkpred/personalized_pagerank.hpp>
#include <adjoin/algorithms/linkpred/shortest_path.hpp>
#include <adjoin/algorithms/linkpred/simrank.hpp>
#include <adjoin/algorithms/linkpred/spectral.hpp>
#include <adjoin/algorithms/linkpred/structural_features.hpp>

#include "paths_support.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

Array<float> column(const Matrix& matrix, std::size_t j) {
  Array<float> values(matrix.rows());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = matrix(i, j);
  return values;
}

}  // namespace

TEST_CASE("every score by its name is that of its function, whatever stands beside it") {
  const Graph graph = club("directed");
  const std::vector<Edge> pairs = all_pairs(34);
  RunContext context;
  std::vector<std::string> names;
  for (const LinkScoreName& score : link_score_names()) names.emplace_back(score.name);
  const Matrix scores = link_scores(context, graph, pairs, names, {});
  REQUIRE(scores.columns() == names.size());
  PageRankOptions one_sided;
  one_sided.use_weights = false;
  PageRankOptions both = one_sided;
  one_sided.symmetric = false;
  std::size_t checked = 0;
  const auto check = [&](const std::string& name, const Array<float>& wanted) {
    const auto place = static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
    REQUIRE_MESSAGE(place < names.size(), name);
    CHECK_MESSAGE(same_bits(column(scores, place), wanted), name);
    ++checked;
  };
  for (const auto& [score, name] : EnumNames<NeighborhoodScore>::names) {
    check(std::string(name), column(neighborhood_scores(context, graph, pairs, std::vector{score}), 0));
  }
  check("shortest-path", shortest_path_scores(context, graph, pairs));
  check("local-path", local_path_scores(context, graph, pairs));
  check("katz", katz_scores(context, graph, pairs));
  check("rooted-pagerank", rooted_pagerank_scores(context, graph, pairs, both).scores);
  check("personalized-pagerank", rooted_pagerank_scores(context, graph, pairs, one_sided).scores);
  check("resistance-distance", resistance_scores(context, graph, pairs));
  check("simrank", simrank_scores(context, graph, pairs));
  check("matrix-factorization", matrix_factorization_scores(context, graph, pairs));
  check("spectral", spectral_scores(context, graph, pairs).scores);
  CHECK(checked == names.size());
}

TEST_CASE("names and aliases find one score each, and what has no such form says so") {
  std::vector<std::string_view> words;
  for (const auto& [name, alias, of_any_size] : link_score_names()) {
    CHECK(find_link_score(name) == name);
    CHECK(find_link_score(alias) == name);
    words.insert(words.end(), {name, alias});
  }
  std::ranges::sort(words);
  CHECK(std::ranges::adjacent_find(words) == words.end());
  CHECK(find_link_score("") == "");
  CHECK(find_link_score("fame") == "");
  const Graph graph = club("weighted");
  RunContext context;
  const std::vector<Edge> pairs{{node_id(0), node_id(9)}};
  LinkScoreOptions weighted;
  weighted.use_weights = true;
  CHECK_THROWS_WITH_AS(link_scores(context, graph, pairs, std::vector<std::string>{"simrank"}, weighted),
                       "simrank has no form with weights; leave use-weights out", InvalidOption);
  CHECK_THROWS_WITH_AS(link_scores(context, graph, pairs, std::vector<std::string>{"fame"}, {}),
                       "'fame' is not the name of a score", InvalidOption);
  CHECK_THROWS_AS(check_has_best_links("spectral"), InvalidOption);
  for (const char* const name : {"jaccard", "local-path", "katz", "rooted-pagerank"}) {
    const std::vector<ScoredPair> best = best_links_by(context, graph, name, 3, {});
    REQUIRE(best.size() == 3);
    const std::vector<Edge> first{{best[0].source, best[0].target}};
    CHECK(link_scores(context, graph, first, std::vector<std::string>{name}, {})(0, 0) == best[0].score);
  }
}

TEST_CASE("structural features are the scores of their names, and the degrees of the two ends") {
  const Graph graph = club("plain");
  const std::vector<Edge> pairs = all_pairs(34);
  RunContext context;
  const std::vector<std::string> names = structural_feature_names();
  const Matrix features = structural_features(context, graph, pairs, {});
  REQUIRE(features.columns() == names.size());
  const auto place = [&](const char* name) {
    return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
  };
  const Matrix adamic_adar = link_scores(context, graph, pairs, std::vector<std::string>{"adamic-adar"}, {});
  CHECK(same_bits(column(features, place("adamic-adar")), column(adamic_adar, 0)));
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto x = static_cast<float>(graph.view().out().row_size(index(pairs[i].source)));
    const auto y = static_cast<float>(graph.view().out().row_size(index(pairs[i].target)));
    CHECK(features(i, place("smaller-degree")) == std::min(x, y));
    CHECK(features(i, place("larger-degree")) == std::max(x, y));
  }
}
