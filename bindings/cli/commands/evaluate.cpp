#include <algorithm>
#include <memory>
#include <optional>
#include <span>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/evaluate/metric_list.hpp>
#include <adjoin/algorithms/evaluate/own_negatives.hpp>
#include <adjoin/algorithms/evaluate/ranking_curves.hpp>
#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/bindings/cli/row_groups.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/pair_table.hpp>

namespace adjoin::cli {
namespace {

struct PairOptions {
  bool directed = false;
  Separator separator = Separator::automatic;

  static constexpr auto fields() {
    using O = PairOptions;
    return std::tuple{
        option_field("directed", &O::directed, "a pair (a, b) is not the pair (b, a)"),
        option_field("separator", &O::separator, "what separates columns; auto: found by looking at the lines")};
  }
};

struct CurveOptions {
  int curves = 0;

  static constexpr auto fields() {
    return std::tuple{option_field("curves", &CurveOptions::curves, {0, 100'000},
                                   "with --json: points of the ROC and of the precision-recall curve; 0 for none")};
  }
};

struct EvaluateState {
  std::vector<std::string> scores;
  std::vector<std::string> labels;
  MetricOptions metrics;
  CurveOptions curves;
  PairOptions pairs;
};

struct LabelledScores {
  PairTable table;
  Array<std::uint8_t> labels;
  std::optional<RowGroups> groups;  // where negatives are each positive's own
  std::uint64_t positives = 0;

