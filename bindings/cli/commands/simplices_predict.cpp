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
#include <adjoin/bindings/cli/commands/simplices_predict.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {
namespace {

constexpr std::string_view why_labels_differ =
    "The program released with the paper looks for a triple with its node of lowest degree first among triples sorted "
    "by id, so it takes a triangle that closes for one that does not unless that node also has the lowest id; its "
    "published figures rest on what it finds.";

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
  const Projection projection = project_simplices(context, simplices, nodes, {TieWeight::count, state.what.max_size});
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

void tell_evaluation(Session& session, const std::string& path, const TripleEvaluation& e, int decimals) {
  tell_remarks(session, path, e.record);
  session.note(fmt::format("trained on {} simplices up to {}, judged by {} up to {}", format_count(e.train_simplices),
                           format_time(e.train_until, decimals), format_count(e.test_simplices),
                           format_time(e.test_until, decimals)));
  for (const GroupMethodResult& result : e.methods) {
    if (!result.note.empty()) session.note(fmt::format("{}: {}", result.name, result.note));
  }
}

std::string_view about(ClosureLabels labels) {
  return labels == ClosureLabels::reference ? ", by the labels of the program released with the paper" : "";
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
    session.only_estimate(
        std::max(estimate_triple_evaluation_memory(context, simplices, nodes, makers, options), peak_resident_bytes()));
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
    by_labels.push_back(figures_json(detail::value_text(labels), e.positives, e.positive_rate, e.methods, interval));
    if (!last) tell_evaluation(session, state.data.front(), e, simplices.decimals);
    text += (last ? "\n" : "") +
            figures_text(e.methods,
                         fmt::format("{} open triangles, of which {} close ({:.4g}){}", format_count(e.open_triangles),
                                     format_count(e.positives), e.positive_rate, about(labels)),
                         interval);
    last = std::move(e);
  }
  if (state.judge.labels == LabelChoice::both) text += fmt::format("\n{}\n", why_labels_differ);
  RunRecord record = context.record("simplices predict", values_of(state));
  record.remarks = last->record.remarks;
  Json json = evaluation_json(state, *last, std::move(by_labels), simplices.decimals);
  json["record"] = Json::parse(to_json(record));
  print_figures(session, state, json, text);
}

void check(const PredictState& state) {
  validate(state.what);
  validate(state.judge);
  if (state.what.closed_faces && state.what.nodes != 4) {
    throw InvalidOption("--closed-faces is of four nodes; add --nodes 4");
  }
  if (state.what.nodes == 4 && state.judge.labels != LabelChoice::correct) {
    throw InvalidOption(
        "--labels reference is of triangles, as the released program has it; leave it out with --nodes 4");
  }
  if (state.judge.evaluate) return;
  if (!state.judge.report.empty())
    throw InvalidOption("--report is a page of how well it can be foretold; add --evaluate");
  if (state.judge.labels != LabelChoice::correct) {
    throw InvalidOption("--labels says what counts as closing where a prediction is judged; add --evaluate");
  }
}

void run_predict(Session& session, const PredictState& state) {
  check(state);
  if (state.what.nodes == 4) {
    predict_quadruples(session, state);
    return;
  }
  const std::string usual = state.judge.evaluate ? "all" : "combined";
  const auto makers = parse_triple_makers(state.what.methods.empty() ? usual : state.what.methods, state.methods);
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
      "triangles are never stored, however many there are. --nodes 4 does the same of four nodes.";
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

}  // namespace adjoin::cli
