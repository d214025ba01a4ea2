// cuSPARSE's product of a sparse matrix and a vector, called directly: what ours is held against.
#pragma once

#include <vector>

#include <cusparse.h>

#include <adjoin/engine/runtime/cuda/device_array.hpp>

#include "cusparse_matrix.hpp"

namespace gpu_bench {

struct CusparseVectorAlgorithm {
  const char* name;
  cusparseSpMVAlg_t value;
};
const std::vector<CusparseVectorAlgorithm>& cusparse_vector_algorithms();

/// y = A x, timed; sums are in float.
CusparseResult cusparse_vector_product(const CusparseMatrix<float>& matrix, const CusparseVectorAlgorithm& algorithm,
                                       const adjoin::DeviceArray<float>& x, adjoin::DeviceArray<float>& y,
                                       const Repeats& repeats);

}  // namespace gpu_bench
