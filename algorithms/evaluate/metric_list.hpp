// Metrics of a ranking by name: "auc,average-precision,mrr,hits@10,rank-hits@10,precision@100,ndcg@10",
// read in one place.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <adjoin/algorithms/evaluate/ranking_metrics.hpp>
#include <adjoin/engine/runtime/options.hpp>

namespace adjoin {

enum class Metric : std::uint8_t { auc, average_precision, mrr, hits, rank_hits, precision, ndcg };
template <>
struct EnumNames<Metric> {
  static constexpr std::array<std::pair<Metric, std::string_view>, 7> names{
      {{Metric::auc, "auc"},
       {Metric::average_precision, "average-precision"},
       {Metric::mrr, "mrr"},
       {Metric::hits, "hits"},
       {Metric::rank_hits, "rank-hits"},
       {Metric::precision, "precision"},
       {Metric::ndcg, "ndcg"}}};
};

/// All hits, precision and ndcg are of the first K places.
constexpr bool has_places(Metric metric) noexcept {
  return metric == Metric::hits || metric == Metric::rank_hits || metric == Metric::precision || metric == Metric::ndcg;
}

struct MetricChoice {
  Metric metric = Metric::auc;
  std::uint64_t k = 0;  // 0 where the metric has no K
  friend bool operator==(const MetricChoice&, const MetricChoice&) = default;
};

/// Metrics separated by commas, in the order given; "ap" is average-precision. InvalidOption for a word that is none, a
/// K that is missing, 0 or of no use, a metric given twice, or nothing.
std::vector<MetricChoice> parse_metrics(std::string_view list);

/// "auc", "hits@10".
std::string metric_name(MetricChoice choice);

/// As the function of that metric.
double value_of(MetricChoice choice, const RankedScores& scores, TieRule ties);

/// What the metric does where a positive and a negative have one score: "half" or "one threshold" for those of
/// scikit-learn, "pessimistic" for Hits@K as OGB has it, else the word of the rule.
std::string_view ties_in(MetricChoice choice, TieRule ties) noexcept;

/// The same of the ranks of positives that have negatives of their own: MRR and Hits@K, either way. InvalidOption for
/// another metric, which is of one ranking of all pairs.
double value_of(MetricChoice choice, std::span<const double> ranks);

struct MetricOptions {
  std::string metrics = "auc,average-precision,mrr,hits@10,hits@100";
  TieRule ties = TieRule::mean;

  static constexpr auto fields() {
    using O = MetricOptions;
    return std::tuple{
        option_field("metrics", &O::metrics,
                     "what to compute, with commas between: auc, average-precision (or ap), mrr, hits@K, rank-hits@K, "
                     "precision@K, ndcg@K"),
        option_field(
            "ties", &O::ties,
            "where a positive stands among negatives of its score, for mrr, rank-hits@K, precision@K and ndcg@K: in "
            "the middle, before them, or after them",
            "mean: OGB, HeaRT")};
  }
};

/// Those of `options`. Where positives have negatives of their own, the default is MRR and Hits@10 and @100, and
/// InvalidOption is for a metric that is not defined there. Else as parse_metrics.
std::vector<MetricChoice> metrics_of(const MetricOptions& options, bool own_negatives);

}  // namespace adjoin
