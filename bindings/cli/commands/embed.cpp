#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/commands/embed_fastrp.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/dataset_file.hpp>
#include <adjoin/io/embedding_file.hpp>

namespace adjoin::cli {
namespace {

struct OutputOptions {
  std::string output;
  EmbeddingFormat format = EmbeddingFormat::automatic;

  static constexpr auto fields() {
    return std::tuple{
        option_field("output", &OutputOptions::output,
                     "the file to write: .npy, .txt (word2vec), .bin (word2vec, binary) or .tsv; - is standard output"),
        option_field("format", &OutputOptions::format, "the format of the file; auto goes by its suffix")};
  }
};

struct EmbedState {
  std::vector<std::string> graph;
  OutputOptions output;
  FastRPOptions fastrp;
  FastRPFiles files;
  ReadOptions read;
  BuildOptions build;
};

void run_embed(Session& session, EmbedState& state) {
  const std::string& output = state.output.output;
  validate(state.fastrp);
  check_fastrp_files(state.files, state.fastrp);
  if (!session.options().estimate) {
    if (output.empty()) throw InvalidOption("no output file is named; add -o FILE, such as -o embedding.npy");
    check_standard_output(session, output);
    // Everything that can be wrong with the output is said before the work is done.
    for (const auto& file : embedding_files(output, embedding_format(state.output.format, output)))
      check_writable(file);
  }
  FastRPRunInput input =
      read_fastrp_input(session, state.graph.front(), state.read, state.build, state.files, state.fastrp);
  const GraphView graph = input.graph.view();
  if (session.only_estimate(
          std::max(peak_resident_bytes(), resident_bytes() + estimate_fastrp_run(input, state.files, state.fastrp)))) {
    return;
  }
  const FastRPResult result = run_fastrp(session, input, state.files, state.fastrp);
  const std::string record = to_json(result.record);
  write_embedding(session.context(), output, state.output.format, result.embedding.view(), graph.nodes(), record);

  auto files = embedding_files(output, state.output.format);
  if (!state.files.keep_state.empty()) files.emplace_back(state.files.keep_state);
  if (session.options().json) {
    Json names = Json::array();
    for (const auto& path : files) names.push_back(path.string());
    session.print(
        Json{{"graph", graph_json(graph, input.read, input.build)}, {"record", Json::parse(record)}, {"files", names}}
            .dump(2, ' ', false, Json::error_handler_t::replace) +
        "\n");
    return;
  }
  for (const Remark& remark : result.record.remarks) {
    session.note(fmt::format("{} {}", format_count(remark.count), remark.what));
  }
  session.note(fmt::format("embedded {} in {} dimensions", graph_phrase(graph), result.embedding.columns()));
  session.note(fmt::format("time: {}; peak memory {}; {} thread{}, {}", stages_phrase(result.record),
                           format_bytes(result.record.peak_bytes), result.record.threads,
                           result.record.threads == 1 ? "" : "s", result.record.cpu_level));
  std::string written;
  for (const auto& path : files) written += (written.empty() ? "" : ", ") + output_phrase(path.string());
  session.note("wrote " + written);
  if (graph.node_count() > 0 && output != "-") {
    session.note(fmt::format("next: adjoin similar {} '{}'", output, graph.nodes().name(NodeId{0})));
  }
}

}  // namespace

Command embed_command() {
  const auto state = std::make_shared<EmbedState>();
  Command command;
  command.name = "embed";
  command.summary = "learn a vector for every node of a graph";
  command.description =
      "Reads a graph and writes one vector a node, by FastRP (Chen et al. 2019). Nodes that are close in the "
      "graph "
      "get vectors that point the same way. Beside the vectors it writes the names of their rows (for .npy) and a "
      "record "
      "of the run (.run.json). The same seed gives the same bits for any number of threads and any order of the input.";
  command.positionals = {{"GRAPH", "a graph in any format, a store, or events; - is standard input", &state->graph}};
  command.groups = {{"Output", bind_options(state->output)},
                    {"Embedding", bind_options(state->fastrp)},
                    {"Features, start vectors and updates", bind_options(state->files)},
                    {"Reading the graph", [&] {
                       auto options = bind_options(state->read);
                       for (Option& option : bind_options(state->build)) options.push_back(std::move(option));
                       return options;
                     }()}};
  command.examples = {
      {"embed data/karate/edges.txt -o karate.npy", "34 vectors for the karate club"},
      {"embed data/borders/edges.tsv -o borders.tsv --dim 64 --seed 7", "as text, 64 numbers a node"},
      {"embed data/karate/edges.txt -o karate.txt --dialect gtmac --weights 1,1,7.81,45.28 --beta -0.628",
       "the authors' program and weights, as word2vec text"},
      {"embed data/karate/edges.txt -o karate.npy --keep-state karate.adjoin",
       "so that --update karate.adjoin computes only what changed, when the graph has"},
      {"embed data/karate/edges.txt --dim 512 --estimate", "how much memory that would take"}};
  command.run = [state](Session& session) { run_embed(session, *state); };
  return command;
}

}  // namespace adjoin::cli
