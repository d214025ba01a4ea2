// Sparse times dense by the library's own code for the processor: what the device's product is held against on one
// machine.
#pragma once

#include <cstddef>
#include <vector>

#include <adjoin/engine/sparse/csr_view.hpp>

#include "sides.hpp"

namespace gpu_bench {

struct HostProductSettings {
  Json graph;  // members that every record begins with
  std::vector<std::size_t> columns{128, 256};
};

/// Prints a record of the task spmm for each number of columns, float32, by the wall clock. sides.cpu is asked for;
/// where there is a GPU too the result is compared with its.
void host_product_task(const Sides& sides, const adjoin::CsrView& a, const HostProductSettings& settings);

}  // namespace gpu_bench
