// What is learned: named matrices with a gradient each, and how they begin.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include <adjoin/engine/dense/matrix.hpp>

namespace adjoin::learn {

/// A matrix that is learned. Move-only; a tape that uses it keeps its address, so it stays where it is.
template <class Real>
struct BasicParameter {
  BasicParameter(std::string name_of_it, std::size_t rows, std::size_t columns)
      : name(std::move(name_of_it)), value(rows, columns, Real{0}), gradient(rows, columns, Real{0}) {}

  std::string name;
  BasicMatrix<Real> value;
  BasicMatrix<Real> gradient;
  double rate_share = 1;   // of an optimiser's learning rate
  double decay_share = 1;  // of an optimiser's weight decay: 0 for a shift that is not to decay
  bool frozen = false;     // stays as it is: no gradient (asked when a tape records it), no step
};

/// The parameters of a model in the order in which they were added. Their addresses do not change.
template <class Real>
class BasicParameters {
 public:
  /// All zeros. InvalidOption if the name is taken or empty: it is what a checkpoint finds a parameter by.
  BasicParameter<Real>& add(std::string name, std::size_t rows, std::size_t columns);
  /// nullptr if there is none.
  BasicParameter<Real>* find(std::string_view name) noexcept;

  std::size_t size() const noexcept { return parameters_.size(); }
  BasicParameter<Real>& operator[](std::size_t i) noexcept { return parameters_[i]; }
  const BasicParameter<Real>& operator[](std::size_t i) const noexcept { return parameters_[i]; }
  auto begin() noexcept { return parameters_.begin(); }
  auto end() noexcept { return parameters_.end(); }
  auto begin() const noexcept { return parameters_.begin(); }
  auto end() const noexcept { return parameters_.end(); }

  /// Numbers in all of them.
  std::size_t value_count() const noexcept;
  /// Values and gradients.
  std::uint64_t bytes() const noexcept { return 2 * value_count() * sizeof(Real); }

 private:
  std::deque<BasicParameter<Real>> parameters_;
};

using Parameter = BasicParameter<float>;
using Parameters = BasicParameters<float>;

/// Uniform in +-sqrt(6 / (rows + columns)) (Glorot, Bengio 2010, equation 16). Every draw is a function of the seed,
/// the parameter's name and the place, so that adding a parameter to a model changes no other.
template <class Real>
void set_glorot_uniform(BasicParameter<Real>& parameter, std::uint64_t seed);

/// Uniform in [-bound, bound], drawn as above.
template <class Real>
void set_uniform(BasicParameter<Real>& parameter, double bound, std::uint64_t seed);

/// Normal with mean 0, drawn as above.
template <class Real>
void set_normal(BasicParameter<Real>& parameter, double deviation, std::uint64_t seed);

template <class Real>
void set_constant(BasicParameter<Real>& parameter, double value);

}  // namespace adjoin::learn
