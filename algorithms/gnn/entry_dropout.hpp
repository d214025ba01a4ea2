// An adjacency matrix that some of its entries are missing from, others in each step of a training.
//
// Source.  Srivastava et al.: Dropout, JMLR 15, 2014; here of the entries among which common neighbours are looked for,
//          as in the program that the authors of NCN (Wang, Yang, Zhang, ICLR 2024) released.
#pragma once

#include <cstdint>

#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin::gnn {

/// Each entry is there with probability 1 - rate, on its own: (u, v) may stay where (v, u) goes. What stays keeps its
/// weight. rate: in [0, 1). The draws are a function of the context's seed, the step and the entry's place.
Csr drop_entries(RunContext& context, const CsrView& matrix, double rate, std::uint64_t step);

}  // namespace adjoin::gnn
