// The vectors of all nodes, layer by layer in chunks of nodes, so that nothing of all edges is kept at a time.
// Hamilton, Ying, Leskovec 2017, section 3.1, without sampling: every neighbour is heard.
#pragma once

#include <cstddef>
#include <cstdint>

#include <adjoin/algorithms/gnn/encoder.hpp>
#include <adjoin/engine/dense/matrix.hpp>

namespace adjoin::gnn {

/// How much is worked on at a time.
struct InferenceChunks {
  /// Numbers in a matrix of one chunk, about: rows times columns.
  std::size_t numbers = std::size_t{1} << 22;
};

/// A row a node, as encoder.record(tape, features, messages) makes them in a pass without training: to the bit for any
/// chunks if no dense vector has 2048 numbers or more, else to the rounding of a product's sums (matrix_product.hpp);
/// to the bit for any number of threads. messages: of the whole graph. Memory: what a layer's nodes tell one another
/// and what it makes, and what enters it if it looks at that again; with jumping knowledge the sum or maximum so far
/// or, to concatenate, every layer's vectors. A tape without gradients takes about as much for layers that keep nothing
/// an edge, and is quicker. Cost: that of the pass. BudgetExceeded; Cancelled; NotFinite.
Matrix encode_nodes(RunContext& context, const Encoder& encoder, const NodeFeatures& features, const Messages& messages,
                    const InferenceChunks& chunks = {});

/// Bytes that encode_nodes takes at its peak beside what it is given, its result included.
std::uint64_t estimate_encode_nodes_memory(RunContext& context, const Encoder& encoder, const NodeFeatures& features,
                                           const Messages& messages, const InferenceChunks& chunks = {});

}  // namespace adjoin::gnn
