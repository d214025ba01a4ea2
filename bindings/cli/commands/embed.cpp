#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/algorithms/embedding/prone.hpp>
#include <adjoin/algorithms/embedding/randne.hpp>
#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/method_options.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/dataset_file.hpp>
#include <adjoin/io/embedding_file.hpp>

namespace adjoin {

enum class EmbedMethod : std::uint8_t { fastrp, randne, prone };
template <>
struct EnumNames<EmbedMethod> {
  static constexpr std::array<std::pair<EmbedMethod, std::string_view>, 3> names{
      {{EmbedMethod::fastrp, "fastrp"}, {EmbedMethod::randne, "randne"}, {EmbedMethod::prone, "prone"}}};
};

}  // namespace adjoin

namespace adjoin::cli {
namespace {

struct MethodOption {
  EmbedMethod method = EmbedMethod::fastrp;

  static constexpr auto fields() {
    return std::tuple{
        option_field("method", &MethodOption::method,
                     "fastrp: random projection, seconds for millions of edges; randne: the same with orthogonal "
                     "columns; prone: factorisation and a spectral filter, slower and often better")};
  }
};

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
  MethodOption method;
  FastRPOptions fastrp;
  RandNEOptions randne;
  ProNEOptions prone;
  MethodOptions tables;  // of the three above
  ReadOptions read;
  BuildOptions build;
};

/// Calls body(options, function, estimate) with those of the chosen method.
template <class Body>
decltype(auto) with_method(const EmbedState& state, int threads, Body&& body) {
  switch (state.method.method) {
    case EmbedMethod::randne:
      return body(state.randne, randne,
                  [&](GraphView graph) { return estimate_randne_memory(graph, state.randne, threads); });
    case EmbedMethod::prone:
      return body(state.prone, prone,
                  [&](GraphView graph) { return estimate_prone_memory(graph, state.prone, threads); });
    case EmbedMethod::fastrp:
      break;
  }
  return body(state.fastrp, fastrp, [&](GraphView graph) { return estimate_fastrp_memory(graph, state.fastrp); });
}

template <class Options, class Function, class Estimate>
void run_embed(Session& session, const EmbedState& state, const Options& options, Function&& function,
               Estimate&& estimate) {
  const std::string& output = state.output.output;
  validate(options);
  if (!session.options().estimate) {
    if (output.empty()) throw InvalidOption("no output file is named; add -o FILE, such as -o embedding.npy");
    check_standard_output(session, output);
    // Everything that can be wrong with the output is said before the work is done.
    for (const auto& file : embedding_files(output, embedding_format(state.output.format, output)))
      check_writable(file);
  }
  const GraphFile file = read_graph_and_tell(session, state.graph.front(), state.read, state.build);
  const GraphView graph = file.graph.view();
  if (session.only_estimate(std::max(peak_resident_bytes(), resident_bytes() + estimate(graph)))) return;
  const auto result = function(session.context(), graph, options);
  const std::string record = to_json(result.record);
  write_embedding(session.context(), output, state.output.format, result.embedding.view(), graph.nodes(), record);

  const auto files = embedding_files(output, state.output.format);
  if (session.options().json) {
    Json names = Json::array();
    for (const auto& path : files) names.push_back(path.string());
    session.print(
        Json{{"graph", graph_json(graph, file.read, file.build)}, {"record", Json::parse(record)}, {"files", names}}
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
  state->tables.add("fastrp", bind_options(state->fastrp));
  state->tables.add("randne", bind_options(state->randne));
  state->tables.add("prone", bind_options(state->prone));
  Command command;
  command.name = "embed";
  command.summary = "learn a vector for every node of a graph";
  command.description =
      "Reads a graph and writes one vector a node, by FastRP (Chen et al. 2019), RandNE (Zhang et al. 2018) or ProNE "
      "(Zhang et al. 2019). Nodes that are close in the graph get vectors that point the same way. Beside the vectors "
      "it "
      "writes the names of their rows (for .npy) and a record of the run (.run.json). The same seed gives the same "
      "bits "
      "for any number of threads and any order of the input.";
  command.positionals = {{"GRAPH", "a graph in any format, a store, or events; - is standard input", &state->graph}};
  command.groups = {{"Output", bind_options(state->output)},
                    {"Embedding",
                     [&] {
                       auto options = bind_options(state->method);
                       for (Option& option : state->tables.flags()) options.push_back(std::move(option));
                       return options;
                     }()},
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
      {"embed data/karate/edges.txt -o karate.npy --method prone --dim 16", "by ProNE, 16 numbers a node"},
      {"embed data/karate/edges.txt --dim 512 --estimate", "how much memory that would take"}};
  command.run = [state](Session& session) {
    state->tables.assign_to(option_values(state->method).front().text);
    with_method(*state, session.context().threads().count(),
                [&](const auto& options, auto&& function, auto&& estimate) {
                  run_embed(session, *state, options, function, estimate);
                });
  };
  return command;
}

}  // namespace adjoin::cli
