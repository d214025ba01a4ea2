#include "cusparse_product.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <limits>
#include <memory>
#include <stdexcept>
#include <type_traits>

#include "device_kernels.hpp"

namespace gpu_bench {
namespace {

using namespace adjoin;

void check_status(const char* call, cusparseStatus_t status) {
  if (status != CUSPARSE_STATUS_SUCCESS) {
    throw std::runtime_error(std::string(call) + ": " + cusparseGetErrorString(status));
  }
}

struct DestroySparse {
  void operator()(const cusparseSpMatDescr* matrix) const { cusparseDestroySpMat(matrix); }
};
struct DestroyDense {
  void operator()(const cusparseDnMatDescr* matrix) const { cusparseDestroyDnMat(matrix); }
};
using SparseDescription = std::unique_ptr<const cusparseSpMatDescr, DestroySparse>;
using DenseDescription = std::unique_ptr<const cusparseDnMatDescr, DestroyDense>;
using WritableDescription = std::unique_ptr<cusparseDnMatDescr, DestroyDense>;

template <class Scalar>
constexpr cudaDataType type_of = std::is_same_v<Scalar, float> ? CUDA_R_32F : CUDA_R_16BF;

template <class Scalar>
DenseDescription describe(MatrixView<const Scalar, Cuda> x) {
  cusparseConstDnMatDescr_t made = nullptr;
  check_status(
      "cusparseCreateConstDnMat",
      cusparseCreateConstDnMat(&made, static_cast<std::int64_t>(x.rows()), static_cast<std::int64_t>(x.columns()),
                               static_cast<std::int64_t>(x.stride()), x.data(), type_of<Scalar>, CUSPARSE_ORDER_ROW));
  return DenseDescription(made);
}

template <class Scalar>
WritableDescription describe(MatrixView<Scalar, Cuda> y) {
  cusparseDnMatDescr_t made = nullptr;
  check_status(
      "cusparseCreateDnMat",
      cusparseCreateDnMat(&made, static_cast<std::int64_t>(y.rows()), static_cast<std::int64_t>(y.columns()),
                          static_cast<std::int64_t>(y.stride()), y.data(), type_of<Scalar>, CUSPARSE_ORDER_ROW));
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

std::string cusparse_version() {
  int parts[3] = {};
  const libraryPropertyType names[3] = {MAJOR_VERSION, MINOR_VERSION, PATCH_LEVEL};
  for (int i = 0; i < 3; ++i) check_status("cusparseGetProperty", cusparseGetProperty(names[i], &parts[i]));
  return std::to_string(parts[0]) + "." + std::to_string(parts[1]) + "." + std::to_string(parts[2]);
}

template <class Scalar>
CusparseMatrix<Scalar>::CusparseMatrix(CudaContext& device, const Threads& threads, const CudaCsr& a,
                                       std::span<const EdgeOffset> offsets)
    : device_(device), a_(a) {
  if (a.nonzero_count() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
    throw std::runtime_error("the graph has too many non-zeros for 32-bit indices");
  }
  Array<std::int32_t> short_offsets(offsets.size());
  for (std::size_t i = 0; i < offsets.size(); ++i) short_offsets[i] = static_cast<std::int32_t>(index(offsets[i]));
  offsets_ = DeviceArray<std::int32_t>(device, threads, std::span<const std::int32_t>(short_offsets.span()));
  ones_ = DeviceArray<Scalar>(device, a.nonzero_count());
  fill_ones(device, ones_.data(), ones_.size());
  check_status("cusparseCreate", cusparseCreate(&handle_));
  check_status("cusparseSetStream", cusparseSetStream(handle_, device.stream()));
}

template <class Scalar>
CusparseMatrix<Scalar>::~CusparseMatrix() {
  if (handle_ != nullptr) cusparseDestroy(handle_);
}

template <class Scalar>
CusparseResult CusparseMatrix<Scalar>::product(const CusparseAlgorithm& algorithm, MatrixView<const Scalar, Cuda> x,
                                               MatrixView<Scalar, Cuda> y, const Repeats& repeats) {
  CusparseResult result;
  try {
    // A description for each product: what preprocessing finds out is kept in it.
    cusparseConstSpMatDescr_t made = nullptr;
    check_status("cusparseCreateConstCsr",
                 cusparseCreateConstCsr(
                     &made, static_cast<std::int64_t>(a_.row_count()), static_cast<std::int64_t>(a_.column_count()),
                     static_cast<std::int64_t>(a_.nonzero_count()), offsets_.data(), a_.view().targets.data(),
                     ones_.data(), CUSPARSE_INDEX_32I, CUSPARSE_INDEX_32I, CUSPARSE_INDEX_BASE_ZERO, type_of<Scalar>));
    const SparseDescription a(made);
    const DenseDescription from = describe(x);
    const WritableDescription to = describe(y);
    const float alpha = 1;
    const float beta = 0;
    const cusparseOperation_t as_it_is = CUSPARSE_OPERATION_NON_TRANSPOSE;
    check_status("cusparseSpMM_bufferSize",
                 cusparseSpMM_bufferSize(handle_, as_it_is, as_it_is, &alpha, a.get(), from.get(), &beta, to.get(),
                                         CUDA_R_32F, algorithm.value, &result.buffer_bytes));
    DeviceArray<char> buffer(device_, std::max<std::size_t>(1, result.buffer_bytes));
    device_.wait();
    const auto began = std::chrono::steady_clock::now();
    check_status("cusparseSpMM_preprocess",
                 cusparseSpMM_preprocess(handle_, as_it_is, as_it_is, &alpha, a.get(), from.get(), &beta, to.get(),
                                         CUDA_R_32F, algorithm.value, buffer.data()));
    device_.wait();
    result.preprocess_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    result.times = measure(device_, repeats, [&] {
      check_status("cusparseSpMM", cusparseSpMM(handle_, as_it_is, as_it_is, &alpha, a.get(), from.get(), &beta,
                                                to.get(), CUDA_R_32F, algorithm.value, buffer.data()));
    });
  } catch (const std::exception& error) {
    result.failed = error.what();
  }
  return result;
}

template class CusparseMatrix<float>;
template class CusparseMatrix<Bf16>;

}  // namespace gpu_bench
