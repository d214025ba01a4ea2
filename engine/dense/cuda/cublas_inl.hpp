// cuBLAS for the sources in cuda/ folders of engine/dense.
#pragma once

#include <source_location>

#include <cublas_v2.h>

#include <adjoin/engine/runtime/cuda/check_inl.hpp>
#include <adjoin/engine/runtime/cuda/cuda_context.hpp>

namespace adjoin::cuda {

/// Throws DeviceFailure unless the call went well: check("cublasSgemm", cublasSgemm(...)).
inline void check(const char* call, cublasStatus_t status,
                  const std::source_location& place = std::source_location::current()) {
  if (status != CUBLAS_STATUS_SUCCESS) throw_failure(call, cublasGetStatusString(status), place);
}

/// The run's own handle, made at the first call: on the run's stream, scalars on the host, no tensor cores that round
/// floats, no atomic operations.
cublasHandle_t cublas_handle(CudaContext& context);

}  // namespace adjoin::cuda
