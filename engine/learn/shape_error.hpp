// The refusal of matrices whose shapes do not fit an operation.
#pragma once

#include <string>
#include <string_view>

#include <adjoin/engine/learn/operation.hpp>

namespace adjoin::learn {

/// InvalidOption: "matmul: x is 3 x 4 and w is 5 x 2; the columns of the first are the rows of the second".
[[noreturn]] void throw_shapes(std::string_view operation, const std::string& first_name, Shape first,
                               const std::string& second_name, Shape second, std::string_view rule);
/// The same of one matrix, or of none that fits the rule.
[[noreturn]] void throw_shape(std::string_view operation, const std::string& name, Shape shape, std::string_view rule);

/// Refuses unless `fits`.
template <class Tape>
void require_shapes(bool fits, const Tape& tape, std::string_view operation, Tensor first, Tensor second,
                    std::string_view rule) {
  if (fits) return;
  throw_shapes(operation, tape.name(first), tape.shape(first), tape.name(second), tape.shape(second), rule);
}
template <class Tape>
void require_same(const Tape& tape, std::string_view operation, Tensor first, Tensor second) {
  require_shapes(tape.shape(first) == tape.shape(second), tape, operation, first, second, "both have one shape");
}
template <class Tape>
void require_shape(bool fits, const Tape& tape, std::string_view operation, Tensor tensor, std::string_view rule) {
  if (!fits) throw_shape(operation, tape.name(tensor), tape.shape(tensor), rule);
}

}  // namespace adjoin::learn
