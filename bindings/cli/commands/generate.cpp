#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/dataset_file.hpp>
#include <adjoin/io/embedding_file.hpp>

namespace adjoin::cli {
namespace {

struct TargetOptions {
  std::string output;
  static constexpr auto fields() {
    return std::tuple{option_field("output", &TargetOptions::output,
                                   "the graph file to write, in the format of its suffix: .tsv, .mtx, .adjoin")};
  }
};

std::uint64_t node_total(const RmatOptions& options) {
  return std::uint64_t{1} << options.scale;
}
template <class Options>
std::uint64_t node_total(const Options& options) {
  return options.nodes;
}

template <class Options>
void run_generate(Session& session, const std::string& model, const Options& options, const std::string& output,
                  BuiltGraph (*generate)(RunContext&, const Options&)) {
  validate(options);
  if (session.only_estimate(resident_bytes() + estimate_generate_memory(node_total(options), drawn_edges(options)))) {
    return;
  }
  if (output.empty()) throw InvalidOption("no output file is named; add -o FILE, such as -o graph.tsv");
  check_dataset_output(output);
  check_standard_output(session, output);
  BuiltGraph built = generate(session.context(), options);
  Dataset data;
  data.nodes = built.graph.view().shared_nodes();
  data.graph = std::move(built.graph);
  write_dataset(session.context(), data, output);
  const RunRecord record = session.context().record(model, option_values(options));
  const GraphView graph = data.graph->view();
  if (session.options().json) {
    session.print(Json{{"graph",
                        {{"nodes", graph.node_count()},
                         {"edges", graph.edge_count()},
                         {"self_loops_dropped", built.report.self_loops_dropped},
                         {"duplicates_merged", built.report.duplicates_merged},
                         {"isolated_nodes", built.report.isolated_nodes}}},
                       {"record", Json::parse(to_json(record))},
                       {"files", {output}}}
                      .dump(2, ' ', false, Json::error_handler_t::replace) +
                  "\n");
    return;
  }
  for (const Remark& remark : built.report.remarks()) {
    session.note(fmt::format("{} {}", format_count(remark.count), remark.what));
  }
  session.note(fmt::format("time: {}", stages_phrase(record)));
  session.note(fmt::format("wrote {}: {}", output_phrase(output), graph_phrase(graph)));
}

template <class Options>
Command model_command(const std::string& name, const std::string& summary, const std::string& description,
                      BuiltGraph (*generate)(RunContext&, const Options&), const Example& example) {
  struct State {
    Options model;
    TargetOptions target;
  };
  const auto state = std::make_shared<State>();
  Command command;
  command.name = name;
  command.summary = summary;
  command.description = description;
  command.groups = {{"Output", bind_options(state->target)}, {"Model", bind_options(state->model)}};
  command.examples = {example};
  command.run = [state, name, generate](Session& session) {
    run_generate(session, name, state->model, state->target.output, generate);
  };
  return command;
}

}  // namespace

Command generate_command() {
  Command command;
  command.name = "generate";
  command.summary = "make a random graph";
  command.description =
      "Draws a random graph and writes it as an edge list. The same seed gives the same graph for any number of "
      "threads. Pairs drawn twice and self-loops are dropped and counted. Nodes without edges do not appear in an edge "
      "list.";
  command.subcommands = {
      model_command("rmat", "recursive matrix graph, as in Graph500",
                    "Chakrabarti, Zhan, Faloutsos 2004. Few nodes have very many edges, as in web graphs.",
                    generate_rmat, {"generate rmat --scale 12 -o rmat.tsv", "4096 nodes, 16 draws a node"}),
      model_command("erdos-renyi", "pairs of nodes drawn uniformly", "Erdos, Renyi 1959, with a given number of draws.",
                    generate_erdos_renyi,
                    {"generate erdos-renyi --nodes 1000 --edges 5000 -o uniform.tsv", "a uniform graph"}),
      model_command(
          "barabasi-albert", "growth by preferential attachment", "Barabasi, Albert 1999.", generate_barabasi_albert,
          {"generate barabasi-albert --nodes 1000 --attach 3 -o growth.tsv", "1000 nodes, each new one with 3 edges"}),
      model_command(
          "sbm", "stochastic block model with equal blocks", "Holland, Laskey, Leinhardt 1983.", generate_block_model,
          {"generate sbm --nodes 600 --blocks 3 --inside 0.1 --across 0.01 -o blocks.tsv", "three communities"})};
  return command;
}

}  // namespace adjoin::cli
