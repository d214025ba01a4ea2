// An array in the memory of a GPU that owns it. Its elements are never touched by the host.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

#include <adjoin/engine/runtime/cuda/cuda_context.hpp>
#include <adjoin/engine/runtime/memory.hpp>

namespace adjoin {

/// Fixed size, uninitialised, move-only; lives no longer than the context that it came from.
template <class Value>
class DeviceArray {
  static_assert(std::is_trivially_copyable_v<Value>);

 public:
  DeviceArray() = default;
  DeviceArray(CudaContext& context, std::size_t size)
      : context_(&context), data_(static_cast<Value*>(context.allocate(size * sizeof(Value)))), size_(size) {}
  /// A copy of the host's values.
  DeviceArray(CudaContext& context, const Threads& threads, std::span<const Value> values)
      : DeviceArray(context, values.size()) {
    context.upload(threads, values.data(), data_, 1, values.size_bytes(), values.size_bytes());
  }
  DeviceArray(DeviceArray&& other) noexcept
      : context_(other.context_), data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  DeviceArray& operator=(DeviceArray&& other) noexcept {
    std::swap(context_, other.context_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~DeviceArray() {
    if (data_ != nullptr) context_->release(data_, bytes());
  }

  /// An address on the device.
  Value* data() noexcept { return data_; }
  const Value* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  std::size_t bytes() const noexcept { return size_ * sizeof(Value); }

  Array<Value> download(const Threads& threads) const {
    Array<Value> values(size_);
    if (size_ > 0) context_->download(threads, data_, values.data(), 1, bytes(), bytes());
    return values;
  }

 private:
  CudaContext* context_ = nullptr;
  Value* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace adjoin
