#include <cmath>

#include <adjoin/algorithms/gnn/count_columns.hpp>
#include <adjoin/engine/sparse/intersect.hpp>

namespace adjoin::gnn {

Matrix count_columns(RunContext& context, const CsrView& adjacency, std::span<const Edge> pairs,
                     MatrixView<const float> counts) {
  Matrix result(pairs.size(), count_column_count);
  constexpr std::size_t pairs_per_chunk = 256;
  context.for_chunks(pairs.size(), pairs_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      const auto c = counts.row(i);
      const auto row = result.row(i);
      const float degrees = (c[0] + c[1] + c[4]) * (c[0] + c[2] + c[6]);
      for (std::size_t k = 0; k < distance_count_columns; ++k) {
        row[k] = std::log1p(c[k]);
        row[distance_count_columns + k] = degrees > 0 ? c[k] / std::sqrt(degrees) : 0.0F;
      }
      double resources = 0;
      visit_intersection(adjacency.row_targets(index(pairs[i].source)), adjacency.row_targets(index(pairs[i].target)),
                         [&](NodeId node) { resources += 1 / static_cast<double>(adjacency.row_size(index(node))); });
      row[count_column_count - 1] = static_cast<float>(resources);
    }
  });
  return result;
}

}  // namespace adjoin::gnn
