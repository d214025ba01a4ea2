// Columns brought to mean 0 and variance 1 over some rows, and other rows likewise: private to what learns.
#pragma once

#include <vector>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/parallel.hpp>

namespace adjoin::detail {

/// Means and standard deviations (divided by the number of rows) of the columns of one matrix, summed in double. A
/// column that is constant is only shifted. As scikit-learn's StandardScaler.
class ColumnScaling {
 public:
  /// x: at least one row.
  ColumnScaling(const Threads& threads, MatrixView<const float> x);

  void apply(const Threads& threads, MatrixView<float> x) const;

 private:
  std::vector<double> means_;
  std::vector<double> factors_;
};

}  // namespace adjoin::detail
