// Sparse times a vector: adjoin's on the device beside cuSPARSE's, and the processor's.
#pragma once

#include <adjoin/engine/sparse/csr_view.hpp>

#include "event_times.hpp"
#include "sides.hpp"

namespace gpu_bench {

struct SpmvSettings {
  Json graph;                        // members that every record begins with
  double copy_bytes_per_second = 0;  // 0: not measured, and no share of it is told
  Repeats repeats;                   // on the device
};

/// Prints a record for adjoin on the device, for cuSPARSE by each algorithm, and for adjoin on the processor by the
/// wall clock. compulsory_bytes are the same in all: what y = A x has to read and write at least once, of adjoin's
/// arrays.
void spmv_task(const Sides& sides, const adjoin::CsrView& a, const SpmvSettings& settings);

}  // namespace gpu_bench
