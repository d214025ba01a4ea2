// Statuses of CUDA's runtime as exceptions that name the call and the place. For the sources in cuda/ folders only: it
// needs the toolkit.
#pragma once

#include <source_location>

#include <cuda_runtime_api.h>

namespace adjoin::cuda {

/// DeviceFailure with CUDA's own words for what went wrong.
[[noreturn]] void throw_failure(const char* call, const char* reason, const std::source_location& place);

/// Throws DeviceFailure unless the call went well: check("cudaMemcpyAsync", cudaMemcpyAsync(...)).
inline void check(const char* call, cudaError_t status,
                  const std::source_location& place = std::source_location::current()) {
  if (status != cudaSuccess) throw_failure(call, cudaGetErrorString(status), place);
}

/// After a kernel's launch: whether it could be started.
inline void check_launch(const char* kernel, const std::source_location& place = std::source_location::current()) {
  check(kernel, cudaGetLastError(), place);
}

/// For destructors: a failure to give something back is not worth an exception, and must not hide one in flight.
inline void ignore(cudaError_t) noexcept {}

}  // namespace adjoin::cuda
