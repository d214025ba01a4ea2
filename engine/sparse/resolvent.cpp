#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/sparse/resolvent.hpp>

namespace adjoin {

ResolventSeries resolvent_series(double gamma, double error) {
  if (!(gamma >= 0 && gamma < 1 && error > 0)) {
    throw InvalidOption(
        fmt::format("a resolvent has a gamma of 0 to below 1 and an error above 0, not {} and {}", gamma, error));
  }
  const double root = std::sqrt((1 - gamma) * (1 + gamma));
  const double q = gamma / (1 + root);  // (1 - root) / gamma, without its cancellation
  ResolventSeries series{{1 / root}};
  double next = 2 / root * q;
  do {
    series.coefficients.push_back(next);
    next *= q;
    series.error = next / (1 - q);
  } while (series.error > error);
  return series;
}

void resolvent_columns(const RunContext& context, BlockProduct a, const ResolventSeries& series,
                       std::span<const NodeId> columns, std::span<double> block, std::span<double> scratch) {
  const std::span<const double> c = series.coefficients;
  // Clenshaw's b_l = c_l + 2 A b_(l+1) - b_(l+2); the sum is c_0 + A b_1 - b_2. An odd number of steps ends in the
  // other array, so they are begun in the one that makes `block` the last.
  std::span<double> last = c.size() % 2 == 1 ? block : scratch;
  std::span<double> next = c.size() % 2 == 1 ? scratch : block;
  std::ranges::fill(last, 0.0);
  std::ranges::fill(next, 0.0);
  const auto add_term = [&](std::span<double> to, double coefficient) {
    for (std::size_t k = 0; k < columns.size(); ++k) to[index(columns[k]) * block_width + k] += coefficient;
  };
  add_term(last, c.back());
  for (std::size_t l = c.size() - 1; l-- > 0;) {
    context.check_cancelled();
    a(l == 0 ? 1 : 2, last, next);
    add_term(next, c[l]);
    std::swap(last, next);
  }
}

void visit_resolvent_columns(RunContext& context, const DoubleCsrView& a, const ResolventSeries& series,
                             std::span<const NodeId> columns,
                             FunctionRef<void(Chunk part, std::span<const double> block)> visit) {
  const std::size_t size = a.pattern.row_count() * block_width;
  const auto product = [&](double scale, std::span<const double> x, std::span<double> y) {
    multiply_block(a, scale, x, -1, y);
  };
  context.for_chunks(columns.size(), block_width, [&](Chunk part) {
    Array<double> block(size);
    Array<double> scratch(size);
    resolvent_columns(context, product, series, columns.subspan(part.begin, part.size()), block.span(), scratch.span());
    visit(part, std::as_const(block).span());
  });
}

std::uint64_t estimate_resolvent_memory(std::size_t row_count, std::size_t column_count, int threads) noexcept {
  const std::uint64_t at_once =
      std::min<std::uint64_t>(static_cast<std::uint64_t>(threads), chunk_count(column_count, block_width));
  return at_once * 2 * row_count * block_width * sizeof(double);
}

}  // namespace adjoin
