// Drawing random matrices on a GPU. Keys of rows come from the host, which alone knows what names a row; the rest is
// arithmetic, without a thread waiting for another.
#include <adjoin/engine/dense/cuda/philox_inl.cuh>
#include <adjoin/engine/dense/cuda/random_matrices.hpp>
#include <adjoin/engine/dense/cuda/rows_inl.cuh>
#include <adjoin/engine/runtime/cuda/check_inl.hpp>

namespace adjoin {
namespace cuda {
namespace {

/// What all rows of signs have in common.
struct SignDraw {
  std::uint64_t seed;
  std::uint32_t threshold;
  std::uint32_t first_counter;
  float magnitude;
};

/// The codes of word `word` of a row of `columns` columns, zeros past the last.
__device__ std::uint32_t draw_signs(const SignDraw& draw, std::uint64_t key, std::size_t word, std::size_t columns) {
  constexpr int blocks = SignMatrix::signs_per_word / 4;
  const std::size_t first = word * SignMatrix::signs_per_word;
  if (first >= columns) return 0;
  const std::uint32_t upper = 0U - draw.threshold;
  const std::uint32_t counter = draw.first_counter + static_cast<std::uint32_t>(word) * blocks;
  std::uint32_t codes = 0;
#pragma unroll
  for (int block = 0; block < blocks; ++block) {
    const uint4 four = philox_on_device(draw.seed, RandomStream::projection, key, counter + block);
    const std::uint32_t words[4] = {four.x, four.y, four.z, four.w};
#pragma unroll
    for (int w = 0; w < 4; ++w) {
      const std::uint32_t code = words[w] < draw.threshold ? 1U : words[w] >= upper ? 2U : 0U;
      codes |= code << (8 * block + 2 * w);
    }
  }
  const std::size_t left = columns - first;
  return left < SignMatrix::signs_per_word ? codes & ((1U << (2 * left)) - 1U) : codes;
}

/// blockDim.x threads have a row: a power of two, a warp at most.
__global__ void __launch_bounds__(block_threads)
    signs_kernel(SignDraw draw, const std::uint64_t* keys, const float* scale_of_rows, std::size_t rows,
                 std::size_t columns, std::size_t words_per_row, std::uint32_t* codes, float* row_scale) {
  const std::size_t step = std::size_t{gridDim.x} * blockDim.y;
  for (std::size_t first = std::size_t{blockIdx.x} * blockDim.y; first < rows; first += step) {
    const std::size_t row = first + threadIdx.y;
    std::uint32_t all = 0;
    if (row < rows) {
      const std::uint64_t key = keys[row];
      for (std::size_t word = threadIdx.x; word < words_per_row; word += blockDim.x) {
        const std::uint32_t drawn = draw_signs(draw, key, word, columns);
        codes[row * words_per_row + word] = drawn;
        all |= drawn;
      }
    }
    for (unsigned offset = blockDim.x / 2; offset > 0; offset /= 2) all |= __shfl_xor_sync(all_lanes, all, offset);
    if (row < rows && threadIdx.x == 0) row_scale[row] = all != 0 ? draw.magnitude * scale_of_rows[row] : 0.0F;
  }
}

/// A whole number of 32 bits as the nearest float, over 2^32.
__device__ float unit_float(std::uint32_t word) {
  return __uint2float_rn(word) * 0x1.0p-32F;
}

/// Both values of RandomSequence::next_normal from one counter's words, in floats and from the first 32 bits of each
/// uniform number.
__device__ float2 two_normals(uint4 words) {
  // ln(1 - u), by whichever of u and 1 - u is the more exact.
  const float u = unit_float(words.x);
  const float rest = (__uint2float_rn(~words.x) + 1.0F) * 0x1.0p-32F;
  const float log = u < 0.5F ? log1pf(-u) : logf(rest);
  const float radius = sqrtf(-2.0F * log);
  float sine = 0;
  float cosine = 0;
  sincospif(2.0F * unit_float(words.z), &sine, &cosine);
  return make_float2(radius * cosine, radius * sine);
}

constexpr int normals_of_thread = 4;

/// A thread draws four columns side by side, which are two counters.
template <bool vectors>
__global__ void __launch_bounds__(block_threads)
    normals_kernel(std::uint64_t seed, RandomStream stream, const std::uint64_t* keys, DeviceRows<float> x) {
  const std::size_t column = (std::size_t{blockIdx.x} * blockDim.x + threadIdx.x) * normals_of_thread;
  if (column >= x.columns) return;
  const std::size_t left = x.columns - column;
  const auto counter = static_cast<std::uint32_t>(column / 2);
  const std::size_t step = std::size_t{gridDim.y} * blockDim.y;
  for (std::size_t row = std::size_t{blockIdx.y} * blockDim.y + threadIdx.y; row < x.count; row += step) {
    const float2 first = two_normals(philox_on_device(seed, stream, keys[row], counter));
    const float2 second = two_normals(philox_on_device(seed, stream, keys[row], counter + 1));
    const float values[normals_of_thread] = {first.x, first.y, second.x, second.y};
    float* const to = x.at(row, column);
    if constexpr (vectors) {
      store_values(values, left, to);
    } else {
#pragma unroll
      for (int k = 0; k < normals_of_thread; ++k) {
        if (k < left) to[k] = values[k];
      }
    }
  }
}

/// The keys of all rows, made by the run's threads. Moves the stage in progress on as the CPU's drawing does.
DeviceArray<std::uint64_t> keys_of_rows(RunContext& context, CudaContext& device,
                                        FunctionRef<std::uint64_t(std::size_t)> row_key, std::size_t rows) {
  constexpr std::size_t rows_per_chunk = 1 << 11;
  Array<std::uint64_t> keys(rows);
  context.for_chunks(rows, rows_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) keys[i] = row_key(i);
  });
  return DeviceArray<std::uint64_t>(device, context.threads(), std::as_const(keys).span());
}

}  // namespace
}  // namespace cuda

