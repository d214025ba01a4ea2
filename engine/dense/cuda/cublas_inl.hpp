// cuBLAS for a run: its handle, and its statuses as exceptions. For the sources in cuda/ folders only.
#pragma once

#include <memory>
#include <source_location>

#include <cublas_v2.h>

#include <adjoin/engine/runtime/cuda/check_inl.hpp>
#include <adjoin/engine/runtime/cuda/cuda_context.hpp>

namespace adjoin::cuda {

inline void check_cublas(const char* call, cublasStatus_t status,
                         const std::source_location& place = std::source_location::current()) {
  if (status != CUBLAS_STATUS_SUCCESS) throw_failure(call, cublasGetStatusString(status), place);
}

/// The run's own, on its stream, made at the first call. Products of floats are products of floats: no tf32.
inline cublasHandle_t cublas_handle(CudaContext& context) {
  static const char key = 0;
  return &context.keep<cublasContext>(&key, [&] {
    cublasHandle_t handle = nullptr;
    check_cublas("cublasCreate", cublasCreate(&handle));
    std::shared_ptr<void> owner(handle, [](void* made) { cublasDestroy(static_cast<cublasHandle_t>(made)); });
    check_cublas("cublasSetStream", cublasSetStream(handle, context.stream()));
    check_cublas("cublasSetMathMode", cublasSetMathMode(handle, CUBLAS_DEFAULT_MATH));
    return owner;
  });
}

}  // namespace adjoin::cuda
