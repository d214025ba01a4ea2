// Velickovic, Cucurull, Casanova, Romero, Lio, Bengio: Graph attention networks, ICLR 2018, equations 3 to 6.
// Brody, Alon, Yahav: How attentive are graph attention networks?, ICLR 2022, equation 7.
#include <cmath>

#include <adjoin/algorithms/gnn/convolution.hpp>
#include <adjoin/engine/learn/dropout.hpp>
#include <adjoin/engine/learn/elementwise.hpp>
#include <adjoin/engine/learn/graph_attention.hpp>
#include <adjoin/engine/learn/layout.hpp>
#include <adjoin/engine/learn/linear.hpp>
#include <adjoin/engine/learn/message_passing.hpp>
#include <adjoin/engine/learn/row_products.hpp>

namespace adjoin::gnn {
namespace {

using learn::Tensor;

constexpr double slope = 0.2;  // of the leaky relu, in both papers

/// A vector of attention, one for each head. Bounds as for matrices of heads x width.
learn::Parameter& add_attention(const LayerPlace& place, const std::string& what, const AttentionHeads& heads) {
  learn::Parameter& row = place.add_row(what, heads.count * heads.width);
  learn::set_uniform(row, std::sqrt(6.0 / static_cast<double>(heads.count + heads.width)), place.seed);
  return row;
}

/// The columns of the heads added up by `shares`, and the heads themselves side by side or averaged.
Tensor gathered(learn::Tape& tape, const Messages& messages, Tensor shares, Tensor vectors,
                const AttentionHeads& heads) {
  const Tensor sums = learn::spmm(tape, messages.operand(), learn::dropout(tape, shares, heads.dropout), vectors);
  if (!heads.averaged || heads.count == 1) return sums;
  Tensor mean = learn::slice_columns(tape, sums, 0, heads.width);
  for (std::size_t head = 1; head < heads.count; ++head) {
    mean = learn::add(tape, mean, learn::slice_columns(tape, sums, head * heads.width, heads.width));
  }
  return learn::scale(tape, mean, 1 / static_cast<double>(heads.count));
}

class GatConvolution final : public Convolution {
 public:
  GatConvolution(const LayerPlace& place, const AttentionHeads& heads)
      : heads_(heads),
        weight_(&place.add_weight("weight", place.input_width, heads.count * heads.width)),
        source_(&add_attention(place, "source_attention", heads)),
        target_(&add_attention(place, "target_attention", heads)),
        shift_(&place.add_row("shift", place.output_width)) {}

  Told tell(learn::Tape& tape, const LayerInput& x) const override {
    const Tensor vectors = x.times(tape, *weight_);
    return {{vectors, learn::head_dot(tape, vectors, tape.parameter(*source_), heads_.count),
             learn::head_dot(tape, vectors, tape.parameter(*target_), heads_.count)},
            3};
  }
  Tensor combine(learn::Tape& tape, const Told& told, const LayerInput&, const Messages* messages) const override {
    const Tensor targets = rows_of(tape, told.parts[2], messages->first_target(), messages->target_count());
    const Tensor shares = learn::attention_weights(tape, messages->operand(), targets, told.parts[1], slope);
    return learn::add_row(tape, gathered(tape, *messages, shares, told.parts[0], heads_), tape.parameter(*shift_));
  }

 private:
  AttentionHeads heads_;
  learn::Parameter* weight_;
  learn::Parameter* source_;
  learn::Parameter* target_;
  learn::Parameter* shift_;
};

class Gatv2Convolution final : public Convolution {
 public:
  Gatv2Convolution(const LayerPlace& place, const AttentionHeads& heads)
      : heads_(heads),
        source_weight_(&place.add_weight("source_weight", place.input_width, heads.count * heads.width)),
        target_weight_(&place.add_weight("target_weight", place.input_width, heads.count * heads.width)),
        target_shift_(&place.add_row("target_shift", heads.count * heads.width)),
        attention_(&add_attention(place, "attention", heads)),
        shift_(&place.add_row("shift", place.output_width)) {}

  Told tell(learn::Tape& tape, const LayerInput& x) const override { return {{x.times(tape, *source_weight_)}}; }
  Tensor combine(learn::Tape& tape, const Told& told, const LayerInput& own, const Messages* messages) const override {
    // One shift does for both sides of the sum, and the other would only move the result, as shift_ does.
    const Tensor targets = learn::add_row(tape, own.times(tape, *target_weight_), tape.parameter(*target_shift_));
    const Tensor shares = learn::dynamic_attention_weights(tape, messages->operand(), targets, told.parts[0],
                                                           tape.parameter(*attention_), heads_.count, slope);
    return learn::add_row(tape, gathered(tape, *messages, shares, told.parts[0], heads_), tape.parameter(*shift_));
  }
  bool looks_at_own() const noexcept override { return true; }

 private:
  AttentionHeads heads_;
  learn::Parameter* source_weight_;
  learn::Parameter* target_weight_;
  learn::Parameter* target_shift_;
  learn::Parameter* attention_;
  learn::Parameter* shift_;
};

}  // namespace

std::unique_ptr<Convolution> gat_convolution(const LayerPlace& place, const AttentionHeads& heads) {
  return std::make_unique<GatConvolution>(place, heads);
}

std::unique_ptr<Convolution> gatv2_convolution(const LayerPlace& place, const AttentionHeads& heads) {
  return std::make_unique<Gatv2Convolution>(place, heads);
}

}  // namespace adjoin::gnn
