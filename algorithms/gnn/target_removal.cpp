#include <algorithm>

#include <adjoin/algorithms/gnn/target_removal.hpp>
#include <adjoin/engine/sparse/row_chunks.hpp>

namespace adjoin::gnn {
namespace {

std::uint64_t entry_of(std::size_t row, NodeId column) noexcept {
  return std::uint64_t{row} << 32 | index(column);
}

}  // namespace

TargetRemoval::TargetRemoval(const CsrView& adjacency)
    : adjacency_(adjacency),
      offsets_(adjacency.row_count() + 1, EdgeOffset{0}),
      targets_(adjacency.nonzero_count()),
      weights_(adjacency.weights.size()) {}

std::uint64_t TargetRemoval::bytes(const CsrView& adjacency) noexcept {
  return adjacency.offsets.size_bytes() + adjacency.targets.size_bytes() + adjacency.weights.size_bytes();
}

CsrView TargetRemoval::without(RunContext& context, std::span<const Edge> targets) {
  entries_.clear();
  for (const Edge& target : targets) {
    entries_.push_back(entry_of(index(target.source), target.target));
    entries_.push_back(entry_of(index(target.target), target.source));
  }
  std::ranges::sort(entries_);

  // A target that has no entry, or stands twice, takes nothing more from its row.
  const auto first_of = [&](std::size_t row) { return std::ranges::lower_bound(entries_, std::uint64_t{row} << 32); };
  std::size_t kept = 0;
  auto next = entries_.begin();
  for (std::size_t row = 0; row < adjacency_.row_count(); ++row) {
    offsets_[row] = edge_offset(kept);
    kept += adjacency_.row_size(row);
    std::uint64_t before = ~std::uint64_t{0};
    for (; next != entries_.end() && *next >> 32 == row; ++next) {
      if (*next != before && std::ranges::binary_search(adjacency_.row_targets(row), node_id(*next & 0xffff'ffffU))) {
        --kept;
      }
      before = *next;
    }
  }
  if (!offsets_.empty()) offsets_[adjacency_.row_count()] = edge_offset(kept);

  constexpr std::size_t work_per_chunk = std::size_t{1} << 15;
  context.for_tasks(row_chunk_count(adjacency_, work_per_chunk), [&](std::size_t task) {
    const Chunk rows = row_chunk(adjacency_, work_per_chunk, task);
    auto removed = first_of(rows.begin);
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
      std::size_t to = index(offsets_[row]);
      for (std::size_t e = adjacency_.row_begin(row); e < adjacency_.row_end(row); ++e) {
        const std::uint64_t entry = entry_of(row, adjacency_.targets[e]);
        while (removed != entries_.end() && *removed < entry) ++removed;
        if (removed != entries_.end() && *removed == entry) continue;
        targets_[to] = adjacency_.targets[e];
        if (adjacency_.weighted()) weights_[to] = adjacency_.weights[e];
        ++to;
      }
    }
  });
  return {adjacency_.column_count, offsets_.span(), targets_.span().first(kept),
          adjacency_.weighted() ? weights_.span().first(kept) : weights_.span()};
}

}  // namespace adjoin::gnn
