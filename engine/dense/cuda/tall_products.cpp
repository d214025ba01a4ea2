// cuBLAS reads matrices by columns, so a row-major matrix is its transpose there: products come in the other order.
#include <algorithm>
#include <limits>

#include <cuda_runtime_api.h>

#include <adjoin/engine/dense/cuda/cublas_inl.hpp>
#include <adjoin/engine/dense/cuda/tall_product_plan.hpp>
#include <adjoin/engine/dense/cuda/tall_products.hpp>
#include <adjoin/engine/dense/cuda/widen_inl.hpp>
#include <adjoin/engine/dense/orthonormalize.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace cuda {
namespace {

/// The widths that cuBLAS takes.
int to_int(std::size_t value) {
  if (value > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw DeviceFailure("a matrix is too wide for the GPU's products; use --device cpu");
  }
  return static_cast<int>(value);
}

MatrixView<const float, Cuda> rows_of(MatrixView<const float, Cuda> x, std::size_t first, std::size_t count) {
  return {x.data() + first * x.stride(), count, x.columns(), x.stride()};
}

/// sums[k] += A_k^T A_k for every part of the panel, or becomes it where the panel is the first.
void multiply_parts(CudaContext& context, const GramPlan& plan, std::size_t columns, const double* panel, bool first,
                    double* sums) {
  const int d = to_int(columns);
  const double one = 1;
  const double before = first ? 0 : 1;
  const auto part_size = static_cast<long long>(plan.rows_per_part) * d;
  check("cublasDgemmStridedBatched",
        cublas().dgemm_strided_batched(cublas_handle(context), CUBLAS_OP_N, CUBLAS_OP_T, d, d,
                                       to_int(plan.rows_per_part), &one, panel, d, part_size, panel, d, part_size,
                                       &before, sums, d, static_cast<long long>(d) * d, to_int(plan.parts)));
}

}  // namespace
}  // namespace cuda

SmallMatrix gram_matrix(CudaContext& context, MatrixView<const float, Cuda> x) {
  const std::size_t columns = x.columns();
  SmallMatrix result(columns, columns);
  if (x.rows() == 0 || columns == 0) return result;
  const cuda::GramPlan plan = cuda::plan_gram(x.rows(), columns);
  const std::size_t size = columns * columns;
  DeviceArray<double> panel(context, plan.rows_per_panel() * columns);
  DeviceArray<double> sums(context, plan.parts * size);
  for (std::size_t p = 0; p < plan.panels; ++p) {
    const std::size_t first = std::min(x.rows(), p * plan.rows_per_panel());
    const std::size_t count = std::min(x.rows() - first, plan.rows_per_panel());
    cuda::widen_rows(context, cuda::rows_of(x, first, count), plan.rows_per_panel(), panel.data());
    cuda::multiply_parts(context, plan, columns, panel.data(), p == 0, sums.data());
  }
  if (plan.parts > 1) cuda::add_parts(context, sums.data(), plan.parts, size, sums.data());
  const Threads one(1);
  context.download(one, sums.data(), result.data(), 1, size * sizeof(double), size * sizeof(double));
  // Symmetric to the last bit, whatever the order in which cuBLAS adds.
  for (std::size_t i = 0; i < columns; ++i) {
    for (std::size_t j = 0; j < i; ++j) result(i, j) = result(j, i);
  }
  return result;
}

void multiply_tall(CudaContext& context, MatrixView<const float, Cuda> x, const SmallMatrix& t,
                   MatrixView<float, Cuda> y) {
  if (y.rows() == 0 || y.columns() == 0) return;
  const std::size_t depth = t.rows();
  Array<float> rounded(depth * t.columns());
  std::transform(t.data(), t.data() + rounded.size(), rounded.data(),
                 [](double value) { return static_cast<float>(value); });
  const Threads one(1);
  const DeviceArray<float> factor(context, one, std::as_const(rounded).span());

  const bool in_place = x.data() == y.data();
  const std::size_t panel_rows = in_place ? cuda::rows_in_place(depth) : std::size_t{1} << 24;
  // What is written over is copied first.
  DeviceArray<float> panel(context, in_place ? std::min(panel_rows, x.rows()) * depth : 0);
  const cublasHandle_t handle = cuda::cublas_handle(context);
  const float unit = 1;
  const float nothing = 0;
  for (std::size_t first = 0; first < y.rows(); first += panel_rows) {
    const std::size_t count = std::min(panel_rows, y.rows() - first);
    const float* from = x.data() + first * x.stride();
    std::size_t stride = x.stride();
    if (in_place && depth > 0) {
      cuda::check("cudaMemcpy2DAsync",
                  cudaMemcpy2DAsync(panel.data(), depth * sizeof(float), from, x.stride() * sizeof(float),
                                    depth * sizeof(float), count, cudaMemcpyDeviceToDevice, context.stream()));
      from = panel.data();
      stride = depth;
    }
    const int width = cuda::to_int(y.columns());
    cuda::check("cublasSgemm",
                cuda::cublas().sgemm(handle, CUBLAS_OP_N, CUBLAS_OP_N, width, cuda::to_int(count), cuda::to_int(depth),
                                     &unit, factor.data(), width, from, cuda::to_int(std::max<std::size_t>(1, stride)),
                                     &nothing, y.data() + first * y.stride(), cuda::to_int(y.stride())));
  }
}

std::size_t orthonormalize_columns(CudaContext& context, MatrixView<float, Cuda> x) {
  return orthonormalize_with([&] { return gram_matrix(context, x); },
                             [&](const SmallMatrix& t) { multiply_tall(context, x, t, x); });
}

}  // namespace adjoin
