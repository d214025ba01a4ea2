#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/embedding/tune_fastrp.hpp>
#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/label_file.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/dataset_file.hpp>
#include <adjoin/io/node_table.hpp>
#include <adjoin/io/output_file.hpp>

namespace adjoin::cli {
namespace {

constexpr std::size_t trials_shown = 5;

struct GoalOptions {
  std::string labels;
  bool links = false;
  UnknownNodes unknown_nodes = UnknownNodes::error;
  std::string output;

  static constexpr auto fields() {
    using O = GoalOptions;
    return std::tuple{
        option_field("labels", &O::labels,
                     "predict these labels of nodes: a file with a node and a label a line; a node may have several"),
        option_field("links", &O::links, "predict edges: some are held out and told from pairs without an edge"),
        option_field("unknown-nodes", &O::unknown_nodes,
                     "nodes that the labels name and the edges do not: add them without edges, drop what is said of "
                     "them, or refuse the file"),
        option_field("output", &O::output, "a JSON file to write all of it to; - is standard output")};
  }
};

struct TuneState {
  std::vector<std::string> graph;
  GoalOptions goal;
  TuneFastRPOptions tune;
  ReadOptions read;
  BuildOptions build;
};

/// The word as a shell takes it.
std::string quoted(const std::string& word) {
  const auto plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("_-./,=+:@%").find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::ranges::all_of(word, plain)) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

/// The options whose values are not the defaults, as arguments; those named `always` in any case.
template <class Options>
std::string arguments_of(const Options& options, std::initializer_list<std::string_view> always = {}) {
  std::string text;
  const std::vector<OptionValue> defaults = option_values(Options());
  const std::vector<OptionValue> values = option_values(options);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].text == defaults[i].text && std::ranges::find(always, values[i].name) == always.end()) continue;
    text += " --" + values[i].name;
    if (values[i].kind != OptionKind::flag) text += " " + quoted(values[i].text);
  }
  return text;
}

std::string embed_command_line(const Session& session, const TuneState& state, const FastRPOptions& best) {
  return fmt::format("adjoin embed {} -o best.npy{} --seed {}{}{}", quoted(state.graph.front()),
                     arguments_of(best, {"dim", "weights", "beta"}), session.options().run.seed,
                     arguments_of(state.read), arguments_of(state.build));
}

Json trial_json(const TuneTrial& trial) {
  // Through text, so that 6.67 stays 6.67.
  FastRPOptions options;
  options.weights = trial.weights;
  Json json{{"beta", Json::parse(format_number(trial.beta))}};
  for (const OptionValue& value : option_values(options)) {
    if (value.name == "weights") json["weights"] = Json::parse("[" + value.text + "]");
  }
  json["score"] = trial.score;
  return json;
}

/// Of equal scores the one tried first comes first.
std::vector<TuneTrial> best_first(const std::vector<TuneTrial>& trials) {
  std::vector<std::size_t> order(trials.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return trials[a].score != trials[b].score ? trials[a].score > trials[b].score : a < b;
  });
  std::vector<TuneTrial> sorted;
  for (const std::size_t i : order) sorted.push_back(trials[i]);
  return sorted;
}

std::string weights_text(const std::vector<float>& weights) {
  std::string text;
  for (const float weight : weights) text += (text.empty() ? "" : ",") + format_number(weight);
  return text;
}

struct TuneReport {
  const TuneState& state;
  const TuneFastRPResult& result;
  std::string command;
  std::string score_name;

  Json json() const {
    const std::vector<TuneTrial> trials = best_first(result.trials);
    Json all = Json::array();
    for (const TuneTrial& trial : trials) all.push_back(trial_json(trial));
    Json test{{"score", result.test_score}};
    if (!state.goal.links) {
      test["micro_f1"] = result.test_f1.micro;
      test["macro_f1"] = result.test_f1.macro;
    }
    Json best = trial_json(trials.front());
    best.erase("score");
    best["dim"] = result.best.dim;
    return Json{{"goal", state.goal.links ? "links" : "labels"},
                {"score", score_name},
                {"best", best},
                {"command", command},
                {"validation", {{"score", result.validation_score}, {"count", result.validation_count}}},
                {"test", test},
                {"training_count", result.training_count},
                {"test_count", result.test_count},
                {"trials", all},
                {"record", Json::parse(to_json(result.record))}};
  }

