#include <adjoin/algorithms/gnn/entry_dropout.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/sparse/row_chunks.hpp>

namespace adjoin::gnn {

Csr drop_entries(RunContext& context, const CsrView& matrix, double rate, std::uint64_t step) {
  constexpr std::size_t entries_per_chunk = std::size_t{1} << 14;
  const std::size_t rows = matrix.row_count();
  const std::size_t tasks = row_chunk_count(matrix, entries_per_chunk);
  const auto visit_kept = [&](std::size_t row, auto&& keep) {
    RandomSequence random(context.seed(), RandomStream::entry_dropout, step * rows + row);
    for (std::size_t e = matrix.row_begin(row); e < matrix.row_end(row); ++e) {
      if (random.next_uniform() >= rate) keep(e);
    }
  };
  // Drawn twice, to be counted and to be copied: a draw is cheaper than a place to remember it in.
  Csr kept{matrix.column_count, Array<EdgeOffset>(rows + 1, EdgeOffset{0}), {}, {}};
  context.for_tasks(tasks, [&](std::size_t task) {
    const Chunk chunk = row_chunk(matrix, entries_per_chunk, task);
    for (std::size_t row = chunk.begin; row < chunk.end; ++row) {
      std::size_t count = 0;
      visit_kept(row, [&](std::size_t) { ++count; });
      kept.offsets[row + 1] = edge_offset(count);
    }
  });
  for (std::size_t row = 0; row < rows; ++row) {
    kept.offsets[row + 1] = edge_offset(index(kept.offsets[row]) + index(kept.offsets[row + 1]));
  }
  kept.targets = Array<NodeId>(index(kept.offsets[rows]));
  kept.weights = Array<float>(matrix.weighted() ? kept.targets.size() : 0);
  context.for_tasks(tasks, [&](std::size_t task) {
    const Chunk chunk = row_chunk(matrix, entries_per_chunk, task);
    for (std::size_t row = chunk.begin; row < chunk.end; ++row) {
      std::size_t to = index(kept.offsets[row]);
      visit_kept(row, [&](std::size_t e) {
        kept.targets[to] = matrix.targets[e];
        if (matrix.weighted()) kept.weights[to] = matrix.weights[e];
        ++to;
      });
    }
  });
  return kept;
}

}  // namespace adjoin::gnn
