// Xu, Hu, Leskovec, Jegelka: How powerful are graph neural networks?, ICLR 2019, equation 4.1.
#include <adjoin/algorithms/gnn/convolution.hpp>
#include <adjoin/algorithms/gnn/encoder_layer.hpp>
#include <adjoin/engine/learn/elementwise.hpp>
#include <adjoin/engine/learn/linear.hpp>
#include <adjoin/engine/learn/message_passing.hpp>

namespace adjoin::gnn {
namespace {

using learn::Tensor;

class GinConvolution final : public Convolution {
 public:
  GinConvolution(const LayerPlace& place, std::size_t hidden, LayerNormalization normalization, Activation activation)
      : epsilon_(&place.add_row("epsilon", 1)),
        first_weight_(&place.add_weight("first_weight", place.input_width, hidden)),
        first_shift_(&place.add_row("first_shift", hidden)),
        normalizer_(normalization, place, "inner_norm", hidden),
        activation_(activation),
        second_weight_(&place.add_weight("second_weight", hidden, place.output_width)),
        shift_(&place.add_row("shift", place.output_width)) {}

  Told tell(learn::Tape& tape, const LayerInput& x) const override {
    return {{multiplies_first(x, *first_weight_) ? x.times(tape, *first_weight_) : x.dense()}};
  }
  Tensor combine(learn::Tape& tape, const Told& told, const LayerInput& own, const Messages* messages) const override {
    const Tensor vectors = told.parts[0];
    const Tensor self = rows_of(tape, vectors, messages->first_target(), messages->target_count());
    Tensor x = learn::add(tape, learn::spmm(tape, messages->operand(), vectors),
                          learn::scale(tape, self, tape.parameter(*epsilon_), 1));
    if (!multiplies_first(own, *first_weight_)) x = learn::matmul(tape, x, tape.parameter(*first_weight_));
    x = normalizer_.record(tape, learn::add_row(tape, x, tape.parameter(*first_shift_)));
    x = learn::matmul(tape, activated(tape, x, activation_), tape.parameter(*second_weight_));
    return learn::add_row(tape, x, tape.parameter(*shift_));
  }

 private:
  learn::Parameter* epsilon_;
  learn::Parameter* first_weight_;
  learn::Parameter* first_shift_;
  Normalizer normalizer_;
  Activation activation_;
  learn::Parameter* second_weight_;
  learn::Parameter* shift_;
};

}  // namespace

std::unique_ptr<Convolution> gin_convolution(const LayerPlace& place, std::size_t hidden,
                                             LayerNormalization normalization, Activation activation) {
  return std::make_unique<GinConvolution>(place, hidden, normalization, activation);
}

}  // namespace adjoin::gnn
