// What rows of a sparse matrix have in common, pair by pair, on a GPU.
//
// A warp takes a pair: its lanes take the columns of the shorter row and look for them in the longer. Columns are in
// order, so 32 of them are looked for at once between 32 columns of the longer row that the lanes have fetched, and
// each in one of the gaps. Pairs of two long rows are shared out among the warps of a block.
#pragma once

#include <cstddef>
#include <cstdint>

#include <adjoin/engine/sparse/cuda/cuda_csr.hpp>

namespace adjoin {

/// Two rows of a square matrix.
struct RowPair {
  NodeId first;
  NodeId second;
};

struct RowOverlap {
  std::uint32_t all;     // columns that both rows have
  std::uint32_t others;  // of them, those that are not the number of either row
};

/// Sums over the columns counted in RowOverlap::others, one for each pair, on the device; nullptr for what is not asked
/// for. A column's share is 1, or, with use_weights, the sum of its two entries.
template <class Value>
struct OverlapSums {
  double* shares = nullptr;              // the sums of the shares themselves
  const Value* first_values = nullptr;   // on the device, one for each column
  double* first = nullptr;               // the sums of share * first_values[column]
  const Value* second_values = nullptr;  // likewise
  double* second = nullptr;
  bool use_weights = false;
};

/// overlaps[i]: of the rows pairs[i] of `a`. Pointers are to the device's memory, `count` pairs. Each sum is made in
/// double in an order that depends on the two rows' columns alone: the same bits every time, and for either order of
/// the two.
void intersect_rows(CudaContext& context, const CudaCsr& a, const RowPair* pairs, std::size_t count,
                    RowOverlap* overlaps, const OverlapSums<float>& sums = {});
void intersect_rows(CudaContext& context, const CudaCsr& a, const RowPair* pairs, std::size_t count,
                    RowOverlap* overlaps, const OverlapSums<double>& sums);

}  // namespace adjoin
