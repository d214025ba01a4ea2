// Rows or columns brought to mean 0 and variance 1, or rows to length 1.
#pragma once

#include <adjoin/engine/learn/tape.hpp>

namespace adjoin::learn {

/// (x - mean) / sqrt(variance + epsilon) * weight + shift, with mean and variance of each row (Ba, Kiros, Hinton 2016).
/// weight, shift: 1 x d.
template <class Real>
Tensor layer_norm(BasicTape<Real>& tape, Tensor x, Tensor weight, Tensor shift, double epsilon = 1e-5);

/// What batch normalisation remembers for passes without training; part of a model beside its parameters.
template <class Real>
struct BatchStatistics {
  explicit BatchStatistics(std::size_t columns) : mean(1, columns, Real{0}), variance(1, columns, Real{1}) {}

  BasicMatrix<Real> mean;
  BasicMatrix<Real> variance;
};

/// (x - mean) / sqrt(variance + epsilon) * weight + shift, with mean and variance of each column (Ioffe, Szegedy 2015):
/// while training those of x, which also move the statistics on by `momentum` of the way (the variance as divided by
/// n - 1 where n > 1); else the statistics. weight, shift: 1 x d. `statistics` outlives the recording.
template <class Real>
Tensor batch_norm(BasicTape<Real>& tape, Tensor x, Tensor weight, Tensor shift, BatchStatistics<Real>& statistics,
                  double momentum = 0.1, double epsilon = 1e-5);

/// The same with statistics that stand apart: the values of two parameters, say, so that they are kept with a model.
template <class Real>
Tensor batch_norm(BasicTape<Real>& tape, Tensor x, Tensor weight, Tensor shift, BasicMatrix<Real>& mean,
                  BasicMatrix<Real>& variance, double momentum = 0.1, double epsilon = 1e-5);

/// Each row divided by its Euclidean length. A row of length 0 stays, and gets no gradient.
template <class Real>
Tensor normalize_rows(BasicTape<Real>& tape, Tensor x);

}  // namespace adjoin::learn
