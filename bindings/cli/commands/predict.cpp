#include <algorithm>
#include <cerrno>
#include <cmath>
#include <fstream>
#include <limits>
#include <memory>
#include <optional>
#include <tuple>
#include <unordered_set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/linkpred/explain_links.hpp>
#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/link_methods.hpp>
#include <adjoin/bindings/cli/node_names.hpp>
#include <adjoin/bindings/cli/node_vectors.hpp>
#include <adjoin/bindings/cli/predict_output.hpp>
#include <adjoin/bindings/cli/predict_plan.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/dataset_file.hpp>
#include <adjoin/io/embedding_file.hpp>

namespace adjoin::cli {
namespace {

constexpr std::size_t named_neighbors = 5;
constexpr std::size_t named_parts = 5;

struct WhatToPredict {
  std::string method = "adamic-adar";
  int top = 0;
  std::string of;
  std::string of_file;
  bool of_all = false;
  std::string min_score;
  std::string embedding;

  static constexpr auto fields() {
    using O = WhatToPredict;
    return std::tuple{
        option_field("method", &O::method,
                     "the score to go by, any that adjoin linkpred compares, by name or short name. adamic-adar needs "
                     "no training, is exact on graphs of any size, and each shared neighbour's part in it can be "
                     "told; combined learns from all scores and is the best on most graphs, more slowly"),
        option_field("top", &O::top, {0, 100'000'000},
                     "how many links, of the graph or of each node asked for; 0 takes 100 of the graph, 10 of a node"),
        option_field("for", &O::of, "nodes whose links are wanted, by name, with commas between; else the graph's"),
        option_field("for-file", &O::of_file, "a file of such nodes, a name a line"),
        option_field("for-all", &O::of_all, "the links of every node"),
        option_field("min-score", &O::min_score, "leave out links that score below this number"),
        option_field("embedding", &O::embedding,
                     "vectors of the nodes, as adjoin embed writes them: for embedding-cosine and the like, and for "
                     "--candidates nearest")};
  }
};

struct PredictOutput {
  bool explain = false;
  std::string output;

  static constexpr auto fields() {
    using O = PredictOutput;
    return std::tuple{
        option_field("explain", &O::explain,
                     "say of each link whom its nodes share, those that count most first, a shortest path where they "
                     "share nobody, and of combined what adds most to its score"),
        option_field("output", &O::output,
                     "the file to write: .tsv or .txt, .jsonl, or .npy for pairs of row numbers, perhaps packed (.gz, "
                     ".zst); - or nothing is standard output")};
  }
};

struct PredictLinksState {
  std::vector<std::string> graph;
  WhatToPredict what;
  CandidateSettings candidates;
  PredictOutput output;
  LinkScoreOptions scores;
  LinkLearningOptions learning;
  ReadOptions read;
  BuildOptions build;
};

/// Those of linkpred that a graph alone is enough for.
std::vector<MethodName> predict_method_names() {
  std::vector<MethodName> names = link_method_names();
  std::erase_if(names, [](const MethodName& method) { return method.name == "feature-cosine"; });
  return names;
}

std::string parse_method(const PredictLinksState& state) {
  if (state.what.method == "all" || state.what.method.find(',') != std::string::npos) {
    throw InvalidOption(fmt::format("--method takes one method, and {} is more; adjoin linkpred compares several",
                                    quote_for_message(state.what.method)));
  }
  return parse_methods(state.what.method, predict_method_names()).front();
}

float parse_min_score(const std::string& text) {
  if (text.empty()) return -std::numeric_limits<float>::infinity();
  const auto number = parse_number(text);
  if (!number || !std::isfinite(*number))
    throw InvalidOption(fmt::format("min-score = {} is not a number", quote_for_message(text)));
  return static_cast<float>(*number);
}

std::vector<std::string> lines_of(const std::string& path) {
  errno = 0;
  std::ifstream file(path);
  if (!file) throw IoError(path, "open", errno, IoError::When::before_work);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) lines.push_back(line);
  }
  if (file.bad()) throw IoError(path, "read", errno, IoError::When::before_work);
  if (lines.empty()) throw InvalidData(fmt::format("{} names no node; write a name a line", path));
  return lines;
}

/// Nodes asked for, each once, in the order of their first mention; all without any.
std::vector<NodeId> sources_of(const PredictLinksState& state, const NodeIndex& nodes) {
  const WhatToPredict& what = state.what;
  std::vector<NodeId> sources;
  if (what.of.empty() && what.of_file.empty()) {
    for (std::size_t v = 0; v < nodes.size(); ++v) sources.push_back(node_id(v));
    return sources;
  }
  const std::vector<std::string> names = what.of.empty() ? lines_of(what.of_file) : names_in(what.of, nodes);
  std::unordered_set<std::uint32_t> seen;
  for (const std::string& name : names) {
    const NodeId node = find_node(name, nodes, state.graph.front());
    if (seen.insert(static_cast<std::uint32_t>(index(node))).second) sources.push_back(node);
  }
  return sources;
}

