#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>

#include <adjoin/engine/dense/finite.hpp>

namespace adjoin {
namespace {

/// A float without its sign is not finite from here on. Whole numbers compare in vectors, and no option of a compiler
/// may take the comparison away.
constexpr std::uint32_t infinity_bits = 0x7f80'0000;

bool all_finite(std::span<const float> row) {
  std::uint32_t largest = 0;
  for (const float value : row) largest = std::max(largest, std::bit_cast<std::uint32_t>(value) & 0x7fff'ffffU);
  return largest < infinity_bits;
}

}  // namespace

std::optional<std::size_t> first_row_not_finite(RunContext& context, MatrixView<const float> x) {
  constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  const std::size_t rows_per_chunk =
      std::max<std::size_t>(1, (std::size_t{1} << 18) / std::max<std::size_t>(1, x.columns()));
  const std::size_t first = context.threads().reduce_ordered(
      x.rows(), rows_per_chunk, none,
      [&](Chunk chunk) {
        for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
          if (!all_finite(x.row(i))) return i;
        }
        return none;
      },
      [](std::size_t a, std::size_t b) { return std::min(a, b); });
  return first == none ? std::nullopt : std::optional(first);
}

}  // namespace adjoin
