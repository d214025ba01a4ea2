// Whether arrays of unknown origin are a sparse matrix.
#pragma once

#include <cstddef>
#include <string_view>

#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// Checks the invariants of BasicCsrView with `rows` rows and `columns` columns, and that weights are finite and,
/// unless `negative_weights`, not negative. Throws InvalidData that begins "not a <what>: ". O(rows + non-zeros), in
/// parallel.
void check_csr(RunContext& context, const CsrView& a, std::size_t rows, std::size_t columns, std::string_view what,
               bool negative_weights);

}  // namespace adjoin
