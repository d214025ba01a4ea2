// Layers that only pass vectors on.
// Wu, Zhang, Souza, Fifty, Yu, Weinberger: Simplifying graph convolutional networks, ICML 2019, equation 8.
// Gasteiger, Bojchevski, Guennemann: Predict then propagate, ICLR 2019, equation 4.
// He, Deng, Wang, Li, Zhang, Wang: LightGCN, SIGIR 2020, equation 3.
#include <adjoin/algorithms/gnn/convolution.hpp>
#include <adjoin/engine/learn/dropout.hpp>
#include <adjoin/engine/learn/elementwise.hpp>
#include <adjoin/engine/learn/linear.hpp>
#include <adjoin/engine/learn/message_passing.hpp>

namespace adjoin::gnn {
namespace {

using learn::Tensor;

class PowerStep final : public Convolution {
 public:
  explicit PowerStep(learn::Parameter* shift) : shift_(shift) {}

  Told tell(learn::Tape&, const LayerInput& x) const override { return {{x.dense()}}; }
  Tensor combine(learn::Tape& tape, const Told& told, const LayerInput&, const Messages* messages) const override {
    const Tensor sums = learn::spmm(tape, messages->operand(), told.parts[0]);
    return shift_ == nullptr ? sums : learn::add_row(tape, sums, tape.parameter(*shift_));
  }

 private:
  learn::Parameter* shift_;
};

class PageRankLayer final : public Convolution {
 public:
  PageRankLayer(double restart, double dropout) : restart_(restart), dropout_(dropout) {}

  Told tell(learn::Tape&, const LayerInput& x) const override { return {{x.dense()}}; }
  Tensor combine(learn::Tape& tape, const Told& told, const LayerInput& own, const Messages* messages) const override {
    const learn::SparseOperand& along = messages->operand();
    if (dropout_ == 0) return learn::pagerank_step(tape, along, told.parts[0], own.dense(), restart_);
    const Tensor values = learn::dropped_values(tape, along, dropout_);
    const Tensor sums = learn::spmm(tape, along, values, told.parts[0]);
    return learn::add(tape, learn::scale(tape, sums, 1 - restart_), learn::scale(tape, own.dense(), restart_));
  }
  bool looks_at_own() const noexcept override { return true; }

 private:
  double restart_;
  double dropout_;
};

}  // namespace

std::unique_ptr<Convolution> power_step(learn::Parameter* shift) {
  return std::make_unique<PowerStep>(shift);
}

std::unique_ptr<Convolution> pagerank_layer(double restart, double dropout) {
  return std::make_unique<PageRankLayer>(restart, dropout);
}

}  // namespace adjoin::gnn
