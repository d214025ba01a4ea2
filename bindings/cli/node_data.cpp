#include <fmt/format.h>

#include <adjoin/bindings/cli/node_data.hpp>
#include <adjoin/engine/graph/as_graph.hpp>
#include <adjoin/engine/runtime/hash.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {
namespace {

template <class Value>
std::uint64_t hash_of(std::span<const Value> values) {
  return hash_bytes(std::as_bytes(values));
}

std::uint64_t hash_of_matrix(const CsrView& matrix) {
  return combined_hash(
      {matrix.column_count, hash_of(matrix.offsets), hash_of(matrix.targets), hash_of(matrix.weights)});
}

}  // namespace

std::uint64_t combined_hash(const std::vector<std::uint64_t>& hashes) {
  return hash_of(std::span<const std::uint64_t>(hashes));
}

std::uint64_t hash_of_names(const NodeIndex& nodes) {
  std::vector<std::uint64_t> hashes(nodes.size());
  for (std::size_t i = 0; i < hashes.size(); ++i) hashes[i] = nodes.name_hash(node_id(i));
  return combined_hash(hashes);
}

std::size_t NodeData::feature_width() const {
  return data.sparse_features ? data.sparse_features->column_count : data.features.columns();
}

std::optional<gnn::PreparedFeatures> NodeData::prepared(RunContext& context, gnn::FeatureRows rows) const {
  if (feature_width() == 0) return std::nullopt;
  if (data.sparse_features) {
    const CsrView sparse = data.sparse_features->view();
    context.require_memory(resident_bytes() + gnn::PreparedFeatures::bytes(sparse, rows), "raise --memory");
    return std::optional<gnn::PreparedFeatures>(std::in_place, context, sparse, rows);
  }
  const MatrixView<const float> dense = data.features.view();
  context.require_memory(resident_bytes() + gnn::PreparedFeatures::bytes(dense, rows), "raise --memory");
  return std::optional<gnn::PreparedFeatures>(std::in_place, context, dense, rows);
}

std::uint64_t NodeData::hash() const {
  std::vector<std::uint64_t> hashes{hash_of_names(*data.nodes), hash_of_matrix(graph().out()),
                                    graph().directed() ? 1U : 0U};
  if (data.sparse_features) hashes.push_back(hash_of_matrix(data.sparse_features->view()));
  const MatrixView<const float> dense = data.features.view();
  hashes.push_back(hash_of(std::span<const float>(dense.data(), dense.rows() * dense.columns())));
  if (data.labels) {
    hashes.push_back(hash_of_matrix(data.labels->of_node.view()));
    hashes.push_back(hash_of_names(data.labels->names));
  }
  return combined_hash(hashes);
}

NodeData read_node_data(Session& session, const std::string& path, const NodeDataOptions& options) {
  DatasetFile file = read_dataset(session.context(), path, options.read, options.build);
  tell_reading(session, path, file.read, file.build.remarks());
  if (!file.data.graph) {
    BuiltGraph built = as_graph(session.context(), file.data, options.build);
    file.data.graph = std::move(built.graph);
    file.build = built.report;
    file.data.events.reset();
    file.data.simplices.reset();
  }
  const NodeFileReport nodes = read_node_files(session.context(), options.files, file.data);
  for (const Remark& remark : nodes.remarks()) {
    session.note(fmt::format("{} {}", format_count(remark.count), remark.what));
  }
  return {std::move(file.data), std::move(file.read), file.build};
}

}  // namespace adjoin::cli
