// Row-wise operations on a GPU. All are bound by memory; every number of a matrix is asked for once, and a row that is
// needed twice is still in a cache the second time.
#include <adjoin/engine/dense/cuda/rows_inl.cuh>
#include <adjoin/engine/dense/cuda/rowwise.hpp>
#include <adjoin/engine/runtime/cuda/check_inl.hpp>

namespace adjoin {
namespace cuda {
namespace {

template <class Scalar>
bool is_empty(MatrixView<Scalar, Cuda> x) {
  return x.rows() == 0 || x.columns() == 0;
}

template <int count, class Scalar>
__global__ void __launch_bounds__(block_threads) fill_kernel(DeviceRows<Scalar> x, float value) {
  const std::size_t column = (std::size_t{blockIdx.x} * blockDim.x + threadIdx.x) * count;
  if (column >= x.columns) return;
  float values[count];
#pragma unroll
  for (int k = 0; k < count; ++k) values[k] = value;
  const std::size_t step = std::size_t{gridDim.y} * blockDim.y;
  for (std::size_t row = std::size_t{blockIdx.y} * blockDim.y + threadIdx.y; row < x.count; row += step) {
    store_values(values, x.columns - column, x.at(row, column));
  }
}

template <int count, class From, class To>
__global__ void __launch_bounds__(block_threads) convert_kernel(DeviceRows<const From> x, DeviceRows<To> y) {
  const std::size_t column = (std::size_t{blockIdx.x} * blockDim.x + threadIdx.x) * count;
  if (column >= x.columns) return;
  const std::size_t step = std::size_t{gridDim.y} * blockDim.y;
  for (std::size_t row = std::size_t{blockIdx.y} * blockDim.y + threadIdx.y; row < x.count; row += step) {
    float values[count];
    load_values(x.at(row, column), x.columns - column, values);
    store_values(values, x.columns - column, y.at(row, column));
  }
}

/// The sum of squares of the row that a group has, in double: squares of small or large floats would leave the range of
/// a float. The whole block has to call it; where `takes_part` is false nothing is read.
template <int count, class Scalar>
__device__ double squared_length(const DeviceRows<Scalar>& x, std::size_t row, bool takes_part) {
  double squares = 0;
  if (takes_part) {
    for (std::size_t column = std::size_t{threadIdx.x} * count; column < x.columns;
         column += std::size_t{blockDim.x} * count) {
      float values[count];
      load_values(x.at(row, column), x.columns - column, values);
#pragma unroll
      for (int k = 0; k < count; ++k) {
        const double value = values[k];
        squares = fma(value, value, squares);
      }
    }
  }
  return sum_of_group(squares);
}

template <int count, class From>
__global__ void __launch_bounds__(block_threads)
    add_kernel(float coefficient, DeviceRows<const From> x, bool normalize, DeviceRows<float> y,
               const std::uint8_t* only, const float* row_scale) {
  const std::size_t step = std::size_t{gridDim.x} * blockDim.y;
  for (std::size_t first = std::size_t{blockIdx.x} * blockDim.y; first < x.count; first += step) {
    const std::size_t row = first + threadIdx.y;
    const bool wanted = row < x.count && (only == nullptr || only[row] != 0);
    float factor = wanted && row_scale != nullptr ? coefficient * row_scale[row] : coefficient;
    bool adds = wanted;
    if (normalize) {
      const double squares = squared_length<count>(x, row, wanted);
      adds = wanted && squares > 0;
      if (adds) factor = static_cast<float>(static_cast<double>(factor) / sqrt(squares));
    }
    if (!adds) continue;
    for (std::size_t column = std::size_t{threadIdx.x} * count; column < x.columns;
         column += std::size_t{blockDim.x} * count) {
      float from[count];
      float to[count];
      load_values(x.at(row, column), x.columns - column, from);
      load_values(y.at(row, column), x.columns - column, to);
#pragma unroll
      for (int k = 0; k < count; ++k) to[k] = fmaf(factor, from[k], to[k]);
      store_values(to, x.columns - column, y.at(row, column));
    }
  }
}

/// count: 1 or 4, of the 16 signs of a word.
template <int count>
__global__ void __launch_bounds__(block_threads)
    add_signs_kernel(float coefficient, CudaSignView x, bool normalize, DeviceRows<float> y, const std::uint8_t* only,
                     const float* row_scale) {
  const std::size_t step = std::size_t{gridDim.x} * blockDim.y;
  for (std::size_t first = std::size_t{blockIdx.x} * blockDim.y; first < x.rows; first += step) {
    const std::size_t row = first + threadIdx.y;
    const bool wanted = row < x.rows && (only == nullptr || only[row] != 0);
    const float scale = wanted ? x.row_scale[row] : 0.0F;
    const bool adds = scale != 0;
    const std::uint32_t* const codes = x.codes + row * x.words_per_row;  // read where the row adds something
    float factor = coefficient * scale;
    if (normalize) {
      // A row of k signs has length |scale| sqrt(k).
      unsigned entries = 0;
      if (adds) {
        for (std::size_t word = threadIdx.x; word < x.words_per_row; word += blockDim.x) entries += __popc(codes[word]);
      }
      entries = sum_of_group(entries);
      factor = static_cast<float>(static_cast<double>(coefficient) *
                                  copysign(1.0 / sqrt(static_cast<double>(entries)), static_cast<double>(scale)));
    }
    if (!adds) continue;
    if (row_scale != nullptr) factor *= row_scale[row];
    for (std::size_t column = std::size_t{threadIdx.x} * count; column < x.columns;
         column += std::size_t{blockDim.x} * count) {
      const std::uint32_t word =
          codes[column / SignMatrix::signs_per_word] >> (2 * (column % SignMatrix::signs_per_word));
      float to[count];
      load_values(y.at(row, column), x.columns - column, to);
#pragma unroll
      for (int k = 0; k < count; ++k) {
        const std::uint32_t code = word >> (2 * k) & 3U;
        to[k] += code == 0 ? 0.0F : code == 1 ? factor : -factor;
      }
      store_values(to, x.columns - column, y.at(row, column));
    }
  }
}

template <int count>
__global__ void __launch_bounds__(block_threads) normalize_kernel(DeviceRows<float> x) {
  const std::size_t step = std::size_t{gridDim.x} * blockDim.y;
  for (std::size_t first = std::size_t{blockIdx.x} * blockDim.y; first < x.count; first += step) {
    const std::size_t row = first + threadIdx.y;
    const double squares = squared_length<count>(x, row, row < x.count);
    if (!(squares > 0)) continue;
    const auto factor = static_cast<float>(1.0 / sqrt(squares));
    for (std::size_t column = std::size_t{threadIdx.x} * count; column < x.columns;
         column += std::size_t{blockDim.x} * count) {
      float values[count];
      load_values(x.at(row, column), x.columns - column, values);
#pragma unroll
      for (int k = 0; k < count; ++k) values[k] *= factor;
      store_values(values, x.columns - column, x.at(row, column));
    }
  }
}

template <int count>
__global__ void __launch_bounds__(block_threads) norms_kernel(DeviceRows<const float> x, float* norms) {
  const std::size_t step = std::size_t{gridDim.x} * blockDim.y;
  for (std::size_t first = std::size_t{blockIdx.x} * blockDim.y; first < x.count; first += step) {
    const std::size_t row = first + threadIdx.y;
    const double squares = squared_length<count>(x, row, row < x.count);
    if (row < x.count && threadIdx.x == 0) norms[row] = static_cast<float>(sqrt(squares));
  }
}

/// fill(x, value) for either type, whose vectors are of `count` numbers.
template <int count, class Scalar>
void fill_any(CudaContext& context, MatrixView<Scalar, Cuda> x, float value) {
  if (is_empty(x)) return;
  const bool vectors = in_vectors(x);
  const LaunchShape shape = columns_shape(context, x.rows(), x.columns(), vectors ? count : 1);
  const auto kernel = vectors ? fill_kernel<count, Scalar> : fill_kernel<1, Scalar>;
  kernel<<<shape.grid, shape.block, 0, context.stream()>>>(DeviceRows<Scalar>(x), value);
  check_launch("fill");
}

template <class From, class To>
void convert_any(CudaContext& context, MatrixView<const From, Cuda> x, MatrixView<To, Cuda> y) {
  if (is_empty(x)) return;
  const bool vectors = in_vectors(x) && in_vectors(y);
  const LaunchShape shape = columns_shape(context, x.rows(), x.columns(), vectors ? 8 : 1);
  const auto kernel = vectors ? convert_kernel<8, From, To> : convert_kernel<1, From, To>;
  kernel<<<shape.grid, shape.block, 0, context.stream()>>>(DeviceRows<const From>(x), DeviceRows<To>(y));
  check_launch("convert");
}

template <int count, class From>
void add_any(CudaContext& context, float coefficient, MatrixView<const From, Cuda> x, bool normalize,
             MatrixView<float, Cuda> y, const std::uint8_t* only, const float* row_scale) {
  if (is_empty(x)) return;
  const bool vectors = in_vectors(x) && in_vectors(y);
  const LaunchShape shape = groups_shape(context, x.rows(), x.columns(), vectors ? count : 1);
  const auto kernel = vectors ? add_kernel<count, From> : add_kernel<1, From>;
  kernel<<<shape.grid, shape.block, 0, context.stream()>>>(coefficient, DeviceRows<const From>(x), normalize,
                                                           DeviceRows<float>(y), only, row_scale);
  check_launch("add_rows");
}

}  // namespace
}  // namespace cuda

void fill(CudaContext& context, MatrixView<float, Cuda> x, float value) {
  cuda::fill_any<4>(context, x, value);
}

void fill(CudaContext& context, MatrixView<Bf16, Cuda> x, float value) {
  cuda::fill_any<8>(context, x, value);
}

void convert(CudaContext& context, MatrixView<const float, Cuda> x, MatrixView<Bf16, Cuda> y) {
  cuda::convert_any(context, x, y);
}

void convert(CudaContext& context, MatrixView<const Bf16, Cuda> x, MatrixView<float, Cuda> y) {
  cuda::convert_any(context, x, y);
}

void add_rows(CudaContext& context, float coefficient, MatrixView<const float, Cuda> x, bool normalize,
              MatrixView<float, Cuda> y, const std::uint8_t* only, const float* row_scale) {
  cuda::add_any<4>(context, coefficient, x, normalize, y, only, row_scale);
}

void add_rows(CudaContext& context, float coefficient, MatrixView<const Bf16, Cuda> x, bool normalize,
              MatrixView<float, Cuda> y, const std::uint8_t* only, const float* row_scale) {
  cuda::add_any<8>(context, coefficient, x, normalize, y, only, row_scale);
}

void add_rows(CudaContext& context, float coefficient, const CudaSignView& x, bool normalize, MatrixView<float, Cuda> y,
              const std::uint8_t* only, const float* row_scale) {
  if (cuda::is_empty(y)) return;
  const bool vectors = cuda::in_vectors(y);
  const cuda::LaunchShape shape = cuda::groups_shape(context, x.rows, x.columns, vectors ? 4 : 1);
  const auto kernel = vectors ? cuda::add_signs_kernel<4> : cuda::add_signs_kernel<1>;
  kernel<<<shape.grid, shape.block, 0, context.stream()>>>(coefficient, x, normalize, cuda::DeviceRows<float>(y), only,
                                                           row_scale);
  cuda::check_launch("add_rows");
}

void normalize_rows(CudaContext& context, MatrixView<float, Cuda> x) {
  if (cuda::is_empty(x)) return;
  const bool vectors = cuda::in_vectors(x);
  const cuda::LaunchShape shape = cuda::groups_shape(context, x.rows(), x.columns(), vectors ? 4 : 1);
  const auto kernel = vectors ? cuda::normalize_kernel<4> : cuda::normalize_kernel<1>;
  kernel<<<shape.grid, shape.block, 0, context.stream()>>>(cuda::DeviceRows<float>(x));
  cuda::check_launch("normalize_rows");
}

void row_norms(CudaContext& context, MatrixView<const float, Cuda> x, float* norms) {
  if (x.rows() == 0) return;
  const bool vectors = cuda::in_vectors(x);
  const cuda::LaunchShape shape = cuda::groups_shape(context, x.rows(), x.columns(), vectors ? 4 : 1);
  const auto kernel = vectors ? cuda::norms_kernel<4> : cuda::norms_kernel<1>;
  kernel<<<shape.grid, shape.block, 0, context.stream()>>>(cuda::DeviceRows<const float>(x), norms);
  cuda::check_launch("row_norms");
}

}  // namespace adjoin
