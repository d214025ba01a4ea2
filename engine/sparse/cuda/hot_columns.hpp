// The columns that a great part of a matrix's entries name, for products that keep their rows of X at hand.
//
// In most graphs a few thousand nodes of millions are at one end of a quarter of the edges. Their rows of X fit, a
// slice of each, into the memory that every multiprocessor of a GPU has of its own, and then need not come through the
// cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <adjoin/engine/runtime/cuda/device_array.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// Up to `count` columns of a, the most named first: by a sample of the entries, the same every time, in which each is
/// named twice or more. Of two named as often the lower.
std::vector<std::uint32_t> most_named_columns(const CsrView& a, std::size_t count);

/// Some columns by their places, the hottest at 0, on the device. Move-only.
class HotColumns {
 public:
  /// On a target that is the place of a hot column instead of a column. Columns are below it.
  static constexpr std::uint32_t mark = 0x80000000U;

  HotColumns() = default;
  HotColumns(CudaContext& context, const Threads& threads, const std::vector<std::uint32_t>& columns)
      : columns_(context, threads, std::span<const std::uint32_t>(columns)) {}

  std::size_t count() const noexcept { return columns_.size(); }
  /// On the device; nullptr if there are none.
  const std::uint32_t* columns() const noexcept { return columns_.data(); }

  /// Puts marked places into targets that name hot columns. column_count <= mark.
  void mark_targets(CudaContext& context, std::size_t column_count, DeviceArray<NodeId>& targets) const;

 private:
  DeviceArray<std::uint32_t> columns_;
};

}  // namespace adjoin
