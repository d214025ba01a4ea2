// A matrix of the host's on its way to a GPU.
#pragma once

#include <adjoin/engine/dense/cuda/cuda_matrix.hpp>

namespace adjoin {

/// to = from. Same shapes; rows of `from` need not lie side by side: they are brought so, some megabytes at a time.
void upload_matrix(CudaContext& context, const Threads& threads, MatrixView<const float> from,
                   MatrixView<float, Cuda> to);

}  // namespace adjoin
