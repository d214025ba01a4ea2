// The rows of a sparse matrix that are too long for one warp of a GPU, cut into segments.
#pragma once

#include <cstddef>
#include <cstdint>

#include <adjoin/engine/runtime/cuda/device_array.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// Rows with more entries than segment_entries are summed segment by segment, in parallel, and the segments' sums in
/// order, so that a hub does not hold a product back. Move-only.
class LongRows {
 public:
  static constexpr std::size_t segment_entries = 1024;

  LongRows(CudaContext& context, const Threads& threads, const CsrView& a);

  /// Segment s holds at most segment_entries entries from segment_begin[s] on; long row r is row rows[r] and has the
  /// segments first_segment[r] .. first_segment[r+1]-1. All on the device.
  struct View {
    std::size_t segment_count = 0;
    std::size_t row_count = 0;
    const std::uint32_t* rows = nullptr;
    const std::uint32_t* first_segment = nullptr;  // one more than there are rows
    const std::uint64_t* segment_begin = nullptr;
    const std::uint32_t* segment_size = nullptr;
  };
  View view() const noexcept {
    return {segment_begin_.size(), rows_.size(),          rows_.data(),
            first_segment_.data(), segment_begin_.data(), segment_size_.data()};
  }

 private:
  DeviceArray<std::uint32_t> rows_;
  DeviceArray<std::uint32_t> first_segment_;
  DeviceArray<std::uint64_t> segment_begin_;
  DeviceArray<std::uint32_t> segment_size_;
};

}  // namespace adjoin
