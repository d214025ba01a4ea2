#include <utility>

#include <adjoin/algorithms/gnn/all_logits.hpp>
#include <adjoin/algorithms/gnn/layerwise_inference.hpp>

namespace adjoin::gnn {
namespace {

MatrixView<const float> passed(learn::Tape& tape, learn::Tensor result) {
  tape.forward({.training = false});
  return tape.value(result);
}

}  // namespace

AllLogits::AllLogits(RunContext& context, const NodeClassifier& model, const NodeFeatures& features,
                     const Messages* messages)
    : context_(context),
      model_(model),
      features_(features),
      messages_(messages),
      tape_(std::in_place, context, false),
      logits_(tape_->keep(model.record(*tape_, features, messages))) {}

void AllLogits::settle(std::uint64_t held) {
  if (messages_ != nullptr && held + tape_->planned_bytes() > context_.memory_budget()) tape_.reset();
}

std::uint64_t AllLogits::bytes() {
  if (tape_) return tape_->planned_bytes();
  const std::uint64_t encoded = estimate_encode_nodes_memory(context_, model_.encoder(), features_, *messages_);
  const MatrixView<const float> vectors(nullptr, messages_->target_count(), model_.encoder().output_width());
  learn::Tape head(context_, false);
  head.keep(model_.record_head(head, head.constant("encoded", vectors)));
  return encoded + head.planned_bytes();
}

MatrixView<const float> AllLogits::compute() {
  if (tape_) return passed(*tape_, logits_);
  encoded_ = Matrix();  // the last one goes before the next one comes
  encoded_ = encode_nodes(context_, model_.encoder(), features_, *messages_);
  head_.emplace(context_, false);
  const learn::Tensor encoded = head_->constant("encoded", encoded_.view());
  const learn::Tensor logits = head_->keep(model_.record_head(*head_, encoded));
  return logits == encoded ? encoded_.view() : passed(*head_, logits);
}

}  // namespace adjoin::gnn
