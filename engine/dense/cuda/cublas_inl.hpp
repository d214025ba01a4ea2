// cuBLAS for the sources in cuda/ folders of engine/dense. It is loaded when it is first wanted: linked, its half a
// gigabyte would cost every start of a program a tenth of a second, and those without a GPU the start itself.
#pragma once

#include <source_location>

#include <cublas_v2.h>

#include <adjoin/engine/runtime/cuda/check_inl.hpp>
#include <adjoin/engine/runtime/cuda/cuda_context.hpp>

namespace adjoin::cuda {

/// What is used of it.
struct Cublas {
  decltype(&cublasCreate) create;
  decltype(&cublasDestroy) destroy;
  decltype(&cublasSetStream) set_stream;
  decltype(&cublasSetPointerMode) set_pointer_mode;
  decltype(&cublasSetMathMode) set_math_mode;
  decltype(&cublasSetAtomicsMode) set_atomics_mode;
  decltype(&cublasGetStatusString) status_string;
  decltype(&cublasSgemm) sgemm;
  decltype(&cublasDgemmStridedBatched) dgemm_strided_batched;
};

/// Loaded at the first call; DeviceFailure where it cannot be.
const Cublas& cublas();

/// Throws DeviceFailure unless the call went well: check("cublasSgemm", cublas().sgemm(...)).
inline void check(const char* call, cublasStatus_t status,
                  const std::source_location& place = std::source_location::current()) {
  if (status != CUBLAS_STATUS_SUCCESS) throw_failure(call, cublas().status_string(status), place);
}

/// The run's own handle, made at the first call: on the run's stream, scalars on the host, no tensor cores that round
/// floats, no atomic operations.
cublasHandle_t cublas_handle(CudaContext& context);

}  // namespace adjoin::cuda
