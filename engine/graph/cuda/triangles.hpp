// Triangles counted on a GPU: the part of engine/graph/triangles.cpp that runs there. A build without CUDA has
// stand-ins that are never called.
//
// The graph comes ranked by falling degree, each node with its neighbours above it. A warp takes an edge from a lowest
// node to a middle one; the highest nodes of its triangles are what the neighbours of both have in common, of which
// those of the lowest node need to be looked at no further than the middle one.
#pragma once

#include <cstdint>
#include <optional>

#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

class CudaContext;
class CudaCsr;

namespace cuda {

/// The number of triangles. above: row r lists neighbours of the node of rank r whose rank is below r, in order.
/// Nothing, after RunContext::use_cpu, where the device has not room for it. context: its device is cuda.
std::optional<std::uint64_t> count_triangles(RunContext& context, const CsrView& above);

/// The triangles that the node of each rank is in.
std::optional<Array<std::uint64_t>> triangles_of_ranks(RunContext& context, const CsrView& above);

/// Adds the triangles of the entries [first, first + count) of `above`, as edges of a lowest and a middle node, to
/// *total. total: on the device.
void add_triangles(CudaContext& context, const CudaCsr& above, std::uint64_t first, std::uint64_t count,
                   std::uint64_t* total);
/// The same to those of all three nodes. counts: on the device, one for each row.
void add_triangles_of_ranks(CudaContext& context, const CudaCsr& above, std::uint64_t first, std::uint64_t count,
                            std::uint64_t* counts);

}  // namespace cuda
}  // namespace adjoin
