#include <algorithm>
#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/embedding/nearest.hpp>
#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/embedding_file.hpp>

namespace adjoin::cli {
namespace {

struct SimilarState {
  std::vector<std::string> embedding;
  std::vector<std::string> nodes;
  NearestOptions nearest;
};

std::vector<NodeId> rows_of(const EmbeddingFile& file, const std::vector<std::string>& nodes, const std::string& path) {
  std::vector<NodeId> rows;
  for (const std::string& node : nodes) {
    const auto found = std::find(file.names.begin(), file.names.end(), node);
    if (found == file.names.end()) {
      const auto meant = nearest_word(node, file.names);
      throw InvalidData(fmt::format("{} has no node {}{}", path, quote_for_message(node),
                                    meant ? fmt::format("; did you mean {}?", quote_for_message(*meant)) : ""));
    }
    rows.push_back(node_id(static_cast<std::size_t>(found - file.names.begin())));
  }
  return rows;
}

void run_similar(Session& session, const SimilarState& state) {
  const std::string& path = state.embedding.front();
  validate(state.nearest);
  if (session.options().estimate) {
    std::error_code unknown;
    const auto bytes = std::filesystem::file_size(path, unknown);
    session.only_estimate(resident_bytes() + (unknown ? 0 : 2 * bytes));
    return;
  }
  const EmbeddingFile file = read_embedding(session.context(), path);
  const std::vector<NodeId> rows = rows_of(file, state.nodes, path);
  const NearestResult result = nearest(session.context(), file.values.view(), rows, state.nearest);
  if (session.options().json) {
    Json answers = Json::array();
    for (std::size_t q = 0; q < rows.size(); ++q) {
      Json neighbors = Json::array();
      for (const Neighbor& neighbor : result.neighbors[q]) {
        neighbors.push_back({{"node", file.names[index(neighbor.node)]}, {"similarity", neighbor.similarity}});
      }
      answers.push_back({{"node", state.nodes[q]}, {"nearest", neighbors}});
    }
    session.print(Json{{"answers", answers}, {"record", Json::parse(to_json(result.record))}}.dump(
                      2, ' ', false, Json::error_handler_t::replace) +
                  "\n");
    return;
  }
  for (std::size_t q = 0; q < rows.size(); ++q) {
    if (q > 0) session.print("\n");
    session.print(state.nodes[q] + "\n");
    std::vector<std::pair<std::string, std::string>> lines;
    for (const Neighbor& neighbor : result.neighbors[q]) {
      lines.emplace_back("  " + file.names[index(neighbor.node)], fmt::format("{:.4f}", neighbor.similarity));
    }
    session.print(two_columns(lines));
  }
}

}  // namespace

Command similar_command() {
  const auto state = std::make_shared<SimilarState>();
  Command command;
  command.name = "similar";
  command.summary = "name the nearest nodes in an embedding";
  command.description =
      "Compares the vectors of the named nodes with every vector of an embedding file (.npy, word2vec text or .tsv) "
      "and prints "
      "the most similar ones. Exact: nothing is approximated.";
  command.positionals = {{"EMBEDDING", "a file that adjoin embed or another program wrote", &state->embedding},
                         {"NODE", "the name of a node", &state->nodes, true, false, {}}};
  command.groups = {{"Search", bind_options(state->nearest)}};
  command.examples = {{"similar karate.npy 1 34 --top 5", "after: adjoin embed data/karate/edges.txt -o karate.npy"}};
  command.run = [state](Session& session) { run_similar(session, *state); };
  return command;
}

}  // namespace adjoin::cli
