#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/algorithms/embedding/prone.hpp>
#include <adjoin/algorithms/embedding/randne.hpp>
#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/commands/embed_fastrp.hpp>
#include <adjoin/bindings/cli/method_options.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/error.hpp>
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
    return std::tuple{option_field(
        "method", &MethodOption::method,
        "fastrp: sparse random projection of the last powers; randne: orthogonal random projection of a sum "
        "of powers; prone: factorisation and a spectral filter, several times slower")};
  }
};

struct EmbedOutput {
  std::string output;
  EmbeddingFormat format = EmbeddingFormat::automatic;

  static constexpr auto fields() {
    return std::tuple{
        option_field("output", &EmbedOutput::output,
                     "the file to write: .npy, .txt (word2vec), .bin (word2vec, binary) or .tsv; - is standard output"),
        option_field(
            "format", &EmbedOutput::format,
            "the format of the file; auto goes by its suffix; npy-bf16 is an .npy of half the size, in bfloat16")};
  }
};

struct EmbedState {
  std::vector<std::string> graph;
  EmbedOutput output;
  MethodOption method;
  FastRPOptions fastrp;
  FastRPRunOptions fastrp_run;
  RandNEOptions randne;
  ProNEOptions prone;
  MethodOptions tables;  // of the methods
  ReadOptions read;
  BuildOptions build;
};

/// What a method made of the graph, and what it wrote already.
struct Embedded {
  RunRecord record;
  std::size_t columns = 0;
  std::vector<std::filesystem::path> files;
};

void check_output(Session& session, const EmbedOutput& options) {
  if (session.options().estimate) return;
  if (options.output.empty()) throw InvalidOption("no output file is named; add -o FILE, such as -o embedding.npy");
  check_standard_output(session, options.output);
  // Everything that can be wrong with the output is said before the work is done.
  for (const auto& file : embedding_files(options.output, embedding_format(options.format, options.output))) {
    check_writable(file);
  }
}

Embedded write(Session& session, const EmbedOutput& options, MatrixView<const float> embedding, GraphView graph,
               const RunRecord& record) {
  write_embedding(session.context(), options.output, options.format, embedding, graph.nodes(), to_json(record));
  return {record, embedding.columns(), embedding_files(options.output, options.format)};
}

void tell(Session& session, const EmbedOutput& options, GraphView graph, const ReadReport& read,
          const BuildReport& build, const Embedded& made) {
  if (session.options().json) {
    Json names = Json::array();
    for (const auto& path : made.files) names.push_back(path.string());
    session.print(
        Json{{"graph", graph_json(graph, read, build)}, {"record", Json::parse(to_json(made.record))}, {"files", names}}
            .dump(2, ' ', false, Json::error_handler_t::replace) +
        "\n");
    return;
  }
  for (const Remark& remark : made.record.remarks) {
    session.note(fmt::format("{} {}", format_count(remark.count), remark.what));
  }
  session.note(fmt::format("embedded {} in {} dimensions", graph_phrase(graph), made.columns));
  session.note(fmt::format("time: {}; peak memory {}; {} thread{}, {}", stages_phrase(made.record),
                           format_bytes(made.record.peak_bytes), made.record.threads,
                           made.record.threads == 1 ? "" : "s", made.record.cpu_level));
  std::string written;
  for (const auto& path : made.files) written += (written.empty() ? "" : ", ") + output_phrase(path.string());
  session.note("wrote " + written);
  if (graph.node_count() > 0 && options.output != "-") {
    session.note(fmt::format("next: adjoin similar {} '{}'", options.output, graph.nodes().name(NodeId{0})));
  }
}

