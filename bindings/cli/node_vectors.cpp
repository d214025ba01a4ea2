#include <algorithm>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include <adjoin/bindings/cli/node_vectors.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/embedding_file.hpp>

namespace adjoin::cli {

Matrix read_node_vectors(Session& session, const std::filesystem::path& path, const NodeIndex& nodes) {
  const EmbeddingFile file = read_embedding(session.context(), path);
  std::unordered_map<std::string_view, std::size_t> rows;
  for (std::size_t row = 0; row < file.names.size(); ++row) rows.emplace(file.names[row], row);
  Matrix vectors(nodes.size(), file.values.columns());
  std::size_t missing = 0;
  std::size_t first_missing = 0;
  for (std::size_t node = 0; node < nodes.size(); ++node) {
    const auto found = rows.find(nodes.name(node_id(node)));
    if (found == rows.end()) {
      if (missing++ == 0) first_missing = node;
      continue;
    }
    std::ranges::copy(file.values.row(found->second), vectors.row(node).begin());
  }
  if (missing > 0) {
    throw InvalidData(fmt::format("{} has no vector of the node {}{}", path.string(),
                                  quote_for_message(nodes.name(node_id(first_missing))),
                                  missing == 1 ? "" : fmt::format(" and of {} others", format_count(missing - 1))));
  }
  session.note(fmt::format(
      "{}: {} of {} numbers{}", path.string(), counted(file.values.rows(), "vector", "vectors"), file.values.columns(),
      rows.size() == nodes.size()
          ? ""
          : fmt::format(", {} of nodes that the graph does not have", format_count(rows.size() - nodes.size()))));
  return vectors;
}

}  // namespace adjoin::cli
