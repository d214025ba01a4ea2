// Hamilton, Ying, Leskovec: Inductive representation learning on large graphs, NeurIPS 2017, algorithm 1: the product
// with a concatenation is the sum of two products.
#include <adjoin/algorithms/gnn/convolution.hpp>
#include <adjoin/engine/learn/activations.hpp>
#include <adjoin/engine/learn/elementwise.hpp>
#include <adjoin/engine/learn/linear.hpp>
#include <adjoin/engine/learn/message_passing.hpp>

namespace adjoin::gnn {
namespace {

class SageConvolution final : public Convolution {
 public:
  explicit SageConvolution(const LayerPlace& place)
      : neighbor_weight_(&place.add_weight("neighbor_weight", place.input_width, place.output_width)),
        self_weight_(&place.add_weight("self_weight", place.input_width, place.output_width)),
        shift_(&place.add_row("shift", place.output_width)) {}

  Told tell(learn::Tape& tape, const LayerInput& x) const override {
    return {{multiplies_first(x, *neighbor_weight_) ? x.times(tape, *neighbor_weight_) : x.dense()}};
  }
  learn::Tensor combine(learn::Tape& tape, const Told& told, const LayerInput& own,
                        const Messages* messages) const override {
    learn::Tensor means = learn::spmm(tape, messages->operand(), told.parts[0]);
    if (!multiplies_first(own, *neighbor_weight_)) {
      means = learn::matmul(tape, means, tape.parameter(*neighbor_weight_));
    }
    const learn::Tensor both = learn::add(tape, means, own.times(tape, *self_weight_));
    return learn::add_row(tape, both, tape.parameter(*shift_));
  }
  bool looks_at_own() const noexcept override { return true; }

 private:
  learn::Parameter* neighbor_weight_;
  learn::Parameter* self_weight_;
  learn::Parameter* shift_;
};

/// The pooling aggregator, equation 3.
class SageMaxConvolution final : public Convolution {
 public:
  SageMaxConvolution(const LayerPlace& place, std::size_t pooled)
      : pool_weight_(&place.add_weight("pool_weight", place.input_width, pooled)),
        pool_shift_(&place.add_row("pool_shift", pooled)),
        neighbor_weight_(&place.add_weight("neighbor_weight", pooled, place.output_width)),
        self_weight_(&place.add_weight("self_weight", place.input_width, place.output_width)),
        shift_(&place.add_row("shift", place.output_width)) {}

  Told tell(learn::Tape& tape, const LayerInput& x) const override {
    const learn::Tensor pooled = learn::add_row(tape, x.times(tape, *pool_weight_), tape.parameter(*pool_shift_));
    return {{learn::relu(tape, pooled)}};
  }
  learn::Tensor combine(learn::Tape& tape, const Told& told, const LayerInput& own,
                        const Messages* messages) const override {
    const learn::Tensor largest = learn::neighbor_max(tape, messages->operand(), told.parts[0]);
    const learn::Tensor both = learn::add(tape, learn::matmul(tape, largest, tape.parameter(*neighbor_weight_)),
                                          own.times(tape, *self_weight_));
    return learn::add_row(tape, both, tape.parameter(*shift_));
  }
  bool looks_at_own() const noexcept override { return true; }

 private:
  learn::Parameter* pool_weight_;
  learn::Parameter* pool_shift_;
  learn::Parameter* neighbor_weight_;
  learn::Parameter* self_weight_;
  learn::Parameter* shift_;
};

}  // namespace

std::unique_ptr<Convolution> sage_max_convolution(const LayerPlace& place, std::size_t pooled) {
  return std::make_unique<SageMaxConvolution>(place, pooled);
}

std::unique_ptr<Convolution> sage_convolution(const LayerPlace& place) {
  return std::make_unique<SageConvolution>(place);
}

}  // namespace adjoin::gnn
