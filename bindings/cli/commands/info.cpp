#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/dataset_report.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/graph/as_graph.hpp>
#include <adjoin/engine/graph/summary.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {
namespace {

struct InfoState {
  std::vector<std::string> graph;
  ReadOptions read;
  BuildOptions build;
};

Json summary_json(const GraphSummary& summary, const NodeIndex& nodes) {
  Json hubs = Json::array();
  for (const NodeId hub : summary.hubs) hubs.push_back(nodes.name(hub));
  return Json{{"self_loops", summary.self_loops},
              {"isolated_nodes", summary.isolated_nodes},
              {"components", summary.components},
              {"largest_component", summary.largest_component},
              {"degeneracy", summary.degeneracy},
              {"density", summary.density},
              {"min_degree", summary.min_degree},
              {"median_degree", summary.median_degree},
              {"mean_degree", summary.mean_degree},
              {"max_degree", summary.max_degree},
              {"highest_degree_nodes", hubs},
              {"min_weight", summary.min_weight},
              {"max_weight", summary.max_weight},
              {"total_weight", summary.total_weight},
              {"bytes", summary.bytes}};
}

std::string summary_table(const GraphSummary& summary, GraphView graph) {
  std::string hubs;
  for (const NodeId hub : summary.hubs) {
    hubs += fmt::format("{}{} ({})", hubs.empty() ? "" : ", ", graph.nodes().name(hub),
                        format_count(graph.out_degree(hub)));
  }
  std::vector<std::pair<std::string, std::string>> rows{
      {"graph", summary.directed ? "directed" : "undirected"},
      {"nodes", format_count(summary.nodes)},
      {"edges", format_count(summary.edges)},
      {"self-loops", format_count(summary.self_loops)},
      {"isolated nodes", format_count(summary.isolated_nodes)},
      {"components", fmt::format("{}, the largest with {} nodes", format_count(summary.components),
                                 format_count(summary.largest_component))},
      {"degeneracy", summary.directed ? "none, as it is directed" : format_count(summary.degeneracy)},
      {"density", fmt::format("{:.4g}", summary.density)},
      {summary.directed ? "out-degree" : "degree",
       fmt::format("{} to {}, median {}, mean {:.4g}", format_count(summary.min_degree),
                   format_count(summary.max_degree), format_count(summary.median_degree), summary.mean_degree)},
      {"highest degrees", hubs},
      {"weights", summary.weighted ? fmt::format("{:.6g} to {:.6g}, in total {:.6g}", summary.min_weight,
                                                 summary.max_weight, summary.total_weight)
                                   : "none"},
      {"memory", format_bytes(summary.bytes)}};
  return two_columns(rows);
}

void print_without_graph(Session& session, const DatasetFile& file) {
  const std::size_t nodes = file.data.nodes->size();
  if (session.options().json) {
    Json json{{"format", file.read.sentence()}, {"nodes", nodes}};
    json.update(parts_json(file.data));
    session.print(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return;
  }
  auto rows = parts_rows(file.data);
  rows.insert(rows.begin(), {"nodes", format_count(nodes)});
  session.print(two_columns(rows));
}

void run_info(Session& session, const InfoState& state) {
  if (session.options().estimate) {
    session.only_estimate(resident_bytes() + estimate_read_memory(state.graph.front(), state.read, state.build));
    return;
  }
  const std::string& path = state.graph.front();
  DatasetFile file = read_dataset(session.context(), path, state.read, state.build);
  if (!file.data.graph && file.data.events) {
    EventView events = file.data.events->view();
    if (std::ranges::any_of(events.weights, [](float weight) { return weight < 0; })) {
      session.note(fmt::format("{}: weights below 0 are no graph's, so the graph is shown without", path));
      events.weights = {};
    }
    BuiltGraph built = static_graph(session.context(), events, file.data.nodes, state.build);
    file.data.graph = std::move(built.graph);
    file.build = built.report;
  }
  tell_reading(session, path, file.read, file.build.remarks());
  const auto parts = parts_rows(file.data);
  if (!file.data.graph) {
    print_without_graph(session, file);
    return;
  }
  const GraphView graph = file.data.graph->view();
  const double read_seconds = session.context().record("read", {}).seconds;
  const GraphSummary summary = summarize(session.context(), graph);
  if (session.options().json) {
    Json json = graph_json(graph, file.read, file.build);
    json.update(parts_json(file.data));
    json.update(summary_json(summary, graph.nodes()));
    const RunRecord record = session.context().record("info", {});
    json["read_seconds"] = read_seconds;
    json["seconds"] = record.seconds;
    json["peak_bytes"] = record.peak_bytes;
    session.print(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  } else {
    session.print(summary_table(summary, graph) + (parts.empty() ? "" : "\n" + two_columns(parts)));
  }
}

}  // namespace

Command info_command() {
  const auto state = std::make_shared<InfoState>();
  Command command;
  command.name = "info";
  command.summary = "say what a graph file holds";
  command.description =
      "Reads a file of any format and prints what it holds: the size, components, degrees and weights of its graph, "
      "events, simplices, features and labels; and on standard error how the file was read and what was dropped.";
  command.positionals = {{"FILE", "a graph, events or simplices, or a store; - is standard input", &state->graph}};
  command.groups = {{"Reading the graph", joined(bind_options(state->read), bind_options(state->build))}};
  command.examples = {{"info data/karate/edges.txt", "Zachary's karate club"},
                      {"info data/borders/edges.tsv --json", "as JSON"}};
  command.run = [state](Session& session) { run_info(session, *state); };
  return command;
}

}  // namespace adjoin::cli
