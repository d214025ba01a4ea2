// Steps along gradients.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <adjoin/engine/learn/parameter.hpp>
#include <adjoin/engine/runtime/function_ref.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::learn {

enum class OptimizerKind { sgd, adam, adamw };

struct OptimizerOptions {
  OptimizerKind kind = OptimizerKind::adam;
  double learning_rate = 0.01;
  double weight_decay = 0;
  double momentum = 0;
  bool nesterov = false;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;

  static constexpr auto fields() {
    return std::tuple{
        option_field("optimizer", &OptimizerOptions::kind, "how parameters follow their gradients",
                     "sgd: Polyak 1964; adam: Kingma, Ba 2015; adamw: Loshchilov, Hutter 2019"),
        option_field("learning-rate", &OptimizerOptions::learning_rate, {0.0, 1e6}, "the length of a step"),
        option_field(
            "weight-decay", &OptimizerOptions::weight_decay, {0.0, 1e6},
            "pull of parameters towards 0: added to the gradient times the parameter, or with adamw apart from it"),
        option_field("momentum", &OptimizerOptions::momentum, {0.0, 1.0}, "of sgd: what remains of the step before"),
        option_field("nesterov", &OptimizerOptions::nesterov, "of sgd: the gradient after the momentum",
                     "Sutskever et al. 2013"),
        option_field("beta1", &OptimizerOptions::beta1, {0.0, 0.999999}, "of adam: what remains of the mean gradient"),
        option_field("beta2", &OptimizerOptions::beta2, {0.0, 0.999999999}, "of adam: what remains of the mean square"),
        option_field("adam-epsilon", &OptimizerOptions::epsilon, {0.0, 1.0},
                     "of adam: added to the root of the mean square"),
    };
  }
};

/// Moves parameters along the gradients that a tape has left in them. Entry by entry, so with the same bits for any
/// number of threads; nothing is allocated after construction.
template <class Real>
class BasicOptimizer {
 public:
  /// Takes the parameters there are now. InvalidOption for options out of range.
  BasicOptimizer(const OptimizerOptions& options, BasicParameters<Real>& parameters);

  /// One step of options.learning_rate * factor, times each parameter's share. Bytes: reads and writes value and state,
  /// reads the gradient.
  void step(RunContext& context, double factor = 1);

  /// Steps taken; what Adam corrects its means by.
  std::uint64_t steps() const noexcept { return steps_; }
  void set_steps(std::uint64_t steps) noexcept { steps_ = steps; }
  /// Calls visit with each matrix of state and its name, "PARAMETER.mean" say: to be written to a checkpoint or set
  /// from one, with steps().
  void visit_state(FunctionRef<void(const std::string& name, MatrixView<Real> state)> visit);

  /// Bytes of state for parameters of `value_count` numbers.
  static std::uint64_t bytes(const OptimizerOptions& options, std::uint64_t value_count) noexcept;

 private:
  struct State {
    BasicParameter<Real>* parameter;
    BasicMatrix<Real> mean;    // of gradients; sgd: the momentum
    BasicMatrix<Real> square;  // of Adam: the mean of their squares
  };

  OptimizerOptions options_;
  std::vector<State> states_;
  std::uint64_t steps_ = 0;
};

using Optimizer = BasicOptimizer<float>;

/// Scales all gradients down so that the length of all of them together is at most max_norm (Pascanu, Mikolov, Bengio
/// 2013); returns the length before. Sums are double and ordered. max_norm > 0 (InvalidOption).
template <class Real>
double clip_gradients(RunContext& context, BasicParameters<Real>& parameters, double max_norm);

}  // namespace adjoin::learn

template <>
struct adjoin::EnumNames<adjoin::learn::OptimizerKind> {
  using Kind = adjoin::learn::OptimizerKind;
  static constexpr std::array<std::pair<Kind, std::string_view>, 3> names{
      {{Kind::sgd, "sgd"}, {Kind::adam, "adam"}, {Kind::adamw, "adamw"}}};
};
