// Products of tall matrices and orthonormal columns on a GPU against the CPU's.
#include <cmath>

#include <doctest/doctest.h>

#include <adjoin/engine/dense/cuda/tall_product_plan.hpp>
#include <adjoin/engine/dense/cuda/tall_products.hpp>
#include <adjoin/engine/dense/decompose.hpp>
#include <adjoin/engine/dense/tall_products.hpp>

#include "framed_matrix.hpp"
#include "gpu.hpp"
#include "matrices.hpp"

using namespace adjoin;
using test::FramedMatrix;
using test::same_bits;

namespace {

double largest_difference(const SmallMatrix& a, const SmallMatrix& b) {
  REQUIRE(a.rows() == b.rows());
  REQUIRE(a.columns() == b.columns());
  double largest = 0;
  for (std::size_t i = 0; i < a.rows(); ++i) {
    for (std::size_t j = 0; j < a.columns(); ++j) {
      const double difference = std::abs(a(i, j) - b(i, j));
      if (!(difference <= largest)) largest = difference;
    }
  }
  return largest;
}

SmallMatrix small_normals(std::size_t rows, std::size_t columns, std::uint64_t salt) {
  const Matrix x = test::normals<float>(rows, columns, salt);
  SmallMatrix small(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) small(i, j) = double{x(i, j)};
  }
  return small;
}

}  // namespace

TEST_CASE("the Gram matrix on a GPU is the CPU's, and the same every time") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  CudaContext& device = CudaContext::of(context);
  for (const std::size_t columns : {1UL, 31UL, 33UL, 128UL, 200UL, 600UL}) {
    for (const std::size_t rows : {0UL, 1UL, 127UL, 129UL, 3001UL}) {
      for (const std::size_t first : {0UL, 8UL, 3UL}) {
        CAPTURE(columns);
        CAPTURE(rows);
        CAPTURE(first);
        if (columns == 600 && rows == 3001 && first != 0) continue;
        FramedMatrix<float> x(context, {rows, columns, first, first == 0 ? 0UL : 3UL}, 1);
        const Matrix on_host = x.on_host();
        const SmallMatrix gram = gram_matrix(device, x.view());
        const SmallMatrix expected = gram_matrix(context, on_host.view());
        // Sums of `rows` products of numbers about 1 in double.
        CHECK(largest_difference(gram, expected) <= 1e-12 * static_cast<double>(rows));
        CHECK(same_bits(gram, gram_matrix(device, x.view())));
      }
    }
  }
}

TEST_CASE("the Gram matrix of more rows than one panel of a GPU's work") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  CudaContext& device = CudaContext::of(context);
  FramedMatrix<float> x(context, {300'017, 33, 0, 0}, 2);  // a panel has 127'100 rows of so many columns
  const Matrix on_host = x.on_host();
  const SmallMatrix gram = gram_matrix(device, x.view());
  CHECK(largest_difference(gram, gram_matrix(context, on_host.view())) < 1e-7);
  CHECK(same_bits(gram, gram_matrix(device, x.view())));
}

TEST_CASE("a tall matrix times a small one on a GPU is the CPU's, in place as well") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  CudaContext& device = CudaContext::of(context);
  for (const std::size_t depth : {1UL, 33UL, 128UL, 200UL}) {
    for (const std::size_t columns : {1UL, 31UL, 128UL, 200UL}) {
      for (const std::size_t rows : {0UL, 1UL, 1001UL}) {
        for (const std::size_t first : {0UL, 3UL}) {
          CAPTURE(depth);
          CAPTURE(columns);
          CAPTURE(rows);
          CAPTURE(first);
          FramedMatrix<float> x(context, {rows, depth, first, first}, 3);
          FramedMatrix<float> y(context, {rows, columns, first, 2}, Matrix(rows, first + columns + 2, NAN));
          const SmallMatrix t = small_normals(depth, columns, 4);
          const Matrix on_host = x.on_host();
          Matrix expected(rows, columns);
          multiply_tall(context, on_host.view(), t, expected.view());
          multiply_tall(device, x.view(), t, y.view());
          const Matrix once = y.download();
          // Sums of up to 200 products in float, in another order: tf32 would be a hundred times as far away.
          CHECK(test::largest_difference(once, expected) < 5e-5);
          multiply_tall(device, x.view(), t, y.view());
          CHECK(test::same_bits(y.download(), once));
          if (depth != columns) continue;
          multiply_tall(device, x.view(), t, x.view());
          CHECK(test::largest_difference(x.download(), expected) < 5e-5);
        }
      }
    }
  }
}

TEST_CASE("a tall matrix is multiplied in place on a GPU panel by panel") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  CudaContext& device = CudaContext::of(context);
  FramedMatrix<float> x(context, {300'017, 33, 0, 0}, 5);  // a panel has 254'200 rows of so many columns
  Matrix expected = x.on_host();
  const SmallMatrix t = small_normals(33, 33, 6);
  multiply_tall(context, std::as_const(expected).view(), t, expected.view());
  multiply_tall(device, x.view(), t, x.view());
  CHECK(test::largest_difference(x.download(), expected) < 5e-5);
}

TEST_CASE("orthonormal columns on a GPU are the CPU's, and zero where they depend on others") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  CudaContext& device = CudaContext::of(context);
  for (const std::size_t columns : {1UL, 12UL, 40UL, 128UL}) {
    CAPTURE(columns);
    Matrix frame = test::normals<float>(2000, columns, 7);
    const bool dependent = columns >= 12;
    for (std::size_t i = 0; dependent && i < frame.rows(); ++i) {
      frame(i, 4) = 2 * frame(i, 1);
      frame(i, 9) = 0;
      frame(i, 7) = frame(i, 3) + 1e-2F * frame(i, 7);  // nearly dependent
    }
    FramedMatrix<float> x(context, {2000, columns, 0, 0}, std::move(frame));
    Matrix expected = x.on_host();
    const std::size_t rank = dependent ? columns - 2 : columns;
    CHECK(orthonormalize_columns(context, expected.view()) == rank);
    CHECK(orthonormalize_columns(device, x.view()) == rank);
    const Matrix once = x.download();
    CHECK(test::largest_difference(once, expected) < 2e-5);
    for (std::size_t i = 0; dependent && i < once.rows(); ++i) CHECK((once(i, 4) == 0 && once(i, 9) == 0));
    const SmallMatrix gram = gram_matrix(context, once.view());
    for (std::size_t i = 0; i < columns; ++i) {
      const bool zero = dependent && (i == 4 || i == 9);
      CHECK(gram(i, i) == doctest::Approx(zero ? 0.0 : 1.0).epsilon(1e-5));
      for (std::size_t j = 0; j < i; ++j) CHECK(std::abs(gram(i, j)) < 1e-5);
    }
    x.reset();
    orthonormalize_columns(device, x.view());
    CHECK(test::same_bits(x.download(), once));
  }
}

TEST_CASE("products of tall matrices on a GPU take no more of it than they say") {
  if (!test::has_gpu()) return;
  for (const std::size_t columns : {1UL, 33UL, 200UL}) {
    for (const std::size_t rows : {1UL, 1000UL, 50'001UL}) {
      CAPTURE(columns);
      CAPTURE(rows);
      RunContext context(test::on_gpu());
      CudaContext& device = CudaContext::of(context);
      FramedMatrix<float> x(context, {rows, columns, 0, 0}, 8);
      const std::uint64_t before = device.used_bytes();
      orthonormalize_columns(device, x.view());
      CHECK(device.used_bytes() == before);
      CHECK(device.peak_bytes() <= before + cuda::tall_product_device_bytes(rows, columns));
    }
  }
}
