#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/evaluate/link_comparison.hpp>
#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/link_methods.hpp>
#include <adjoin/bindings/cli/link_results.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/hash.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/engine/runtime/version.hpp>
#include <adjoin/io/dataset_file.hpp>

namespace adjoin::cli {
namespace {

struct ComparisonOptions {
  std::string methods =
      "common-neighbors,jaccard,adamic-adar,resource-allocation,preferential-attachment,katz,rooted-pagerank,"
      "fastrp-cosine,combined";
  int runs = 10;
  std::string output;

  static constexpr auto fields() {
    using O = ComparisonOptions;
    return std::tuple{
        option_field("methods", &O::methods,
                     "what to compare, with commas between, or all: the scores of adjoin score by name or short name; "
                     "fastrp, prone, randne (the cosine of their vectors), or with -dot, and with -hadamard, -average, "
                     "-l1, -l2 a logistic regression on these features of two vectors; combined, a logistic regression "
                     "on all of it"),
        option_field("runs", &O::runs, {1, 100'000}, "independent splits; with --folds, of the folds"),
        option_field("output", &O::output,
                     "a file that gets a line a result as soon as there is one, and from which the same command goes "
                     "on after it was stopped")};
  }
};

struct LinkpredState {
  std::vector<std::string> graphs;
  ComparisonOptions comparison;
  EdgeSplitOptions split;
  MetricOptions metrics;
  LinkScoreOptions scores;
  LinkLearningOptions learning;
  ReadOptions read;
  BuildOptions build;
};

/// "random 0.8/0.1/0.1, keep-connected".
std::string split_phrase(const EdgeSplitOptions& split) {
  return fmt::format("random {:.4g}/{:.4g}/{:.4g}{}", 1 - split.validation - split.test, split.validation, split.test,
                     split.keep_connected ? ", keep-connected" : "");
}

/// Of everything that a value depends on, beside the split, which has a hash of its own.
std::string hash_of_settings(const Session& session, const LinkpredState& state) {
  std::string text = fmt::format("{} {} {}", version(), session.options().seed, option_values(state.metrics)[1].text);
  for (const auto& options : {option_values(state.scores), option_values(state.learning)}) {
    for (const OptionValue& option : options) text += fmt::format(" {}={}", option.name, option.text);
  }
  return fmt::format("{:016x}", hash_name(text));
}

/// Tells how far the runs are, and what they say so far.
class Progress {
 public:
  Progress(Session& session, const LinkpredState& state, const LinkResults& results)
      : session_(session), state_(state), results_(results) {}

  /// After each result, also those that were known.
  void tell(const LinkRun& result, std::size_t methods) {
    if (result.run != run_) {
      run_ = result.run;
      count_ = 0;
    }
    if (++count_ < methods) return;
    const auto best = std::ranges::max_element(results_.runs, {}, [&](const LinkRun& run) {
      return run.run == run_ && !run.values.empty() ? run.values.front() : -1;
    });
    if (best->values.empty()) return;
    session_.note(fmt::format("run {} of {}, split {:016x}: best {} by {}, {:.4f}", run_ - state_.split.round + 1,
                              state_.comparison.runs, result.split_hash, metric_name(results_.settings.metrics.front()),
                              best->method, best->values.front()));
  }

 private:
  Session& session_;
  const LinkpredState& state_;
  const LinkResults& results_;
  int run_ = -1;
  std::size_t count_ = 0;
};

LinkResults compare_on(Session& session, const LinkpredState& state, const std::string& path, GraphView graph,
                       std::span<const LinkMethod> methods, std::optional<LinkResultsFile>& file) {
  LinkResults results;
  results.settings = {path, split_phrase(state.split), "uniform", hash_of_settings(session, state),
                      parse_metrics(state.metrics.metrics)};
  Progress progress(session, state, results);
  const auto take = [&](const LinkRun& run) {
    results.runs.push_back(run);
    progress.tell(run, methods.size());
  };
  std::size_t known = 0;
  LinkComparisonSink sink;
  sink.known = [&](const std::string& method, int run, std::uint64_t hash) {
    const auto found = file ? file->find(results.settings, method, run, hash) : std::nullopt;
    if (!found) return false;
    ++known;
    take(*found);
    return true;
  };
  sink.finished = [&](const LinkRun& run) {
    if (file) file->add(results.settings, run);
    take(run);
  };
  const LinkTaskSource task_of = [&](RunContext& context, int run) {
    EdgeSplitOptions split = state.split;
    split.round = run;
    return LinkTask{split_edges(context, graph, split), {}};
  };
  LinkComparisonOptions options;
  options.metrics = results.settings.metrics;
  options.ties = state.metrics.ties;
  options.first_run = state.split.round;
  options.runs = state.comparison.runs;
  compare_links(session.context(), methods, task_of, options, sink);
  if (known > 0) {
    session.note(fmt::format("{} of {} were in {} already", format_count(known),
                             counted(results.runs.size(), "result", "results"), state.comparison.output));
  }
  return results;
}

std::uint64_t estimate(const LinkpredState& state, GraphView graph, std::span<const std::string> methods, int threads) {
  const auto pairs = static_cast<std::size_t>(2 * state.split.test * static_cast<double>(graph.edge_count())) + 2;
  return std::max(
      estimate_edge_split_memory(graph, state.split),
      graph.bytes() + estimate_link_methods_memory(graph, pairs, methods, state.scores, state.learning, threads));
}

void run_linkpred(Session& session, const LinkpredState& state) {
  const std::vector<std::string> names = parse_methods(state.comparison.methods, link_method_names());
  const std::vector<LinkMethod> methods = link_methods(names, state.scores, state.learning);
  parse_metrics(state.metrics.metrics);
  if (state.comparison.output == "-") {
    throw InvalidOption("-o is a file to go on from, which standard output is not; the table goes there anyway");
  }
  std::optional<LinkResultsFile> file;
  if (!state.comparison.output.empty() && !session.options().estimate) file.emplace(state.comparison.output);
  Json records = Json::array();
  std::uint64_t most = 0;
  for (const std::string& path : state.graphs) {
    const GraphFile input = read_graph_and_tell(session, path, state.read, state.build);
    const GraphView graph = input.graph.view();
    if (session.options().estimate) {
      most = std::max(most, resident_bytes() + estimate(state, graph, names, session.context().threads().count()));
      continue;
    }
    const LinkResults results = compare_on(session, state, path, graph, methods, file);
    if (session.options().json) {
      for (Json& record : link_records(results, names)) records.push_back(std::move(record));
      continue;
    }
    session.print(fmt::format("{}: {}; split {}, {} negatives, {}\n", path, graph_phrase(graph), results.settings.split,
                              results.settings.negatives, counted(state.comparison.runs, "run", "runs")));
    session.print(link_table(results, names) + (&path == &state.graphs.back() ? "" : "\n"));
  }
  if (session.only_estimate(std::max(peak_resident_bytes(), most))) return;
  if (session.options().json) session.print(records.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace

Command linkpred_command() {
  const auto state = std::make_shared<LinkpredState>();
  Command command;
  command.name = "linkpred";
  command.summary = "compare methods of link prediction on a graph";
  command.description =
      "Holds edges out, scores them and as many pairs without an edge by every method, and prints each metric's mean "
      "and deviation over independent splits. All methods see the same splits, each of them only the training graph; "
      "what a method learns, it learns from edges of the training graph that it holds out itself. Every split is "
      "checked for leaks, and its hash stands in every result.";
  command.positionals = {{.name = "GRAPH", .help = "graphs in any format", .values = &state->graphs, .many = true}};
  command.groups = {{"Comparison",
                     [&] {
                       auto options = bind_options(state->comparison);
                       for (Option& option : bind_options(state->metrics)) options.push_back(std::move(option));
                       return options;
                     }()},
                    {"Split", bind_options(state->split)},
                    {"Methods",
                     [&] {
                       auto options = bind_options(state->scores);
                       for (Option& option : bind_options(state->learning)) options.push_back(std::move(option));
                       return options;
                     }()},
                    {"Reading the graph", [&] {
                       auto options = bind_options(state->read);
                       for (Option& option : bind_options(state->build)) options.push_back(std::move(option));
                       return options;
                     }()}};
  command.examples = {
      {"linkpred data/borders/edges.tsv --runs 5", "the usual methods on five splits"},
      {"linkpred data/karate/edges.txt --methods cn,aa,ra,fastrp,combined --test 0.1 --validation 0 -o karate.jsonl",
       "results kept as they come; the same command goes on where it was stopped"}};
  command.run = [state](Session& session) { run_linkpred(session, *state); };
  return command;
}

}  // namespace adjoin::cli
