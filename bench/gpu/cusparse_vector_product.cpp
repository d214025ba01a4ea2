#include "cusparse_vector_product.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>

namespace gpu_bench {
namespace {

using namespace adjoin;

struct DestroyVector {
  void operator()(const cusparseDnVecDescr* vector) const { cusparseDestroyDnVec(vector); }
};

}  // namespace

const std::vector<CusparseVectorAlgorithm>& cusparse_vector_algorithms() {
  static const std::vector<CusparseVectorAlgorithm> all{{"default", CUSPARSE_SPMV_ALG_DEFAULT},
                                                        {"CSR_ALG1", CUSPARSE_SPMV_CSR_ALG1},
                                                        {"CSR_ALG2", CUSPARSE_SPMV_CSR_ALG2}};
  return all;
}

CusparseResult cusparse_vector_product(const CusparseMatrix<float>& matrix, const CusparseVectorAlgorithm& algorithm,
                                       const DeviceArray<float>& x, DeviceArray<float>& y, const Repeats& repeats) {
  CusparseResult result;
  CudaContext& device = matrix.device();
  const cusparseHandle_t handle = matrix.handle();
  try {
    const auto a = matrix.describe();
    cusparseConstDnVecDescr_t made_x = nullptr;
    check_status("cusparseCreateConstDnVec",
                 cusparseCreateConstDnVec(&made_x, static_cast<std::int64_t>(x.size()), x.data(), CUDA_R_32F));
    const std::unique_ptr<const cusparseDnVecDescr, DestroyVector> from(made_x);
    cusparseDnVecDescr_t made_y = nullptr;
    check_status("cusparseCreateDnVec",
                 cusparseCreateDnVec(&made_y, static_cast<std::int64_t>(y.size()), y.data(), CUDA_R_32F));
    const std::unique_ptr<cusparseDnVecDescr, DestroyVector> to(made_y);
    const float alpha = 1;
    const float beta = 0;
    const cusparseOperation_t as_it_is = CUSPARSE_OPERATION_NON_TRANSPOSE;
    check_status("cusparseSpMV_bufferSize",
                 cusparseSpMV_bufferSize(handle, as_it_is, &alpha, a.get(), from.get(), &beta, to.get(), CUDA_R_32F,
                                         algorithm.value, &result.buffer_bytes));
    DeviceArray<char> buffer(device, std::max<std::size_t>(1, result.buffer_bytes));
    device.wait();
    const auto began = std::chrono::steady_clock::now();
    check_status("cusparseSpMV_preprocess",
                 cusparseSpMV_preprocess(handle, as_it_is, &alpha, a.get(), from.get(), &beta, to.get(), CUDA_R_32F,
                                         algorithm.value, buffer.data()));
    device.wait();
    result.preprocess_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    result.times = measure(device, repeats, [&] {
      check_status("cusparseSpMV", cusparseSpMV(handle, as_it_is, &alpha, a.get(), from.get(), &beta, to.get(),
                                                CUDA_R_32F, algorithm.value, buffer.data()));
    });
  } catch (const std::exception& error) {
    result.failed = error.what();
  }
  return result;
}

}  // namespace gpu_bench
