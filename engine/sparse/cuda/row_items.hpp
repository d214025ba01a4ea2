// The rows of a sparse matrix as pieces of work for the warps of a GPU.
//
// Most rows of most graphs have a handful of entries, and a few have a great part of all of them. A warp that takes
// rows as they come waits for its longest, or waits for memory with next to nothing asked for. So rows are sorted by
// their length, within runs of neighbouring rows: what lies together in memory stays together.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <adjoin/engine/runtime/cuda/device_array.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// Entries of a row, from `begin` on: the whole row, or with `part_of_long_row` a segment of one, and then `row` is the
/// segment's number. One load of 16 bytes.
struct alignas(16) RowItem {
  static constexpr std::uint32_t part_of_long_row = 0x80000000U;

  std::uint64_t begin;
  std::uint32_t row;
  std::uint32_t size;  // and the mark in its highest bit
};

/// Three lists, each in runs of rows_per_run rows of the matrix: what a warp works on alone (rows of more than
/// most_of_short entries, long ones in segments of most_of_segment), the other rows, by falling length, and long rows,
/// whose segments are to be added up. Move-only.
class RowItems {
 public:
  static constexpr std::size_t most_of_short = 64;
  static constexpr std::size_t most_of_segment = 1024;
  static constexpr std::size_t rows_per_run = std::size_t{1} << 16;

  RowItems() = default;
  RowItems(CudaContext& context, const Threads& threads, const CsrView& a);

  /// A long row, and the numbers of its segments.
  struct LongRow {
    std::uint32_t row;
    std::uint32_t first_segment;
    std::uint32_t last_segment;  // one past it
  };
  /// Some items on the device.
  template <class Item>
  struct List {
    const Item* items = nullptr;
    std::size_t count = 0;
  };
  /// Those of the rows [first_row, last_row), which begin and end with a run, or at the matrix's end.
  struct Range {
    List<RowItem> wide;
    List<RowItem> narrow;
    List<LongRow> long_rows;
    std::size_t first_segment = 0;
    std::size_t segment_count = 0;
  };
  Range in_rows(std::size_t first_row, std::size_t last_row) const noexcept;

  /// About the share of all entries that the `rows` longest rows have: to a factor of two in the length of a row.
  double share_of_longest(std::size_t rows) const noexcept;

  /// Bytes on the device, at most.
  static std::uint64_t bytes_of(const CsrView& a) noexcept {
    return a.row_count() * sizeof(RowItem) +
           2 * (a.nonzero_count() / most_of_segment) * (sizeof(RowItem) + sizeof(LongRow));
  }

 private:
  /// Where a run begins in the lists.
  struct Begin {
    std::size_t wide = 0;
    std::size_t narrow = 0;
    std::size_t long_rows = 0;
    std::size_t segments = 0;
  };

  /// Of rows whose length has so many binary digits.
  struct OfLength {
    std::uint64_t rows = 0;
    std::uint64_t entries = 0;
  };

  std::vector<Begin> begins_ = {{}};  // of every run, and the end of the last
  using Lengths = std::array<OfLength, 65>;
  Lengths lengths_{};
  DeviceArray<RowItem> wide_;
  DeviceArray<RowItem> narrow_;
  DeviceArray<LongRow> long_rows_;
};

}  // namespace adjoin
