#include <algorithm>

#include <adjoin/engine/sparse/from_dense.hpp>

namespace adjoin {

Csr sparse_of(RunContext& context, MatrixView<const float> x) {
  Csr sparse;
  sparse.column_count = x.columns();
  sparse.offsets = Array<EdgeOffset>(x.rows() + 1, edge_offset(0));
  constexpr std::size_t rows_per_chunk = 1 << 10;
  context.threads().for_chunks(x.rows(), rows_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      const auto row = x.row(i);
      sparse.offsets[i + 1] = edge_offset(row.size() - static_cast<std::size_t>(std::ranges::count(row, 0.0F)));
    }
  });
  for (std::size_t i = 0; i < x.rows(); ++i) {
    sparse.offsets[i + 1] = edge_offset(index(sparse.offsets[i]) + index(sparse.offsets[i + 1]));
  }
  const std::size_t entries = index(sparse.offsets[x.rows()]);
  sparse.targets = Array<NodeId>(entries);
  sparse.weights = Array<float>(entries);
  context.threads().for_chunks(x.rows(), rows_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      std::size_t at = index(sparse.offsets[i]);
      for (std::size_t j = 0; j < x.columns(); ++j) {
        if (x(i, j) == 0) continue;
        sparse.targets[at] = node_id(j);
        sparse.weights[at++] = x(i, j);
      }
    }
  });
  return sparse;
}

}  // namespace adjoin
