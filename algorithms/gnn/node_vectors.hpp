// The vectors of all nodes, made in the way that the run has memory for.
#pragma once

#include <cstdint>

#include <adjoin/algorithms/gnn/encoder.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/learn/tape.hpp>

namespace adjoin::gnn {

/// A row a node, as encoder.record(tape, features, messages) makes them in a pass without training: in one pass where
/// the run's memory budget allows that, which is quicker, else layer by layer (layerwise_inference.hpp, which says how
/// close the two are). messages: of the whole graph. The same bits for any number of threads. BudgetExceeded;
/// Cancelled; learn::NotFinite.
Matrix node_vectors(RunContext& context, const Encoder& encoder, const NodeFeatures& features,
                    const Messages& messages);

/// Bytes that node_vectors takes at its peak beside its arguments, its result included, when the process holds
/// `held` bytes. Makes the plan of the pass.
std::uint64_t estimate_node_vectors_memory(RunContext& context, const Encoder& encoder, const NodeFeatures& features,
                                           const Messages& messages, std::uint64_t held);

/// What a pass has computed, as a matrix that outlives the tape.
Matrix copy_of_value(RunContext& context, const learn::Tape& tape, learn::Tensor tensor);

}  // namespace adjoin::gnn
