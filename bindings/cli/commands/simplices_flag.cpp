#include <memory>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/simplicial/flag_complex.hpp>
#include <adjoin/bindings/cli/commands/simplices.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {
namespace {

struct FlagOutput {
  std::string output;

  static constexpr auto fields() {
    return std::tuple{option_field("output", &FlagOutput::output,
                                   "the simplices: NAME-nverts.txt, .xgi.json, .hif.json or .adjoin (store); without "
                                   "it they are only counted")};
  }
};

struct FlagState {
  std::vector<std::string> graph;
  FlagComplexOptions complex;
  FlagOutput output;
  ReadOptions read;
  BuildOptions build;
  WriteOptions write;
};

struct Counted {
  CliqueCounts counts;
  RunRecord record;
};

/// Nothing if only the estimate is wanted: what stores them first counts them, which takes time and little memory.
std::optional<Counted> make(Session& session, const FlagState& state, GraphView graph) {
  RunContext& context = session.context();
  const bool stores = !state.output.output.empty();
  if (session.options().estimate) {
    std::uint64_t peak = resident_bytes() + estimate_count_cliques_memory(graph, context.threads().count());
    if (stores) peak += flag_complex_bytes(count_cliques(context, graph, state.complex));
    session.only_estimate(peak);
    return std::nullopt;
  }
  if (!stores) {
    Counted counted{count_cliques(context, graph, state.complex), {}};
    counted.record = context.record("count cliques", option_values(state.complex));
    return counted;
  }
  FlagComplex complex = flag_complex(context, graph, state.complex);
  Dataset data;
  data.nodes = graph.shared_nodes();
  data.simplices = std::move(complex.simplices);
  write_dataset(context, data, state.output.output, state.write);
  return Counted{std::move(complex.counts), std::move(complex.record)};
}

void run_flag(Session& session, const FlagState& state) {
  validate(state.complex);
  if (!state.output.output.empty()) {
    check_dataset_output(state.output.output, state.write);
    check_standard_output(session, state.output.output);
  }
  const GraphFile file = read_graph_and_tell(session, state.graph.front(), state.read, state.build);
  const auto made = make(session, state, file.graph.view());
  if (!made) return;
  std::uint64_t simplices = 0;
  for (const std::uint64_t count : made->counts) simplices += count;
  if (session.options().json) {
    Json json{{"simplices", simplices}, {"by_dimension", made->counts}, {"record", Json::parse(to_json(made->record))}};
    if (!state.output.output.empty()) json["files"] = {state.output.output};
    session.print(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return;
  }
  if (state.output.output != "-") {
    std::vector<std::pair<std::string, std::string>> rows{{"nodes", fmt::format("{:>20}", "simplices")}};
    for (std::size_t k = 0; k < made->counts.size(); ++k) {
      rows.emplace_back(std::to_string(k + 1), fmt::format("{:>20}", format_count(made->counts[k])));
    }
    session.print(two_columns(rows));
  }
  if (!state.output.output.empty()) {
    session.note(
        fmt::format("wrote {}: {}", output_phrase(state.output.output), counted(simplices, "simplex", "simplices")));
  }
}

}  // namespace

Command simplices_flag_command() {
  const auto state = std::make_shared<FlagState>();
  Command command;
  command.name = "flag";
  command.summary = "make the flag complex of a graph: a simplex of every clique";
  command.description =
      "Finds every set of nodes of an undirected graph of which every two are joined, up to a size, counts them by "
      "size and writes them as simplices, all at time 0: nodes, edges, triangles and so on. Weights and self-loops say "
      "nothing.";
  command.positionals = {{"GRAPH", "a graph, events or simplices; - is standard input", &state->graph}};
  command.groups = {{"Complex",
                     [&] {
                       auto options = bind_options(state->complex);
                       for (Option& option : bind_options(state->output)) options.push_back(std::move(option));
                       return options;
                     }()},
                    {"Reading the file",
                     [&] {
                       auto options = bind_options(state->read);
                       for (Option& option : bind_options(state->build)) options.push_back(std::move(option));
                       return options;
                     }()},
                    {"Writing", bind_options(state->write)}};
  command.examples = {{"simplices flag data/karate/edges.txt --max-size 5", "how many cliques there are of each size"},
                      {"simplices flag data/karate/edges.txt -o karate-nverts.txt", "nodes, edges and triangles"}};
  command.run = [state](Session& session) { run_flag(session, *state); };
  return command;
}

}  // namespace adjoin::cli
