// Sparse times sparse: two hops as a matrix, the weights of paths, A A^T of a bipartite graph.
//
// Row by row (Gustavson 1978), in two passes: the first counts the entries of each row of C, so that C is allocated
// once, at its exact size, and refused by that size before it is; the second computes them. A row is collected in a
// table of the columns, or, if it has few entries for the many columns there are, in a hash table (Nagasaka, Matsuoka,
// Azad, Buluc 2018), chosen by the number of products that fall into it. Work is cut by products. A row with more of
// them than a task should have is cut by columns into tasks of its own, which changes no sum: a hub does not hold a
// thread back.
#pragma once

#include <cstdint>

#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin {

/// C = A B. a: n x m; b: m x k. C is n x k, sorted, weighted also if neither a nor b is: then entry (i, j) is the
/// number of ways from i to j. Each entry is summed in double in the order of a's columns and rounded once; one whose
/// summands cancel stays, as 0. The same bits for any number of threads. Cost: O(products) where no hash table is
/// needed, products = the sum over entries (i, l) of A of row l's length in B; a row of r entries from a hash table is
/// sorted, O(r log r). Reads 4 (8 weighted) bytes a product twice, writes 8 an entry of C. Throws BudgetExceeded before
/// anything large is allocated, if C and the tables do not fit beside what the process holds.
Csr spgemm(RunContext& context, const CsrView& a, const CsrView& b);

/// Bytes that spgemm takes at most, C included: as if no two products fell into one entry, except that no row has more
/// entries than there are columns. Real graphs come to a half or a tenth of it. O(entries of A).
std::uint64_t estimate_spgemm_memory(RunContext& context, const CsrView& a, const CsrView& b);

}  // namespace adjoin
