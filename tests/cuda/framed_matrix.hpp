// Random matrices on both sides for tests of dense operations: some columns of a wider one, whose others nobody may
// touch.
#pragma once

#include <algorithm>
#include <type_traits>

#include <doctest/doctest.h>

#include <adjoin/engine/dense/cuda/cuda_matrix.hpp>
#include <adjoin/engine/dense/half_matrix.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/dense/normal_matrix.hpp>

#include "matrices.hpp"

namespace adjoin::test {

/// A matrix as a view of a wider one: `first` columns stand before it, and `past` behind it.
struct DenseShape {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t first = 0;
  std::size_t past = 0;
};

/// Whole matrices; views whose rows begin at multiples of 16 bytes and end anywhere; views whose rows begin anywhere.
template <class Body>
void for_dense_shapes(Body&& body) {
  for (const std::size_t columns : {1UL, 4UL, 31UL, 33UL, 128UL, 200UL, 1000UL, 2500UL}) {
    for (const std::size_t rows : {0UL, 1UL, 37UL, 301UL}) {
      for (const std::size_t first : {0UL, 8UL, 3UL}) {
        CAPTURE(columns);
        CAPTURE(rows);
        CAPTURE(first);
        body(DenseShape{rows, columns, first, first == 0 ? 0UL : 5UL});
      }
    }
  }
}

template <class Scalar>
BasicMatrix<Scalar> copy_of(MatrixView<const Scalar> x) {
  BasicMatrix<Scalar> copy(x.rows(), x.columns());
  for (std::size_t i = 0; i < x.rows(); ++i) std::ranges::copy(x.row(i), copy.row(i).begin());
  return copy;
}

template <class Scalar>
BasicMatrix<Scalar> normals(std::size_t rows, std::size_t columns, std::uint64_t salt) {
  RunContext context;
  Matrix x(rows, columns);
  fill_with_normals(context, [&](std::size_t i) { return 1000 * salt + i; }, RandomStream::tests, x.view());
  if constexpr (std::is_same_v<Scalar, float>) {
    return x;
  } else {
    HalfMatrix half(rows, columns);
    convert(context, std::as_const(x).view(), half.view());
    return half;
  }
}

template <class Scalar>
class FramedMatrix {
 public:
  FramedMatrix(RunContext& context, const DenseShape& shape, std::uint64_t salt)
      : FramedMatrix(context, shape, normals<Scalar>(shape.rows, shape.first + shape.columns + shape.past, salt)) {}
  /// frame: the wider matrix.
  FramedMatrix(RunContext& context, const DenseShape& shape, BasicMatrix<Scalar> frame)
      : context_(&context),
        shape_(shape),
        frame_(std::move(frame)),
        memory_(CudaContext::of(context), frame_.rows(), frame_.columns()) {
    reset();
  }

  /// The values that it began with.
  BasicMatrix<Scalar> on_host() const { return copy_of(frame_.view().column_block(shape_.first, shape_.columns)); }
  MatrixView<Scalar, Cuda> view() { return memory_.view().column_block(shape_.first, shape_.columns); }

  /// Brings those values back.
  void reset() {
    CudaContext::of(*context_).upload(context_->threads(), frame_.view().data(), memory_.view().data(), frame_.rows(),
                                      frame_.columns() * sizeof(Scalar), memory_.view().stride() * sizeof(Scalar));
  }

  /// What stands on the device now. Checks that nothing beside the view has changed.
  BasicMatrix<Scalar> download() {
    BasicMatrix<Scalar> all(frame_.rows(), frame_.columns());
    CudaContext::of(*context_).download(context_->threads(), memory_.view().data(), all.view().data(), all.rows(),
                                        all.columns() * sizeof(Scalar), memory_.view().stride() * sizeof(Scalar));
    BasicMatrix<Scalar> values = copy_of(std::as_const(all).view().column_block(shape_.first, shape_.columns));
    for (std::size_t i = 0; i < all.rows(); ++i) {
      std::ranges::copy(std::as_const(frame_).row(i).subspan(shape_.first, shape_.columns),
                        all.row(i).begin() + static_cast<std::ptrdiff_t>(shape_.first));
    }
    CHECK(same_bits(all, frame_));
    return values;
  }

 private:
  RunContext* context_;
  DenseShape shape_;
  BasicMatrix<Scalar> frame_;
  BasicCudaMatrix<Scalar> memory_;
};

/// The largest |a - b| / (1 + |b|); NaN is a difference, too.
inline double largest_difference(const Matrix& a, const Matrix& b) {
  REQUIRE(a.rows() == b.rows());
  REQUIRE(a.columns() == b.columns());
  double largest = 0;
  for (std::size_t i = 0; i < a.rows(); ++i) {
    for (std::size_t j = 0; j < a.columns(); ++j) {
      const double difference = std::abs(double{a(i, j)} - double{b(i, j)}) / (1 + std::abs(double{b(i, j)}));
      if (!(difference <= largest)) largest = difference;
      if (difference != difference) return difference;
    }
  }
  return largest;
}

}  // namespace adjoin::test
