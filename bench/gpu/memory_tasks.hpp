// What the device's memory can do: the bandwidth of a copy and of gathering rows, which products are held against.
#pragma once

#include <adjoin/engine/runtime/cuda/cuda_context.hpp>

#include "event_times.hpp"

namespace gpu_bench {

/// Prints a record; returns bytes read and written a second by the median of copies of 4 GiB.
double copy_task(adjoin::CudaContext& device, const Repeats& repeats);

/// Prints a record for each width of row and size of matrix: bytes read a second where every row is drawn.
void gather_task(adjoin::CudaContext& device, const Repeats& repeats);

}  // namespace gpu_bench
