// A sparse matrix on a GPU, in compressed sparse rows: what products over it read.
#pragma once

#include <cstddef>
#include <cstdint>

#include <adjoin/engine/runtime/cuda/device_array.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// The arrays of a CsrView on the device, and its long rows cut into segments, so that a hub does not hold a product
/// back. Move-only.
class CudaCsr {
 public:
  /// Rows with more entries than this are summed segment by segment, in parallel, and the segments' sums in order.
  static constexpr std::size_t segment_entries = 1024;

  CudaCsr() = default;
  CudaCsr(CudaContext& context, const Threads& threads, const CsrView& a);

  std::size_t row_count() const noexcept { return row_count_; }
  std::size_t column_count() const noexcept { return column_count_; }
  std::size_t nonzero_count() const noexcept { return targets_.size(); }
  bool weighted() const noexcept { return !weights_.empty(); }
  BasicCsrView<Cuda> view() const noexcept {
    return {column_count_,
            {offsets_.data(), offsets_.size()},
            {targets_.data(), targets_.size()},
            {weights_.data(), weights_.size()}};
  }

  /// Segment s of a long row holds at most segment_entries entries from segment_begin[s] on; long row r is row rows[r]
  /// and has the segments first_segment[r] .. first_segment[r+1]-1.
  struct LongRows {
    std::size_t segment_count = 0;
    std::size_t row_count = 0;
    const std::uint32_t* rows = nullptr;           // on the device
    const std::uint32_t* first_segment = nullptr;  // on the device, one more than there are rows
    const std::uint64_t* segment_begin = nullptr;  // on the device
    const std::uint32_t* segment_size = nullptr;   // on the device
  };
  LongRows long_rows() const noexcept;
  /// Bytes on the device of a matrix of that shape, long rows at their most.
  static std::uint64_t bytes_of(const CsrView& a) noexcept;

 private:
  std::size_t row_count_ = 0;
  std::size_t column_count_ = 0;
  DeviceArray<EdgeOffset> offsets_;
  DeviceArray<NodeId> targets_;
  DeviceArray<float> weights_;
  DeviceArray<std::uint32_t> long_rows_;
  DeviceArray<std::uint32_t> first_segment_;
  DeviceArray<std::uint64_t> segment_begin_;
  DeviceArray<std::uint32_t> segment_size_;
};

}  // namespace adjoin
