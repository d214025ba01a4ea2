#include <adjoin/engine/sparse/row_chunks.hpp>
#include <adjoin/engine/sparse/scaling.hpp>

namespace adjoin {

Csr scaled(RunContext& context, const CsrView& a, std::span<const float> row_scale,
           std::span<const float> column_scale) {
  constexpr std::size_t work_per_chunk = 1 << 16;
  Csr result;
  result.column_count = a.column_count;
  result.offsets = Array<EdgeOffset>(a.offsets.size());
  result.targets = Array<NodeId>(a.nonzero_count());
  result.weights = Array<float>(a.nonzero_count());
  std::copy(a.offsets.begin(), a.offsets.end(), result.offsets.begin());
  context.for_tasks(row_chunk_count(a, work_per_chunk), [&](std::size_t k) {
    const Chunk rows = row_chunk(a, work_per_chunk, k);
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
      const float of_row = row_scale.empty() ? 1.0F : row_scale[row];
      for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
        const float of_column = column_scale.empty() ? 1.0F : column_scale[index(a.targets[e])];
        result.targets[e] = a.targets[e];
        result.weights[e] = of_row * (a.weighted() ? a.weights[e] : 1.0F) * of_column;
      }
    }
  });
  return result;
}

}  // namespace adjoin
