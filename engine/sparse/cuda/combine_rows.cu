#include <adjoin/engine/dense/cuda/vector_inl.cuh>
#include <adjoin/engine/runtime/cuda/check_inl.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/cuda/combine_rows.hpp>

namespace adjoin {
namespace {

using cuda::warp_size;

constexpr unsigned warps_per_block = 8;
constexpr std::size_t most_terms = 6;

struct Term {
  const float* floats;  // nullptr where they are halves
  const Bf16* halves;
  std::size_t stride;
  const float* row_scale;
  float coefficient;
  bool normalize;
};

struct Terms {
  Term term[most_terms];
  int count;
};

/// Columns column .. column + 3, zeros past the last.
__device__ float4 load_four(const Term& term, std::size_t row, std::uint32_t column, std::uint32_t columns) {
  float4 values;
  if (term.floats != nullptr) {
    values = *reinterpret_cast<const float4*>(term.floats + row * term.stride + column);
  } else {
    const uint2 pairs = *reinterpret_cast<const uint2*>(term.halves + row * term.stride + column);
    values = make_float4(__uint_as_float(pairs.x << 16), __uint_as_float(pairs.x & 0xffff0000U),
                         __uint_as_float(pairs.y << 16), __uint_as_float(pairs.y & 0xffff0000U));
  }
  if (column + 1 >= columns) values.y = 0;
  if (column + 2 >= columns) values.z = 0;
  if (column + 3 >= columns) values.w = 0;
  return values;
}

__device__ void store_four(float* to, float4 values) {
  *reinterpret_cast<float4*>(to) = values;
}
__device__ void store_four(Bf16* to, float4 values) {
  *reinterpret_cast<uint2*>(to) =
      make_uint2(cuda::pack_halves(values.x, values.y), cuda::pack_halves(values.z, values.w));
}

/// A warp a row: lengths first, where terms are brought to length one, then the sum. The second time a row is read it
/// is in the cache. Each four columns are read in full before they are written: a term may be the output.
template <class Out>
__global__ void add_terms(const Terms terms, Out* out, std::size_t stride, std::size_t rows, std::uint32_t columns) {
  const std::size_t row = static_cast<std::size_t>(blockIdx.x) * warps_per_block + threadIdx.x / warp_size;
  if (row >= rows) return;
  const std::uint32_t first = 4 * (threadIdx.x % warp_size);
  float factors[most_terms];
#pragma unroll
  for (int t = 0; t < static_cast<int>(most_terms); ++t) {
    if (t >= terms.count) break;
    const Term& term = terms.term[t];
    float factor = term.coefficient;
    if (term.row_scale != nullptr) factor *= term.row_scale[row];
    if (term.normalize) {
      double squares = 0;
      for (std::uint32_t column = first; column < columns; column += 4 * warp_size) {
        const float4 v = load_four(term, row, column, columns);
        squares +=
            static_cast<double>(v.x) * static_cast<double>(v.x) + static_cast<double>(v.y) * static_cast<double>(v.y);
        squares +=
            static_cast<double>(v.z) * static_cast<double>(v.z) + static_cast<double>(v.w) * static_cast<double>(v.w);
      }
      squares = cuda::sum_of_warp(squares);
      factor = squares > 0 ? static_cast<float>(static_cast<double>(factor) / sqrt(squares)) : 0.0F;
    }
    factors[t] = factor;
  }
  for (std::uint32_t column = first; column < columns; column += 4 * warp_size) {
    float4 sum = make_float4(0, 0, 0, 0);
#pragma unroll
    for (int t = 0; t < static_cast<int>(most_terms); ++t) {
      if (t >= terms.count) break;
      const float4 v = load_four(terms.term[t], row, column, columns);
      sum = make_float4(fmaf(factors[t], v.x, sum.x), fmaf(factors[t], v.y, sum.y), fmaf(factors[t], v.z, sum.z),
                        fmaf(factors[t], v.w, sum.w));
    }
    store_four(out + row * stride + column, sum);
  }
}

template <class Out>
void combine(CudaContext& context, std::span<const CudaRowTerm> terms, MatrixView<Out, Cuda> out) {
  if (out.rows() == 0 || out.columns() == 0) return;
  if (terms.size() > most_terms) throw DeviceFailure("a sum of more than 6 terms is not made on the GPU");
  Terms on_device{};
  on_device.count = static_cast<int>(terms.size());
  for (std::size_t t = 0; t < terms.size(); ++t) {
    const CudaRowTerm& term = terms[t];
    const bool in_floats = term.floats.data() != nullptr;
    on_device.term[t] = {
        term.floats.data(), term.halves.data(), in_floats ? term.floats.stride() : term.halves.stride(),
        term.row_scale,     term.coefficient,   term.normalize};
  }
  const auto blocks = static_cast<unsigned>((out.rows() + warps_per_block - 1) / warps_per_block);
  add_terms<<<blocks, warp_size * warps_per_block, 0, context.stream()>>>(
      on_device, out.data(), out.stride(), out.rows(), static_cast<std::uint32_t>(out.columns()));
  cuda::check_launch("add_terms");
}

}  // namespace

void combine_rows(CudaContext& context, std::span<const CudaRowTerm> terms, MatrixView<float, Cuda> out) {
  combine(context, terms, out);
}
void combine_rows(CudaContext& context, std::span<const CudaRowTerm> terms, MatrixView<Bf16, Cuda> out) {
  combine(context, terms, out);
}

}  // namespace adjoin
