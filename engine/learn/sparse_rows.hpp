// Work along the rows of a sparse matrix, for operations that gather by one.
#pragma once

#include <cstddef>

#include <adjoin/engine/learn/operation.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>
#include <adjoin/engine/sparse/row_chunks.hpp>

namespace adjoin::learn {

/// Calls body(row) for the rows of a, in chunks of equal work for `columns` numbers an entry.
template <class Body>
void for_sparse_rows(RunContext& context, const CsrView& a, std::size_t columns, Body&& body) {
  const std::size_t work = rows_per_chunk(columns);
  context.for_tasks(row_chunk_count(a, work), [&](std::size_t task) {
    const Chunk rows = row_chunk(a, work, task);
    for (std::size_t row = rows.begin; row < rows.end; ++row) body(row);
  });
}

}  // namespace adjoin::learn
