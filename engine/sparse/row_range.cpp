#include <adjoin/engine/sparse/row_range.hpp>

namespace adjoin {

RowRange::RowRange(const CsrView& a, std::size_t first, std::size_t count)
    : column_count_(a.column_count), offsets_(count + 1) {
  const std::size_t begin = index(a.offsets[first]);
  for (std::size_t i = 0; i <= count; ++i) offsets_[i] = edge_offset(index(a.offsets[first + i]) - begin);
  const std::size_t entries = index(offsets_[count]);
  targets_ = a.targets.subspan(begin, entries);
  if (a.weighted()) weights_ = a.weights.subspan(begin, entries);
}

}  // namespace adjoin
