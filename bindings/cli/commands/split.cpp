#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/evaluate/check_split.hpp>
#include <adjoin/algorithms/evaluate/split.hpp>
#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/dataset_file.hpp>
#include <adjoin/io/pair_writer.hpp>

namespace adjoin::cli {
namespace {

struct SplitOutput {
  std::string output;

  static constexpr auto fields() {
    return std::tuple{option_field("output", &SplitOutput::output,
                                   "what the names of the files begin with: -o parts/a writes parts/a.train.adjoin and "
                                   "others")};
  }
};

struct SplitState {
  std::vector<std::string> graph;
  SplitOutput output;
  EdgeSplitOptions split;
  ReadOptions read;
  BuildOptions build;
};

std::filesystem::path named(const std::string& prefix, const char* suffix) {
  return prefix + suffix;
}

/// Edges and negatives of one part, with their labels.
void write_part(RunContext& context, OutputFile& file, const NodeIndex& nodes, const std::vector<Edge>& edges,
                const std::vector<Edge>& negatives) {
  std::vector<Edge> pairs = edges;
  pairs.insert(pairs.end(), negatives.begin(), negatives.end());
  Matrix labels(pairs.size(), 1);
  for (std::size_t i = 0; i < pairs.size(); ++i) labels(i, 0) = i < edges.size() ? 1.0F : 0.0F;
  const std::vector<std::string> columns{"label"};
  write_pairs(context, file, nodes, pairs, columns, labels.view());
}

void run_split(Session& session, const SplitState& state) {
  RunContext& context = session.context();
  const std::string& prefix = state.output.output;
  if (!session.options().estimate) {
    if (prefix.empty()) throw InvalidOption("no output is named; add -o PREFIX, such as -o parts/first");
    if (prefix == "-")
      throw InvalidOption("a split is several files, which standard output cannot hold; name a prefix");
    check_dataset_output(named(prefix, ".train.adjoin"));
  }
  const GraphFile file = read_graph_and_tell(session, state.graph.front(), state.read, state.build);
  const GraphView graph = file.graph.view();
  if (session.only_estimate(
          std::max(peak_resident_bytes(), resident_bytes() + estimate_edge_split_memory(graph, state.split)))) {
    return;
  }
  EdgeSplit split = split_edges(context, graph, state.split);
  check_edge_split(split);
  const std::string hash = fmt::format("{:016x}", hash_of(split));
  const NodeIndex& nodes = graph.nodes();
  const std::size_t training_edges = split.training.view().edge_count();
  context.begin_stage("write", "rows", 2 * (split.validation.size() + split.test.size()));
  std::vector<std::filesystem::path> written{named(prefix, ".train.adjoin")};
  std::vector<OutputFile> files;
  const auto add_part = [&](const char* suffix, const std::vector<Edge>& edges, const std::vector<Edge>& negatives) {
    if (edges.empty()) return;
    files.emplace_back(named(prefix, suffix));
    write_part(context, files.back(), nodes, edges, negatives);
    written.push_back(files.back().target());
  };
  add_part(".validation.tsv", split.validation, split.validation_negatives);
  add_part(".test.tsv", split.test, split.test_negatives);
  context.end_stage();
  std::vector<OptionValue> options = option_values(state.split);
  for (const auto& more : {option_values(state.read), option_values(state.build)}) {
    options.insert(options.end(), more.begin(), more.end());
  }
  const RunRecord record = context.record("split", std::move(options));
  written.push_back(named(prefix, ".split.json"));
  Json names = Json::array();
  for (const auto& path : written) names.push_back(path.string());
  const Json told{{"graph", graph_json(graph, file.read, file.build)},
                  {"split_hash", hash},
                  {"training_edges", training_edges},
                  {"validation_edges", split.validation.size()},
                  {"test_edges", split.test.size()},
                  {"record", Json::parse(to_json(record))},
                  {"files", names}};
  const std::string text = told.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  files.emplace_back(written.back());
  files.back().write(text);
  // The training graph as a store, which keeps nodes that have lost all their edges.
  Dataset training;
  training.nodes = split.training.view().shared_nodes();
  training.graph = std::move(split.training);
  training.metadata["split_hash"] = hash;
  write_dataset(context, training, written.front());
  commit_together(files);
  if (session.options().json) {
    session.print(text);
    return;
  }
  session.note(
      fmt::format("{}: {} to train on, {} held out to validate, {} to test, with as many pairs without an edge",
                  graph_phrase(graph), counted(training_edges, "edge", "edges"), format_count(split.validation.size()),
                  format_count(split.test.size())));
  session.note("nothing held out is in the training graph; split " + hash);
  std::string list;
  for (const auto& path : written) list += (list.empty() ? "" : ", ") + path.string();
  session.note("wrote " + list);
  session.note(fmt::format("next: adjoin score {} {} -o scores.tsv", written.front().string(), written[1].string()));
}

}  // namespace

Command split_command() {
  const auto state = std::make_shared<SplitState>();
  Command command;
  command.name = "split";
  command.summary = "hold out edges of a graph, to learn on the rest and judge by them";
  command.description =
      "Holds out edges at random and draws as many pairs without an edge, for validation and for the test. Writes the "
      "training graph as a store, which keeps all nodes, the two parts as tables of source, target and label, and what "
      "was done. An edge and its reverse are held out together. No pair is in two parts, which is checked; the hash "
      "tells splits apart whatever the order of files.";
  command.positionals = {{"GRAPH", "a graph in any format; - is standard input", &state->graph}};
  command.groups = {{"Output", bind_options(state->output)},
                    {"Split", bind_options(state->split)},
                    {"Reading the graph", [&] {
                       auto options = bind_options(state->read);
                       for (Option& option : bind_options(state->build)) options.push_back(std::move(option));
                       return options;
                     }()}};
  command.examples = {{"split data/karate/edges.txt -o karate", "karate.train.adjoin, karate.test.tsv and others"},
                      {"split data/karate/edges.txt -o karate --validation 0 --test 0.2 --keep-connected",
                       "a fifth for the test, and no component torn apart"}};
  command.run = [state](Session& session) { run_split(session, *state); };
  return command;
}

}  // namespace adjoin::cli
