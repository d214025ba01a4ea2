#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/dataset_report.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/dataset_file.hpp>
#include <adjoin/io/node_table.hpp>
#include <adjoin/io/store.hpp>

namespace adjoin::cli {
namespace {

struct WriteOptions {
  bool with_transpose = false;
  static constexpr auto fields() {
    return std::tuple{
        option_field("with-transpose", &WriteOptions::with_transpose,
                     "keep a directed graph's transpose in the store too, so that no run has to make it")};
  }
};

struct ConvertState {
  std::vector<std::string> input;
  std::vector<std::string> output;
  ReadOptions read;
  BuildOptions build;
  NodeFileOptions nodes;
  WriteOptions write;
};

void run_convert(Session& session, const ConvertState& state) {
  const std::string& input = state.input.front();
  const std::string& output = state.output.front();
  if (session.options().estimate) {
    session.only_estimate(resident_bytes() + estimate_read_memory(input, state.read, state.build));
    return;
  }
  check_dataset_output(output);
  DatasetFile file = read_dataset(session.context(), input, state.read, state.build);
  tell_reading(session, input, file.read, file.build.remarks());
  const NodeFileReport nodes = read_node_files(session.context(), state.nodes, file.data);
  for (const Remark& remark : nodes.remarks())
    session.note(fmt::format("{} {}", format_count(remark.count), remark.what));
  write_dataset(session.context(), file.data, output, {state.write.with_transpose});
  std::vector<OptionValue> options = option_values(state.read);
  for (const auto& more : {option_values(state.build), option_values(state.nodes), option_values(state.write)}) {
    options.insert(options.end(), more.begin(), more.end());
  }
  const RunRecord record = session.context().record("convert", std::move(options));
  const std::vector<std::string> left_out = parts_left_out(file.data, output);
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
  session.note(fmt::format("wrote {}: {}", output, dataset_phrase(file.data)));
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
      "the "
      "format of the output's suffix. A store (.adjoin) holds everything and opens at once; the other formats hold "
      "what "
      "they can. A suffix .gz or .zst packs a text file.";
  command.positionals = {{"IN", "the file to read; - is standard input", &state->input},
                         {"OUT",
                          "the file to write: .adjoin (store), .tsv (edge list), .mtx (MatrixMarket), .graph (METIS), "
                          ".graphml, .npz (SciPy), .hif.json, NAME-nverts.txt (simplices)",
                          &state->output}};
  command.groups = {{"Reading",
                     [&] {
                       auto options = bind_options(state->read);
                       for (Option& option : bind_options(state->build)) options.push_back(std::move(option));
                       return options;
                     }()},
                    {"Nodes", bind_options(state->nodes)},
                    {"Writing", bind_options(state->write)}};
  command.examples = {
      {"convert data/karate/edges.txt karate.adjoin --labels data/karate/factions.txt", "a store with labels"},
      {"convert karate.adjoin karate.mtx.gz", "the graph for SciPy, packed"},
      {"convert events.csv events.adjoin --time-column time", "events with their times"}};
  command.run = [state](Session& session) { run_convert(session, *state); };
  return command;
}

}  // namespace adjoin::cli
