#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/metric_list.hpp>
#include <adjoin/algorithms/evaluate/own_negatives.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {
namespace {

template <class Enum>
std::string_view word_of(Enum value) {
  const auto& names = EnumNames<Enum>::names;
  return std::ranges::find(names, value, &std::pair<Enum, std::string_view>::first)->second;
}

std::optional<Metric> metric_of(std::string_view word) {
  if (word == "ap") return Metric::average_precision;
  for (const auto& [metric, name] : EnumNames<Metric>::names) {
    if (name == word) return metric;
  }
  return std::nullopt;
}

[[noreturn]] void refuse_word(std::string_view word) {
  std::vector<std::string> words;
  std::vector<std::string> spellings;
  for (const auto& [metric, name] : EnumNames<Metric>::names) {
    words.emplace_back(name);
    spellings.push_back(std::string(name) + (has_places(metric) ? "@K" : ""));
  }
  const auto meant = nearest_word(word, words);
  throw InvalidOption(fmt::format("metrics = {} is not one of {}{}", quote_for_message(word),
                                  fmt::join(spellings, ", "), meant ? fmt::format("; did you mean {}?", *meant) : ""));
}

MetricChoice parse_metric(std::string_view text) {
  const std::size_t at = std::min(text.find('@'), text.size());
  const std::string_view word = text.substr(0, at);
  const auto metric = metric_of(word);
  if (!metric) refuse_word(word);
  const bool given = at < text.size();
  if (!has_places(*metric)) {
    if (given) throw InvalidOption(fmt::format("metrics = {}: {} has no K", quote_for_message(text), word));
    return {*metric, 0};
  }
  const auto k = given ? parse_unsigned(text.substr(at + 1)) : std::nullopt;
  if (!k || *k == 0) {
    throw InvalidOption(fmt::format("metrics = {}: {} needs the number of places, at least 1, as in {}@10",
                                    quote_for_message(text), word, word));
  }
  return {*metric, *k};
}

}  // namespace

std::vector<MetricChoice> parse_metrics(std::string_view list) {
  if (list.empty()) throw InvalidOption("metrics is empty; name one, such as auc");
  std::vector<MetricChoice> choices;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const MetricChoice choice = parse_metric(list.substr(begin, end - begin));
    if (std::ranges::find(choices, choice) != choices.end()) {
      throw InvalidOption(fmt::format("metrics has {} twice", metric_name(choice)));
    }
    choices.push_back(choice);
    begin = end + 1;
  }
  return choices;
}

std::string metric_name(MetricChoice choice) {
  return has_places(choice.metric) ? fmt::format("{}@{}", word_of(choice.metric), choice.k)
                                   : std::string(word_of(choice.metric));
}

double value_of(MetricChoice choice, const RankedScores& scores, TieRule ties) {
  switch (choice.metric) {
    case Metric::average_precision:
      return average_precision(scores);
    case Metric::mrr:
      return mean_reciprocal_rank(scores, ties);
    case Metric::hits:
      return hits_at(scores, choice.k);
    case Metric::rank_hits:
      return rank_hits_at(scores, choice.k, ties);
    case Metric::precision:
      return precision_at(scores, choice.k, ties);
    case Metric::ndcg:
      return ndcg_at(scores, choice.k, ties);
    case Metric::auc:
      break;
  }
  return auc(scores);
}

double value_of(MetricChoice choice, std::span<const double> ranks) {
  if (choice.metric == Metric::mrr) return mean_reciprocal_rank(ranks);
  if (choice.metric == Metric::hits || choice.metric == Metric::rank_hits) return hits_at(ranks, choice.k);
  throw InvalidOption(fmt::format(
      "{} is of one ranking of all pairs; where each positive has negatives of its own, take mrr and hits@K",
      metric_name(choice)));
}

std::vector<MetricChoice> metrics_of(const MetricOptions& options, bool own_negatives) {
  if (!own_negatives) return parse_metrics(options.metrics);
  if (options.metrics == MetricOptions{}.metrics) return parse_metrics("mrr,hits@10,hits@100");
  const std::vector<MetricChoice> metrics = parse_metrics(options.metrics);
  for (const MetricChoice& metric : metrics) value_of(metric, std::array{1.0});  // refuses what is not defined
  return metrics;
}

std::string_view ties_in(MetricChoice choice, TieRule ties) noexcept {
  switch (choice.metric) {
    case Metric::auc:
      return "half";
    case Metric::average_precision:
      return "one threshold";
    case Metric::hits:
      return word_of(TieRule::pessimistic);
    case Metric::mrr:
    case Metric::rank_hits:
    case Metric::precision:
    case Metric::ndcg:
      break;
  }
  return word_of(ties);
}

}  // namespace adjoin
