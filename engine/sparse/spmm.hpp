// Sparse times dense: the product under every embedding.
//
// Rows are handed out in chunks of equal work (non-zeros + rows), found from the offsets by bisection, so that no chunk
// list is stored and hubs do not hold a thread back; one row is summed by one thread in the order of its columns, so
// results do not depend on the threads. Nothing is allocated.
//
// Sums are in float, whatever is gathered. Written as bfloat16 they are rounded once, at the end: the product of
// bfloat16 rows is, to the bit, the product of the same rows as floats.
#pragma once

#include <functional>
#include <span>
#include <variant>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/dense/sign_matrix.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// What a product gathers: rows of floats, of bfloat16, or of signs (a SignMatrix that outlives the call).
using GatheredRows =
    std::variant<MatrixView<const float>, MatrixView<const Bf16>, std::reference_wrapper<const SignMatrix>>;
/// What it writes.
using WrittenRows = std::variant<MatrixView<float>, MatrixView<Bf16>>;

/// Y = diag(row_scale) A X.
/// a: n x m; x: m x d; y: n x d, not overlapping x; row_scale: size n, or empty for ones. A row without entries gives
/// zeros. Compulsory bytes, with s bytes for a number of X (4; 2 for bfloat16; 1/4 for signs) and t for one of Y:
/// reads 4*nnz (8*nnz weighted) + 8*n + s*m*d, writes t*n*d; gathers s*nnz*d.
void spmm(RunContext& context, const CsrView& a, std::span<const float> row_scale, const GatheredRows& x,
          const WrittenRows& y);

/// One summand of spmm_combine: coefficient * row_scale[i] * row, or the same of row / ||row||.
struct RowTerm {
  std::variant<MatrixView<const float>, MatrixView<const Bf16>> matrix;  // n x d
  float coefficient = 1;
  bool normalize = false;
  std::span<const float> row_scale = {};  // size n, or empty for ones
};

/// out[i] = product_coefficient * row_scale[i] * (A X)[i] + sum over terms of coefficient * term[i] (and
/// the term's own row_scale[i]), where with
/// `normalize` a row r stands for r / ||r||_2 (0 for a zero row): the last hop of an embedding and the sum over hops in
/// one pass, without a buffer for that hop. out may be the matrix of one of
/// the terms; x may be a term, not out.
void spmm_combine(RunContext& context, const CsrView& a, std::span<const float> row_scale, const GatheredRows& x,
                  float product_coefficient, bool normalize, std::span<const RowTerm> terms, const WrittenRows& out);

}  // namespace adjoin
