// A run's matrix on a GPU that the run leaves behind.
#pragma once

#include <memory>

#include <adjoin/engine/dense/cuda/cuda_matrix.hpp>
#include <adjoin/engine/dense/resident_matrix.hpp>

namespace adjoin {

/// x, where it is. context: the one that x came from, which is kept with it. Waits for the device.
ResidentMatrix keep_matrix(std::shared_ptr<CudaContext> context, CudaMatrix x);

}  // namespace adjoin
