// The average of parameters over the steps of a training, which often predicts better than the last step.
#pragma once

#include <vector>

#include <adjoin/engine/learn/parameter.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::learn {

/// An exponential moving average (Polyak, Juditsky 1992, with weights that fall): decay * average + (1 - decay) *
/// value. Begins with the values there are. As many bytes as the values.
template <class Real>
class BasicMovingAverage {
 public:
  /// decay: in [0, 1) (InvalidOption).
  BasicMovingAverage(BasicParameters<Real>& parameters, double decay);

  /// Takes the values there are now.
  void update(RunContext& context);
  /// Exchanges values and averages: to evaluate with the averages, and once more to train on.
  void swap() noexcept;
  /// The average of the i-th parameter, for a checkpoint.
  MatrixView<Real> average(std::size_t i) noexcept { return averages_[i].view(); }

 private:
  BasicParameters<Real>* parameters_;
  double decay_;
  std::vector<BasicMatrix<Real>> averages_;
};

using MovingAverage = BasicMovingAverage<float>;

}  // namespace adjoin::learn
