// Exact search for nearest rows on a GPU: what ExactSearch::search does where its run has one.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include <adjoin/algorithms/embedding/exact_search.hpp>

namespace adjoin {

struct RowsOnHost {
  MatrixView<const float> vectors;
  std::span<const float> lengths;  // one a row for cosine; empty for dot products
};

/// Adds a list a query to `results`. False, with nothing done, where the search is not one for the GPU: there is
/// nothing to compare, or RunContext::use_cpu was called, for too many neighbours or too little of its memory. context:
/// its device is cuda. resident: where the rows stay on the device from one search to the next if there is room for all
/// of them; nullptr at first, and only ever given with the same rows. Otherwise they are brought there block by block.
bool search_on_cuda(RunContext& context, const RowsOnHost& rows, std::span<const ExactSearch::Query> queries,
                    std::size_t top, std::shared_ptr<void>& resident, NeighborLists& results);

}  // namespace adjoin
