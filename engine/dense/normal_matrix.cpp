#include <adjoin/engine/dense/normal_matrix.hpp>

namespace adjoin {

void fill_with_normals(RunContext& context, FunctionRef<std::uint64_t(std::size_t)> row_key, RandomStream stream,
                       MatrixView<float> x) {
  constexpr std::size_t rows_per_chunk = 256;
  context.for_chunks(x.rows(), rows_per_chunk, [&](Chunk rows) {
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      RandomSequence random(context.seed(), stream, row_key(i));
      for (float& value : x.row(i)) value = static_cast<float>(random.next_normal());
    }
  });
}

}  // namespace adjoin
