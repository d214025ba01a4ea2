#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <adjoin/bindings/cli/label_file.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {

NodeLabels read_labels_and_tell(Session& session, const std::string& path, UnknownNodes unknown, Dataset& data) {
  const NodeFileReport report = read_label_file(session.context(), path, Separator::automatic, unknown, data);
  for (const Remark& remark : report.remarks()) {
    session.note(fmt::format("{}: {} {}", path, format_count(remark.count), remark.what));
  }
  if (!data.labels) throw InvalidData(fmt::format("{} holds no labels", path));
  NodeLabels labels = std::move(*data.labels);
  data.labels.reset();
  return labels;
}

NamedRows read_named_rows(Session& session, const std::string& path) {
  EmbeddingFile file = read_embedding(session.context(), path);
  NodeIndex by_name = NodeIndex::from_names(file.names);
  std::vector<NodeId> places;
  places.reserve(file.names.size());
  for (const std::string& name : file.names) places.push_back(by_name.find(name).value());
  return {std::move(file.values), std::make_shared<const NodeIndex>(std::move(by_name).reordered(places))};
}

NodeLabels read_row_labels(Session& session, const std::string& path, const RowLabelOptions& options,
                           const NamedRows& rows) {
  if (options.unknown_nodes == UnknownNodes::add) {
    throw InvalidOption("unknown-nodes = add would add nodes without vectors; use drop or error");
  }
  Dataset data;
  data.nodes = rows.nodes;
  NodeLabels labels = read_labels_and_tell(session, path, options.unknown_nodes, data);
  std::uint64_t without = 0;
  for (std::size_t v = 0; v < labels.of_node.view().row_count(); ++v) {
    if (labels.of_node.view().row_size(v) == 0) ++without;
  }
  if (without > 0) {
    session.note(fmt::format("{}: {} a vector and no label", path,
                             without == 1 ? "1 node has" : format_count(without) + " nodes have"));
  }
  return labels;
}

}  // namespace adjoin::cli