CudaSignMatrix random_signs(RunContext& context, CudaContext& device, FunctionRef<std::uint64_t(std::size_t)> row_key,
                            double s, float magnitude, std::span<const float> row_scale, std::size_t columns,
                            std::size_t first_column) {
  CudaSignMatrix signs(device, row_scale.size(), columns);
  const DeviceArray<std::uint64_t> keys = cuda::keys_of_rows(context, device, row_key, signs.rows());
  if (signs.rows() == 0) return signs;
  const DeviceArray<float> scale_of_rows(device, context.threads(), row_scale);
  const cuda::SignDraw draw{context.seed(), sparse_sign_threshold(s), static_cast<std::uint32_t>(first_column / 4),
                            magnitude};
  // As many threads a row as divide its words, so that none has less to do than another.
  const std::size_t words = signs.words_per_row();
  unsigned width = 4;
  while (width < cuda::warp_size && words % (2 * width) == 0 && words > 0) width *= 2;
  const unsigned height = cuda::block_threads / width;
  const auto blocks = static_cast<unsigned>(
      std::min(cuda::parts_of(signs.rows(), height), static_cast<std::size_t>(device.multiprocessors()) * 64));
  cuda::signs_kernel<<<blocks, dim3(width, height), 0, device.stream()>>>(
      draw, keys.data(), scale_of_rows.data(), signs.rows(), columns, words, signs.codes().data(),
      signs.row_scale().data());
  cuda::check_launch("random_signs");
  return signs;
}

void fill_with_normals(RunContext& context, CudaContext& device, FunctionRef<std::uint64_t(std::size_t)> row_key,
                       RandomStream stream, MatrixView<float, Cuda> x) {
  const DeviceArray<std::uint64_t> keys = cuda::keys_of_rows(context, device, row_key, x.rows());
  if (x.rows() == 0 || x.columns() == 0) return;
  const cuda::LaunchShape shape = cuda::columns_shape(device, x.rows(), x.columns(), cuda::normals_of_thread);
  const auto kernel = cuda::in_vectors(x) ? cuda::normals_kernel<true> : cuda::normals_kernel<false>;
  kernel<<<shape.grid, shape.block, 0, device.stream()>>>(context.seed(), stream, keys.data(),
                                                          cuda::DeviceRows<float>(x));
  cuda::check_launch("fill_with_normals");
}

}  // namespace adjoin