  std::uint64_t negatives() const { return labels.size() - positives; }
};

/// The values of each metric for one column of scores.
struct MethodRow {
  std::string method;
  std::vector<double> values;
  RankingCurves curves;  // if asked for
};

[[noreturn]] void refuse_missing_labels(const std::string& scores) {
  throw InvalidOption(fmt::format("{} has no labels; name a file of labels after it, or add a column label", scores));
}

LabelledScores read_input(Session& session, const EvaluateState& state) {
  const std::string& path = state.scores.front();
  const bool two_files = !state.labels.empty();
  if (two_files && path == "-" && state.labels.front() == "-") {
    throw InvalidOption("SCORES and LABELS cannot both be standard input");
  }
  LabelledScores input;
  input.table = read_pair_scores(session.context(), path, state.pairs.separator,
                                 two_files ? LastColumn::score : LastColumn::label);
  if (two_files) {
    if (!input.table.labels.empty()) {
      throw InvalidOption(
          fmt::format("{} has a column label, and {} is given too; leave one of them out", path, state.labels.front()));
    }
    const PairTable labels = read_pair_labels(session.context(), state.labels.front(), state.pairs.separator);
    if (labels.groups.empty()) {
      input.labels = match_labels(session.context(), input.table, labels, state.pairs.directed);
    } else {
      check_same_lines(input.table, labels);
      input.labels = labels.labels.copy();
      input.groups = row_groups(labels);
    }
  } else {
    if (input.table.labels.empty()) refuse_missing_labels(path);
    if (input.table.groups.empty()) {
      refuse_repeated_pairs(session.context(), input.table, state.pairs.directed);
    } else {
      input.groups = row_groups(input.table);
    }
    input.labels = std::move(input.table.labels);
  }
  input.positives = static_cast<std::uint64_t>(std::ranges::count(input.labels, 1));
  return input;
}

/// Metrics of negatives of each positive's own, all by the mean of its rank's bounds or what `ties` says instead.
MethodRow evaluate_groups(RunContext& context, const ScoreColumn& column, const RowGroups& groups,
                          const std::vector<MetricChoice>& metrics, TieRule ties) {
  const std::size_t of_each = groups.negatives.size() / groups.positives.size();
  std::vector<double> positives;
  BasicMatrix<double> negatives(groups.positives.size(), of_each);
  for (std::size_t i = 0; i < groups.positives.size(); ++i) {
    positives.push_back(column.values[groups.positives[i]]);
    for (std::size_t k = 0; k < of_each; ++k) negatives(i, k) = column.values[groups.negatives[i * of_each + k]];
  }
  const std::vector<double> ranks =
      ranks_among_own_negatives(context.threads(), std::span<const double>(positives), negatives.view(), ties);
  MethodRow row{column.name, {}, {}};
  for (const MetricChoice& metric : metrics) row.values.push_back(value_of(metric, ranks));
  return row;
}

MethodRow evaluate(RunContext& context, const ScoreColumn& column, const LabelledScores& input,
                   const std::vector<MetricChoice>& metrics, TieRule ties, int curve_steps) {
  Array<double> positives(input.positives);
  Array<double> negatives(input.negatives());
  for (std::size_t row = 0, p = 0; row < input.labels.size(); ++row) {
    if (input.labels[row] == 1) {
      positives[p++] = column.values[row];
    } else {
      negatives[row - p] = column.values[row];
    }
  }
  const RankedScores ranked(context.threads(), positives.span(), negatives.span());
  MethodRow row{column.name, {}, {}};
  for (const MetricChoice& metric : metrics) row.values.push_back(value_of(metric, ranked, ties));
  if (curve_steps > 0) row.curves = ranking_curves(ranked, curve_steps);
  return row;
}

/// What a metric does with ties. Hits@K of one ranking is OGB's, and has no choice.
std::string ties_word(const MetricChoice& metric, TieRule ties, bool in_groups) {
  return in_groups ? detail::value_text(ties) : std::string(ties_in(metric, ties));
}

std::string ties_text(const std::vector<MetricChoice>& metrics, TieRule ties, bool in_groups) {
  std::string text;
  for (const MetricChoice& metric : metrics) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", metric_name(metric), ties_word(metric, ties, in_groups));
  }
  return text;
}

std::string table_text(const std::vector<MethodRow>& rows, const std::vector<MetricChoice>& metrics) {
  const std::string first = "method";
  std::size_t width = first.size();
  for (const MethodRow& row : rows) width = std::max(width, row.method.size());
  std::string text = fmt::format("{:<{}}", first, width);
  std::vector<std::size_t> widths;
  for (const MetricChoice& metric : metrics) {
    const std::string name = metric_name(metric);
    widths.push_back(std::max(name.size(), std::string_view("0.0000").size()));
    text += fmt::format("  {:>{}}", name, widths.back());
  }
  text += '\n';
  for (const MethodRow& row : rows) {
    text += fmt::format("{:<{}}", row.method, width);
    for (std::size_t i = 0; i < row.values.size(); ++i) text += fmt::format("  {:>{}.4f}", row.values[i], widths[i]);
    text += '\n';
  }
  return text;
}

struct EvaluateReport {
  const LabelledScores& input;
  const std::vector<MetricChoice>& metrics;
  TieRule ties;
  std::vector<MethodRow> rows;

  Json json(const RunRecord& record) const {
    Json ties_of = Json::object();
    for (const MetricChoice& metric : metrics) {
      ties_of[metric_name(metric)] = ties_word(metric, ties, input.groups.has_value());
    }
    Json methods = Json::array();
    for (const MethodRow& row : rows) {
      Json values = Json::object();
      for (std::size_t i = 0; i < metrics.size(); ++i) values[metric_name(metrics[i])] = row.values[i];
      methods.push_back({{"method", row.method}, {"metrics", values}});
      if (!row.curves.empty()) methods.back()["curves"] = curves_json(row.curves);
    }
    return Json{{"positives", input.positives},
                {"negatives", input.negatives()},
                {"own_negatives", input.groups.has_value()},
                {"ties", ties_of},
                {"methods", methods},
                {"record", Json::parse(to_json(record))}};
  }

