#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/formats/matrix_graph.hpp>
#include <adjoin/io/names_file.hpp>

namespace adjoin::detail {
namespace {

NodeIndex nodes_of_rows(RunContext& context, const std::filesystem::path& path, MatrixEntries& entries,
                        std::uint64_t first) {
  const auto names = read_names(path, entries.rows);
  if (!names) {
    if (first == 0) return NodeIndex::range(entries.rows);
    Array<std::uint64_t> numbers(entries.rows);
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = first + i;
    return NodeIndex::from_numbers(std::move(numbers));
  }
  NodeIndex nodes = NodeIndex::from_names(*names);
  std::vector<NodeId> ids(entries.rows);
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = *nodes.find((*names)[i]);
  context.threads().for_chunks(entries.edges.size(), std::size_t{1} << 16, [&](Chunk chunk) {
    for (std::size_t e = chunk.begin; e < chunk.end; ++e) {
      Edge& edge = entries.edges[e];
      edge = {ids[index(edge.source)], ids[index(edge.target)]};
    }
  });
  return nodes;
}

}  // namespace

void require_square(const std::filesystem::path& path, const MatrixEntries& entries) {
  if (entries.rows == entries.columns) return;
  throw ParseError({path, 0, 0}, fmt::format("{} rows and {} columns", entries.rows, entries.columns),
                   "as many rows as columns, one for each node", "features of nodes are given with --features");
}

DatasetFile matrix_graph(RunContext& context, const std::filesystem::path& path, MatrixEntries entries,
                         std::uint64_t first, const BuildOptions& build) {
  NodeIndex nodes = nodes_of_rows(context, path, entries, first);
  BuildOptions options = build;
  options.directed = !entries.symmetric;
  const bool weighted = !entries.weights.empty();
  BuiltGraph built =
      build_graph(context, std::move(entries.edges), std::move(entries.weights), std::move(nodes), options);
  std::string how = entries.symmetric ? "symmetric" : "not symmetric";
  if (!entries.symmetric && !build.directed && is_symmetric(context, built.graph.view())) {
    how = "found symmetric";
    built.graph = as_undirected(context, std::move(built.graph));
  } else if (!entries.symmetric && build.directed) {
    how = "as asked for";
  }
  DatasetFile result;
  result.read.details = fmt::format("{} by {}, {}, {}, so {}", format_count(entries.rows), format_count(entries.rows),
                                    weighted ? "with weights" : "without weights", how,
                                    built.graph.view().directed() ? "directed" : "undirected");
  result.read.numeric_names = built.graph.view().nodes().name_offsets().empty();
  result.build = built.report;
  result.data.nodes = built.graph.view().shared_nodes();
  result.data.graph = std::move(built.graph);
  return result;
}

std::uint64_t estimate_matrix_graph(std::uint64_t rows, std::uint64_t entries, bool weighted, bool symmetric) {
  const std::uint64_t building =
      estimate_build_memory(static_cast<std::size_t>(rows), static_cast<std::size_t>(entries), weighted, !symmetric);
  // To find out whether a matrix is symmetric takes its transpose.
  const std::uint64_t kept = entries * (sizeof(NodeId) + (weighted ? sizeof(float) : 0)) + rows * sizeof(EdgeOffset);
  return rows * sizeof(std::uint64_t) + std::max(building, symmetric ? 0 : 2 * kept);
}

std::vector<OutputFile> matrix_output(const std::filesystem::path& path, const NodeIndex& nodes, std::uint64_t first) {
  std::vector<OutputFile> files;
  files.emplace_back(path);
  if (path == "-") {
    if (are_numbered(nodes, first)) return files;
    throw InvalidOption(
        fmt::format("a matrix whose rows are not numbered from {} has their names in a second file, which standard "
                    "output is not; write a file",
                    first));
  }
  // A file of other names that stands there already would be taken for this one's.
  if (!are_numbered(nodes, first) || std::filesystem::exists(names_path(path))) {
    files.emplace_back(names_path(path));
    write_names(files.back(), nodes);
  }
  return files;
}

}  // namespace adjoin::detail
