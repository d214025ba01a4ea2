#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/linkpred/link_scores.hpp>
#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/link_methods.hpp>
#include <adjoin/bindings/cli/node_vectors.hpp>
#include <adjoin/bindings/cli/pairs_in_graph.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/dataset_file.hpp>
#include <adjoin/io/pair_table.hpp>
#include <adjoin/io/pair_writer.hpp>

namespace adjoin::cli {
namespace {

struct WhatToScore {
  std::string methods = "adamic-adar";
  std::string embedding;
  std::string output = "-";

  static constexpr auto fields() {
    using O = WhatToScore;
    return std::tuple{
        option_field(
            "methods", &O::methods,
            "scores to compute, with commas between, or all those of any size of graph: common-neighbors (cn), jaccard "
            "(jc), salton (cosine), sorensen (si), hub-promoted (hpi), hub-depressed (hdi), leicht-holme-newman (lhn), "
            "adamic-adar (aa), resource-allocation (ra), preferential-attachment (pa), shortest-path (sp), local-path "
            "(lp), katz (kz), rooted-pagerank (rpr), personalized-pagerank (ppr), matrix-factorization (mf), spectral "
            "(spc); and of smaller graphs resistance-distance (rd), simrank (sr)"),
        option_field("embedding", &O::embedding,
                     "vectors of the nodes, as adjoin embed writes them: for embedding-cosine (embedding) and "
                     "embedding-dot"),
        option_field("output", &O::output, "the table to write, perhaps packed (.gz, .zst); - is standard output")};
  }
};

struct ScoreState {
  std::vector<std::string> graph;
  std::vector<std::string> pairs;
  WhatToScore what;
  LinkScoreOptions options;
  ReadOptions read;
  BuildOptions build;
};

struct Scored {
  std::vector<Edge> pairs;
  Matrix scores;
};

std::vector<std::string> structural(const std::vector<std::string>& methods) {
  std::vector<std::string> names;
  for (const std::string& method : methods) {
    if (!is_given_embedding(method)) names.push_back(method);
  }
  return names;
}

void score_by_structure(RunContext& context, const ScoreState& state, GraphView graph,
                        const std::vector<std::string>& methods, Scored& scored) {
  const std::vector<std::string> names = structural(methods);
  if (names.empty()) return;
  const Matrix scores = link_scores(context, graph, scored.pairs, names, state.options);
  for (std::size_t j = 0, column = 0; column < methods.size(); ++column) {
    if (is_given_embedding(methods[column])) continue;
    for (std::size_t i = 0; i < scores.rows(); ++i) scored.scores(i, column) = scores(i, j);
    ++j;
  }
}

void score_by_vectors(Session& session, const ScoreState& state, GraphView graph,
                      const std::vector<std::string>& methods, Scored& scored) {
  const Matrix vectors = read_node_vectors(session, state.what.embedding, graph.nodes());
  for (std::size_t column = 0; column < methods.size(); ++column) {
    if (!is_given_embedding(methods[column])) continue;
    const Array<float> scores =
        embedding_scores(session.context(), vectors.view(), scored.pairs, given_embedding_score(methods[column]));
    for (std::size_t i = 0; i < scores.size(); ++i) scored.scores(i, column) = scores[i];
  }
}

std::optional<Scored> score_table(Session& session, const ScoreState& state, GraphView graph,
                                  const std::vector<std::string>& methods) {
  RunContext& context = session.context();
  const PairTable table = read_pairs(context, state.pairs.front(), Separator::automatic);
  session.note(fmt::format("{}: {}", state.pairs.front(), table.read_as));
  Scored scored{pairs_in_graph(table, graph.nodes()), {}};
  if (session.only_estimate_beyond(estimate_link_scores_memory(graph, scored.pairs.size(), structural(methods),
                                                               state.options, context.threads().count()))) {
    return std::nullopt;
  }
  scored.scores = Matrix(scored.pairs.size(), methods.size());
  score_by_structure(context, state, graph, methods, scored);
  if (!state.what.embedding.empty()) score_by_vectors(session, state, graph, methods, scored);
  return scored;
}

void run_score(Session& session, const ScoreState& state) {
  const WhatToScore& what = state.what;
  const std::vector<std::string> methods = parse_methods(what.methods, score_method_names());
  const bool by_vectors = std::ranges::any_of(methods, [](const auto& name) { return is_given_embedding(name); });
  if (by_vectors == what.embedding.empty()) {
    throw InvalidOption(by_vectors ? "a score by vectors is named; add --embedding FILE"
                                   : "--embedding is given and no score goes by it; add embedding-cosine to --methods");
  }
  check_standard_output(session, what.output);
  std::optional<OutputFile> file;
  if (!session.options().estimate) file.emplace(what.output);
  const GraphFile input = read_graph_and_tell(session, state.graph.front(), state.read, state.build);
  const GraphView graph = input.graph.view();
  const std::optional<Scored> scored = score_table(session, state, graph, methods);
  if (!scored) return;
  RunContext& context = session.context();
  context.begin_stage("write", "rows", scored->pairs.size());
  write_pairs(context, *file, graph.nodes(), scored->pairs, methods, scored->scores.view());
  file->commit();
  context.end_stage();
  std::vector<OptionValue> options = option_values(state.options);
  options.push_back({"methods", OptionKind::text, fmt::format("{}", fmt::join(methods, ","))});
  const RunRecord record = context.record("score", std::move(options));
  if (session.options().json) {
    session.print(Json{{"graph", graph_json(graph, input.read, input.build)},
                       {"pairs", scored->pairs.size()},
                       {"methods", methods},
                       {"record", Json::parse(to_json(record))},
                       {"files", Json::array({what.output})}}
                      .dump(2, ' ', false, Json::error_handler_t::replace) +
                  "\n");
    return;
  }
  session.note(fmt::format("time: {}; peak memory {}", stages_phrase(record), format_bytes(record.peak_bytes)));
  session.note(fmt::format("wrote {}: {}, {}", output_phrase(what.output),
                           counted(scored->pairs.size(), "pair", "pairs"),
                           counted(methods.size(), "score each", "scores each")));
}

}  // namespace

Command score_command() {
  const auto state = std::make_shared<ScoreState>();
  Command command;
  command.name = "score";
  command.summary = "score how likely pairs of nodes are linked";
  command.description =
      "Reads a graph and a table of pairs, source and target in a line, and writes the pairs with a column for each "
      "score: by what their neighbourhoods share, by the paths and walks between them. Higher is likelier. "
      "adjoin evaluate says how well scores tell links from others; adjoin predict finds the best pairs by itself.";
  command.positionals = {
      {"GRAPH", "a graph in any format; - is standard input", &state->graph},
      {"PAIRS", "a table whose first two columns are nodes, such as adjoin split writes", &state->pairs}};
  command.groups = {{"Scores", bind_options(state->what)},
                    {"Methods", bind_options(state->options)},
                    {"Reading the graph", joined(bind_options(state->read), bind_options(state->build))}};
  command.examples = {{"score karate.train.adjoin karate.test.tsv --methods all -o karate.scores.tsv",
                       "what adjoin split held out, by every method"}};
  command.run = [state](Session& session) { run_score(session, *state); };
  return command;
}

}  // namespace adjoin::cli
