// Two passes over blocks of source rows: count the entries that each block sends to each column, then place them. Each
// block writes to places of its own, found by prefix sums over blocks in order, so rows of the transpose come out
// sorted.
#include <algorithm>
#include <utility>

#include <adjoin/engine/sparse/row_chunks.hpp>
#include <adjoin/engine/sparse/transpose.hpp>

namespace adjoin {
namespace {

/// Blocks cost a counter for each column, so there are few; their number depends on the matrix alone.
std::size_t block_count(const CsrView& a) {
  constexpr std::size_t most_blocks = 16;
  constexpr std::size_t least_entries = 1 << 20;
  return std::clamp<std::size_t>(a.nonzero_count() / least_entries, 1, most_blocks);
}

}  // namespace

Csr transpose(RunContext& context, const CsrView& a) {
  constexpr std::size_t columns_per_chunk = 1 << 14;
  const std::size_t columns = a.column_count;
  const std::size_t blocks = block_count(a);
  const std::size_t work = a.row_count() == 0 ? 1 : work_before(a, a.row_count()) / blocks + 1;
  Array<std::uint64_t> next(blocks * columns,
                            0);  // next[b * columns + c]: where block b puts its next entry of column c

  context.for_tasks(blocks, [&](std::size_t b) {
    const Chunk rows = row_chunk(a, work, b);
    std::uint64_t* const counts = next.data() + b * columns;
    if (rows.size() == 0) return;
    for (std::size_t e = a.row_begin(rows.begin); e < a.row_end(rows.end - 1); ++e) ++counts[index(a.targets[e])];
  });

  Csr result;
  result.column_count = a.row_count();
  result.offsets = Array<EdgeOffset>(columns + 1);
  result.targets = Array<NodeId>(a.nonzero_count());
  if (a.weighted()) result.weights = Array<float>(a.nonzero_count());
  // Column totals, then their prefix sums, then each block's own start within each column.
  context.for_chunks(columns, columns_per_chunk, [&](Chunk chunk) {
    for (std::size_t c = chunk.begin; c < chunk.end; ++c) {
      std::uint64_t total = 0;
      for (std::size_t b = 0; b < blocks; ++b) total += std::exchange(next[b * columns + c], total);
      result.offsets[c + 1] = edge_offset(total);
    }
  });
  result.offsets[0] = EdgeOffset{0};
  for (std::size_t c = 0; c < columns; ++c) {
    result.offsets[c + 1] = edge_offset(index(result.offsets[c]) + index(result.offsets[c + 1]));
  }
  context.for_tasks(blocks, [&](std::size_t b) {
    const Chunk rows = row_chunk(a, work, b);
    std::uint64_t* const place = next.data() + b * columns;
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
      for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
        const std::size_t c = index(a.targets[e]);
        const std::size_t to = index(result.offsets[c]) + place[c]++;
        result.targets[to] = node_id(row);
        if (a.weighted()) result.weights[to] = a.weights[e];
      }
    }
  });
  return result;
}

}  // namespace adjoin
