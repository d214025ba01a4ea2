#include <utility>

#include <adjoin/algorithms/linkpred/ranked_columns.hpp>

namespace adjoin::detail {

RankedColumns::RankedColumns(RunContext& context, const CsrView& rows, std::vector<NodeId> order)
    : order_(std::move(order)) {
  const std::size_t n = rows.row_count();
  std::vector<std::size_t> next(n + 1, 0);
  for (const NodeId z : rows.targets) ++next[index(z) + 1];
  for (std::size_t z = 0; z < n; ++z) next[z + 1] += next[z];
  columns_ = {n, Array<EdgeOffset>(n + 1), Array<NodeId>(rows.targets.size()), Array<float>(rows.weights.size())};
  for (std::size_t z = 0; z <= n; ++z) columns_.offsets[z] = edge_offset(next[z]);
  for (std::size_t place = 0; place < n; ++place) {
    constexpr std::size_t nodes_between_looks = 1 << 16;
    if (place % nodes_between_looks == 0) context.check_cancelled();
    const std::size_t node = index(order_[place]);
    for (std::size_t e = rows.row_begin(node); e < rows.row_end(node); ++e) {
      const std::size_t at = next[index(rows.targets[e])]++;
      columns_.targets[at] = node_id(place);
      if (rows.weighted()) columns_.weights[at] = rows.weights[e];
    }
  }
  view_ = columns_.view();
}

std::uint64_t RankedColumns::bytes(std::uint64_t nodes, std::uint64_t entries, bool weighted) noexcept {
  return nodes * (sizeof(NodeId) + sizeof(EdgeOffset) + sizeof(std::size_t)) +
         entries * (sizeof(NodeId) + (weighted ? sizeof(float) : 0));
}

}  // namespace adjoin::detail
