// FastRP by blocks of columns, for graphs whose embedding does not fit in memory.
//
// Method.  Columns never meet in a product, so the hops of a few of them can be computed alone. They meet where rows
//          are brought to length one: a first sweep over the blocks adds up the lengths of every hop's rows, a second
//          one computes the blocks again and sums their hops. Dialects that leave lengths alone need one sweep.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include <adjoin/algorithms/embedding/fastrp.hpp>

namespace adjoin {

/// Takes the columns [first_column, first_column + columns.columns()) of the embedding, n rows; blocks come in order.
using ColumnSink = std::function<void(std::size_t first_column, MatrixView<const float> columns)>;

/// The embedding that fastrp would make, to rounding, in blocks of `block` columns: a multiple of 16, or InvalidOption.
/// Beside the restrictions of fastrp: InvalidOption for the dialect tigergraph, whose hops need the lengths of those
/// before them, for concatenate, for property_ratio and for precision bf16; DeviceError for a device other than the
/// cpu. Cost.    Twice the time of fastrp, or its time once where lengths are left alone. Peak beyond the graph: 4
///          bytes a node for every hop with a weight, two buffers of n x block and a sixteenth; a third one where
///          fastrp has a third.
/// Repeat.  As fastrp.
RunRecord fastrp_in_blocks(RunContext& context, GraphView graph, const FastRPOptions& options, std::size_t block,
                           const ColumnSink& sink);

/// Bytes that fastrp_in_blocks takes at its peak beyond the graph, the sink's not counted.
std::uint64_t estimate_fastrp_blocks_memory(GraphView graph, const FastRPOptions& options, std::size_t block);

}  // namespace adjoin