/// What can be wrong without the graph is said before it is read.
void check(const Session& session, const PredictLinksState& state, const std::string& method) {
  const WhatToPredict& what = state.what;
  validate(state.scores);
  validate(state.learning);
  validate(state.candidates);
  if (static_cast<int>(!what.of.empty()) + static_cast<int>(!what.of_file.empty()) + static_cast<int>(what.of_all) >
      1) {
    throw InvalidOption("--for, --for-file and --for-all exclude one another; leave all but one of them out");
  }
  const bool by_nearest = state.candidates.candidates == CandidateChoice::nearest;
  if (is_given_embedding(method) && what.embedding.empty()) {
    throw InvalidOption("a score by vectors is named; add --embedding FILE");
  }
  if (!is_given_embedding(method) && !by_nearest && !what.embedding.empty()) {
    throw InvalidOption(
        "--embedding is given and nothing goes by it; take --method embedding-cosine, or --candidates nearest");
  }
  if (session.options().estimate) return;
  const std::string output = state.output.output.empty() ? "-" : state.output.output;
  if (!state.output.output.empty()) check_standard_output(session, output);
  if (link_format(output) == LinkFormat::numbers && state.output.explain) {
    throw InvalidOption("a .npy file holds numbers and no explanation; write .jsonl or .tsv, or leave out --explain");
  }
  if (output != "-") check_writable(output);
}

/// Of each link the parts that add most, whichever way.
std::vector<std::vector<std::pair<std::string, double>>> parts_of(RunContext& context, const PreparedMethod& method,
                                                                  std::span<const Edge> pairs) {
  const Matrix values = method.parts(context, pairs);
  std::vector<std::vector<std::pair<std::string, double>>> parts(pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    for (std::size_t j = 0; j < values.columns(); ++j) {
      parts[i].emplace_back(method.part_names[j], static_cast<double>(values(i, j)));
    }
    std::ranges::sort(parts[i], {}, [](const auto& part) { return std::tuple(-std::abs(part.second), part.first); });
    if (parts[i].size() > named_parts) parts[i].resize(named_parts);
  }
  return parts;
}

ExplainedLinks explain(RunContext& context, const PredictLinksState& state, const PredictQuestion& question,
                       const PreparedMethod& method, std::vector<ScoredPair> links) {
  ExplainedLinks result;
  result.method = question.method;
  result.links = std::move(links);
  if (!state.output.explain) return result;
  std::vector<Edge> pairs;
  for (const ScoredPair& link : result.links) pairs.push_back({link.source, link.target});
  const auto score = find_neighborhood_score(question.method);
  result.shares = score && *score != NeighborhoodScore::preferential_attachment;
  result.explanations =
      explain_links(context, question.graph, pairs, score,
                    {state.scores.direction, result.shares && state.scores.use_weights}, named_neighbors);
  if (method.parts) result.parts = parts_of(context, method, pairs);
  return result;
}

std::string candidates_phrase(const PredictQuestion& question, const PredictPlan& plan, const Prediction& found) {
  const std::string possible = counted(plan.possible, "pair without an edge", "pairs without an edge");
  const std::string tried =
      plan.by_bounds ? fmt::format("searched {}", possible)
                     : fmt::format("scored {} of {}", counted(found.scored, "candidate", "candidates"), possible);
  const bool either_way = question.graph.directed() && !goes_one_way(question);
  return fmt::format("{}: {}; {}: {}{}", question.method, tried, found.exact ? "exact" : "not exact", found.reason,
                     either_way ? "; the score does not tell which way a link goes" : "");
}

Json candidates_json(const PredictPlan& plan, const Prediction& found) {
  Json json{{"by", plan.by_bounds ? std::string("bounds") : detail::value_text(plan.kind)},
            {"possible", plan.possible},
            {"exact", found.exact},
            {"reason", found.reason}};
  if (!plan.by_bounds) json["scored"] = found.scored;
  return json;
}

Json record_json(RunContext& context, const PredictLinksState& state, const PredictQuestion& question,
                 const PredictPlan& plan, const Prediction& found) {
  std::vector<OptionValue> options = option_values(state.scores);
  for (const auto& values : {option_values(state.learning), option_values(state.candidates)}) {
    options.insert(options.end(), values.begin(), values.end());
  }
  options.push_back({"method", OptionKind::text, question.method});
  options.push_back({"top", OptionKind::whole_number, std::to_string(question.top)});
  Json record = Json::parse(to_json(context.record("predict", std::move(options))));
  record["candidates"] = candidates_json(plan, found);
  return record;
}

/// Writes what was found and the record beside it; returns the files' names.
std::vector<std::string> write_results(Session& session, const PredictLinksState& state,
                                       const PredictQuestion& question, const ExplainedLinks& links,
                                       const Json& record) {
  const std::string output = state.output.output.empty() ? "-" : state.output.output;
  if (session.options().json && state.output.output.empty()) return {};
  std::vector<std::string> written{output};
  std::vector<OutputFile> files;
  files.emplace_back(output);
  write_links(session.context(), files.front(), link_format(output), links, question.graph.nodes());
  if (output != "-") {
    written.push_back(output + ".run.json");
    files.emplace_back(written.back());
    files.back().write(record.dump(2, ' ', false, Json::error_handler_t::replace));
  }
  commit_together(files);
  return written;
}

