#include <adjoin/algorithms/gnn/convolution.hpp>
#include <adjoin/engine/learn/linear.hpp>

namespace adjoin::gnn {
namespace {

class LinearLayer final : public Convolution {
 public:
  LinearLayer(const LayerPlace& place, bool with_shift)
      : weight_(&place.add_weight("weight", place.input_width, place.output_width)),
        shift_(with_shift ? &place.add_row("shift", place.output_width) : nullptr) {}

  Told tell(learn::Tape& tape, const LayerInput& x) const override {
    const learn::Tensor product = x.times(tape, *weight_);
    return {{shift_ == nullptr ? product : learn::add_row(tape, product, tape.parameter(*shift_))}};
  }
  learn::Tensor combine(learn::Tape&, const Told& told, const LayerInput&, const Messages*) const override {
    return told.parts[0];
  }

 private:
  learn::Parameter* weight_;
  learn::Parameter* shift_;
};

}  // namespace

std::unique_ptr<Convolution> linear_layer(const LayerPlace& place, bool with_shift) {
  return std::make_unique<LinearLayer>(place, with_shift);
}

}  // namespace adjoin::gnn
