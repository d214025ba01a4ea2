// Sparse times dense: the product under every embedding.
//
// Rows are handed out in chunks of equal work (non-zeros + rows), found from the offsets by bisection, so that no chunk
// list is stored and hubs do not hold a thread back; one row is summed by one thread in the order of its columns, so
// results do not depend on the threads. Nothing is allocated.
#pragma once

#include <span>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/dense/sign_matrix.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// Y = diag(row_scale) A X.
/// a: n x m; x: m x d; y: n x d, not overlapping x; row_scale: size n, or empty for ones. A row without entries gives
/// zeros. Compulsory bytes: reads 4*nnz (8*nnz weighted) + 8*n + 4*m*d (a sixteenth of it for signs), writes 4*n*d;
/// gathers 4*nnz*d.
void spmm(RunContext& context, const CsrView& a, std::span<const float> row_scale, MatrixView<const float> x,
          MatrixView<float> y);
void spmm(RunContext& context, const CsrView& a, std::span<const float> row_scale, const SignMatrix& x,
          MatrixView<float> y);

/// One summand of spmm_combine: coefficient * row_scale[i] * row, or the same of row / ||row||.
struct RowTerm {
  MatrixView<const float> matrix;  // n x d
  float coefficient = 1;
  bool normalize = false;
  std::span<const float> row_scale = {};  // size n, or empty for ones
};

/// out[i] = product_coefficient * row_scale[i] * (A X)[i] + sum over terms of coefficient * term[i] (and
/// the term's own row_scale[i]), where with
/// `normalize` a row r stands for r / ||r||_2 (0 for a zero row): the last hop of an embedding and the sum over hops in
/// one pass, without a buffer for that hop. out may be the matrix of one of the terms; x may be a term, not out.
void spmm_combine(RunContext& context, const CsrView& a, std::span<const float> row_scale, MatrixView<const float> x,
                  float product_coefficient, bool normalize, std::span<const RowTerm> terms, MatrixView<float> out);
void spmm_combine(RunContext& context, const CsrView& a, std::span<const float> row_scale, const SignMatrix& x,
                  float product_coefficient, bool normalize, std::span<const RowTerm> terms, MatrixView<float> out);

}  // namespace adjoin
