// Kipf, Welling: Semi-supervised classification with graph convolutional networks, ICLR 2017, equation 2.
#include <adjoin/algorithms/gnn/convolution.hpp>
#include <adjoin/engine/learn/linear.hpp>
#include <adjoin/engine/learn/message_passing.hpp>

namespace adjoin::gnn {
namespace {

class GcnConvolution final : public Convolution {
 public:
  explicit GcnConvolution(const LayerPlace& place)
      : weight_(&place.add_weight("weight", place.input_width, place.output_width)),
        shift_(&place.add_row("shift", place.output_width)) {}

  Told tell(learn::Tape& tape, const LayerInput& x) const override {
    return {{multiplies_first(x, *weight_) ? x.times(tape, *weight_) : x.dense()}};
  }
  learn::Tensor combine(learn::Tape& tape, const Told& told, const LayerInput& own,
                        const Messages* messages) const override {
    learn::Tensor sums = learn::spmm(tape, messages->operand(), told.parts[0]);
    if (!multiplies_first(own, *weight_)) sums = learn::matmul(tape, sums, tape.parameter(*weight_));
    return learn::add_row(tape, sums, tape.parameter(*shift_));
  }

 private:
  learn::Parameter* weight_;
  learn::Parameter* shift_;
};

}  // namespace

std::unique_ptr<Convolution> gcn_convolution(const LayerPlace& place) {
  return std::make_unique<GcnConvolution>(place);
}

}  // namespace adjoin::gnn
