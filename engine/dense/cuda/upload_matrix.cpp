#include <algorithm>

#include <adjoin/engine/dense/cuda/upload_matrix.hpp>

namespace adjoin {
namespace {

constexpr std::size_t packed_bytes = std::size_t{16} << 20;

}  // namespace

void upload_matrix(CudaContext& context, const Threads& threads, MatrixView<const float> from,
                   MatrixView<float, Cuda> to) {
  const std::size_t row_bytes = from.columns() * sizeof(float);
  const std::size_t stride_bytes = to.stride() * sizeof(float);
  if (from.contiguous() || from.columns() == 0) {
    context.upload(threads, from.data(), to.data(), from.rows(), row_bytes, stride_bytes);
    return;
  }
  const std::size_t at_once = std::min(from.rows(), std::max<std::size_t>(1, packed_bytes / row_bytes));
  Array<float> packed(at_once * from.columns());
  for (std::size_t first = 0; first < from.rows(); first += at_once) {
    const std::size_t count = std::min(at_once, from.rows() - first);
    constexpr std::size_t rows_per_chunk = 1024;
    threads.for_chunks(count, rows_per_chunk, [&](Chunk chunk) {
      for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
        std::ranges::copy(from.row(first + i), packed.data() + i * from.columns());
      }
    });
    context.upload(threads, packed.data(), to.data() + first * to.stride(), count, row_bytes, stride_bytes);
  }
}

}  // namespace adjoin
