// Whether a run over a sparse matrix finds room in a memory that is the device's own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// What a run holds on a device at its peak, by the columns it works on at once. The numbers are upper bounds.
class DeviceRoom {
 public:
  /// matrices: all that are there at once. buffers: matrices of a row for each row of the first, with as many columns
  /// as the run works on. blocks: whether the run can work on a block of the columns at a time.
  DeviceRoom(std::span<const CsrView> matrices, std::size_t buffers, bool blocks);

  /// The columns that fit into `free` bytes at once: `columns`, or fewer if there may be blocks, a multiple of 16; 0 if
  /// nothing fits.
  std::size_t columns_that_fit(std::size_t columns, std::uint64_t free) const noexcept;

 private:
  std::uint64_t bytes(std::size_t columns, std::uint64_t free) const noexcept;

  std::uint64_t matrix_bytes_ = 0;
  std::size_t rows_ = 0;
  std::uint64_t entries_ = 0;
  std::size_t buffers_;
  bool blocks_;
};

}  // namespace adjoin
