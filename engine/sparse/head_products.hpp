// Products along the entries of a sparse matrix that has several values an entry: attention in heads.
//
// For h heads, columns [k w, (k+1) w) of a matrix of d = h w columns are head k's.
#pragma once

#include <span>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// Head k of out[i] = the sum over the entries e of row i of values(e, k) * head k of x[target of e], or with `add`
/// that added to it. a: n x m, its weights not looked at; x: m x d; out: n x d, apart from x. values: a row an entry, h
/// wide; entry e has row rows[e] of them if rows are given. Each sum is in the order of the row. 2*nnz*d operations,
/// gathers 4*nnz*d bytes.
void spmm_heads(RunContext& context, const CsrView& a, MatrixView<const float> values, std::span<const EdgeOffset> rows,
                MatrixView<const float> x, bool add, MatrixView<float> out);

/// out(e, k) = the dot product of head k of left[i] and of right[j] for each entry e = (i, j) of a, or with `add` that
/// added to it: the gradient of spmm_heads by its values. left: n x d; right: m x d; out: nnz x h. As many operations
/// and bytes.
void entry_dots(RunContext& context, const CsrView& a, MatrixView<const float> left, MatrixView<const float> right,
                bool add, MatrixView<float> out);

}  // namespace adjoin
