#include <algorithm>
#include <vector>

#include <adjoin/engine/sparse/cuda/long_rows.hpp>

namespace adjoin {

LongRows::LongRows(CudaContext& context, const Threads& threads, const CsrView& a) {
  std::vector<std::uint32_t> rows;
  std::vector<std::uint32_t> first_segment;
  std::vector<std::uint64_t> begins;
  std::vector<std::uint32_t> sizes;
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    if (a.row_size(row) <= segment_entries) continue;
    rows.push_back(static_cast<std::uint32_t>(row));
    first_segment.push_back(static_cast<std::uint32_t>(begins.size()));
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); e += segment_entries) {
      begins.push_back(e);
      sizes.push_back(static_cast<std::uint32_t>(std::min(segment_entries, a.row_end(row) - e)));
    }
  }
  first_segment.push_back(static_cast<std::uint32_t>(begins.size()));
  using Words = std::span<const std::uint32_t>;
  rows_ = DeviceArray<std::uint32_t>(context, threads, Words(rows));
  first_segment_ = DeviceArray<std::uint32_t>(context, threads, Words(first_segment));
  segment_begin_ = DeviceArray<std::uint64_t>(context, threads, std::span<const std::uint64_t>(begins));
  segment_size_ = DeviceArray<std::uint32_t>(context, threads, Words(sizes));
}

}  // namespace adjoin
