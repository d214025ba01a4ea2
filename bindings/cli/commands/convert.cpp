#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/dataset_report.hpp>
#include <adjoin/engine/graph/as_graph.hpp>
#include <adjoin/engine/graph/as_simplices.hpp>
#include <adjoin/engine/graph/renumber.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/dataset_file.hpp>
#include <adjoin/io/node_table.hpp>

namespace adjoin::cli {
namespace {

struct OrderOptions {
  NodeOrder order = NodeOrder::name;
  static constexpr auto fields() {
    return std::tuple{
        option_field("node-order", &OrderOptions::order,
                     "what nodes are numbered by inside: name, or falling degree, so that what is said of "
                     "the most joined nodes lies together; names stay")};
  }
};

struct ConvertState {
  std::vector<std::string> input;
  std::vector<std::string> output;
  ReadOptions read;
  BuildOptions build;
  NodeFileOptions nodes;
  OrderOptions order;
  WriteOptions write;
};

/// Puts a graph in the place of events or simplices, or simplices in the place of edges, if the format holds nothing
/// else.
void make_what_is_missing(Session& session, const ConvertState& state, DatasetFile& file) {
  const std::string& output = state.output.front();
  switch (missing_for(file.data, output, state.write)) {
    case Missing::nothing:
      return;
    case Missing::graph: {
      BuiltGraph built = as_graph(session.context(), file.data, state.build);
      for (const Remark& remark : built.report.remarks()) {
        session.note(fmt::format("{} {}", format_count(remark.count), remark.what));
      }
      file.data.graph = std::move(built.graph);
      if (file.data.events) {
        session.note("a graph is made of the events, without their times");
        file.data.events.reset();
      } else {
        session.note("a graph is made of the simplices: nodes that share some are joined, by their number");
        file.data.simplices.reset();
      }
      return;
    }
    case Missing::simplices:
      file.data.simplices = as_simplices(session.context(), file.data);
      session.note(fmt::format("a simplex of two nodes is made of every {}; directions and weights are left out",
                               file.data.events ? "event" : "edge"));
      if (file.data.events) {
        file.data.events.reset();
      } else {
        file.data.graph.reset();
      }
      return;
  }
}

void run_convert(Session& session, const ConvertState& state) {
  const std::string& input = state.input.front();
  const std::string& output = state.output.front();
  if (session.options().estimate) {
    session.only_estimate(resident_bytes() + estimate_read_memory(input, state.read, state.build));
    return;
  }
  check_dataset_output(output, state.write);
  check_standard_output(session, output);
  DatasetFile file = read_dataset(session.context(), input, state.read, state.build);
  tell_reading(session, input, file.read, file.build.remarks());
  const NodeFileReport nodes = read_node_files(session.context(), state.nodes, file.data);
  for (const Remark& remark : nodes.remarks())
    session.note(fmt::format("{} {}", format_count(remark.count), remark.what));
  make_what_is_missing(session, state, file);
  if (state.order.order != NodeOrder::name) {
    file.data = in_order(session.context(), std::move(file.data), state.order.order);
  }
  write_dataset(session.context(), file.data, output, state.write);
  std::vector<OptionValue> options = option_values(state.read);
  for (const auto& more : {option_values(state.build), option_values(state.nodes), option_values(state.order),
                           option_values(state.write)}) {
    options.insert(options.end(), more.begin(), more.end());
  }
  const RunRecord record = session.context().record("convert", std::move(options));
  const std::vector<std::string> left_out = parts_left_out(file.data, output, state.write);
  if (session.options().json) {
    Json json{{"format", file.read.sentence()}, {"nodes", file.data.nodes->size()}};
    if (file.data.graph) {
      json["edges"] = file.data.graph->view().edge_count();
      json["directed"] = file.data.graph->view().directed();
      json["weighted"] = file.data.graph->view().weighted();
    }
    json.update(parts_json(file.data));
    json["left_out"] = left_out;
    json["record"] = Json::parse(to_json(record));
    json["files"] = {output};
    session.print(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return;
  }
  session.note(fmt::format("time: {}; peak memory {}", stages_phrase(record), format_bytes(record.peak_bytes)));
  session.note(fmt::format("wrote {}: {}", output_phrase(output), dataset_phrase(file.data)));
  if (!left_out.empty())
    session.note(fmt::format("left out, as this format cannot hold them: {}", fmt::join(left_out, ", ")));
}

}  // namespace

Command convert_command() {
  const auto state = std::make_shared<ConvertState>();
  Command command;
  command.name = "convert";
  command.summary = "write a graph, events or simplices in another format";
  command.description =
      "Reads a file of any format, and files of nodes, labels and features if they are named, and writes all of it in "
      "the format of the output's suffix. A store (.adjoin) holds everything and opens at once; the other formats hold "
      "what they can. A suffix .gz or .zst packs a text file.";
  command.positionals = {
      {"IN", "the file to read; - is standard input", &state->input},
      {"OUT",
       "the file to write: .adjoin (store), .tsv (edge list), .mtx (MatrixMarket), .graph (METIS), "
       ".graphml, .npz (SciPy), .hif.json, .xgi.json, .hyperedges, NAME-nverts.txt (simplices), .jodie.csv; "
       "- is standard output",
       &state->output}};
  command.groups = {{"Reading", joined(bind_options(state->read), bind_options(state->build))},
                    {"Nodes", bind_options(state->nodes)},
                    {"Writing", joined(bind_options(state->order), bind_options(state->write))}};
  command.examples = {
      {"convert data/karate/edges.txt karate.adjoin --labels data/karate/factions.txt", "a store with labels"},
      {"convert karate.adjoin karate.mtx.gz", "the graph for SciPy, packed"},
      {"convert events.csv events.adjoin --time-column time", "events with their times"},
      {"convert karate.adjoin - | head", "the edges, to look at"}};
  command.run = [state](Session& session) { run_convert(session, *state); };
  return command;
}

}  // namespace adjoin::cli
