#include <fmt/format.h>

#include <adjoin/engine/learn/shape_error.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::learn {

void throw_shapes(std::string_view operation, const std::string& first_name, Shape first,
                  const std::string& second_name, Shape second, std::string_view rule) {
  throw InvalidOption(fmt::format("{}: {} is {} x {} and {} is {} x {}; {}", operation, first_name, first.rows,
                                  first.columns, second_name, second.rows, second.columns, rule));
}

void throw_shape(std::string_view operation, const std::string& name, Shape shape, std::string_view rule) {
  throw InvalidOption(fmt::format("{}: {} is {} x {}; {}", operation, name, shape.rows, shape.columns, rule));
}

}  // namespace adjoin::learn
