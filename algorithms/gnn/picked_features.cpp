#include <algorithm>

#include <fmt/format.h>

#include <adjoin/algorithms/gnn/picked_features.hpp>
#include <adjoin/engine/learn/operation.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/select_rows.hpp>

namespace adjoin::gnn {

NodeFeatures PickedFeatures::pick(RunContext& context, const NodeFeatures& all, std::span<const NodeId> nodes) {
  const auto wrong = std::ranges::find_if(nodes, [&](NodeId node) { return index(node) >= all.rows(); });
  if (wrong != nodes.end()) {
    throw InvalidOption(
        fmt::format("node {} has no features, {} nodes have; give numbers below that", index(*wrong), all.rows()));
  }
  if (all.is_learned()) return {all.learned(), nodes};
  if (all.is_sparse()) {
    operand_.reset();  // it looks at the rows of before
    sparse_ = select_rows(context, all.sparse().matrix(), nodes);
    operand_.emplace(context, sparse_.view());
    return NodeFeatures(*operand_);
  }
  const std::size_t columns = all.columns();
  if (dense_.size() < nodes.size() * columns) {
    dense_ = Array<float>();
    context.require_memory(resident_bytes() + nodes.size() * columns * sizeof(float),
                           "use smaller batches or a smaller fan-out");
    dense_ = Array<float>(nodes.size() * columns);
  }
  learn::for_rows(context, nodes.size(), columns, [&](std::size_t i) {
    std::ranges::copy(all.dense().row(index(nodes[i])), dense_.data() + i * columns);
  });
  return NodeFeatures(MatrixView<const float>(dense_.data(), nodes.size(), columns));
}

std::uint64_t PickedFeatures::bytes(const NodeFeatures& all, std::size_t rows) noexcept {
  if (all.is_learned()) return 0;
  if (!all.is_sparse()) return std::uint64_t{rows} * all.columns() * sizeof(float);
  // An entry, its place in the transpose and its origin.
  constexpr std::uint64_t entry = 2 * (sizeof(NodeId) + sizeof(float)) + sizeof(EdgeOffset);
  return all.sparse().matrix().nonzero_count() * entry * rows / std::max<std::size_t>(1, all.rows());
}

}  // namespace adjoin::gnn
