// A run's share of a GPU: its stream, its memory, and the way there and back.
//
// Everything a run does on its GPU is queued on one stream in order, so the answers do not depend on timing. Memory
// comes from the device's stream-ordered pool, which keeps what is given back for the next allocation. Copies go
// through a few pinned buffers: threads fill one while another is on its way, so that pageable memory moves as fast as
// pinned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <adjoin/engine/runtime/run_context.hpp>

struct CUstream_st;  // of cuda_runtime_api.h, which users of this header need not have

namespace adjoin {

/// Made by on_cuda once for each run, and used on the thread that made it. Throws DeviceFailure where CUDA does.
class CudaContext {
 public:
  using Stream = CUstream_st*;

  /// The run's own, made at the first call. context: its device is cuda, and becomes the calling thread's until the run
  /// ends.
  static CudaContext& of(RunContext& context) { return *shared_of(context); }
  /// The same, for what the run leaves behind on its device.
  static const std::shared_ptr<CudaContext>& shared_of(RunContext& context);

  /// For shared_of. The device is the calling thread's.
  CudaContext(int ordinal, std::uint64_t memory_budget);
  ~CudaContext();
  CudaContext(const CudaContext&) = delete;
  CudaContext& operator=(const CudaContext&) = delete;

  int ordinal() const noexcept { return ordinal_; }
  Stream stream() const noexcept { return stream_; }
  int multiprocessors() const noexcept { return multiprocessors_; }
  std::size_t cache_bytes() const noexcept { return cache_bytes_; }
  /// The most memory of a multiprocessor's own that a block may ask for.
  std::size_t shared_bytes() const noexcept { return shared_bytes_; }

  /// Bytes that this run may still take on the device.
  std::uint64_t free_bytes() const noexcept { return memory_budget_ > used_bytes_ ? memory_budget_ - used_bytes_ : 0; }
  std::uint64_t memory_budget() const noexcept { return memory_budget_; }
  std::uint64_t used_bytes() const noexcept { return used_bytes_; }
  /// The most that the run has held there.
  std::uint64_t peak_bytes() const noexcept { return peak_bytes_; }

  /// `bytes` bytes at a multiple of 256, not set to anything; nullptr for 0. DeviceFailure where the run has not as
  /// much left.
  void* allocate(std::size_t bytes);
  void release(void* memory, std::size_t bytes) noexcept;

  /// Queues zeros.
  void clear(void* memory, std::size_t bytes);

  /// Rows of `row_bytes` bytes between the host's memory, where they lie side by side, and the device's, where they
  /// begin `device_stride` bytes apart. Returns when the host's memory may be changed, or holds the rows.
  void upload(const Threads& threads, const void* host, void* device, std::size_t rows, std::size_t row_bytes,
              std::size_t device_stride);
  void download(const Threads& threads, const void* device, void* host, std::size_t rows, std::size_t row_bytes,
                std::size_t device_stride);

  /// Waits for everything queued; a kernel that failed throws here.
  void wait();

  /// Gives back everything that no array holds: pinned buffers, what libraries keep, and the pool's spare memory, which
  /// other programs may want. What is wanted again is made anew. For the end of a run.
  void release_unused() noexcept;

  /// What a library keeps for the run (a handle, say), made by `make` at the first call. The key is the address of
  /// something that the caller alone knows.
  template <class Value, class Make>
  Value& keep(const void* key, Make&& make) {
    std::shared_ptr<void>& slot = kept(key);
    if (slot == nullptr) slot = make();
    return *static_cast<Value*>(slot.get());
  }

 private:
  struct Staging;

  std::shared_ptr<void>& kept(const void* key);
  Staging& staging();

  int ordinal_;
  int multiprocessors_ = 0;
  std::size_t cache_bytes_ = 0;
  std::size_t shared_bytes_ = 0;
  Stream stream_ = nullptr;
  std::uint64_t memory_budget_;
  std::uint64_t used_bytes_ = 0;
  std::uint64_t peak_bytes_ = 0;
  std::unique_ptr<Staging> staging_;
  std::vector<std::pair<const void*, std::shared_ptr<void>>> kept_;
};

}  // namespace adjoin
