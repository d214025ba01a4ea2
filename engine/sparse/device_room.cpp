#include <algorithm>

#include <adjoin/engine/dense/cuda/tall_product_plan.hpp>
#include <adjoin/engine/dense/sign_matrix.hpp>
#include <adjoin/engine/sparse/cuda/spmm.hpp>
#include <adjoin/engine/sparse/device_room.hpp>

namespace adjoin {
namespace {

constexpr std::size_t column_step = SignMatrix::signs_per_word;
constexpr std::uint64_t most_product_bytes = std::uint64_t{1} << 30;
constexpr std::uint64_t most_reserve = std::uint64_t{128} << 20;              // for what is small beside the rest
constexpr std::uint64_t entries_per_segment = RowItems::most_of_segment / 2;  // at least: a long row has several

/// The most that matrices take which stay on the device. One stays if it takes at most half of what is free then
/// (CudaSparse), which is less than what those before it leave: so none, some or all of them may be there before.
std::uint64_t most_resident_bytes(std::span<const std::uint64_t> matrices, std::uint64_t free) {
  constexpr std::size_t most_tried = 8;  // of every choice among them; of more, all that could stay alone are counted
  if (matrices.empty()) return 0;
  const std::uint64_t first = matrices.front();
  const std::span<const std::uint64_t> others = matrices.subspan(1);
  if (first > free / 2) return most_resident_bytes(others, free);
  if (matrices.size() > most_tried) return first + most_resident_bytes(others, free);
  return std::max(first + most_resident_bytes(others, free - first), most_resident_bytes(others, free));
}

}  // namespace

DeviceRoom::DeviceRoom(std::span<const CsrView> matrices, std::size_t buffers, Work work)
    : buffers_(buffers), work_(work) {
  for (const CsrView& a : matrices) {
    rows_ = std::max(rows_, a.row_count());
    entries_ = std::max<std::uint64_t>(entries_, a.nonzero_count());
    matrix_bytes_.push_back(CudaSpmmMatrix::bytes_of(a));
  }
}

std::uint64_t DeviceRoom::bytes(std::size_t columns, std::uint64_t free) const noexcept {
  const std::uint64_t matrices = most_resident_bytes(matrix_bytes_, free) + free / 8;
  const std::uint64_t row_bytes = (columns + 3) / 4 * 4 * sizeof(float);
  const std::uint64_t least_product = std::min<std::uint64_t>(rows_, RowItems::rows_per_run) * row_bytes;
  const std::uint64_t product = std::max(least_product, std::min({rows_ * row_bytes, most_product_bytes, free / 4}));
  const std::uint64_t segments = entries_ / entries_per_segment * row_bytes;
  const std::uint64_t vectors = rows_ * (8 * sizeof(float) + sizeof(std::uint64_t));  // scales, factors, keys
  std::uint64_t reserve = std::min(most_reserve, free / 16);
  if (work_.tall_products) reserve += cuda::tall_product_device_bytes(rows_, columns);
  return matrices + buffers_ * rows_ * row_bytes + SignMatrix::bytes(rows_, columns) + product + segments + vectors +
         reserve;
}

std::size_t DeviceRoom::columns_that_fit(std::size_t columns, std::uint64_t free) const noexcept {
  if (bytes(columns, free) <= free) return columns;
  if (!work_.in_blocks) return 0;
  std::size_t fit = 0;
  while (fit + column_step < columns && bytes(fit + column_step, free) <= free) fit += column_step;
  return fit;
}

}  // namespace adjoin
