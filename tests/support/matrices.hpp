// Matrices and lists of numbers for tests of products, and whether two results are the same to the bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include <adjoin/engine/dense/decompose.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/random.hpp>

namespace adjoin::test {

/// Normal numbers, as a function of a key.
inline Matrix random_matrix(std::size_t rows, std::size_t columns, std::uint64_t key) {
  Matrix x(rows, columns);
  RandomSequence random(5, RandomStream::tests, key);
  for (std::size_t i = 0; i < rows; ++i) {
    for (float& value : x.row(i)) value = static_cast<float>(random.next_normal());
  }
  return x;
}

/// Normal numbers, as a function of a seed and a key.
inline std::vector<double> random_numbers(std::size_t size, std::uint64_t seed, std::uint64_t key) {
  RandomSequence random(seed, RandomStream::tests, key);
  std::vector<double> values(size);
  for (double& value : values) value = random.next_normal();
  return values;
}

/// What a product must have written all of.
inline Matrix poisoned(std::size_t rows, std::size_t columns) {
  return {rows, columns, std::numeric_limits<float>::quiet_NaN()};
}

/// Factors of rows, exact in any format: some of them 0, some below.
inline std::vector<float> row_scales(std::size_t rows) {
  std::vector<float> scale(rows);
  for (std::size_t i = 0; i < rows; ++i) scale[i] = 0.25F * static_cast<float>(i % 9) - 1;
  return scale;
}

template <class Scalar>
bool same_bits(const BasicMatrix<Scalar>& a, const BasicMatrix<Scalar>& b) {
  return a.rows() == b.rows() && a.columns() == b.columns() &&
         (a.bytes() == 0 || std::memcmp(a.view().data(), b.view().data(), a.bytes()) == 0);
}

inline bool same_bits(const SmallMatrix& a, const SmallMatrix& b) {
  return a.rows() == b.rows() && a.columns() == b.columns() &&
         std::memcmp(a.data(), b.data(), a.rows() * a.columns() * sizeof(double)) == 0;
}

}  // namespace adjoin::test
