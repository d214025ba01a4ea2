// The part of CUDA's runtime that adjoin uses, for a GPU that is this processor: in the place of libcudart. Everything
// is done at once, on the thread that asks. Memory of the device is memory of its own, set to bytes of 0xff where CUDA
// leaves it as it is: as floats these are no numbers, so what is read before it is written shows.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <utility>

#include <cuda_runtime_api.h>

#include "lanes.hpp"
#include "launch.hpp"

using Clock = std::chrono::steady_clock;

namespace emulated {
namespace {

// A small GPU, so that small matrices go round its blocks, its cache and its copies more than once.
constexpr int multiprocessors = 3;
constexpr int kilohertz = 1000;
constexpr int cache_bytes = 1 << 20;
constexpr std::size_t memory_bytes = std::size_t{4} << 30;

thread_local cudaError_t last_error = cudaSuccess;
std::size_t allowed_shared_bytes = shared_bytes_unasked;

/// The bytes of every allocation, in front of it.
struct alignas(256) Header {
  std::size_t bytes;
};

std::size_t used_bytes = 0;

void fill(void* memory, std::size_t bytes) {
  if (bytes > 0) std::memset(memory, 0xff, bytes);
}

/// When an event was recorded.
Clock::time_point& time_of(cudaEvent_t event) {
  return *reinterpret_cast<Clock::time_point*>(event);
}

cudaError_t fail(cudaError_t error) {
  last_error = error;
  return error;
}

}  // namespace

void stop(std::string_view what) {
  std::cerr << "emulated GPU: " << what << '\n';
  std::abort();
}

void allow_shared_bytes(std::size_t bytes) {
  allowed_shared_bytes = std::max(allowed_shared_bytes, bytes);
}

void Launch::run_threads(const std::function<void()>& thread) const {
  const std::size_t threads = std::size_t{block_size_.x} * block_size_.y * block_size_.z;
  const bool has_grid = grid_size_.x > 0 && grid_size_.y > 0 && grid_size_.z > 0;
  const bool in_range = grid_size_.x <= 0x7fffffffU && grid_size_.y <= 0xffffU && grid_size_.z <= 0xffffU;
  if (!has_grid || !in_range || threads == 0 || threads > most_threads) {
    fail(cudaErrorInvalidConfiguration);
  } else if (shared_bytes_ > allowed_shared_bytes) {
    fail(cudaErrorInvalidValue);
  } else if (!run_grid(grid_size_, block_size_, shared_bytes_, thread)) {
    fail(cudaErrorLaunchFailure);
  }
}

}  // namespace emulated

using emulated::fail;

extern "C" {

cudaError_t cudaGetLastError() {
  return std::exchange(emulated::last_error, cudaSuccess);
}
const char* cudaGetErrorString(cudaError_t error) {
  static thread_local std::string text;
  text = "error " + std::to_string(static_cast<int>(error)) + " of the emulated GPU";
  return text.c_str();
}

cudaError_t cudaGetDeviceCount(int* count) {
  *count = 1;
  return cudaSuccess;
}
cudaError_t cudaDriverGetVersion(int* version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}
cudaError_t cudaGetDevice(int* device) {
  *device = 0;
  return cudaSuccess;
}
cudaError_t cudaSetDevice(int device) {
  return device == 0 ? cudaSuccess : fail(cudaErrorInvalidDevice);
}
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  if (device != 0) return fail(cudaErrorInvalidDevice);
  *properties = {};
  std::snprintf(properties->name, sizeof(properties->name), "a GPU emulated by the processor");
  properties->major = 8;
  properties->minor = 0;
  properties->totalGlobalMem = emulated::memory_bytes;
  return cudaSuccess;
}
cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
  if (device != 0) return fail(cudaErrorInvalidDevice);
  switch (attribute) {
    case cudaDevAttrMultiProcessorCount:
      *value = emulated::multiprocessors;
      return cudaSuccess;
    case cudaDevAttrL2CacheSize:
      *value = emulated::cache_bytes;
      return cudaSuccess;
    case cudaDevAttrClockRate:
      *value = emulated::kilohertz;
      return cudaSuccess;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
      *value = static_cast<int>(emulated::most_shared_bytes);
      return cudaSuccess;
    default:
      return fail(cudaErrorInvalidValue);
  }
}
cudaError_t cudaFuncSetAttribute(const void*, cudaFuncAttribute attribute, int value) {
  if (attribute != cudaFuncAttributeMaxDynamicSharedMemorySize) return fail(cudaErrorInvalidValue);
  if (value < 0 || static_cast<std::size_t>(value) > emulated::most_shared_bytes) return fail(cudaErrorInvalidValue);
  emulated::allow_shared_bytes(static_cast<std::size_t>(value));
  return cudaSuccess;
}

cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  *total = emulated::memory_bytes;
  *free = emulated::memory_bytes - emulated::used_bytes;
  return cudaSuccess;
}
cudaError_t cudaDeviceGetDefaultMemPool(cudaMemPool_t* pool, int device) {
  static char only_one = 0;
  *pool = reinterpret_cast<cudaMemPool_t>(&only_one);
  return device == 0 ? cudaSuccess : fail(cudaErrorInvalidDevice);
}
cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t, cudaMemPoolAttr, void*) {
  return cudaSuccess;
}
cudaError_t cudaMemPoolTrimTo(cudaMemPool_t, std::size_t) {
  return cudaSuccess;
}
cudaError_t cudaMallocAsync(void** memory, std::size_t bytes, cudaStream_t) {
  if (bytes > emulated::memory_bytes - emulated::used_bytes) return fail(cudaErrorMemoryAllocation);
  // To the byte, so that an address sanitizer sees the first one past it.
  void* made = nullptr;
  const std::size_t header_bytes = sizeof(emulated::Header);
  if (posix_memalign(&made, alignof(emulated::Header), header_bytes + bytes) != 0)
    return fail(cudaErrorMemoryAllocation);
  static_cast<emulated::Header*>(made)->bytes = bytes;
  emulated::used_bytes += bytes;
  *memory = static_cast<char*>(made) + header_bytes;
  emulated::fill(*memory, bytes);
  return cudaSuccess;
}
cudaError_t cudaFreeAsync(void* memory, cudaStream_t) {
  char* const made = static_cast<char*>(memory) - sizeof(emulated::Header);
  const std::size_t bytes = reinterpret_cast<emulated::Header*>(made)->bytes;
  emulated::used_bytes -= bytes;
  std::free(made);
  return cudaSuccess;
}
cudaError_t cudaMallocHost(void** memory, std::size_t bytes) {
  *memory = std::malloc(bytes);
  if (*memory == nullptr) return fail(cudaErrorMemoryAllocation);
  emulated::fill(*memory, bytes);
  return cudaSuccess;
}
cudaError_t cudaFreeHost(void* memory) {
  std::free(memory);
  return cudaSuccess;
}

cudaError_t cudaMemsetAsync(void* memory, int value, std::size_t bytes, cudaStream_t) {
  std::memset(memory, value, bytes);
  return cudaSuccess;
}
cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind, cudaStream_t) {
  std::memcpy(to, from, bytes);
  return cudaSuccess;
}
cudaError_t cudaMemcpy2DAsync(void* to, std::size_t to_stride, const void* from, std::size_t from_stride,
                              std::size_t row_bytes, std::size_t rows, cudaMemcpyKind, cudaStream_t) {
  if (row_bytes > to_stride || row_bytes > from_stride) return fail(cudaErrorInvalidPitchValue);
  for (std::size_t row = 0; row < rows; ++row) {
    std::memcpy(static_cast<char*>(to) + row * to_stride, static_cast<const char*>(from) + row * from_stride,
                row_bytes);
  }
  return cudaSuccess;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  *stream = static_cast<cudaStream_t>(std::malloc(1));
  return cudaSuccess;
}
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  std::free(stream);
  return cudaSuccess;
}
cudaError_t cudaStreamSynchronize(cudaStream_t) {
  return cudaSuccess;
}
cudaError_t cudaDeviceSynchronize() {
  return cudaSuccess;
}
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  *event = reinterpret_cast<cudaEvent_t>(new Clock::time_point());
  return cudaSuccess;
}
cudaError_t cudaEventCreate(cudaEvent_t* event) {
  return cudaEventCreateWithFlags(event, 0);
}
cudaError_t cudaEventDestroy(cudaEvent_t event) {
  delete &emulated::time_of(event);
  return cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t) {
  emulated::time_of(event) = Clock::now();
  return cudaSuccess;
}
cudaError_t cudaEventSynchronize(cudaEvent_t) {
  return cudaSuccess;
}
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t begin, cudaEvent_t end) {
  const std::chrono::duration<float, std::milli> between = emulated::time_of(end) - emulated::time_of(begin);
  *milliseconds = between.count();
  return cudaSuccess;
}

}  // extern "C"
