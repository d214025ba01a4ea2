// Rows of a sparse matrix that follow one another, as a matrix of their own.
#pragma once

#include <cstddef>

#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// Rows [first, first + count) of a matrix that outlives it: only the offsets are its own, 8 bytes a row, as those of a
/// matrix begin with 0.
class RowRange {
 public:
  RowRange() = default;
  RowRange(const CsrView& a, std::size_t first, std::size_t count);

  CsrView view() const& noexcept { return {column_count_, offsets_.span(), targets_, weights_}; }
  CsrView view() && = delete;

 private:
  std::size_t column_count_ = 0;
  Array<EdgeOffset> offsets_;
  std::span<const NodeId> targets_;
  std::span<const float> weights_;
};

}  // namespace adjoin