  std::string text() const {
    const std::vector<TuneTrial> trials = best_first(result.trials);
    std::string lines = fmt::format("{:>10}  {:>7}  weights\n", "validation", "beta");
    for (std::size_t i = 0; i < std::min(trials_shown, trials.size()); ++i) {
      lines += fmt::format("{:>10.4f}  {:>7}  {}\n", trials[i].score, format_number(trials[i].beta),
                           weights_text(trials[i].weights));
    }
    const char* const unit = state.goal.links ? "edges" : "nodes";
    lines += fmt::format("\nvalidation {} {:.4f}, best of {} on {} {}\n", score_name, result.validation_score,
                         counted(trials.size(), "trial", "trials"), format_count(result.validation_count), unit);
    lines += fmt::format("test {} {:.4f} on {} {} that the search did not see", score_name, result.test_score,
                         format_count(result.test_count), unit);
    if (!state.goal.links) {
      lines += fmt::format(" (micro-F1 {:.4f}, macro-F1 {:.4f})", result.test_f1.micro, result.test_f1.macro);
    }
    return lines + "\n\n" + command + "\n";
  }
};

void check(const Session& session, const TuneState& state) {
  validate(state.tune);
  if (state.goal.labels.empty() && !state.goal.links) {
    throw InvalidOption("nothing is said to tune for; add --labels FILE or --links");
  }
  if (!state.goal.labels.empty() && state.goal.links) {
    throw InvalidOption("--labels and --links are two goals; give one of them");
  }
  check_standard_output(session, state.goal.output);
}

void run_tune(Session& session, const TuneState& state) {
  check(session, state);
  std::optional<OutputFile> output;
  if (!state.goal.output.empty() && !session.options().estimate) output.emplace(state.goal.output);
  GraphFile file = read_graph_and_tell(session, state.graph.front(), state.read, state.build);
  Dataset data;
  data.nodes = file.graph.view().shared_nodes();
  data.graph = std::move(file.graph);
  std::optional<NodeLabels> labels;
  if (!state.goal.links) {
    labels = read_labels_and_tell(session, state.goal.labels, state.goal.unknown_nodes, data);
  }
  const GraphView graph = data.graph->view();
  const std::uint64_t estimate = labels
                                     ? estimate_tune_fastrp_memory_for_labels(graph, labels->of_node.view(), state.tune)
                                     : estimate_tune_fastrp_memory_for_links(graph, state.tune);
  if (session.only_estimate(std::max(peak_resident_bytes(), resident_bytes() + estimate))) return;
  const TuneFastRPResult result =
      labels ? tune_fastrp_for_labels(session.context(), graph, labels->of_node.view(), state.tune)
             : tune_fastrp_for_links(session.context(), graph, state.tune);
  const TuneReport report{state, result, embed_command_line(session, state, result.best),
                          labels ? std::string(state.tune.f1 == F1Mean::macro ? "macro-F1" : "micro-F1") : "AUC"};
  if (output) {
    output->write(report.json().dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    output->commit();
  }
  if (session.options().json) {
    session.print(report.json().dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return;
  }
  session.note(
      fmt::format("time: {}; peak memory {}", stages_phrase(result.record), format_bytes(result.record.peak_bytes)));
  if (output) session.note("wrote " + output_phrase(state.goal.output));
  if (state.goal.output != "-") session.print(report.text());
}

}  // namespace

Command tune_command() {
  const auto state = std::make_shared<TuneState>();
  Command command;
  command.name = "tune";
  command.summary = "find the options of embed that do best on labels or links";
  command.description =
      "Searches the beta and the weights of adjoin embed. A part of the labelled nodes, or of the edges, is set aside "
      "for the test; trials are scored on a validation part of the others, and the best one is scored on the test part "
      "once, at the end. Prints the best trials, both scores and the embed command of the best. With --labels a score "
      "is the F1 of a logistic regression on the vectors; with --links it is the area under the ROC curve of their "
      "cosine, and only the edges that are not held out are embedded.";
  command.positionals = {{"GRAPH", "a graph in any format, a store, or events; - is standard input", &state->graph}};
  command.groups = {{"Goal", bind_options(state->goal)},
                    {"Search", bind_options(state->tune)},
                    {"Reading the graph", joined(bind_options(state->read), bind_options(state->build))}};
  command.examples = {
      {"tune data/karate/edges.txt --labels data/karate/factions.txt --dim 16 --test 0.5", "for the two factions"},
      {"tune data/borders/edges.tsv --links --dim 64 -o best.json", "for edges, with a record of every trial"}};
  command.run = [state](Session& session) { run_tune(session, *state); };
  return command;
}

}  // namespace adjoin::cli
