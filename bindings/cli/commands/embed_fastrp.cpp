#include <algorithm>
#include <filesystem>
#include <iterator>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/embedding/fastrp_blocks.hpp>
#include <adjoin/algorithms/embedding/fastrp_update.hpp>
#include <adjoin/bindings/cli/commands/embed_fastrp.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/graph/as_graph.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/engine/sparse/from_dense.hpp>
#include <adjoin/io/embedding_columns.hpp>
#include <adjoin/io/embedding_file.hpp>
#include <adjoin/io/store.hpp>

namespace adjoin::cli {
namespace {

/// What the words of a state are called in a store's metadata.
constexpr std::string_view word_prefix = "fastrp.";

struct StoredState {
  Graph graph;
  FastRPState state;
};

StoredState read_state(Session& session, const std::string& path) {
  const auto refuse = [&](const std::string& why) -> StoredState {
    throw InvalidData(fmt::format("{} is not a state of FastRP: {}; --keep-state writes one", path, why));
  };
  DatasetFile file = read_dataset(session.context(), path, {.format = FileFormat::store}, {});
  std::vector<std::pair<std::string, std::string>> words;
  for (const auto& [key, value] : file.data.metadata) {
    if (key.starts_with(word_prefix)) words.emplace_back(key.substr(word_prefix.size()), value);
  }
  if (words.empty()) return refuse("its description names no options");
  if (!file.data.graph) return refuse("it holds no graph");
  StoredState stored{*std::move(file.data.graph), {}};
  try {
    read_fastrp_state_words(words, stored.state);
  } catch (const InvalidOption& error) {
    return refuse(error.what());
  }
  stored.state.rows = std::move(file.data.features);
  return stored;
}

/// The graph is lent to the dataset that is written, and is back in its place afterwards.
void write_state(Session& session, const std::string& path, Graph& graph, FastRPState state) {
  Dataset data;
  data.nodes = graph.view().shared_nodes();
  data.graph = std::move(graph);
  for (const auto& [name, text] : fastrp_state_words(state)) data.metadata[std::string(word_prefix) + name] = text;
  data.features = std::move(state.rows);
  write_store(session.context(), data, path);
  graph = *std::move(data.graph);
}

/// The options of the state, unless the command line asks for others.
void take_options(const FastRPOptions& stored, FastRPOptions& asked) {
  const std::vector<OptionValue> theirs = option_values(stored);
  const std::vector<OptionValue> ours = option_values(asked);
  const std::vector<OptionValue> defaults = option_values(FastRPOptions{});
  for (std::size_t i = 0; i < ours.size(); ++i) {
    if (ours[i].text == theirs[i].text || ours[i].text == defaults[i].text) continue;
    throw InvalidOption(
        fmt::format("{} = {} differs from {} of the state; an update keeps the options, so leave it out", ours[i].name,
                    ours[i].text, theirs[i].text));
  }
  asked = stored;
}

Matrix read_start(Session& session, const std::string& path, const NodeIndex& nodes) {
  const EmbeddingFile file = read_embedding(session.context(), path);
  std::unordered_map<std::string_view, std::size_t> row_of;
  for (std::size_t i = 0; i < file.names.size(); ++i) row_of.emplace(file.names[i], i);
  Matrix start(nodes.size(), file.values.columns());
  for (std::size_t v = 0; v < nodes.size(); ++v) {
    const std::string name = nodes.name(node_id(v));
    const auto found = row_of.find(name);
    if (found == row_of.end()) {
      throw InvalidData(fmt::format("{} has no vector for node {} of the graph", path, quote_for_message(name)));
    }
    std::ranges::copy(file.values.row(found->second), start.row(v).begin());
  }
  return start;
}

/// The graph with the features of its nodes, from files of their own or from the dataset itself.
FastRPRunInput read_with_features(Session& session, const std::string& path, const ReadOptions& read,
                                  const BuildOptions& build, const FastRPRunOptions& run) {
  RunContext& context = session.context();
  DatasetFile file = read_dataset(context, path, read, build);
  tell_reading(session, path, file.read, file.build.remarks());
  if (!file.data.graph) file.data.graph = as_graph(context, file.data, build).graph;
  NodeFileOptions node_files;
  node_files.features = run.features;
  node_files.unknown_nodes = run.unknown_nodes;
  for (const Remark& remark : read_node_files(context, node_files, file.data).remarks()) {
    session.note(fmt::format("{} {}", format_count(remark.count), remark.what));
  }
  FastRPRunInput input{*std::move(file.data.graph), {}, {}, std::move(file.read), file.build, {}, {}};
  if (file.data.sparse_features) {
    input.features = *std::move(file.data.sparse_features);
  } else {
    input.features = sparse_of(context, file.data.features.view());
  }
  return input;
}

/// The graph with a graph for each type of edge, and the regions of these.
FastRPRunInput read_with_types(Session& session, const std::string& path, const ReadOptions& read,
                               const BuildOptions& build, const FastRPRunOptions& run, const FastRPOptions& options) {
  DatasetFile file = read_dataset(session.context(), path, read, build);
  tell_reading(session, path, file.read, file.build.remarks());
  if (file.data.edge_types.empty()) {
    throw InvalidData(fmt::format("{}: edges of this {} have no types; an edge list may", path, file.read.format));
  }
  std::vector<FastRPRegion> regions =
      run.regions.empty() ? equal_regions(file.data.edge_types, options.dim) : parse_regions(run.regions);
  session.note("regions: " + format_regions(regions));
  return {*std::move(file.data.graph),
          std::move(file.data.edge_types),
          std::move(regions),
          std::move(file.read),
          file.build,
          {},
          {}};
}

}  // namespace

void check_fastrp_run(const FastRPRunOptions& run, const FastRPOptions& options, const ReadOptions& read,
                      const std::string& output, EmbeddingFormat format) {
  const bool typed = read.type_column != "none";
  if (!run.regions.empty()) {
    if (!typed) throw InvalidOption("--regions is of no use without --type-column, which names the column of types");
    parse_regions(run.regions);
  }
  if (typed && (run.block > 0 || !run.start.empty() || !run.keep_state.empty() || !run.update.empty() ||
                options.property_ratio > 0)) {
    throw InvalidOption(
        "--type-column cannot be combined with --block, --start, --keep-state, --update or --property-ratio");
  }
  if (!run.features.empty() && options.property_ratio == 0) {
    throw InvalidOption("--features is of no use without --property-ratio; add --property-ratio 0.5, say");
  }
  const bool stateful = !run.update.empty() || !run.keep_state.empty();
  if (run.block > 0) {
    if (stateful || !run.start.empty()) {
      throw InvalidOption("--block cannot be combined with --start, --keep-state or --update");
    }
    if (!output.empty()) check_embedding_columns(output, format);
  }
  if (stateful && !run.start.empty()) throw InvalidOption("--start vectors cannot be kept in a state or updated");
  if (run.keep_state.empty()) return;
  if (std::filesystem::path(run.keep_state).extension() != ".adjoin") {
    throw InvalidOption(
        fmt::format("--keep-state {} is not a store; name a file that ends in .adjoin", run.keep_state));
  }
  check_writable(run.keep_state);
}

FastRPRunInput read_fastrp_input(Session& session, const std::string& path, const ReadOptions& read,
                                 const BuildOptions& build, const FastRPRunOptions& run, const FastRPOptions& options) {
  if (read.type_column != "none") return read_with_types(session, path, read, build, run, options);
  if (options.property_ratio > 0) return read_with_features(session, path, read, build, run);
  GraphFile file = read_graph_and_tell(session, path, read, build);
  FastRPRunInput input{std::move(file.graph), {}, {}, std::move(file.read), file.build, {}, {}};
  if (!run.start.empty()) input.start = read_start(session, run.start, input.graph.view().nodes());
  return input;
}

std::uint64_t estimate_fastrp_run(const FastRPRunInput& input, const FastRPRunOptions& run,
                                  const FastRPOptions& options) {
  if (!input.regions.empty()) return estimate_fastrp_typed_memory(input.edge_types, input.regions, options);
  if (run.block > 0) {
    return estimate_fastrp_blocks_memory(input.graph, options, static_cast<std::size_t>(run.block)) +
           input.graph.view().node_count() * sizeof(float);  // a column that is being written
  }
  if (run.update.empty() && run.keep_state.empty()) {
    return estimate_fastrp_memory(input.graph, options,
                                  {.features = input.features.view(), .start = input.start.view()});
  }
  const std::uint64_t state = estimate_fastrp_state_memory(input.graph, options);
  return run.update.empty() ? state : 2 * state;  // the old one stands beside the new one
}

FastRPResult run_fastrp(Session& session, FastRPRunInput& input, const FastRPRunOptions& run, FastRPOptions& options) {
  RunContext& context = session.context();
  if (!input.regions.empty()) return fastrp_typed(context, input.edge_types, input.regions, options);
  if (run.update.empty() && run.keep_state.empty()) {
    return fastrp(context, input.graph, options, {.features = input.features.view(), .start = input.start.view()});
  }
  FastRPState state;
  std::vector<Remark> changes;
  if (run.update.empty()) {
    state = fastrp_state(context, input.graph, options);
  } else {
    StoredState stored = read_state(session, run.update);
    take_options(stored.state.options, options);
    FastRPUpdate update = fastrp_update(context, stored.graph, std::move(stored.state), input.graph);
    state = std::move(update.state);
    changes = {
        {"nodes added", update.nodes_added},
        {"nodes gone", update.nodes_removed},
        {"nodes whose own edges changed", update.rows_changed},
        {"rows of the last hop computed again", update.rows_recomputed.empty() ? 0 : update.rows_recomputed.back()}};
  }
  FastRPResult result = fastrp_embedding(context, input.graph, state);
  std::ranges::copy_if(changes, std::back_inserter(result.record.remarks),
                       [](const Remark& change) { return change.count > 0; });
  if (!run.keep_state.empty()) write_state(session, run.keep_state, input.graph, std::move(state));
  return result;
}

RunRecord write_fastrp_in_blocks(Session& session, const FastRPRunInput& input, const FastRPRunOptions& run,
                                 const FastRPOptions& options, const std::string& output, EmbeddingFormat format) {
  RunContext& context = session.context();
  const GraphView graph = input.graph.view();
  EmbeddingColumns file(output, format, graph.node_count(), static_cast<std::size_t>(options.dim));
  RunRecord record =
      fastrp_in_blocks(context, graph, options, static_cast<std::size_t>(run.block),
                       [&](std::size_t, MatrixView<const float> columns) { file.write(context, columns); });
  file.finish(graph.nodes(), to_json(record));
  return record;
}

}  // namespace adjoin::cli
