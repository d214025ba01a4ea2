#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

#include <adjoin/engine/runtime/cuda/check_inl.hpp>
#include <adjoin/engine/runtime/cuda/cuda_context.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {

namespace cuda {

void throw_failure(const char* call, const char* reason, const std::source_location& place) {
  const std::string_view file = place.file_name();
  throw DeviceFailure(fmt::format("the GPU failed in {}: {} ({}:{})", call, reason,
                                  file.substr(file.find_last_of('/') + 1), place.line()));
}

namespace {

/// The pool keeps what is given back instead of returning it to the driver, which costs milliseconds.
void keep_pool(int ordinal) {
  cudaMemPool_t pool = nullptr;
  check("cudaDeviceGetDefaultMemPool", cudaDeviceGetDefaultMemPool(&pool, ordinal));
  std::uint64_t all = UINT64_MAX;
  check("cudaMemPoolSetAttribute", cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &all));
}

/// What nobody holds goes back to the driver: to the next run's count of free memory, and to other processes.
void empty_pool(int ordinal) noexcept {
  cudaMemPool_t pool = nullptr;
  if (cudaDeviceGetDefaultMemPool(&pool, ordinal) == cudaSuccess) ignore(cudaMemPoolTrimTo(pool, 0));
}

int attribute(cudaDeviceAttr name, int ordinal) {
  int value = 0;
  check("cudaDeviceGetAttribute", cudaDeviceGetAttribute(&value, name, ordinal));
  return value;
}

}  // namespace
}  // namespace cuda

using cuda::check;
using cuda::ignore;

/// Pinned buffers, taken in turn: a thread's copy and the device's overlap.
struct CudaContext::Staging {
  static constexpr std::size_t buffer_bytes = std::size_t{16} << 20;
  static constexpr std::size_t buffer_count = 4;

  struct Buffer {
    char* memory = nullptr;
    cudaEvent_t done = nullptr;  // the copy from or to it
  };
  std::array<Buffer, buffer_count> buffers;

  Staging() {
    try {
      for (Buffer& buffer : buffers) {
        void* memory = nullptr;
        check("cudaMallocHost", cudaMallocHost(&memory, buffer_bytes));
        buffer.memory = static_cast<char*>(memory);
        check("cudaEventCreateWithFlags", cudaEventCreateWithFlags(&buffer.done, cudaEventDisableTiming));
      }
    } catch (...) {
      release();
      throw;
    }
  }
  ~Staging() { release(); }
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

 private:
  void release() noexcept {
    for (Buffer& buffer : buffers) {
      if (buffer.done != nullptr) ignore(cudaEventDestroy(buffer.done));
      if (buffer.memory != nullptr) ignore(cudaFreeHost(buffer.memory));
    }
  }
};

namespace {

/// Pieces of 1 MiB: enough of them to keep the threads of a large machine busy with one buffer.
void copy_with_threads(const Threads& threads, const void* from, void* to, std::size_t bytes) {
  threads.for_chunks(bytes, std::size_t{1} << 20, [&](Chunk chunk) {
    std::memcpy(static_cast<char*>(to) + chunk.begin, static_cast<const char*>(from) + chunk.begin, chunk.size());
  });
}

/// What a RunContext keeps: its end gives the thread its device back, even where something of the run lives on.
struct RunsDevice {
  int previous_ordinal = 0;
  std::shared_ptr<CudaContext> context;

  explicit RunsDevice(int ordinal) {
    check("cudaGetDevice", cudaGetDevice(&previous_ordinal));
    check("cudaSetDevice", cudaSetDevice(ordinal));
  }
  RunsDevice(const RunsDevice&) = delete;
  RunsDevice& operator=(const RunsDevice&) = delete;
  ~RunsDevice() {
    if (context != nullptr) context->release_unused();
    context.reset();
    ignore(cudaSetDevice(previous_ordinal));
  }
};

}  // namespace

const std::shared_ptr<CudaContext>& CudaContext::shared_of(RunContext& context) {
  std::shared_ptr<void>& state = context.device_state();
  if (state == nullptr) {
    const int ordinal = context.device().ordinal;
    const auto made = std::make_shared<RunsDevice>(ordinal);
    std::uint64_t budget = context.device_memory().value_or(0);
    if (budget == 0) {
      std::size_t free = 0;
      std::size_t total = 0;
      check("cudaMemGetInfo", cudaMemGetInfo(&free, &total));
      budget = free / 10 * 9;
    }
    made->context = std::make_shared<CudaContext>(ordinal, budget);
    state = made;
  }
  return static_cast<RunsDevice*>(state.get())->context;
}

CudaContext::CudaContext(int ordinal, std::uint64_t memory_budget) : ordinal_(ordinal), memory_budget_(memory_budget) {
  multiprocessors_ = cuda::attribute(cudaDevAttrMultiProcessorCount, ordinal_);
  cache_bytes_ = static_cast<std::size_t>(cuda::attribute(cudaDevAttrL2CacheSize, ordinal_));
  shared_bytes_ = static_cast<std::size_t>(cuda::attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin, ordinal_));
  cuda::keep_pool(ordinal_);
  check("cudaStreamCreateWithFlags", cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking));
}

CudaContext::~CudaContext() {
  release_unused();
  if (stream_ != nullptr) ignore(cudaStreamDestroy(stream_));
}

void CudaContext::release_unused() noexcept {
  kept_.clear();
  staging_.reset();
  if (stream_ != nullptr) ignore(cudaStreamSynchronize(stream_));
  cuda::empty_pool(ordinal_);
}

