#include <algorithm>

#include <adjoin/engine/sparse/select_rows.hpp>

namespace adjoin {

Csr select_rows(RunContext& context, const CsrView& a, std::span<const NodeId> rows) {
  Csr selected;
  selected.column_count = a.column_count;
  selected.offsets = Array<EdgeOffset>(rows.size() + 1);
  std::size_t entries = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    selected.offsets[i] = edge_offset(entries);
    entries += a.row_size(index(rows[i]));
  }
  selected.offsets[rows.size()] = edge_offset(entries);
  selected.targets = Array<NodeId>(entries);
  selected.weights = Array<float>(a.weighted() ? entries : 0);
  constexpr std::size_t rows_per_chunk = 1 << 10;
  context.threads().for_chunks(rows.size(), rows_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      const std::size_t row = index(rows[i]);
      const std::size_t at = index(selected.offsets[i]);
      std::ranges::copy(a.row_targets(row), selected.targets.data() + at);
      std::ranges::copy(a.row_weights(row), selected.weights.data() + at);
    }
  });
  return selected;
}

}  // namespace adjoin
