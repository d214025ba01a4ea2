// A sparse matrix in compressed sparse rows that somebody else owns. Every sparse operation of adjoin takes one.
#pragma once

#include <cstddef>
#include <span>

#include <adjoin/engine/runtime/ids.hpp>
#include <adjoin/engine/runtime/memory_space.hpp>

namespace adjoin {

/// Row i holds the entries offsets[i] .. offsets[i+1]-1; entry e is weights[e] (1 where weights is empty) in column
/// targets[e]. Columns are strictly increasing within a row. offsets: size rows+1, from 0 to the number of entries.
template <class Space = Host>
struct BasicCsrView {
  std::size_t column_count = 0;
  std::span<const EdgeOffset> offsets;
  std::span<const NodeId> targets;
  std::span<const float> weights;

  std::size_t row_count() const noexcept { return offsets.empty() ? 0 : offsets.size() - 1; }
  std::size_t nonzero_count() const noexcept { return targets.size(); }
  bool weighted() const noexcept { return !weights.empty(); }

  std::size_t row_begin(std::size_t row) const noexcept { return index(offsets[row]); }
  std::size_t row_end(std::size_t row) const noexcept { return index(offsets[row + 1]); }
  std::size_t row_size(std::size_t row) const noexcept { return row_end(row) - row_begin(row); }
  std::span<const NodeId> row_targets(std::size_t row) const noexcept {
    return targets.subspan(row_begin(row), row_size(row));
  }
  /// Empty where the matrix is unweighted.
  std::span<const float> row_weights(std::size_t row) const noexcept {
    return weighted() ? weights.subspan(row_begin(row), row_size(row)) : weights;
  }
};

using CsrView = BasicCsrView<Host>;

}  // namespace adjoin
