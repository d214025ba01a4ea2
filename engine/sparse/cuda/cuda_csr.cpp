#include <algorithm>
#include <limits>
#include <vector>

#include <adjoin/engine/sparse/cuda/cuda_csr.hpp>

namespace adjoin {

CudaCsr::CudaCsr(CudaContext& context, const Threads& threads, const CsrView& a)
    : row_count_(a.row_count()),
      column_count_(a.column_count),
      offsets_(context, threads, a.offsets),
      targets_(context, threads, a.targets),
      weights_(context, threads, a.weights) {
  std::vector<std::uint32_t> rows;
  std::vector<std::uint32_t> first_segment;
  std::vector<std::uint64_t> begins;
  std::vector<std::uint32_t> sizes;
  for (std::size_t row = 0; row < row_count_; ++row) {
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
  long_rows_ = DeviceArray<std::uint32_t>(context, threads, Words(rows));
  first_segment_ = DeviceArray<std::uint32_t>(context, threads, Words(first_segment));
  segment_begin_ = DeviceArray<std::uint64_t>(context, threads, std::span<const std::uint64_t>(begins));
  segment_size_ = DeviceArray<std::uint32_t>(context, threads, Words(sizes));
}

CudaCsr::LongRows CudaCsr::long_rows() const noexcept {
  return {segment_begin_.size(), long_rows_.size(),     long_rows_.data(),
          first_segment_.data(), segment_begin_.data(), segment_size_.data()};
}

std::uint64_t CudaCsr::bytes_of(const CsrView& a) noexcept {
  // A row with segments has more than one, so there are at most two for every segment_entries entries.
  const std::uint64_t segments = 2 * (a.nonzero_count() / segment_entries);
  return a.offsets.size_bytes() + a.targets.size_bytes() + a.weights.size_bytes() + segments * 20 + 4;
}

}  // namespace adjoin
