// The identity matrix.
#pragma once

#include <cstddef>

#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin {

/// size x size, ones on the diagonal, without weights.
Csr identity_matrix(std::size_t size);

}  // namespace adjoin
