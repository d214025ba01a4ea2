#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/simplicial/best_triples.hpp>
#include <adjoin/algorithms/simplicial/evaluate_triples.hpp>
#include <adjoin/bindings/cli/commands/simplices.hpp>
#include <adjoin/bindings/cli/drawing.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/bindings/cli/triple_methods.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {
namespace cli {

enum class LabelChoice : std::uint8_t { correct, reference, both };

}  // namespace cli

template <>
struct EnumNames<cli::LabelChoice> {
  static constexpr std::array<std::pair<cli::LabelChoice, std::string_view>, 3> names{
      {{cli::LabelChoice::correct, "correct"},
       {cli::LabelChoice::reference, "reference"},
       {cli::LabelChoice::both, "both"}}};
};

namespace cli {
namespace {

struct WhatOptions {
  std::string methods;
  int top = 10;
  int max_size = default_max_simplex_size;

  static constexpr auto fields() {
    using O = WhatOptions;
    return std::tuple{
        option_field("methods", &O::methods, triple_methods_help),
        option_field("top", &O::top, {1, 1'000'000'000}, "print so many open triangles of each method, the likeliest"),
        option_field("max-size", &O::max_size, {1, 1'000'000}, "simplices of more nodes are left out",
                     "Benson et al. 2018, section 2")};
  }
};

struct JudgeOptions {
  bool evaluate = false;
  LabelChoice labels = LabelChoice::correct;
  double train = TripleEvaluationOptions{}.train;
  double until = TripleEvaluationOptions{}.until;
  int resamples = TripleEvaluationOptions{}.resamples;
  std::string report;

  static constexpr auto fields() {
    using O = JudgeOptions;
    return std::tuple{
        option_field("evaluate", &O::evaluate,
                     "predict from the first simplices only, and say how well, by those that come later"),
        option_field("labels", &O::labels,
                     "which triangles count as closing: correct, or reference, those that the program released with "
                     "the paper finds, to compare with its figures, or both",
                     "the released program"),
        option_field("train", &O::train, {0.0, 1.0}, "share of the simplices, the first ones, to predict from",
                     "Benson et al. 2018, section 4"),
        option_field("until", &O::until, {0.0, 1.0},
                     "share of the simplices that are looked at; those after the training ones say what closes. 0.8 "
                     "with a train of 0.6 leaves the last fifth for later"),
        option_field("resamples", &O::resamples, {0, 1'000'000},
                     "draws of the triangles that close, with replacement, whose middle 95 % is each figure's "
                     "interval; 0 for none",
                     "Efron 1979"),
        option_field("report", &O::report, "a page with the figures, .html")};
  }
};

struct PredictState {
  std::vector<std::string> data;
  WhatOptions what;
  JudgeOptions judge;
  TripleMethodOptions methods;
  ReadOptions read;
};

constexpr std::string_view why_labels_differ =
    "The program released with the paper looks for a triple with its node of lowest degree first among triples sorted "
    "by id, so it takes a triangle that closes for one that does not unless that node also has the lowest id; its "
    "published figures rest on what it finds.";

std::vector<OptionValue> values_of(const PredictState& state) {
  std::vector<OptionValue> values = option_values(state.what);
  for (const auto& more : {option_values(state.judge), option_values(state.methods)}) {
    values.insert(values.end(), more.begin(), more.end());
  }
  return values;
}

void print_json(Session& session, const Json& json) {
  session.print(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

// The likeliest triangles.

/// The ties of a-b, a-c and b-c.
std::array<double, 3> ties_of(const Projection& projection, const NodeTriple& triple) {
  const CsrView a = projection.graph.view().out();
  const auto tie = [&](NodeId u, NodeId v) {
    const auto row = a.row_targets(index(u));
    const auto place = static_cast<std::size_t>(std::ranges::lower_bound(row, v) - row.begin());
    return static_cast<double>(a.row_weights(index(u))[place]);
  };
  return {tie(triple.a, triple.b), tie(triple.a, triple.c), tie(triple.b, triple.c)};
}

Json best_json(const BestTriples& found, const TripleScoring& scoring, const Projection& projection,
               const NodeIndex& nodes) {
  Json methods = Json::array();
  for (std::size_t k = 0; k < found.best.size(); ++k) {
    Json triangles = Json::array();
    for (const auto& [triple, score] : found.best[k]) {
      triangles.push_back({{"nodes", {nodes.name(triple.a), nodes.name(triple.b), nodes.name(triple.c)}},
                           {"score", score},
                           {"ties", ties_of(projection, triple)}});
    }
    Json method{{"method", scoring.names[k]}};
    if (k < scoring.notes.size() && !scoring.notes[k].empty()) method["note"] = scoring.notes[k];
    method["triangles"] = std::move(triangles);
    methods.push_back(std::move(method));
  }
  return Json{{"open_triangles", found.open_triangles},
              {"closed_triangles", found.closed_triangles},
              {"methods", std::move(methods)}};
}

std::string best_text(const BestTriples& found, const TripleScoring& scoring, const Projection& projection,
                      const NodeIndex& nodes) {
  std::string text;
  for (std::size_t k = 0; k < found.best.size(); ++k) {
    if (k > 0) text += "\n";
    text += fmt::format("a\tb\tc\t{}\tties a-b\tties a-c\tties b-c\n", scoring.names[k]);
    for (const auto& [triple, score] : found.best[k]) {
      const auto [ab, ac, bc] = ties_of(projection, triple);
      text += fmt::format("{}\t{}\t{}\t{:.6g}\t{}\t{}\t{}\n", nodes.name(triple.a), nodes.name(triple.b),
                          nodes.name(triple.c), score, ab, ac, bc);
    }
  }
  return text;
}

void print_best(Session& session, const PredictState& state, const ReadSimplices& data,
                const std::vector<TripleScoringMaker>& makers) {
  RunContext& context = session.context();
  const std::string& path = state.data.front();
  const SimplexView simplices = data.log.view();
  const auto& nodes = data.file.data.nodes;
  const Projection projection =
      project_simplices(context, simplices, nodes, {TieWeight::count, state.what.max_size});
  const int threads = context.threads().count();
  std::size_t scores = 0;
  for (const TripleScoringMaker& maker : makers) scores += maker.names.size();
  constexpr auto any_number = std::numeric_limits<std::uint64_t>::max();  // of open triangles, not counted yet
  const ScoringMemory memory = estimate_scoring_memory(makers, projection, any_number, threads);
  const auto top = static_cast<std::size_t>(state.what.top);
  const std::uint64_t search = estimate_best_triples_memory(projection.graph, scores, top, threads);
  const std::uint64_t peak = resident_bytes() + std::max(memory.making, memory.kept + search);
  if (session.only_estimate(std::max(peak, peak_resident_bytes()))) return;
  const TripleTraining training =
      training_until(simplices, 1, nodes, projection, state.what.max_size, ClosureLabels::correct);
  std::vector<TripleScoring> parts;
  for (const TripleScoringMaker& maker : makers) parts.push_back(maker.make(context, training));
  const TripleScoring scoring = joined(std::move(parts));
  const BestTriples found = best_open_triangles(context, projection, scoring, top);
  RunRecord record = context.record("simplices predict", values_of(state));
  if (projection.incidence.too_large > 0) {
    record.remarks.push_back({"simplices left out for their size", projection.incidence.too_large});
  }
  if (session.options().json) {
    Json json = best_json(found, scoring, projection, *nodes);
    json["record"] = Json::parse(to_json(record));
    print_json(session, json);
    return;
  }
  tell_remarks(session, path, record);
  session.note(fmt::format("{} open triangles, {} closed ones", format_count(found.open_triangles),
                           format_count(found.closed_triangles)));
  for (std::size_t k = 0; k < scoring.notes.size(); ++k) {
    if (!scoring.notes[k].empty()) session.note(fmt::format("{}: {}", scoring.names[k], scoring.notes[k]));
  }
  session.print(best_text(found, scoring, projection, *nodes));
}

// How well it can be foretold.

Json method_json(const TripleMethodResult& result, bool interval) {
  Json json{{"method", result.name}};
  if (!result.refusal.empty()) {
    json["refusal"] = result.refusal;
    return json;
  }
  json["average_precision"] = result.average_precision;
  json["improvement"] = result.improvement;
  if (interval) json["interval"] = {result.interval.low, result.interval.high};
  if (!result.note.empty()) json["note"] = result.note;
  return json;
}

Json labels_json(const TripleEvaluation& e, ClosureLabels labels, bool interval) {
  Json methods = Json::array();
  for (const TripleMethodResult& result : e.methods) methods.push_back(method_json(result, interval));
  return Json{{"labels", detail::value_text(labels)},
              {"positives", e.positives},
              {"positive_rate", e.positive_rate},
              {"methods", std::move(methods)}};
}

Json evaluation_json(const PredictState& state, const TripleEvaluation& e, Json by_labels, int decimals) {
  Json json{{"data", state.data.front()},
            {"train_until", format_time(e.train_until, decimals)},
            {"test_until", format_time(e.test_until, decimals)},
            {"train_simplices", e.train_simplices},
            {"test_simplices", e.test_simplices},
            {"nodes", e.nodes},
            {"edges", e.edges},
            {"closed_triangles", e.closed_triangles},
            {"open_triangles", e.open_triangles},
            {"evaluations", std::move(by_labels)}};
  if (state.judge.labels != LabelChoice::correct) json["about_labels"] = why_labels_differ;
  return json;
}

std::string figure_text(const TripleMethodResult& result, bool interval) {
  if (!result.refusal.empty()) return result.refusal;
  const std::string figure = fmt::format("{:>17.6f}  {:>11.3f}", result.average_precision, result.improvement);
  if (!interval) return figure;
  return figure + fmt::format("  {:>8.3f} to {:.3f}", result.interval.low, result.interval.high);
}

std::string evaluation_text(const TripleEvaluation& e, ClosureLabels labels, bool interval) {
  std::vector<std::pair<std::string, std::string>> rows{
      {"method", fmt::format("{:>17}  {:>11}{}", "average precision", "over random", interval ? "    95 %" : "")}};
  for (const TripleMethodResult& result : e.methods) rows.emplace_back(result.name, figure_text(result, interval));
  std::string text = two_columns(rows) + fmt::format("\n{} open triangles, of which {} close ({:.4g}){}\n",
                                                     format_count(e.open_triangles), format_count(e.positives),
                                                     e.positive_rate,
                                                     labels == ClosureLabels::reference
                                                         ? ", by the labels of the program released with the paper"
                                                         : "");
  const bool none_above_random = std::ranges::all_of(
      e.methods, [](const TripleMethodResult& result) { return !result.refusal.empty() || result.improvement < 1; });
  if (none_above_random) text += "every score is below random here\n";
  return text;
}

void tell_evaluation(Session& session, const std::string& path, const TripleEvaluation& e, int decimals) {
  tell_remarks(session, path, e.record);
  session.note(fmt::format("trained on {} simplices up to {}, judged by {} up to {}", format_count(e.train_simplices),
                           format_time(e.train_until, decimals), format_count(e.test_simplices),
                           format_time(e.test_until, decimals)));
  for (const TripleMethodResult& result : e.methods) {
    if (!result.note.empty()) session.note(fmt::format("{}: {}", result.name, result.note));
  }
}

std::vector<ClosureLabels> chosen_labels(LabelChoice choice) {
  if (choice == LabelChoice::both) return {ClosureLabels::correct, ClosureLabels::reference};
  return {choice == LabelChoice::correct ? ClosureLabels::correct : ClosureLabels::reference};
}

void print_evaluation(Session& session, const PredictState& state, const ReadSimplices& data,
                      const std::vector<TripleScoringMaker>& makers) {
  RunContext& context = session.context();
  const SimplexView simplices = data.log.view();
  const auto& nodes = data.file.data.nodes;
  TripleEvaluationOptions options;
  options.train = state.judge.train;
  options.until = state.judge.until;
  options.max_size = state.what.max_size;
  options.resamples = state.judge.resamples;
  if (session.options().estimate) {
    session.only_estimate(std::max(estimate_triple_evaluation_memory(context, simplices, nodes, makers, options),
                                   peak_resident_bytes()));
    return;
  }
  const bool interval = options.resamples > 0;
  Json by_labels = Json::array();
  std::string text;
  std::optional<TripleEvaluation> last;
  for (const ClosureLabels labels : chosen_labels(state.judge.labels)) {
    options.labels = labels;
    TripleEvaluation e;
    try {
      e = evaluate_triples(context, simplices, nodes, makers, options);
    } catch (const InvalidData& error) {
      if (!last) throw;  // the second way of labelling may find none, where the first has some
      by_labels.push_back({{"labels", detail::value_text(labels)}, {"refusal", error.what()}});
      text += fmt::format("\nby the labels of the program released with the paper: {}\n", error.what());
      continue;
    }
    by_labels.push_back(labels_json(e, labels, interval));
    if (!last) tell_evaluation(session, state.data.front(), e, simplices.decimals);
    text += (last ? "\n" : "") + evaluation_text(e, labels, interval);
    last = std::move(e);
  }
  if (state.judge.labels == LabelChoice::both) text += fmt::format("\n{}\n", why_labels_differ);
  RunRecord record = context.record("simplices predict", values_of(state));
  record.remarks = last->record.remarks;
  Json json = evaluation_json(state, *last, std::move(by_labels), simplices.decimals);
  json["record"] = Json::parse(to_json(record));
  if (session.options().json) {
    print_json(session, json);
  } else {
    session.print(text);
  }
  if (!state.judge.report.empty()) {
    run_drawing_program_on({"report", "--title", "adjoin: open triangles that close"}, json, state.judge.report);
    session.note(fmt::format("wrote {}", state.judge.report));
  }
}

void check(const PredictState& state) {
  validate(state.what);
  validate(state.judge);
  if (state.judge.evaluate) return;
  if (!state.judge.report.empty()) throw InvalidOption("--report is a page of how well it can be foretold; add --evaluate");
  if (state.judge.labels != LabelChoice::correct) {
    throw InvalidOption("--labels says what counts as closing where a prediction is judged; add --evaluate");
  }
}

void run_predict(Session& session, const PredictState& state) {
  check(state);
  const std::string usual = state.judge.evaluate ? "all" : "combined";
  const auto makers =
      parse_triple_makers(state.what.methods.empty() ? usual : state.what.methods, state.methods);
  const ReadSimplices data = read_simplices(session, state.data.front(), state.read);
  if (state.judge.evaluate) {
    print_evaluation(session, state, data, makers);
  } else {
    print_best(session, state, data, makers);
  }
}

}  // namespace

Command simplices_predict_command() {
  const auto state = std::make_shared<PredictState>();
  Command command;
  command.name = "predict";
  command.summary = "foretell which open triangles close, or say how well that can be done";
  command.description =
      "Three nodes of which every two have been in a simplex, but never all three, are an open triangle. Of all of "
      "them the likeliest to close are printed, with their scores and the simplices that each two share; without "
      "--methods by combined. With --evaluate scores are made of the first simplices only, and compared with which "
      "open triangles have all three nodes in a later one. Printed are the average precision, exact, and how many "
      "times it is that of random scores, which is the share of triangles that close (Benson et al. 2018). Open "
      "triangles are never stored, however many there are.";
  command.positionals = {{"DATA", "simplices in time; - is standard input", &state->data}};
  command.groups = {{"Prediction",
                     [&] {
                       auto options = bind_options(state->what);
                       for (Option& option : bind_options(state->methods)) options.push_back(std::move(option));
                       return options;
                     }()},
                    {"Evaluation", bind_options(state->judge)},
                    {"Reading the file", bind_options(state->read)}};
  command.examples = {
      {"simplices predict groups-nverts.txt --top 20", "the 20 likeliest, by what has closed before"},
      {"simplices predict groups-nverts.txt --evaluate", "every score, trained on the first four fifths"},
      {"simplices predict groups-nverts.txt --evaluate --labels both --methods geometric-mean,adamic-adar --json",
       "two of them, also by the labels of the released program, as JSON"}};
  command.run = [state](Session& session) { run_predict(session, *state); };
  return command;
}

}  // namespace cli
}  // namespace adjoin
