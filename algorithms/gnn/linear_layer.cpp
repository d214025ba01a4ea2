#include <adjoin/algorithms/gnn/convolution.hpp>
#include <adjoin/engine/learn/linear.hpp>

namespace adjoin::gnn {
namespace {

class LinearLayer final : public Convolution {
 public:
  explicit LinearLayer(const LayerPlace& place)
      : weight_(&place.add_weight("weight", place.input_width, place.output_width)),
        shift_(&place.add_row("shift", place.output_width)) {}

  Told tell(learn::Tape& tape, const LayerInput& x) const override {
    return {{learn::add_row(tape, x.times(tape, *weight_), tape.parameter(*shift_))}};
  }
  learn::Tensor combine(learn::Tape&, const Told& told, const LayerInput&, const Messages*) const override {
    return told.parts[0];
  }

 private:
  learn::Parameter* weight_;
  learn::Parameter* shift_;
};

}  // namespace

std::unique_ptr<Convolution> linear_layer(const LayerPlace& place) {
  return std::make_unique<LinearLayer>(place);
}

}  // namespace adjoin::gnn