void embed_by_fastrp(Session& session, EmbedState& state) {
  const EmbedOutput& output = state.output;
  check_fastrp_run(state.fastrp_run, state.fastrp, state.read, output.output, output.format);
  FastRPRunInput input =
      read_fastrp_input(session, state.graph.front(), state.read, state.build, state.fastrp_run, state.fastrp);
  if (session.only_estimate_beyond(estimate_fastrp_run(input, state.fastrp_run, state.fastrp))) return;
  Embedded made;
  if (state.fastrp_run.block > 0) {
    made.record = write_fastrp_in_blocks(session, input, state.fastrp_run, state.fastrp, output.output, output.format);
    made.columns = static_cast<std::size_t>(state.fastrp.dim);
    made.files = embedding_files(output.output, EmbeddingFormat::npy);
  } else {
    const FastRPResult result = run_fastrp(session, input, state.fastrp_run, state.fastrp);
    made = write(session, output, result.embedding.view(), input.graph, result.record);
    if (!state.fastrp_run.keep_state.empty()) made.files.emplace_back(state.fastrp_run.keep_state);
  }
  tell(session, output, input.graph, input.read, input.build, made);
}

template <class Options, class Method, class Estimate>
void embed_by(Session& session, const EmbedState& state, const Options& options, Method&& method, Estimate&& estimate) {
  const GraphFile file = read_graph_and_tell(session, state.graph.front(), state.read, state.build);
  if (session.only_estimate_beyond(estimate(file.graph, options, session.context().threads().count()))) return;
  const auto result = method(session.context(), file.graph, options);
  tell(session, state.output, file.graph, file.read, file.build,
       write(session, state.output, result.embedding.view(), file.graph, result.record));
}

void run_embed(Session& session, EmbedState& state) {
  state.tables.assign_to(option_values(state.method).front().text);
  check_output(session, state.output);
  if (state.read.type_column != "none" && state.method.method != EmbedMethod::fastrp) {
    throw InvalidOption("only --method fastrp has columns for types of edges; leave --type-column out");
  }
  switch (state.method.method) {
    case EmbedMethod::fastrp:
      return embed_by_fastrp(session, state);
    case EmbedMethod::randne:
      return embed_by(session, state, state.randne, randne, estimate_randne_memory);
    case EmbedMethod::prone:
      return embed_by(session, state, state.prone, prone, estimate_prone_memory);
  }
}

}  // namespace

Command embed_command() {
  const auto state = std::make_shared<EmbedState>();
  state->tables.add("fastrp", joined(bind_options(state->fastrp), bind_options(state->fastrp_run)));
  state->tables.add("randne", bind_options(state->randne));
  state->tables.add("prone", bind_options(state->prone));
  Command command;
  command.name = "embed";
  command.summary = "learn a vector for every node of a graph";
  command.description =
      "Reads a graph and writes one vector a node, by FastRP (Chen et al. 2019), RandNE (Zhang et al. 2018) or ProNE "
      "(Zhang et al. 2019). Nodes that are close in the graph get vectors that point the same way. Beside the vectors "
      "it writes the names of their rows (for .npy) and a record of the run (.run.json). The same seed gives the same "
      "bits for any number of threads and any order of the input.";
  command.positionals = {{"GRAPH", "a graph in any format, a store, or events; - is standard input", &state->graph}};
  command.groups = {{"Output", bind_options(state->output)},
                    {"Embedding", joined(bind_options(state->method), state->tables.flags())},
                    {"Reading the graph", joined(bind_options(state->read), bind_options(state->build))}};
  command.examples = {
      {"embed data/karate/edges.txt -o karate.npy", "34 vectors for the karate club"},
      {"embed data/borders/edges.tsv -o borders.tsv --dim 64 --seed 7", "as text, 64 numbers a node"},
      {"embed data/karate/edges.txt -o karate.txt --dialect gtmac --weights 1,1,7.81,45.28 --beta -0.628",
       "the authors' program and weights, as word2vec text"},
      {"embed data/karate/edges.txt -o karate.npy --keep-state karate.adjoin",
       "so that --update karate.adjoin computes only what changed, when the graph has"},
      {"embed data/karate/edges.txt -o karate.npy --method prone --dim 16", "by ProNE, 16 numbers a node"},
      {"embed edges.csv -o x.npy --type-column relation --regions follows=64,likes=32", "columns for types of edges"},
      {"embed data/karate/edges.txt --dim 512 --estimate", "how much memory that would take"}};
  command.run = [state](Session& session) { run_embed(session, *state); };
  return command;
}

}  // namespace adjoin::cli