void* CudaContext::allocate(std::size_t bytes) {
  if (bytes == 0) return nullptr;
  if (bytes > free_bytes()) {
    throw DeviceFailure(fmt::format("the run needs {} more of the GPU's memory and has {} of {} left; use --device cpu",
                                    format_bytes(bytes), format_bytes(free_bytes()), format_bytes(memory_budget_)));
  }
  void* memory = nullptr;
  check("cudaMallocAsync", cudaMallocAsync(&memory, bytes, stream_));
  used_bytes_ += bytes;
  peak_bytes_ = std::max(peak_bytes_, used_bytes_);
  return memory;
}

void CudaContext::release(void* memory, std::size_t bytes) noexcept {
  if (memory == nullptr) return;
  ignore(cudaFreeAsync(memory, stream_));
  used_bytes_ -= bytes;
}

void CudaContext::clear(void* memory, std::size_t bytes) {
  if (bytes > 0) check("cudaMemsetAsync", cudaMemsetAsync(memory, 0, bytes, stream_));
}

CudaContext::Staging& CudaContext::staging() {
  if (staging_ == nullptr) staging_ = std::make_unique<Staging>();
  return *staging_;
}

void CudaContext::upload(const Threads& threads, const void* host, void* device, std::size_t rows,
                         std::size_t row_bytes, std::size_t device_stride) {
  if (rows == 0 || row_bytes == 0) return;
  if (row_bytes == device_stride) {  // one long row, cut where it suits the buffers
    const std::size_t bytes = rows * row_bytes;
    row_bytes = device_stride = 1;
    rows = bytes;
  }
  Staging& pinned = staging();
  const std::size_t rows_at_once = std::max<std::size_t>(1, Staging::buffer_bytes / row_bytes);
  if (row_bytes > Staging::buffer_bytes) {
    throw DeviceFailure("a row of more than 16 MiB cannot be copied to the GPU; use --device cpu");
  }
  std::size_t turn = 0;
  for (std::size_t first = 0; first < rows; first += rows_at_once, ++turn) {
    const std::size_t count = std::min(rows_at_once, rows - first);
    const Staging::Buffer& buffer = pinned.buffers[turn % Staging::buffer_count];
    check("cudaEventSynchronize", cudaEventSynchronize(buffer.done));
    copy_with_threads(threads, static_cast<const char*>(host) + first * row_bytes, buffer.memory, count * row_bytes);
    char* const to = static_cast<char*>(device) + first * device_stride;
    if (row_bytes == 1) {
      check("cudaMemcpyAsync", cudaMemcpyAsync(to, buffer.memory, count, cudaMemcpyHostToDevice, stream_));
    } else {
      check("cudaMemcpy2DAsync", cudaMemcpy2DAsync(to, device_stride, buffer.memory, row_bytes, row_bytes, count,
                                                   cudaMemcpyHostToDevice, stream_));
    }
    check("cudaEventRecord", cudaEventRecord(buffer.done, stream_));
  }
}

void CudaContext::download(const Threads& threads, const void* device, void* host, std::size_t rows,
                           std::size_t row_bytes, std::size_t device_stride) {
  if (rows == 0 || row_bytes == 0) return;
  if (row_bytes == device_stride) {
    const std::size_t bytes = rows * row_bytes;
    row_bytes = device_stride = 1;
    rows = bytes;
  }
  if (row_bytes > Staging::buffer_bytes) {
    throw DeviceFailure("a row of more than 16 MiB cannot be copied from the GPU; use --device cpu");
  }
  Staging& pinned = staging();
  const std::size_t rows_at_once = std::max<std::size_t>(1, Staging::buffer_bytes / row_bytes);
  const std::size_t pieces = chunk_count(rows, rows_at_once);
  const auto count_of = [&](std::size_t piece) { return std::min(rows_at_once, rows - piece * rows_at_once); };
  const auto fetch = [&](std::size_t piece) {
    const Staging::Buffer& buffer = pinned.buffers[piece % Staging::buffer_count];
    const char* const from = static_cast<const char*>(device) + piece * rows_at_once * device_stride;
    if (row_bytes == 1) {
      check("cudaMemcpyAsync", cudaMemcpyAsync(buffer.memory, from, count_of(piece), cudaMemcpyDeviceToHost, stream_));
    } else {
      check("cudaMemcpy2DAsync", cudaMemcpy2DAsync(buffer.memory, row_bytes, from, device_stride, row_bytes,
                                                   count_of(piece), cudaMemcpyDeviceToHost, stream_));
    }
    check("cudaEventRecord", cudaEventRecord(buffer.done, stream_));
  };
  for (std::size_t piece = 0; piece < std::min(pieces, Staging::buffer_count); ++piece) fetch(piece);
  for (std::size_t piece = 0; piece < pieces; ++piece) {
    const Staging::Buffer& buffer = pinned.buffers[piece % Staging::buffer_count];
    check("cudaEventSynchronize", cudaEventSynchronize(buffer.done));
    copy_with_threads(threads, buffer.memory, static_cast<char*>(host) + piece * rows_at_once * row_bytes,
                      count_of(piece) * row_bytes);
    if (piece + Staging::buffer_count < pieces) fetch(piece + Staging::buffer_count);
  }
}

void CudaContext::wait() {
  check("cudaStreamSynchronize", cudaStreamSynchronize(stream_));
}

std::shared_ptr<void>& CudaContext::kept(const void* key) {
  for (auto& [known, value] : kept_) {
    if (known == key) return value;
  }
  return kept_.emplace_back(key, nullptr).second;
}

}  // namespace adjoin
