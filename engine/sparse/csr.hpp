// A sparse matrix in compressed sparse rows that owns its memory.
#pragma once

#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// The arrays of BasicCsrView, owned. Whoever fills them keeps the view's invariants. Move-only.
struct Csr {
  std::size_t column_count = 0;
  Array<EdgeOffset> offsets;
  Array<NodeId> targets;
  Array<float> weights;  // empty: every entry is 1

  CsrView view() const& noexcept { return {column_count, offsets.span(), targets.span(), weights.span()}; }
  CsrView view() && = delete;
  std::size_t bytes() const noexcept { return offsets.bytes() + targets.bytes() + weights.bytes(); }
};

}  // namespace adjoin
