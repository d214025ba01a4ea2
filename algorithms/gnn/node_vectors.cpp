#include <algorithm>

#include <adjoin/algorithms/gnn/layerwise_inference.hpp>
#include <adjoin/algorithms/gnn/node_vectors.hpp>
#include <adjoin/engine/learn/operation.hpp>
#include <adjoin/engine/runtime/memory.hpp>

namespace adjoin::gnn {
namespace {

/// All nodes in one pass.
class WholePass {
 public:
  WholePass(RunContext& context, const Encoder& encoder, const NodeFeatures& features, const Messages& messages)
      : context_(context), tape_(context, false), vectors_(tape_.keep(encoder.record(tape_, features, messages))) {}

  /// The result included.
  std::uint64_t bytes() { return tape_.planned_bytes() + tape_.shape(vectors_).size() * sizeof(float); }

  Matrix run() {
    tape_.forward({.training = false});
    return copy_of_value(context_, tape_, vectors_);
  }

 private:
  RunContext& context_;
  learn::Tape tape_;
  learn::Tensor vectors_;
};

}  // namespace

Matrix node_vectors(RunContext& context, const Encoder& encoder, const NodeFeatures& features,
                    const Messages& messages) {
  {
    WholePass pass(context, encoder, features, messages);
    if (resident_bytes() + pass.bytes() <= context.memory_budget()) return pass.run();
  }
  return encode_nodes(context, encoder, features, messages);
}

std::uint64_t estimate_node_vectors_memory(RunContext& context, const Encoder& encoder, const NodeFeatures& features,
                                           const Messages& messages, std::uint64_t held) {
  const std::uint64_t bytes = WholePass(context, encoder, features, messages).bytes();
  if (held + bytes <= context.memory_budget()) return bytes;
  return estimate_encode_nodes_memory(context, encoder, features, messages);
}

Matrix copy_of_value(RunContext& context, const learn::Tape& tape, learn::Tensor tensor) {
  const MatrixView<const float> values = tape.value(tensor);
  Matrix copy(values.rows(), values.columns());
  learn::for_rows(context, values.rows(), values.columns(),
                  [&](std::size_t i) { std::ranges::copy(values.row(i), copy.row(i).begin()); });
  return copy;
}

}  // namespace adjoin::gnn
