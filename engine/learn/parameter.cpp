#include <algorithm>
#include <cmath>

#include <adjoin/engine/learn/parameter.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/hash.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::learn {
namespace {

template <class Real, class Draw>
void fill(BasicParameter<Real>& parameter, std::uint64_t seed, Draw&& draw) {
  RandomSequence random(seed, RandomStream::parameters, hash_name(parameter.name));
  const MatrixView<Real> value = parameter.value.view();
  for (std::size_t i = 0; i < value.rows(); ++i) {
    for (Real& entry : value.row(i)) entry = static_cast<Real>(draw(random));
  }
}

}  // namespace

template <class Real>
BasicParameter<Real>& BasicParameters<Real>::add(std::string name, std::size_t rows, std::size_t columns) {
  if (name.empty()) throw InvalidOption("a parameter needs a name; give it one");
  if (find(name) != nullptr) {
    throw InvalidOption("there is a parameter " + quote_for_message(name) + " already; give the second another name");
  }
  return parameters_.emplace_back(std::move(name), rows, columns);
}

template <class Real>
BasicParameter<Real>* BasicParameters<Real>::find(std::string_view name) noexcept {
  const auto found = std::ranges::find(parameters_, name, &BasicParameter<Real>::name);
  return found == parameters_.end() ? nullptr : &*found;
}

template <class Real>
std::size_t BasicParameters<Real>::value_count() const noexcept {
  std::size_t count = 0;
  for (const BasicParameter<Real>& parameter : parameters_) count += parameter.value.rows() * parameter.value.columns();
  return count;
}

template <class Real>
void set_uniform(BasicParameter<Real>& parameter, double bound, std::uint64_t seed) {
  fill(parameter, seed, [&](RandomSequence& random) { return bound * (2 * random.next_uniform() - 1); });
}

template <class Real>
void set_glorot_uniform(BasicParameter<Real>& parameter, std::uint64_t seed) {
  const auto ends = static_cast<double>(parameter.value.rows() + parameter.value.columns());
  set_uniform(parameter, std::sqrt(6 / std::max(1.0, ends)), seed);
}

template <class Real>
void set_normal(BasicParameter<Real>& parameter, double deviation, std::uint64_t seed) {
  fill(parameter, seed, [&](RandomSequence& random) { return deviation * random.next_normal(); });
}

template <class Real>
void set_constant(BasicParameter<Real>& parameter, double value) {
  fill(parameter, 0, [&](RandomSequence&) { return value; });
}

template class BasicParameters<float>;
template class BasicParameters<double>;

#define ADJOIN_INSTANTIATE(Real)                                                 \
  template void set_uniform<Real>(BasicParameter<Real>&, double, std::uint64_t); \
  template void set_glorot_uniform<Real>(BasicParameter<Real>&, std::uint64_t);  \
  template void set_normal<Real>(BasicParameter<Real>&, double, std::uint64_t);  \
  template void set_constant<Real>(BasicParameter<Real>&, double);
ADJOIN_INSTANTIATE(float)
ADJOIN_INSTANTIATE(double)
#undef ADJOIN_INSTANTIATE

}  // namespace adjoin::learn
