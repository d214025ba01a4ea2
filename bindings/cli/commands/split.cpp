#include <algorithm>
#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/evaluate/check_split.hpp>
#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/bindings/cli/split_kinds.hpp>
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
  SplitChoice choice;
  ReadOptions read;
  BuildOptions build;
};

std::filesystem::path named(const std::string& prefix, const char* suffix) {
  return prefix + suffix;
}

/// A part as a table. Where negatives are each positive's own, each positive is followed by them, in a group.
struct PartTable {
  std::vector<Edge> pairs;
  std::vector<std::string> columns;
  Matrix values;
};

PartTable shared_table(const std::vector<Edge>& edges, const std::vector<Edge>& negatives) {
  PartTable table{edges, {"label"}, Matrix(edges.size() + negatives.size(), 1)};
  table.pairs.insert(table.pairs.end(), negatives.begin(), negatives.end());
  for (std::size_t i = 0; i < table.pairs.size(); ++i) table.values(i, 0) = i < edges.size() ? 1.0F : 0.0F;
  return table;
}

PartTable grouped_table(const std::vector<Edge>& edges, const std::vector<Edge>& negatives) {
  PartTable table{{}, {"label", "group"}, Matrix(edges.size() + negatives.size(), 2)};
  const std::size_t of_each = edges.empty() ? 0 : negatives.size() / edges.size();
  for (std::size_t i = 0; i < edges.size(); ++i) {
    for (std::size_t k = 0; k <= of_each; ++k) {
      const std::size_t row = table.pairs.size();
      table.pairs.push_back(k == 0 ? edges[i] : negatives[i * of_each + k - 1]);
      table.values(row, 0) = k == 0 ? 1.0F : 0.0F;
      table.values(row, 1) = static_cast<float>(i + 1);
    }
  }
  return table;
}

void tell_split(Session& session, GraphView graph, const MadeSplit& made, std::size_t training_edges) {
  const auto count = [](std::size_t pairs) { return format_count(pairs); };
  session.note(fmt::format("{}: {} to train on, {} held out to validate, {} to test", graph_phrase(graph),
                           counted(training_edges, "edge", "edges"), count(made.edges.validation.size()),
                           count(made.edges.test.size())));
  if (made.heart) {
    session.note(fmt::format(
        "{} hard negatives to validate by and {} to test by, of each edge's own, {} of them drawn "
        "from nodes without a score",
        count(made.heart->validation.size()), count(made.heart->test.size()), count(made.heart->without_score)));
  } else {
    session.note(fmt::format("{} pairs without an edge to validate by, {} to test by",
                             count(made.edges.validation_negatives.size()), count(made.edges.test_negatives.size())));
  }
  if (!made.events) return;
  session.note(fmt::format("{} of later parts were there before; {} held out {} a node that training has not seen",
                           counted(made.events->repeated_pairs, "pair", "pairs"),
                           counted(made.events->unseen_pairs, "pair", "pairs"),
                           made.events->unseen_pairs == 1 ? "has" : "have"));
}

Json events_json(const EventSplit& events, int decimals) {
  return Json{{"validation_from", format_time(events.validation_from, decimals)},
              {"test_from", format_time(events.test_from, decimals)},
              {"training_events", events.training_events},
              {"validation_events", events.validation_events},
              {"test_events", events.test_events},
              {"repeated_pairs", events.repeated_pairs},
              {"unseen_nodes", events.unseen_nodes},
              {"unseen_pairs", events.unseen_pairs}};
}

Json split_json(const MadeSplit& made, std::size_t training_edges, int decimals) {
  Json json{
      {"training_edges", training_edges},
      {"validation_edges", made.edges.validation.size()},
      {"test_edges", made.edges.test.size()},
      {"validation_negatives", made.heart ? made.heart->validation.size() : made.edges.validation_negatives.size()},
      {"test_negatives", made.heart ? made.heart->test.size() : made.edges.test_negatives.size()}};
  if (made.heart) json["negatives_without_score"] = made.heart->without_score;
  if (made.events) json["events"] = events_json(*made.events, decimals);
  return json;
}

