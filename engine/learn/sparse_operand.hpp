// A sparse matrix as products on a tape take it: with its transpose, which gradients go along.
#pragma once

#include <span>

#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin::learn {

/// Owns the transpose, not the matrix, which outlives it.
class SparseOperand {
 public:
  /// Makes the transpose: as many bytes as the matrix, and 8 for each entry. O(entries).
  SparseOperand(RunContext& context, const CsrView& matrix);
  /// Without the transpose: for tapes without gradients.
  explicit SparseOperand(const CsrView& matrix) : matrix_(matrix) {}

  const CsrView& matrix() const noexcept { return matrix_; }
  CsrView transposed() const noexcept { return transposed_.view(); }
  /// Entry e of the transpose is entry origins()[e] of the matrix.
  std::span<const EdgeOffset> origins() const noexcept { return origins_.span(); }

  /// With the transpose.
  static std::uint64_t bytes(const CsrView& matrix) noexcept;

 private:
  CsrView matrix_;
  Csr transposed_;
  Array<EdgeOffset> origins_;
};

}  // namespace adjoin::learn
