// Principal components: the few directions in which vectors differ most, for a picture of them.
#pragma once

#include <cstdint>
#include <vector>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

struct PrincipalComponents {
  Matrix coordinates;          // n x k: of each row, along each component, from the rows' mean
  std::vector<double> shares;  // k, falling: what part of the rows' variance lies along each component, 0 to 1
};

/// Of the rows of x, by the eigenvectors of their covariance (Pearson 1901; Hotelling 1933).
/// x:       n x d, finite, n >= 1. k: from 1 to d. The sign of a component is that which makes its entries add up to 0
///          or more.
/// Cost.    n*d*d/2 operations for the covariance and d^3 for its eigenvectors, in double.
/// Errors.  InvalidOption for another k; InvalidData, with the row, for one that is not finite.
/// Repeat.  The same bits for any number of threads.
PrincipalComponents principal_components(RunContext& context, MatrixView<const float> x, int k);

/// Bytes that principal_components takes at its peak beyond x, on `threads` threads.
std::uint64_t estimate_principal_components_memory(std::uint64_t rows, std::uint64_t columns, int k, int threads);

}  // namespace adjoin
