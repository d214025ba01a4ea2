// Large arrays: 64-byte aligned, backed by huge pages where the system grants them, and counted.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

namespace adjoin {

inline constexpr std::size_t cache_line_bytes = 64;

namespace detail {
/// At least `bytes` bytes at a multiple of 64, not set to anything; nullptr for 0. Throws std::bad_alloc.
/// Blocks of 2 MiB or more come from the system directly, ask for huge pages and go back to the system when released.
void* allocate_array(std::size_t bytes);
void release_array(void* memory, std::size_t bytes) noexcept;
}  // namespace detail

/// A fixed-size array of plain values that starts out uninitialised; move-only, because copying a large array is never
/// meant by accident. It may also stand for memory that somebody else holds, a mapped file say: see shared().
template <class Value>
class Array {
  static_assert(std::is_trivially_copyable_v<Value> && std::is_trivially_destructible_v<Value>);

 public:
  Array() = default;
  explicit Array(std::size_t size)
      : data_(static_cast<Value*>(detail::allocate_array(checked_bytes(size)))), size_(size) {}
  Array(std::size_t size, Value value) : Array(size) { std::fill_n(data_, size_, value); }
  Array(Array&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        owner_(std::move(other.owner_)) {}
  Array& operator=(Array&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(owner_, other.owner_);
    return *this;
  }
  ~Array() {
    if (owner_ == nullptr) detail::release_array(data_, size_ * sizeof(Value));
  }

  /// `values` without a copy: they live at least as long as `owner`, which is kept. Only to be read from.
  static Array shared(std::span<const Value> values, std::shared_ptr<const void> owner) noexcept {
    Array result;
    result.data_ = const_cast<Value*>(values.data());
    result.size_ = values.size();
    result.owner_ = std::move(owner);
    return result;
  }

  Array copy() const {
    Array result(size_);
    std::copy_n(data_, size_, result.data_);
    return result;
  }

  Value* data() noexcept { return data_; }
  const Value* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  /// False for shared(), which is only to be read from.
  bool owns_memory() const noexcept { return owner_ == nullptr; }
  std::size_t bytes() const noexcept { return size_ * sizeof(Value); }
  Value& operator[](std::size_t i) noexcept { return data_[i]; }
  const Value& operator[](std::size_t i) const noexcept { return data_[i]; }
  Value* begin() noexcept { return data_; }
  Value* end() noexcept { return data_ + size_; }
  const Value* begin() const noexcept { return data_; }
  const Value* end() const noexcept { return data_ + size_; }
  std::span<Value> span() noexcept { return {data_, size_}; }
  std::span<const Value> span() const noexcept { return {data_, size_}; }

  /// The same memory, bits and all, as values of a type that fits it evenly. The array is empty afterwards.
  template <class Other>
    requires(sizeof(Value) % sizeof(Other) == 0 && alignof(Other) <= cache_line_bytes)
  Array<Other> reuse_as() && noexcept {
    Array<Other> result;
    result.data_ = static_cast<Other*>(static_cast<void*>(std::exchange(data_, nullptr)));
    result.size_ = std::exchange(size_, 0) * (sizeof(Value) / sizeof(Other));
    result.owner_ = std::move(owner_);
    return result;
  }

  /// Gives the tail back: the array keeps its first `size` values. The memory itself is not moved.
  void shrink(std::size_t size);

 private:
  template <class>
  friend class Array;
  static std::size_t checked_bytes(std::size_t size);

  Value* data_ = nullptr;
  std::size_t size_ = 0;
  std::shared_ptr<const void> owner_;  // of memory that is not ours
};

namespace detail {
[[noreturn]] void throw_array_too_large();
/// Returns the pages past `kept_bytes` of a block of `bytes` to the system; the block is then released as `kept_bytes`.
/// False if the block is too small for that and must stay whole.
bool trim_array(void* memory, std::size_t bytes, std::size_t kept_bytes) noexcept;
}  // namespace detail

template <class Value>
std::size_t Array<Value>::checked_bytes(std::size_t size) {
  if (size > (std::size_t{1} << 62) / sizeof(Value)) detail::throw_array_too_large();
  return size * sizeof(Value);
}

template <class Value>
void Array<Value>::shrink(std::size_t size) {
  if (size >= size_) return;
  if (owner_ != nullptr || detail::trim_array(data_, bytes(), size * sizeof(Value))) {
    size_ = size;
  } else {
    Array smaller(size);
    std::copy_n(data_, size, smaller.data_);
    *this = std::move(smaller);
  }
}

/// Bytes this process holds in memory now, and the most it has held since it began (Linux: VmRSS, VmHWM); 0 if unknown.
std::uint64_t resident_bytes() noexcept;
std::uint64_t peak_resident_bytes() noexcept;

/// The most that the process has held since restart_recent_peak, to tell the parts of a run apart. A restart asks the
/// system (Linux, clear_refs) to forget its mark, which peak_resident_bytes goes on to remember; where the system does
/// not, this is the peak since the process began.
std::uint64_t recent_peak_bytes() noexcept;
void restart_recent_peak() noexcept;

/// Physical memory that a run may use by default: what the system says is available, or the control group's limit if
/// lower.
std::uint64_t available_memory_bytes() noexcept;

}  // namespace adjoin
