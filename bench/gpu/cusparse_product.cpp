#include "cusparse_product.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>

namespace gpu_bench {
namespace {

using namespace adjoin;

struct DestroyDense {
  void operator()(const cusparseDnMatDescr* matrix) const { cusparseDestroyDnMat(matrix); }
};
using DenseDescription = std::unique_ptr<const cusparseDnMatDescr, DestroyDense>;
using WritableDescription = std::unique_ptr<cusparseDnMatDescr, DestroyDense>;

template <class Scalar>
DenseDescription describe(MatrixView<const Scalar, Cuda> x) {
  cusparseConstDnMatDescr_t made = nullptr;
  check_status("cusparseCreateConstDnMat",
               cusparseCreateConstDnMat(&made, static_cast<std::int64_t>(x.rows()),
                                        static_cast<std::int64_t>(x.columns()), static_cast<std::int64_t>(x.stride()),
                                        x.data(), cusparse_type<Scalar>, CUSPARSE_ORDER_ROW));
  return DenseDescription(made);
}

template <class Scalar>
WritableDescription describe(MatrixView<Scalar, Cuda> y) {
  cusparseDnMatDescr_t made = nullptr;
  check_status(
      "cusparseCreateDnMat",
      cusparseCreateDnMat(&made, static_cast<std::int64_t>(y.rows()), static_cast<std::int64_t>(y.columns()),
                          static_cast<std::int64_t>(y.stride()), y.data(), cusparse_type<Scalar>, CUSPARSE_ORDER_ROW));
  return WritableDescription(made);
}

}  // namespace

const std::vector<CusparseAlgorithm>& cusparse_algorithms() {
  static const std::vector<CusparseAlgorithm> all{{"default", CUSPARSE_SPMM_ALG_DEFAULT},
                                                  {"CSR_ALG1", CUSPARSE_SPMM_CSR_ALG1},
                                                  {"CSR_ALG2", CUSPARSE_SPMM_CSR_ALG2},
                                                  {"CSR_ALG3", CUSPARSE_SPMM_CSR_ALG3}};
  return all;
}

template <class Scalar>
CusparseResult cusparse_product(const CusparseMatrix<Scalar>& matrix, const CusparseAlgorithm& algorithm,
                                MatrixView<const Scalar, Cuda> x, MatrixView<Scalar, Cuda> y, const Repeats& repeats) {
  CusparseResult result;
  CudaContext& device = matrix.device();
  const cusparseHandle_t handle = matrix.handle();
  try {
    const auto a = matrix.describe();
    const DenseDescription from = describe(x);
    const WritableDescription to = describe(y);
    const float alpha = 1;
    const float beta = 0;
    const cusparseOperation_t as_it_is = CUSPARSE_OPERATION_NON_TRANSPOSE;
    check_status("cusparseSpMM_bufferSize",
                 cusparseSpMM_bufferSize(handle, as_it_is, as_it_is, &alpha, a.get(), from.get(), &beta, to.get(),
                                         CUDA_R_32F, algorithm.value, &result.buffer_bytes));
    DeviceArray<char> buffer(device, std::max<std::size_t>(1, result.buffer_bytes));
    device.wait();
    const auto began = std::chrono::steady_clock::now();
    check_status("cusparseSpMM_preprocess",
                 cusparseSpMM_preprocess(handle, as_it_is, as_it_is, &alpha, a.get(), from.get(), &beta, to.get(),
                                         CUDA_R_32F, algorithm.value, buffer.data()));
    device.wait();
    result.preprocess_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    result.times = measure(device, repeats, [&] {
      check_status("cusparseSpMM", cusparseSpMM(handle, as_it_is, as_it_is, &alpha, a.get(), from.get(), &beta,
                                                to.get(), CUDA_R_32F, algorithm.value, buffer.data()));
    });
  } catch (const std::exception& error) {
    result.failed = error.what();
  }
  return result;
}

template CusparseResult cusparse_product(const CusparseMatrix<float>&, const CusparseAlgorithm&,
                                         MatrixView<const float, Cuda>, MatrixView<float, Cuda>, const Repeats&);
template CusparseResult cusparse_product(const CusparseMatrix<Bf16>&, const CusparseAlgorithm&,
                                         MatrixView<const Bf16, Cuda>, MatrixView<Bf16, Cuda>, const Repeats&);

}  // namespace gpu_bench
