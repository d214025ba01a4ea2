#include <cmath>
#include <cstddef>

#include <adjoin/algorithms/evaluate/column_scaling.hpp>

namespace adjoin::detail {
namespace {

constexpr std::size_t scaled_rows_per_chunk = 1024;

/// The sums over rows of value(x(i, j), j), column by column.
template <class Value>
std::vector<double> column_sums(const Threads& threads, MatrixView<const float> x, Value&& value) {
  return threads.reduce_ordered(
      x.rows(), scaled_rows_per_chunk, std::vector<double>(x.columns(), 0.0),
      [&](Chunk chunk) {
        std::vector<double> sums(x.columns(), 0.0);
        for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
          for (std::size_t j = 0; j < x.columns(); ++j) sums[j] += value(static_cast<double>(x(i, j)), j);
        }
        return sums;
      },
      [](std::vector<double> sums, const std::vector<double>& more) {
        for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += more[j];
        return sums;
      });
}

}  // namespace

ColumnScaling::ColumnScaling(const Threads& threads, MatrixView<const float> x) {
  const auto rows = static_cast<double>(x.rows());
  means_ = column_sums(threads, x, [](double value, std::size_t) { return value; });
  for (double& mean : means_) mean /= rows;
  factors_ = column_sums(threads, x, [&](double value, std::size_t j) {
    const double distance = value - means_[j];
    return distance * distance;
  });
  for (std::size_t j = 0; j < factors_.size(); ++j) {
    const double sd = std::sqrt(factors_[j] / rows);
    // What rounding leaves of a constant column's mean is no spread.
    factors_[j] = sd > 1e-12 * std::abs(means_[j]) ? 1 / sd : 1;
  }
}

void ColumnScaling::apply(const Threads& threads, MatrixView<float> x) const {
  threads.for_chunks(x.rows(), scaled_rows_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      for (std::size_t j = 0; j < x.columns(); ++j) {
        x(i, j) = static_cast<float>((static_cast<double>(x(i, j)) - means_[j]) * factors_[j]);
      }
    }
  });
}

}  // namespace adjoin::detail
