#include <algorithm>

#include <adjoin/engine/sparse/backend.hpp>

namespace adjoin {
namespace {

template <class Scalar>
void fill_view(RunContext& context, MatrixView<Scalar> x, Scalar value) {
  constexpr std::size_t rows_per_chunk = 4096;
  context.for_chunks(x.rows(), rows_per_chunk, [&](Chunk rows) {
    std::fill(x.data() + rows.begin * x.stride(), x.data() + rows.end * x.stride(), value);
  });
}

}  // namespace

Matrix CpuBackend::upload(MatrixView<const float> x) const {
  Matrix copy(x.rows(), x.columns());
  constexpr std::size_t rows_per_chunk = 4096;
  context_->for_chunks(x.rows(), rows_per_chunk, [&](Chunk rows) {
    for (std::size_t i = rows.begin; i < rows.end; ++i) std::ranges::copy(x.row(i), copy.row(i).begin());
  });
  return copy;
}

void CpuBackend::add_scaled(float coefficient, std::span<const float> row_scale, MatrixView<const float> x,
                            MatrixView<float> y) const {
  constexpr std::size_t rows_per_chunk = 4096;
  context_->for_chunks(x.rows(), rows_per_chunk, [&](Chunk rows) {
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      const float factor = coefficient * row_scale[i];
      const std::span<const float> from = x.row(i);
      const std::span<float> to = y.row(i);
      for (std::size_t j = 0; j < from.size(); ++j) to[j] += factor * from[j];
    }
  });
}

void CpuBackend::add_scaled(float coefficient, std::span<const float> row_scale, const SignMatrix& x,
                            MatrixView<float> y) const {
  constexpr std::size_t rows_per_chunk = 4096;
  context_->for_chunks(x.rows(), rows_per_chunk, [&](Chunk rows) {
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      const float factor = coefficient * row_scale[i] * x.row_scale()[i];
      if (factor == 0) continue;
      for (std::size_t j = 0; j < x.columns(); ++j) y(i, j) += factor * static_cast<float>(x.sign(i, j));
    }
  });
}

void CpuBackend::fill(DenseMatrix& x, float value) const {
  fill_view(*context_, x.view(), value);
}

void CpuBackend::fill(HalfMatrix& x, float value) const {
  fill_view(*context_, x.view(), to_bf16(value));
}

Matrix CpuBackend::download(HalfMatrix&& x) const {
  const HalfMatrix halves = std::move(x);  // let go of when this returns
  Matrix floats(halves.rows(), halves.columns());
  convert(halves, floats);
  return floats;
}

}  // namespace adjoin
