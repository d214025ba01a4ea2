#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/embedding/exact_search.hpp>
#include <adjoin/algorithms/embedding/nearest_index.hpp>
#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/neighbor_file.hpp>
#include <adjoin/bindings/cli/node_names.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/embedding_file.hpp>

namespace adjoin {
namespace cli {
namespace {

enum class SearchBy : std::uint8_t { automatic, exact, hnsw };

}  // namespace
}  // namespace cli

template <>
struct EnumNames<cli::SearchBy> {
  static constexpr std::array<std::pair<cli::SearchBy, std::string_view>, 3> names{
      {{cli::SearchBy::automatic, "auto"}, {cli::SearchBy::exact, "exact"}, {cli::SearchBy::hnsw, "hnsw"}}};
};

namespace cli {
namespace {

struct AllOptions {
  bool all = false;
  std::string output;

  static constexpr auto fields() {
    return std::tuple{
        option_field("all", &AllOptions::all,
                     "ask for every node, and write lines of node, neighbour and similarity, separated by tabs"),
        option_field("output", &AllOptions::output,
                     "with --all: the file to write, .tsv or .txt, or .npy for pairs of row numbers; - or nothing is "
                     "standard output")};
  }
};

struct IndexChoice {
  SearchBy index = SearchBy::automatic;
  int recall_sample = 100;

  static constexpr auto fields() {
    return std::tuple{
        option_field(
            "index", &IndexChoice::index,
            "exact compares everything; hnsw builds an index first and may miss some; auto takes the index by cosine "
            "for 2,000,000 nodes asked for or more, and 4*10^12 comparisons or more: there it is faster"),
        option_field("recall-sample", &IndexChoice::recall_sample, {0, 1'000'000},
                     "nodes on which the index is compared with exact search, to say how much it finds; 0 for none")};
  }
};

struct SimilarState {
  std::vector<std::string> embedding;
  std::vector<std::string> nodes;
  NearestOptions nearest;
  AllOptions all;
  IndexChoice choice;
  NearestIndexOptions index;
};

std::vector<NodeId> rows_of(const EmbeddingFile& file, const std::vector<std::string>& nodes, const std::string& path) {
  std::vector<NodeId> rows;
  for (const std::string& node : nodes) {
    const auto found = std::find(file.names.begin(), file.names.end(), node);
    if (found == file.names.end()) refuse_node(node, file.names, path);
    rows.push_back(node_id(static_cast<std::size_t>(found - file.names.begin())));
  }
  return rows;
}

/// Either search, and what is told of it.
class Searcher {
 public:
  Searcher(RunContext& context, const SimilarState& state, MatrixView<const float> x, std::size_t queries)
      : context_(context), state_(state), top_(static_cast<std::size_t>(state.nearest.top)) {
    if (uses_index(state, x.rows(), queries)) {
      index_.emplace(context, x, state.nearest.similarity, state.index);
      measure();
      context.begin_stage("search", "rows", queries);
    } else {
      context.begin_stage("compare", "pairs", x.rows() * (std::uint64_t{queries} + 1));
      exact_.emplace(context, x, state.nearest.similarity);
    }
  }

  static bool uses_index(const SimilarState& state, std::size_t rows, std::size_t queries) {
    if (state.choice.index != SearchBy::automatic) return state.choice.index == SearchBy::hnsw;
    return state.nearest.similarity == Similarity::cosine && index_is_faster(rows, queries);
  }

  NeighborLists nearest(std::span<const NodeId> rows) {
    return index_ ? index_->nearest(context_, rows, top_) : exact_->nearest(context_, rows, top_);
  }

  /// How it was searched, and what the index found of the sample.
  std::string phrase() const {
    if (!index_) return "searched exactly: every row was compared";
    if (!recall_) return "searched by an HNSW index; what it misses was not measured";
    return fmt::format("searched by an HNSW index: it finds {:.2f} % of the {} nearest, measured on {}",
                       100 * recall_->recall, top_, counted(recall_->sampled, "node", "nodes"));
  }