void run_split(Session& session, SplitState& state) {
  RunContext& context = session.context();
  const std::string& prefix = state.output.output;
  state.choice.settle();
  if (!session.options().estimate) {
    if (prefix.empty()) throw InvalidOption("no output is named; add -o PREFIX, such as -o parts/first");
    if (prefix == "-")
      throw InvalidOption("a split is several files, which standard output cannot hold; name a prefix");
    check_dataset_output(named(prefix, ".train.adjoin"));
  }
  DatasetFile file = read_to_split(session, state.choice, state.graph.front(), state.read, state.build);
  SplitMaker maker(session, state.choice, file, state.build);
  if (session.only_estimate(std::max(peak_resident_bytes(), resident_bytes() + maker.estimate()))) return;
  MadeSplit made = maker.make(0);
  EdgeSplit& split = made.edges;
  const GraphView training_graph = split.training.view();
  const std::string hash = fmt::format("{:016x}", hash_of(split));
  const NodeIndex& nodes = training_graph.nodes();
  const std::size_t training_edges = training_graph.edge_count();
  const int decimals = file.data.events ? file.data.events->view().decimals : 0;
  std::vector<std::filesystem::path> written{named(prefix, ".train.adjoin")};
  std::vector<OutputFile> files;
  const auto add_part = [&](const char* suffix, const std::vector<Edge>& edges, const std::vector<Edge>& negatives) {
    if (edges.empty()) return;
    const PartTable table = made.heart ? grouped_table(edges, negatives) : shared_table(edges, negatives);
    files.emplace_back(named(prefix, suffix));
    context.begin_stage("write", "rows", table.pairs.size());
    write_pairs(context, files.back(), nodes, table.pairs, table.columns, table.values.view());
    written.push_back(files.back().target());
  };
  add_part(".validation.tsv", split.validation, made.heart ? made.heart->validation : split.validation_negatives);
  add_part(".test.tsv", split.test, made.heart ? made.heart->test : split.test_negatives);
  context.end_stage();
  std::vector<OptionValue> options = state.choice.values();
  for (const auto& more : {option_values(state.read), option_values(state.build)}) {
    options.insert(options.end(), more.begin(), more.end());
  }
  const RunRecord record = context.record("split", std::move(options));
  written.push_back(named(prefix, ".split.json"));
  Json names = Json::array();
  for (const auto& path : written) names.push_back(path.string());
  const GraphView told_graph = file.data.graph ? file.data.graph->view() : training_graph;
  Json told{{"graph", graph_json(told_graph, file.read, file.build)}, {"split_hash", hash}};
  told.update(split_json(made, training_edges, decimals));
  told["record"] = Json::parse(to_json(record));
  told["files"] = names;
  const std::string text = told.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  files.emplace_back(written.back());
  files.back().write(text);
  if (!session.options().json) tell_split(session, told_graph, made, training_edges);
  // The training graph as a store, which keeps nodes that have lost all their edges.
  Dataset training;
  training.nodes = training_graph.shared_nodes();
  training.graph = std::move(split.training);
  training.metadata["split_hash"] = hash;
  write_dataset(context, training, written.front());
  commit_together(files);
  if (session.options().json) {
    session.print(text);
    return;
  }
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
      "Holds out edges, at random, by time or as files have it, and draws pairs without an edge, for validation and "
      "for the test. Writes the training graph as a store, which keeps all nodes, the two parts as tables of source, "
      "target and label, and what was done. An edge and its reverse are held out together. No pair is in two parts, "
      "which is checked; the hash tells splits apart whatever the order of files. Hard negatives (HeaRT) are each "
      "edge's own: the table has a column group, and each edge is followed by them.";
  command.positionals = {{"GRAPH", "a graph in any format; - is standard input", &state->graph}};
  command.groups = {{"Output", bind_options(state->output)},
                    {"Split", state->choice.split_flags()},
                    {"Hard negatives", state->choice.heart_flags()},
                    {"Reading the graph", joined(bind_options(state->read), bind_options(state->build))}};
  command.examples = {
      {"split data/karate/edges.txt -o karate", "karate.train.adjoin, karate.test.tsv and others"},
      {"split data/karate/edges.txt -o karate --validation 0 --test 0.2 --keep-connected",
       "a fifth for the test, and no component torn apart"},
      {"split data/karate/edges.txt -o fold0 --folds 5 --fold 0", "the first of five tests that cover all edges"},
      {"split events.csv -o late --by time --test 0.15", "the newest 15% of the events for the test"},
      {"split train.txt -o ddi --by files --test-edges test.txt --test-negatives test_neg.txt",
       "a benchmark's own split, checked"},
      {"split data/karate/edges.txt -o hard --negatives heart-intended --negatives-per-positive 20",
       "ten hard negatives for each end of an edge"}};
  command.run = [state](Session& session) { run_split(session, *state); };
  return command;
}

}  // namespace adjoin::cli