void report(Session& session, const PredictLinksState& state, const GraphFile& input, const PredictQuestion& question,
            const PredictPlan& plan, const Prediction& found, const ExplainedLinks& links) {
  RunContext& context = session.context();
  const Json record = record_json(context, state, question, plan, found);
  session.note(candidates_phrase(question, plan, found));
  const std::vector<std::string> written = write_results(session, state, question, links, record);
  if (session.options().json) {
    Json json{{"graph", graph_json(question.graph, input.read, input.build)}, {"method", question.method}};
    if (written.empty()) {
      json["links"] = Json::array();
      for (std::size_t i = 0; i < links.links.size(); ++i) {
        json["links"].push_back(link_json(links, question.graph.nodes(), i));
      }
    } else {
      json["links"] = links.links.size();
    }
    json["candidates"] = candidates_json(plan, found);
    json["record"] = record;
    json["files"] = written;
    session.print(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return;
  }
  const RunRecord times = context.record("predict", {});
  session.note(fmt::format("time: {}; peak memory {}", stages_phrase(times), format_bytes(times.peak_bytes)));
  session.note(
      fmt::format("wrote {}: {}", output_phrase(written.front()), counted(links.links.size(), "link", "links")));
}

void run_predict_links(Session& session, const PredictLinksState& state) {
  const std::string method = parse_method(state);
  check(session, state, method);
  RunContext& context = session.context();
  const float at_least = parse_min_score(state.what.min_score);
  const GraphFile input = read_graph_and_tell(session, state.graph.front(), state.read, state.build);
  PredictQuestion question{.graph = input.graph.view(), .method = method, .scores = state.scores};
  question.at_least = at_least;
  question.sources = sources_of(state, question.graph.nodes());
  question.of_each_source = state.what.of_all || !state.what.of.empty() || !state.what.of_file.empty();
  constexpr std::size_t usual_top = 100;
  constexpr std::size_t usual_top_of_a_node = 10;
  question.top = state.what.top > 0        ? static_cast<std::size_t>(state.what.top)
                 : question.of_each_source ? usual_top_of_a_node
                                           : usual_top;
  const PredictPlan plan = plan_prediction(context, question, state.candidates);
  const std::uint64_t peak = std::max(
      peak_resident_bytes(), resident_bytes() + estimate_prediction_memory(context, question, plan, state.learning));
  if (session.only_estimate(peak)) return;
  context.require_memory(peak, "lower --top, take --candidates two-hop or push, or raise --memory");
  Matrix vectors;
  if (!state.what.embedding.empty()) {
    vectors = read_node_vectors(session, state.what.embedding, question.graph.nodes());
  }
  const MethodData data{{}, vectors.view()};
  PreparedMethod prepared;
  if (!plan.by_bounds) {
    prepared = prepare_link_method(context, question.graph, method, state.scores, state.learning, data);
  }
  Prediction found = predict(context, question, plan, prepared, state.learning, data);
  const ExplainedLinks links = explain(context, state, question, prepared, std::move(found.pairs));
  report(session, state, input, question, plan, found, links);
}

}  // namespace

Command predict_command() {
  const auto state = std::make_shared<PredictLinksState>();
  Command command;
  command.name = "predict";
  command.summary = "name the links that a graph most likely misses or will gain";
  command.description =
      "Finds the pairs without an edge that a method scores highest, of the whole graph or of the nodes asked for, "
      "without scoring all pairs, and says whether anything can have been missed: a score of neighbourhoods, "
      "local-path, katz and rooted-pagerank are searched by bounds and miss nothing; others score candidates. Pairs "
      "with an edge in either direction are left out; of a directed graph a link goes from source to target where the "
      "method tells the two apart (shortest-path, local-path, katz, personalized-pagerank, matrix-factorization, "
      "combined). Links come best first; of equal scores in the order of the nodes in the graph. Links of scores that "
      "count evidence are left out at 0.";
  command.positionals = {{"GRAPH", "a graph in any format; - is standard input", &state->graph}};
  command.groups = {{"Links", bind_options(state->what)},
                    {"Candidates", bind_options(state->candidates)},
                    {"Output", bind_options(state->output)},
                    {"Methods", joined(bind_options(state->scores), bind_options(state->learning))},
                    {"Reading the graph", joined(bind_options(state->read), bind_options(state->build))}};
  command.examples = {{"predict data/karate/edges.txt --top 5", "the five likeliest friendships, by Adamic and Adar"},
                      {"predict data/borders/edges.tsv --for Bavaria,Kenya --explain -o links.jsonl",
                       "ten links of each of two nodes, and why"},
                      {"predict data/borders/edges.tsv --method combined --top 20 -o links.tsv",
                       "by a score learned from the graph's own edges"}};
  command.run = [state](Session& session) { run_predict_links(session, *state); };
  return command;
}

}  // namespace adjoin::cli