  Json record() const {
    std::vector<OptionValue> options = option_values(state_.nearest);
    for (const OptionValue& value : option_values(state_.choice)) options.push_back(value);
    if (index_) {
      for (const OptionValue& value : option_values(state_.index)) options.push_back(value);
    }
    Json json = Json::parse(to_json(context_.record("nearest", options)));
    json["searched_by"] = index_ ? "hnsw" : "exact";
    if (recall_) {
      json["recall"] = recall_->recall;
      json["recall_sampled"] = recall_->sampled;
    }
    return json;
  }

 private:
  void measure() {
    const auto sample = static_cast<std::size_t>(state_.choice.recall_sample);
    if (sample == 0) return;
    const std::uint64_t rows = index_->exact().embedding().rows();
    context_.begin_stage("recall", "pairs", std::min<std::uint64_t>(sample, rows) * (rows + 1));
    recall_ = measure_recall(context_, *index_, sample, top_);
  }

  RunContext& context_;
  const SimilarState& state_;
  std::size_t top_;
  std::optional<ExactSearch> exact_;
  std::optional<NearestIndex> index_;
  std::optional<Recall> recall_;
};

/// Bytes beyond the embedding.
std::uint64_t estimate_memory(const SimilarState& state, const EmbeddingFile& file, std::size_t queries, int threads) {
  const std::uint64_t rows = file.values.rows();
  const auto top = static_cast<std::uint64_t>(state.nearest.top);
  const std::uint64_t at_once = state.all.all ? std::min(queries, rows_per_neighbor_block) : queries;
  const std::uint64_t lists = estimate_neighbor_lists_memory(rows, at_once, top);
  // Text or pairs of a block, while they wait to be written.
  const std::uint64_t text = state.all.all ? at_once * std::min(rows, top) * 64 : 0;
  if (!Searcher::uses_index(state, rows, queries)) {
    return lists + text + estimate_exact_search_memory(rows, file.values.columns(), at_once, top);
  }
  const auto sample = static_cast<std::uint64_t>(state.choice.recall_sample);
  const std::uint64_t measuring = estimate_exact_search_memory(rows, file.values.columns(), sample, top) +
                                  2 * estimate_neighbor_lists_memory(rows, sample, top);
  return std::max(lists + text, measuring) +
         estimate_nearest_index_memory(rows, file.values.columns(), threads, state.index);
}

void check(const Session& session, const SimilarState& state) {
  validate(state.nearest);
  validate(state.choice);
  validate(state.index);
  if (!state.all.all) {
    if (state.nodes.empty()) throw InvalidOption("NODE is missing; name a node, or ask for every one with --all");
    if (!state.all.output.empty()) throw InvalidOption("--output goes with --all, which is not there");
    return;
  }
  if (!state.nodes.empty()) {
    throw InvalidOption(
        fmt::format("{} and --all exclude one another; leave out one of them", quote_for_message(state.nodes.front())));
  }
  if (session.options().estimate) return;
  const std::string output = state.all.output.empty() ? "-" : state.all.output;
  check_standard_output(session, output);
  check_neighbor_output(output);
  // What can be wrong with the output is said before the work is done.
  if (output != "-") check_writable(output);
}

void answer_nodes(Session& session, const SimilarState& state, const EmbeddingFile& file, std::span<const NodeId> rows,
                  Searcher& searcher) {
  const NeighborLists lists = searcher.nearest(rows);
  const Json record = searcher.record();
  if (session.options().json) {
    Json answers = Json::array();
    for (std::size_t q = 0; q < rows.size(); ++q) {
      Json neighbors = Json::array();
      for (const Neighbor& neighbor : lists[q]) {
        neighbors.push_back({{"node", file.names[index(neighbor.node)]}, {"similarity", neighbor.similarity}});
      }
      answers.push_back({{"node", state.nodes[q]}, {"nearest", neighbors}});
    }
    print_json(session, Json{{"answers", answers}, {"record", record}});
    return;
  }
  if (record["searched_by"] != "exact") session.note(searcher.phrase());
  for (std::size_t q = 0; q < rows.size(); ++q) {
    if (q > 0) session.print("\n");
    session.print(state.nodes[q] + "\n");
    std::vector<std::pair<std::string, std::string>> lines;
    for (const Neighbor& neighbor : lists[q]) {
      lines.emplace_back("  " + file.names[index(neighbor.node)], fmt::format("{:.4f}", neighbor.similarity));
    }
    session.print(two_columns(lines));
  }
}

void answer_all(Session& session, const SimilarState& state, const EmbeddingFile& file, Searcher& searcher) {
  const std::string output = state.all.output.empty() ? "-" : state.all.output;
  const std::size_t others = std::max<std::size_t>(1, file.names.size()) - 1;
  std::vector<OutputFile> files;
  files.push_back(write_neighbors(session.context(), output, file.names,
                                  std::min(others, static_cast<std::size_t>(state.nearest.top)),
                                  [&](std::span<const NodeId> rows) { return searcher.nearest(rows); }));
  const Json record = searcher.record();
  std::vector<std::string> written{output};
  if (output != "-") {
    written.push_back(output + ".run.json");
    files.emplace_back(written.back());
    files.back().write(record.dump(2, ' ', false, Json::error_handler_t::replace));
  }
  commit_together(files);
  if (session.options().json) {
    print_json(session, Json{{"record", record}, {"files", written}});
    return;
  }
  session.note(searcher.phrase());
  session.note(fmt::format("time: {}", stages_phrase(session.context().record("nearest", {}))));
  session.note(
      fmt::format("wrote the nearest of {} to {}", counted(file.names.size(), "node", "nodes"), output_phrase(output)));
}

void run_similar(Session& session, const SimilarState& state) {
  check(session, state);
  const std::string& path = state.embedding.front();
  const EmbeddingFile file = read_embedding(session.context(), path);
  const std::vector<NodeId> rows = rows_of(file, state.nodes, path);
  const std::size_t queries = state.all.all ? file.names.size() : rows.size();
  const std::uint64_t peak =
      std::max(peak_resident_bytes(),
               resident_bytes() + estimate_memory(state, file, queries, session.context().threads().count()));
  if (session.only_estimate(peak)) return;
  session.context().require_memory(peak, "lower --top or, for an index, --links, or raise --memory");
  Searcher searcher(session.context(), state, file.values.view(), queries);
  if (state.all.all) {
    answer_all(session, state, file, searcher);
  } else {
    answer_nodes(session, state, file, rows, searcher);
  }
}

}  // namespace

Command similar_command() {
  const auto state = std::make_shared<SimilarState>();
  Command command;
  command.name = "similar";
  command.summary = "name the nearest nodes in an embedding";
  command.description =
      "Compares the vectors of the named nodes, or with --all of every node, with every vector of an embedding file "
      "(.npy, word2vec text or .tsv) and names the most similar ones. Nothing is approximated, unless an index is "
      "used: then what it finds is measured and told. An index is built afresh by each run and by one thread, so it "
      "pays for --all of very many nodes only.";
  command.positionals = {{"EMBEDDING", "a file that adjoin embed or another program wrote", &state->embedding},
                         {"NODE", "the name of a node; none with --all", &state->nodes, true, false, {}, true}};
  command.groups = {{"Search", bind_options(state->nearest)},
                    {"Every node", bind_options(state->all)},
                    {"Index", joined(bind_options(state->choice), bind_options(state->index))}};
  command.examples = {{"similar karate.npy 1 34 --top 5", "after: adjoin embed data/karate/edges.txt -o karate.npy"},
                      {"similar karate.npy --all --top 3 -o near.tsv", "the three nearest of every node"},
                      {"similar karate.npy --all --index hnsw -o near.npy", "pairs of rows, by an index"}};
  command.run = [state](Session& session) { run_similar(session, *state); };
  return command;
}

}  // namespace cli
}  // namespace adjoin
