#include "cusparse_matrix.hpp"

#include <limits>
#include <stdexcept>

#include <adjoin/engine/dense/bf16.hpp>

#include "device_kernels.hpp"

namespace gpu_bench {

using namespace adjoin;

void check_status(const char* call, cusparseStatus_t status) {
  if (status != CUSPARSE_STATUS_SUCCESS) {
    throw std::runtime_error(std::string(call) + ": " + cusparseGetErrorString(status));
  }
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
typename CusparseMatrix<Scalar>::Description CusparseMatrix<Scalar>::describe() const {
  cusparseConstSpMatDescr_t made = nullptr;
  check_status("cusparseCreateConstCsr",
               cusparseCreateConstCsr(&made, static_cast<std::int64_t>(a_.row_count()),
                                      static_cast<std::int64_t>(a_.column_count()),
                                      static_cast<std::int64_t>(a_.nonzero_count()), offsets_.data(),
                                      a_.view().targets.data(), ones_.data(), CUSPARSE_INDEX_32I, CUSPARSE_INDEX_32I,
                                      CUSPARSE_INDEX_BASE_ZERO, cusparse_type<Scalar>));
  return Description(made);
}

template class CusparseMatrix<float>;
template class CusparseMatrix<Bf16>;

}  // namespace gpu_bench
