// A summand of a backend's spmm_combine.
#pragma once

namespace adjoin {

/// RowTerm of spmm.hpp for the matrices and vectors of a device. row_scale: nullptr or empty for ones.
template <class DenseMatrix, class Vector>
struct DenseTerm {
  const DenseMatrix* matrix = nullptr;
  float coefficient = 1;
  bool normalize = false;
  const Vector* row_scale = nullptr;
};

}  // namespace adjoin
