// cuSPARSE's product of a sparse and a dense matrix, called directly: what ours is held against.
#pragma once

#include <vector>

#include <cusparse.h>

#include <adjoin/engine/dense/cuda/cuda_matrix.hpp>

#include "cusparse_matrix.hpp"

namespace gpu_bench {

struct CusparseAlgorithm {
  const char* name;
  cusparseSpMMAlg_t value;
};
const std::vector<CusparseAlgorithm>& cusparse_algorithms();

/// Y = A X, timed; sums are in float. X and Y are row-major.
template <class Scalar>
CusparseResult cusparse_product(const CusparseMatrix<Scalar>& matrix, const CusparseAlgorithm& algorithm,
                                adjoin::MatrixView<const Scalar, adjoin::Cuda> x,
                                adjoin::MatrixView<Scalar, adjoin::Cuda> y, const Repeats& repeats);

}  // namespace gpu_bench
