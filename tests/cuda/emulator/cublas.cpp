// The part of cuBLAS that adjoin loads, on the processor. Matrices are in columns, as BLAS has them.
#include <cublas_v2.h>

#include <Eigen/Core>

namespace {

template <class Number>
using Strided = Eigen::Map<const Eigen::Matrix<Number, Eigen::Dynamic, Eigen::Dynamic>, 0, Eigen::OuterStride<>>;

template <class Number>
Eigen::Matrix<Number, Eigen::Dynamic, Eigen::Dynamic> operand(cublasOperation_t operation, int rows, int columns,
                                                              const Number* data, int stride) {
  if (operation == CUBLAS_OP_N) return Strided<Number>(data, rows, columns, Eigen::OuterStride<>(stride));
  return Strided<Number>(data, columns, rows, Eigen::OuterStride<>(stride)).transpose();
}

/// c = alpha op(a) op(b) + beta c, m x n over k; c is not read where beta is 0.
template <class Number>
void multiply(cublasOperation_t of_a, cublasOperation_t of_b, int m, int n, int k, Number alpha, const Number* a,
              int a_stride, const Number* b, int b_stride, Number beta, Number* c, int c_stride) {
  const auto product = (alpha * operand(of_a, m, k, a, a_stride) * operand(of_b, k, n, b, b_stride)).eval();
  for (int column = 0; column < n; ++column) {
    for (int row = 0; row < m; ++row) {
      Number& to = c[static_cast<std::ptrdiff_t>(column) * c_stride + row];
      to = beta == 0 ? product(row, column) : product(row, column) + beta * to;
    }
  }
}

}  // namespace

extern "C" {

cublasStatus_t cublasCreate_v2(cublasHandle_t* handle) {
  *handle = reinterpret_cast<cublasHandle_t>(new char);
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasDestroy_v2(cublasHandle_t handle) {
  delete reinterpret_cast<char*>(handle);
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasSetStream_v2(cublasHandle_t, cudaStream_t) {
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasSetPointerMode_v2(cublasHandle_t, cublasPointerMode_t) {
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasSetMathMode(cublasHandle_t, cublasMath_t) {
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasSetAtomicsMode(cublasHandle_t, cublasAtomicsMode_t) {
  return CUBLAS_STATUS_SUCCESS;
}
const char* cublasGetStatusString(cublasStatus_t) {
  return "an error of the emulated GPU";
}

cublasStatus_t cublasSgemm_v2(cublasHandle_t, cublasOperation_t of_a, cublasOperation_t of_b, int m, int n, int k,
                              const float* alpha, const float* a, int a_stride, const float* b, int b_stride,
                              const float* beta, float* c, int c_stride) {
  multiply(of_a, of_b, m, n, k, *alpha, a, a_stride, b, b_stride, *beta, c, c_stride);
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasDgemmStridedBatched(cublasHandle_t, cublasOperation_t of_a, cublasOperation_t of_b, int m, int n,
                                         int k, const double* alpha, const double* a, int a_stride, long long a_step,
                                         const double* b, int b_stride, long long b_step, const double* beta, double* c,
                                         int c_stride, long long c_step, int count) {
  for (int i = 0; i < count; ++i) {
    multiply(of_a, of_b, m, n, k, *alpha, a + i * a_step, a_stride, b + i * b_step, b_stride, *beta, c + i * c_step,
             c_stride);
  }
  return CUBLAS_STATUS_SUCCESS;
}

}  // extern "C"
