// cuSPARSE's product of a sparse and a dense matrix, called directly: what ours is held against.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <cusparse.h>

#include <adjoin/engine/dense/cuda/cuda_matrix.hpp>
#include <adjoin/engine/sparse/cuda/cuda_csr.hpp>

#include "event_times.hpp"

namespace gpu_bench {

struct CusparseAlgorithm {
  const char* name;
  cusparseSpMMAlg_t value;
};
const std::vector<CusparseAlgorithm>& cusparse_algorithms();

/// "12.6.3": of the library that is loaded, not of its header.
std::string cusparse_version();

struct CusparseResult {
  std::string failed;             // a sentence; empty if it went well
  Times times;                    // of the product alone
  double preprocess_seconds = 0;  // once, by the host's clock
  std::size_t buffer_bytes = 0;
};

/// The matrix as cuSPARSE is given it, with 32-bit indices and values of one. Scalar: float or Bf16, of values, X and Y
/// alike; sums are in float.
template <class Scalar>
class CusparseMatrix {
 public:
  /// offsets: those of a, on the host. Throws std::runtime_error from 2^31 non-zeros on. a outlives this.
  CusparseMatrix(adjoin::CudaContext& device, const adjoin::Threads& threads, const adjoin::CudaCsr& a,
                 std::span<const adjoin::EdgeOffset> offsets);
  ~CusparseMatrix();
  CusparseMatrix(const CusparseMatrix&) = delete;
  CusparseMatrix& operator=(const CusparseMatrix&) = delete;

  /// Y = A X, timed. X and Y are row-major.
  CusparseResult product(const CusparseAlgorithm& algorithm, adjoin::MatrixView<const Scalar, adjoin::Cuda> x,
                         adjoin::MatrixView<Scalar, adjoin::Cuda> y, const Repeats& repeats);

 private:
  adjoin::CudaContext& device_;
  const adjoin::CudaCsr& a_;
  adjoin::DeviceArray<std::int32_t> offsets_;
  adjoin::DeviceArray<Scalar> ones_;
  cusparseHandle_t handle_ = nullptr;
};

}  // namespace gpu_bench
