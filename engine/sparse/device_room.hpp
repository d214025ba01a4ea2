// Whether a run over a sparse matrix finds room in a memory that is the device's own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// What a run holds on a device at its peak, by the columns it works on at once. The numbers are upper bounds.
class DeviceRoom {
 public:
  struct Work {
    bool in_blocks = false;      // it can work on a block of the columns at a time
    bool tall_products = false;  // it multiplies or orthonormalises dense matrices of all rows
  };

  /// matrices: all that are there at once. buffers: matrices of a row for each row of the first, with as many columns
  /// as the run works on.
  DeviceRoom(std::span<const CsrView> matrices, std::size_t buffers, Work work);

  /// The columns that fit into `free` bytes at once: `columns`, or fewer if there may be blocks, a multiple of 16; 0 if
  /// nothing fits.
  std::size_t columns_that_fit(std::size_t columns, std::uint64_t free) const noexcept;

 private:
  std::uint64_t bytes(std::size_t columns, std::uint64_t free) const noexcept;

  std::vector<std::uint64_t> matrix_bytes_;
  std::size_t rows_ = 0;
  std::uint64_t entries_ = 0;
  std::size_t buffers_;
  Work work_;
};

}  // namespace adjoin
