#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/algorithms/evaluate/metric_list.hpp>
#include <adjoin/engine/runtime/error.hpp>

using namespace adjoin;

namespace {

std::string refusal_of_list(const std::string& list) {
  try {
    parse_metrics(list);
  } catch (const InvalidOption& error) {
    return error.what();
  }
  return "no complaint";
}

}  // namespace

TEST_CASE("a list of metrics is read in its order, names and aliases alike, and written back") {
  const std::vector<MetricChoice> choices =
      parse_metrics("auc,average-precision,mrr,hits@10,rank-hits@50,precision@100,ndcg@18446744073709551615");
  std::string names;
  for (const MetricChoice& choice : choices) names += metric_name(choice) + ",";
  CHECK(names == "auc,average-precision,mrr,hits@10,rank-hits@50,precision@100,ndcg@18446744073709551615,");
  CHECK(parse_metrics("ap") == std::vector<MetricChoice>{{Metric::average_precision, 0}});
  CHECK(parse_metrics(MetricOptions().metrics).size() == 5);
}

TEST_CASE("a list of metrics that is not one is refused in a sentence") {
  CHECK(refusal_of_list("") == "metrics is empty; name one, such as auc");
  CHECK(refusal_of_list("acu") ==
        "metrics = 'acu' is not one of auc, average-precision, mrr, hits@K, rank-hits@K, precision@K, ndcg@K; did you "
        "mean auc?");
  CHECK(refusal_of_list("auc,,mrr").starts_with("metrics = '' is not one of"));
  CHECK(refusal_of_list("auc, mrr").starts_with("metrics = ' mrr' is not one of"));
  CHECK(refusal_of_list("auc,").starts_with("metrics = '' is not one of"));
  CHECK(refusal_of_list("AUC").starts_with("metrics = 'AUC' is not one of"));
  for (const std::string text :
       {"hits", "hits@", "hits@0", "hits@-1", "hits@1.5", "hits@ten", "hits@1@2", "hits@99999999999999999999"}) {
    CHECK(refusal_of_list(text) ==
          "metrics = '" + text + "': hits needs the number of places, at least 1, as in hits@10");
  }
  CHECK(refusal_of_list("auc@3") == "metrics = 'auc@3': auc has no K");
  CHECK(refusal_of_list("ap,mrr,average-precision") == "metrics has average-precision twice");
  CHECK(refusal_of_list("hits@3,hits@03") == "metrics has hits@3 twice");
}

TEST_CASE("a metric by its name is the function of that name, and says what ties mean to it") {
  const std::vector<double> positives{1, 2, 3};
  const std::vector<double> negatives{1, 2, 0, 5};
  const RankedScores ranked(Threads(1), std::span(positives), std::span(negatives));
  const auto value = [&](const char* name, TieRule ties) {
    return value_of(parse_metrics(name).front(), ranked, ties);
  };
  const auto ties = [](const char* name) { return ties_in(parse_metrics(name).front(), TieRule::optimistic); };
  CHECK(value("auc", TieRule::mean) == auc(ranked));
  CHECK(value("ap", TieRule::mean) == average_precision(ranked));
  CHECK(value("hits@2", TieRule::mean) == hits_at(ranked, 2));
  CHECK(value("rank-hits@2", TieRule::mean) == rank_hits_at(ranked, 2, TieRule::mean));
  for (const TieRule rule : {TieRule::mean, TieRule::optimistic, TieRule::pessimistic}) {
    CHECK(value("mrr", rule) == mean_reciprocal_rank(ranked, rule));
    CHECK(value("precision@2", rule) == precision_at(ranked, 2, rule));
    CHECK(value("ndcg@2", rule) == ndcg_at(ranked, 2, rule));
  }
  CHECK(ties("auc") == "half");
  CHECK(ties("ap") == "one threshold");
  CHECK(ties("hits@9") == "pessimistic");
  CHECK(ties("rank-hits@9") == "optimistic");
  CHECK(ties("mrr") == "optimistic");
  CHECK(ties("precision@9") == "optimistic");
  CHECK(ties("ndcg@9") == "optimistic");
}
