#include <algorithm>

#include <fmt/format.h>

#include <adjoin/bindings/cli/label_file.hpp>
#include <adjoin/bindings/cli/node_vectors.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {

Matrix read_node_vectors(Session& session, const std::string& path, const NodeIndex& nodes) {
  const NamedRows rows = read_named_rows(session, path);
  Matrix vectors(nodes.size(), rows.values.columns());
  std::vector<std::string> missing;
  for (std::size_t node = 0; node < nodes.size(); ++node) {
    const auto row = rows.nodes->find(nodes.name(node_id(node)));
    if (row) {
      std::ranges::copy(rows.values.row(index(*row)), vectors.row(node).begin());
    } else {
      missing.push_back(nodes.name(node_id(node)));
    }
  }
  if (!missing.empty()) {
    throw InvalidData(fmt::format("{} has no vector of the node {}{}", path, quote_for_message(missing.front()),
                                  missing.size() == 1 ? "" : " and " + counted(missing.size() - 1, "other", "others")));
  }
  const std::size_t others = rows.values.rows() - nodes.size();
  session.note(fmt::format(
      "{}: {} of {} numbers{}", path, counted(rows.values.rows(), "vector", "vectors"), rows.values.columns(),
      others == 0 ? "" : fmt::format(", {} of nodes that the graph does not have", format_count(others))));
  return vectors;
}

}  // namespace adjoin::cli
