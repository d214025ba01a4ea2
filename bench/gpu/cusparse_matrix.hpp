// A graph as cuSPARSE is given it, for what calls its products directly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <type_traits>

#include <cusparse.h>

#include <adjoin/engine/sparse/cuda/cuda_csr.hpp>

#include "event_times.hpp"

namespace gpu_bench {

/// std::runtime_error with the call's name and what the library says, where it is not content.
void check_status(const char* call, cusparseStatus_t status);

/// "12.6.3": of the library that is loaded, not of its header.
std::string cusparse_version();

template <class Scalar>
constexpr cudaDataType cusparse_type = std::is_same_v<Scalar, float> ? CUDA_R_32F : CUDA_R_16BF;

struct CusparseResult {
  std::string failed;             // a sentence; empty if it went well
  Times times;                    // of the product alone
  double preprocess_seconds = 0;  // once, by the host's clock
  std::size_t buffer_bytes = 0;
};

/// The matrix with 32-bit indices and values of one. Scalar: float or Bf16.
template <class Scalar>
class CusparseMatrix {
 public:
  struct Destroy {
    void operator()(const cusparseSpMatDescr* matrix) const { cusparseDestroySpMat(matrix); }
  };
  using Description = std::unique_ptr<const cusparseSpMatDescr, Destroy>;

  /// offsets: those of a, on the host. Throws std::runtime_error from 2^31 non-zeros on. a outlives this.
  CusparseMatrix(adjoin::CudaContext& device, const adjoin::Threads& threads, const adjoin::CudaCsr& a,
                 std::span<const adjoin::EdgeOffset> offsets);
  ~CusparseMatrix();
  CusparseMatrix(const CusparseMatrix&) = delete;
  CusparseMatrix& operator=(const CusparseMatrix&) = delete;

  adjoin::CudaContext& device() const noexcept { return device_; }
  cusparseHandle_t handle() const noexcept { return handle_; }
  /// One for each product: what preprocessing finds out is kept in it.
  Description describe() const;

 private:
  adjoin::CudaContext& device_;
  const adjoin::CudaCsr& a_;
  adjoin::DeviceArray<std::int32_t> offsets_;
  adjoin::DeviceArray<Scalar> ones_;
  cusparseHandle_t handle_ = nullptr;
};

}  // namespace gpu_bench
