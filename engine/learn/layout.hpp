// Matrices put side by side or on top of one another, and parts of them.
#pragma once

#include <span>

#include <adjoin/engine/learn/tape.hpp>

namespace adjoin::learn {

/// Side by side. At least one, all with as many rows.
template <class Real>
Tensor concatenate_columns(BasicTape<Real>& tape, std::span<const Tensor> parts);

/// On top of one another. At least one, all with as many columns.
template <class Real>
Tensor concatenate_rows(BasicTape<Real>& tape, std::span<const Tensor> parts);

/// The columns [first, first + count).
template <class Real>
Tensor slice_columns(BasicTape<Real>& tape, Tensor x, std::size_t first, std::size_t count);

/// The rows [first, first + count).
template <class Real>
Tensor slice_rows(BasicTape<Real>& tape, Tensor x, std::size_t first, std::size_t count);

}  // namespace adjoin::learn