  std::string text() const {
    return fmt::format(
        "{}\n{}, {}; ties: {}\n", table_text(rows, metrics), counted(input.positives, "positive", "positives"),
        counted(input.negatives(), "negative", "negatives") + (input.groups ? " of each positive's own" : ""),
        ties_text(metrics, ties, input.groups.has_value()));
  }
};

/// Hits@K of fewer than K negatives says nothing of the scores.
void tell_certain_hits(Session& session, const std::vector<MetricChoice>& metrics, std::uint64_t negatives) {
  for (const MetricChoice& metric : metrics) {
    if (metric.metric != Metric::hits || negatives >= metric.k) continue;
    session.note(fmt::format("{} is 1 by definition: there {} only {}", metric_name(metric),
                             negatives == 1 ? "is" : "are", counted(negatives, "negative", "negatives")));
  }
}

void run_evaluate(Session& session, const EvaluateState& state) {
  validate(state.metrics);
  parse_metrics(state.metrics.metrics);  // what is no metric is refused before files are read
  if (state.curves.curves > 0 && !session.options().json) throw InvalidOption("--curves goes to --json; add it");
  const LabelledScores input = read_input(session, state);
  if (state.curves.curves > 0 && input.groups) {
    throw InvalidOption("--curves: edges that have negatives of their own make no one ranking, and so no curve");
  }
  const std::vector<MetricChoice> metrics = metrics_of(state.metrics, input.groups.has_value());
  const std::uint64_t peak = resident_bytes() + input.labels.size() * sizeof(double) +
                             estimate_ranking_memory(input.positives, input.negatives());
  if (session.only_estimate(std::max(peak_resident_bytes(), peak))) return;
  RunContext& context = session.context();
  context.require_memory(peak, "raise --memory");
  context.begin_stage("evaluate", "methods", input.table.scores.size());
  EvaluateReport report{input, metrics, state.metrics.ties, {}};
  for (const ScoreColumn& column : input.table.scores) {
    report.rows.push_back(input.groups
                              ? evaluate_groups(context, column, *input.groups, metrics, state.metrics.ties)
                              : evaluate(context, column, input, metrics, state.metrics.ties, state.curves.curves));
    context.advance(1);
  }
  context.end_stage();
  if (session.options().json) {
    std::vector<OptionValue> options = option_values(state.metrics);
    for (OptionValue& value : option_values(state.pairs)) options.push_back(std::move(value));
    const RunRecord record = context.record("evaluate", std::move(options));
    session.print(report.json(record).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return;
  }
  session.note(fmt::format("{}: {}", state.scores.front(), input.table.read_as));
  tell_certain_hits(session, metrics, input.groups ? input.negatives() / input.positives : input.negatives());
  session.print(report.text());
}

}  // namespace

Command evaluate_command() {
  const auto state = std::make_shared<EvaluateState>();
  Command command;
  command.name = "evaluate";
  command.summary = "say how well scores tell linked pairs from others";
  command.description =
      "Compares the scores of pairs of nodes with their labels, 1 for a link and 0 for none, and prints a row of "
      "metrics for each column of scores. A line of SCORES is a source, a target and a score; with a header there may "
      "be more columns of scores, one a method, and a column label. A line of LABELS is a source, a target and a "
      "label. Pairs are matched by the names of their nodes, and each stands once in both files. Files of one column "
      "are matched line by line. All positives and all negatives make one ranking: hits@K is OGB's, the share of "
      "positives above the K-th highest negative; mrr ranks each positive against all negatives; auc, "
      "average-precision and ndcg@K are scikit-learn's. With a column group beside the label, such as adjoin split "
      "writes for hard negatives, lines are matched one by one, each positive is ranked among the negatives of its "
      "group, and there are mrr and hits@K.";
  command.positionals = {{"SCORES", "scores of pairs; - is standard input", &state->scores},
                         {.name = "LABELS",
                          .help = "labels of the same pairs; not needed where SCORES has a column label",
                          .values = &state->labels,
                          .optional = true}};
  command.groups = {{"Metrics", joined(bind_options(state->metrics), bind_options(state->curves))},
                    {"Reading pairs", bind_options(state->pairs)}};
  command.examples = {{"evaluate scores.tsv labels.tsv --metrics auc,ap,hits@50", "two files with the same pairs"},
                      {"evaluate labelled.tsv --metrics mrr,ndcg@10 --ties pessimistic --json",
                       "one file, whose last column is the label"}};
  command.run = [state](Session& session) { run_evaluate(session, *state); };
  return command;
}

}  // namespace adjoin::cli
