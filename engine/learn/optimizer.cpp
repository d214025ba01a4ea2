#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <adjoin/engine/learn/operation.hpp>
#include <adjoin/engine/learn/optimizer.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::learn {
namespace {

bool adaptive(const OptimizerOptions& options) {
  return options.kind != OptimizerKind::sgd;
}

/// The sum of squares of all entries in double: of each of 64 runs of rows, then of those in order.
template <class Real>
double squared_length(RunContext& context, MatrixView<const Real> x) {
  std::array<double, 64> partial{};
  const std::size_t grain = std::max<std::size_t>(1, chunk_count(x.rows(), partial.size()));
  context.for_chunks(x.rows(), grain, [&](Chunk chunk) {
    double sum = 0;
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      for (const Real value : x.row(i)) sum += static_cast<double>(value) * static_cast<double>(value);
    }
    partial[chunk.index] = sum;
  });
  double sum = 0;
  for (const double part : partial) sum += part;
  return sum;
}

}  // namespace

template <class Real>
BasicOptimizer<Real>::BasicOptimizer(const OptimizerOptions& options, BasicParameters<Real>& parameters)
    : options_(options) {
  validate(options);
  states_.reserve(parameters.size());
  for (BasicParameter<Real>& parameter : parameters) {
    State state = {&parameter, {}, {}};
    const std::size_t rows = parameter.value.rows();
    const std::size_t columns = parameter.value.columns();
    if (adaptive(options) || options.momentum > 0) state.mean = BasicMatrix<Real>(rows, columns, Real{0});
    if (adaptive(options)) state.square = BasicMatrix<Real>(rows, columns, Real{0});
    states_.push_back(std::move(state));
  }
}

template <class Real>
void BasicOptimizer<Real>::step(RunContext& context, double factor) {
  ++steps_;
  const auto momentum = static_cast<Real>(options_.momentum);
  const auto one_less_beta1 = static_cast<Real>(1 - options_.beta1);
  const auto beta2 = static_cast<Real>(options_.beta2);
  const auto one_less_beta2 = static_cast<Real>(1 - options_.beta2);
  const auto epsilon = static_cast<Real>(options_.epsilon);
  const auto taken = static_cast<double>(steps_);
  const double mean_share = 1 - std::pow(options_.beta1, taken);
  const auto root = static_cast<Real>(std::sqrt(1 - std::pow(options_.beta2, taken)));
  context.without_progress([&] {
    for (State& state : states_) {
      BasicParameter<Real>& parameter = *state.parameter;
      if (parameter.frozen) continue;
      const double rate = options_.learning_rate * factor * parameter.rate_share;
      const auto learning_rate = static_cast<Real>(rate);
      const auto stride = static_cast<Real>(rate / mean_share);
      const double weight_decay = options_.weight_decay * parameter.decay_share;
      const auto decay = static_cast<Real>(options_.kind == OptimizerKind::adamw ? 0 : weight_decay);
      const auto remains = static_cast<Real>(options_.kind == OptimizerKind::adamw ? 1 - rate * weight_decay : 1);
      const std::size_t columns = parameter.value.columns();
      for_rows(context, parameter.value.rows(), columns, [&](std::size_t i) {
        Real* const value = parameter.value.row(i).data();
        const Real* const gradient = parameter.gradient.row(i).data();
        if (adaptive(options_)) {
          Real* const mean = state.mean.row(i).data();
          Real* const square = state.square.row(i).data();
          for (std::size_t j = 0; j < columns; ++j) {
            const Real before = value[j] * remains;
            const Real g = gradient[j] + decay * before;
            mean[j] += one_less_beta1 * (g - mean[j]);
            square[j] = beta2 * square[j] + one_less_beta2 * g * g;
            value[j] = before - stride * mean[j] / (std::sqrt(square[j]) / root + epsilon);
          }
        } else if (options_.momentum > 0) {
          Real* const velocity = state.mean.row(i).data();
          for (std::size_t j = 0; j < columns; ++j) {
            const Real g = gradient[j] + decay * value[j];
            velocity[j] = momentum * velocity[j] + g;
            value[j] -= learning_rate * (options_.nesterov ? g + momentum * velocity[j] : velocity[j]);
          }
        } else {
          for (std::size_t j = 0; j < columns; ++j) value[j] -= learning_rate * (gradient[j] + decay * value[j]);
        }
      });
    }
  });
}

template <class Real>
void BasicOptimizer<Real>::visit_state(FunctionRef<void(const std::string& name, MatrixView<Real> state)> visit) {
  for (State& state : states_) {
    if (state.mean.rows() > 0) visit(state.parameter->name + ".mean", state.mean.view());
    if (state.square.rows() > 0) visit(state.parameter->name + ".square", state.square.view());
  }
}

template <class Real>
std::uint64_t BasicOptimizer<Real>::bytes(const OptimizerOptions& options, std::uint64_t value_count) noexcept {
  const std::uint64_t matrices = adaptive(options) ? 2 : options.momentum > 0 ? 1 : 0;
  return matrices * value_count * sizeof(Real);
}

template <class Real>
double clip_gradients(RunContext& context, BasicParameters<Real>& parameters, double max_norm) {
  if (!(max_norm > 0))
    throw InvalidOption(fmt::format("the length to clip gradients to, {}, is not above 0", max_norm));
  double norm = 0;
  context.without_progress([&] {
    double squares = 0;
    for (BasicParameter<Real>& parameter : parameters) {
      if (!parameter.frozen) squares += squared_length<Real>(context, parameter.gradient.view());
    }
    norm = std::sqrt(squares);
    if (!(norm > max_norm)) return;
    const auto factor = static_cast<Real>(max_norm / norm);
    for (BasicParameter<Real>& parameter : parameters) {
      if (parameter.frozen) continue;
      for_rows(context, parameter.gradient.rows(), parameter.gradient.columns(), [&](std::size_t i) {
        for (Real& entry : parameter.gradient.row(i)) entry *= factor;
      });
    }
  });
  return norm;
}

template class BasicOptimizer<float>;
template class BasicOptimizer<double>;
template double clip_gradients<float>(RunContext&, BasicParameters<float>&, double);
template double clip_gradients<double>(RunContext&, BasicParameters<double>&, double);

}  // namespace adjoin::learn
