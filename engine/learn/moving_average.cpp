#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <adjoin/engine/learn/moving_average.hpp>
#include <adjoin/engine/learn/operation.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::learn {

template <class Real>
BasicMovingAverage<Real>::BasicMovingAverage(BasicParameters<Real>& parameters, double decay)
    : parameters_(&parameters), decay_(decay) {
  if (!(decay >= 0 && decay < 1)) throw InvalidOption(fmt::format("decay = {} is outside 0 to 1, 1 excluded", decay));
  averages_.reserve(parameters.size());
  for (const BasicParameter<Real>& parameter : parameters) {
    averages_.emplace_back(parameter.value.rows(), parameter.value.columns());
    std::copy_n(parameter.value.view().data(), parameter.value.rows() * parameter.value.columns(),
                averages_.back().view().data());
  }
}

template <class Real>
void BasicMovingAverage<Real>::update(RunContext& context) {
  const auto step = static_cast<Real>(1 - decay_);
  context.without_progress([&] {
    for (std::size_t k = 0; k < averages_.size(); ++k) {
      const BasicMatrix<Real>& value = (*parameters_)[k].value;
      for_rows(context, value.rows(), value.columns(), [&](std::size_t i) {
        Real* const average = averages_[k].row(i).data();
        const Real* const now = value.row(i).data();
        for (std::size_t j = 0; j < value.columns(); ++j) average[j] += step * (now[j] - average[j]);
      });
    }
  });
}

template <class Real>
void BasicMovingAverage<Real>::swap() noexcept {
  for (std::size_t k = 0; k < averages_.size(); ++k) std::swap(averages_[k], (*parameters_)[k].value);
}

template class BasicMovingAverage<float>;
template class BasicMovingAverage<double>;

}  // namespace adjoin::learn
