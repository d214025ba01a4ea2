// FastRP of a graph whose edges come in types: each type fills columns of its own.
//
// Source.  The regions of TigerGraph's tg_fastRP (embedding_dim_map).
// Method.  The columns of a region are FastRP over the edges of its type alone, from a random matrix of its own, times
//          the region's weight: what they say of a node does not change with edges of other types. In the dialect
//          tigergraph a region's type is the first edge of its paths only: the start vectors are gathered along edges
//          of that type, and hops go over the edges of all regions together.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/engine/graph/edge_type.hpp>

namespace adjoin {

/// The columns that edges of one type fill, side by side in the order of regions.
struct FastRPRegion {
  std::string type;
  int columns = 0;   // 1 to 65,536
  float weight = 1;  // finite, not 0
};

/// The regions that a text such as "follows=64,likes=32:0.5" names: type, columns, and a weight if it is not 1. The
/// name of a type may hold any character but a comma. InvalidOption for any other text.
std::vector<FastRPRegion> parse_regions(std::string_view text);
std::string format_regions(std::span<const FastRPRegion> regions);

/// dim columns for all types, as many for each: the first ones have one more where that does not divide. InvalidOption
/// if there are fewer columns than types.
std::vector<FastRPRegion> equal_regions(std::span<const EdgeType> types, int dim);

/// types:   graphs over the same nodes, as a reader makes them. Edges of types without a region are not used.
/// options: dim is not looked at; the embedding has the columns of all regions.
/// Output.  A node without edges of a type has zeros in its region, unless the options say otherwise for isolated
/// nodes. Cost.    That of fastrp for each type, in its columns. Peak: the embedding, and a run of the widest region;
///          in the dialect tigergraph a run of all columns and its start vectors.
/// Errors.  As fastrp; InvalidOption for regions that name no type, or one twice, and for concatenate, property_ratio.
/// Repeat.  As fastrp.
FastRPResult fastrp_typed(RunContext& context, std::span<const EdgeType> types, std::span<const FastRPRegion> regions,
                          const FastRPOptions& options);

/// Bytes that fastrp_typed takes at its peak beyond the types.
std::uint64_t estimate_fastrp_typed_memory(std::span<const EdgeType> types, std::span<const FastRPRegion> regions,
                                           const FastRPOptions& options);

}  // namespace adjoin
