// Row-wise operations on a GPU against the CPU's.
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/engine/dense/cuda/rowwise.hpp>
#include <adjoin/engine/dense/rowwise.hpp>
#include <adjoin/engine/runtime/cuda/device_array.hpp>

#include "framed_matrix.hpp"
#include "gpu.hpp"
#include "matrices.hpp"

using namespace adjoin;
using test::DenseShape;
using test::FramedMatrix;
using test::row_scales;

namespace {

/// Every third row is left out.
std::vector<std::uint8_t> marks(std::size_t rows) {
  std::vector<std::uint8_t> marked(rows);
  for (std::size_t i = 0; i < rows; ++i) marked[i] = i % 3 == 1 ? 0 : static_cast<std::uint8_t>(1 + i % 7);
  return marked;
}

/// A random matrix with a row of zeros, one whose squares leave the range of floats above, and one below.
Matrix with_odd_rows(std::size_t rows, std::size_t columns, std::uint64_t salt) {
  Matrix x = test::normals<float>(rows, columns, salt);
  if (rows < 6) return x;
  for (float& value : x.row(2)) value = 0;
  for (float& value : x.row(3)) value *= 1e30F;
  for (float& value : x.row(5)) value *= 1e-30F;
  return x;
}

/// y += coefficient * row_scale[i] * x[i] (over its length) by the CPU's add_rows, for rows with marks only.
template <class X>
void add_on_cpu(RunContext& context, float coefficient, const X& x, bool normalize, Matrix& y,
                const std::vector<std::uint8_t>& only, const std::vector<float>& row_scale) {
  Matrix sum(y.rows(), y.columns(), 0.0F);
  if constexpr (requires { x.view(); }) {
    add_rows(context, coefficient, x.view(), normalize, sum.view(), only);
  } else {
    add_rows(context, coefficient, x, normalize, sum.view(), only);
  }
  for (std::size_t i = 0; i < y.rows(); ++i) {
    for (std::size_t j = 0; j < y.columns(); ++j) y(i, j) += (row_scale.empty() ? 1.0F : row_scale[i]) * sum(i, j);
  }
}

}  // namespace

TEST_CASE("a GPU fills what it is asked to fill, and nothing beside it") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  CudaContext& device = CudaContext::of(context);
  test::for_dense_shapes([&](const DenseShape& shape) {
    FramedMatrix<float> x(context, shape, 1);
    fill(device, x.view(), 1.7F);
    CHECK(test::same_bits(x.download(), Matrix(shape.rows, shape.columns, 1.7F)));
    FramedMatrix<Bf16> half_matrix(context, shape, 1);
    fill(device, half_matrix.view(), 1.7F);
    CHECK(test::same_bits(half_matrix.download(), HalfMatrix(shape.rows, shape.columns, to_bf16(1.7F))));
  });
}

TEST_CASE("a GPU converts to bfloat16 and back with the CPU's bits") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  CudaContext& device = CudaContext::of(context);
  test::for_dense_shapes([&](const DenseShape& shape) {
    Matrix frame = test::normals<float>(shape.rows, shape.first + shape.columns + shape.past, 2);
    if (shape.rows > 30) {
      frame(3, shape.first) = std::numeric_limits<float>::infinity();
      frame(4, shape.first) = -std::numeric_limits<float>::quiet_NaN();
      frame(5, shape.first) = std::numeric_limits<float>::max();
      frame(6, shape.first) = 1e-42F;
      frame(7, shape.first) = 1.00390625F;  // half way between two
      frame(8, shape.first) = 1.01171875F;
    }
    FramedMatrix<float> x(context, shape, std::move(frame));
    FramedMatrix<Bf16> half_matrix(context, shape, 3);
    convert(device, x.view(), half_matrix.view());
    HalfMatrix expected(shape.rows, shape.columns);
    const Matrix on_host = x.on_host();
    convert(context, on_host.view(), expected.view());
    CHECK(test::same_bits(half_matrix.download(), expected));

    FramedMatrix<float> back(context, shape, 4);
    convert(device, half_matrix.view(), back.view());
    Matrix expected_back(shape.rows, shape.columns);
    convert(context, std::as_const(expected).view(), expected_back.view());
    CHECK(test::same_bits(back.download(), expected_back));
  });
}

TEST_CASE_TEMPLATE("a GPU adds rows as the CPU does: some or all, scaled or not, of length one or not", Scalar, float,
                   Bf16) {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  CudaContext& device = CudaContext::of(context);
  test::for_dense_shapes([&](const DenseShape& shape) {
    FramedMatrix<Scalar> x(context, shape, 5);
    FramedMatrix<float> y(context, {shape.rows, shape.columns, shape.first, 2}, 6);
    const std::vector<std::uint8_t> marked = marks(shape.rows);
    const std::vector<float> scale = row_scales(shape.rows);
    const DeviceArray<std::uint8_t> marked_there(device, context.threads(), std::span<const std::uint8_t>(marked));
    const DeviceArray<float> scale_there(device, context.threads(), std::span<const float>(scale));
    for (const bool normalize : {false, true}) {
      for (const bool some : {false, true}) {
        CAPTURE(normalize);
        CAPTURE(some);
        y.reset();
        add_rows(device, 2.5F, x.view(), normalize, y.view(), some ? marked_there.data() : nullptr,
                 some ? scale_there.data() : nullptr);
        Matrix expected = y.on_host();
        add_on_cpu(context, 2.5F, x.on_host(), normalize, expected, some ? marked : std::vector<std::uint8_t>(),
                   some ? scale : std::vector<float>());
        CHECK(test::largest_difference(y.download(), expected) < 4e-6);
      }
    }
  });
}

TEST_CASE("a GPU adds rows of signs as the CPU does") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  CudaContext& device = CudaContext::of(context);
  test::for_dense_shapes([&](const DenseShape& shape) {
    const std::vector<float> sign_scale(shape.rows, -0.75F);
    const SignMatrix x = random_signs(context, [](std::size_t i) { return i; }, 3.0, 1.0F, sign_scale, shape.columns);
    CudaSignMatrix there(device, shape.rows, shape.columns);
    there.codes() = DeviceArray<std::uint32_t>(device, context.threads(), x.codes());
    there.row_scale() = DeviceArray<float>(device, context.threads(), x.row_scale());
    FramedMatrix<float> y(context, shape, 7);
    const std::vector<std::uint8_t> marked = marks(shape.rows);
    const std::vector<float> scale = row_scales(shape.rows);
    const DeviceArray<std::uint8_t> marked_there(device, context.threads(), std::span<const std::uint8_t>(marked));
    const DeviceArray<float> scale_there(device, context.threads(), std::span<const float>(scale));
    for (const bool normalize : {false, true}) {
      for (const bool some : {false, true}) {
        CAPTURE(normalize);
        CAPTURE(some);
        y.reset();
        add_rows(device, 2.5F, there.view(), normalize, y.view(), some ? marked_there.data() : nullptr,
                 some ? scale_there.data() : nullptr);
        Matrix expected = y.on_host();
        add_on_cpu(context, 2.5F, x, normalize, expected, some ? marked : std::vector<std::uint8_t>(),
                   some ? scale : std::vector<float>());
        CHECK(test::largest_difference(y.download(), expected) < 4e-6);
      }
    }
  });
}

TEST_CASE("lengths of rows and rows of length one are the CPU's, in and beyond the range of a float's squares") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  CudaContext& device = CudaContext::of(context);
  test::for_dense_shapes([&](const DenseShape& shape) {
    FramedMatrix<float> x(context, shape, with_odd_rows(shape.rows, shape.first + shape.columns + shape.past, 8));
    Matrix expected = x.on_host();
    std::vector<float> expected_norms(shape.rows);
    row_norms(context, std::as_const(expected).view(), expected_norms);
    const std::vector<float> poison(shape.rows, std::numeric_limits<float>::quiet_NaN());
    DeviceArray<float> norms(device, context.threads(), std::span<const float>(poison));
    row_norms(device, x.view(), norms.data());
    const Array<float> norms_back = norms.download(context.threads());
    for (std::size_t i = 0; i < shape.rows; ++i) {
      CHECK(norms_back[i] == doctest::Approx(expected_norms[i]).epsilon(1e-6));
    }
    normalize_rows(context, expected.view());
    normalize_rows(device, x.view());
    const Matrix once = x.download();
    CHECK(test::largest_difference(once, expected) < 1e-6);
    x.reset();
    normalize_rows(device, x.view());
    CHECK(test::same_bits(x.download(), once));
  });
}

TEST_CASE("columns of mean 0 and variance 1 are the CPU's, over the rows that count") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  CudaContext& device = CudaContext::of(context);
  test::for_dense_shapes([&](const DenseShape& shape) {
    Matrix frame = test::normals<float>(shape.rows, shape.first + shape.columns + shape.past, 9);
    for (std::size_t i = 0; i < shape.rows; ++i) {
      for (std::size_t j = 0; j < frame.columns(); ++j) frame(i, j) += j % 2 == 0 ? 1000.0F : 0.0F;
      frame(i, shape.first) = 3;  // a constant column is only shifted
    }
    std::vector<std::uint8_t> skip(shape.rows, 0);
    for (std::size_t i = 0; i < shape.rows; i += 7) {
      skip[i] = 1;
      if (shape.rows > 1) frame(i, shape.first + shape.columns - 1) = std::numeric_limits<float>::quiet_NaN();
    }
    const DeviceArray<std::uint8_t> skip_there(device, context.threads(), std::span<const std::uint8_t>(skip));
    FramedMatrix<float> x(context, shape, std::move(frame));
    for (const bool some : {false, true}) {
      CAPTURE(some);
      if (!some && shape.rows > 1) continue;  // NaN in rows that would count
      Matrix expected = x.on_host();
      standardize_columns(context, expected.view(),
                          some ? std::span<const std::uint8_t>(skip) : std::span<const std::uint8_t>());
      x.reset();
      standardize_columns(device, x.view(), some ? skip_there.data() : nullptr);
      const Matrix once = x.download();
      for (std::size_t i = 0; i < shape.rows; ++i) {
        for (std::size_t j = 0; j < shape.columns; ++j) {
          if (some && skip[i] != 0) {
            CHECK(std::bit_cast<std::uint32_t>(once(i, j)) == std::bit_cast<std::uint32_t>(expected(i, j)));
          } else if (std::abs(once(i, j) - expected(i, j)) > 1e-6F * (1 + std::abs(expected(i, j))) ||
                     !std::isfinite(once(i, j))) {
            FAIL_CHECK("row " << i << ", column " << j << ": " << once(i, j) << " is not " << expected(i, j));
          }
        }
      }
      x.reset();
      standardize_columns(device, x.view(), some ? skip_there.data() : nullptr);
      CHECK(test::same_bits(x.download(), once));
    }
  });
}

TEST_CASE("standardising many rows, and rows of which none counts") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  CudaContext& device = CudaContext::of(context);
  for (const std::size_t columns : {1UL, 16UL, 129UL}) {
    CAPTURE(columns);
    FramedMatrix<float> x(context, {150'001, columns, 0, 0}, 10);
    Matrix expected = x.on_host();
    standardize_columns(context, expected.view(), {});
    standardize_columns(device, x.view(), nullptr);
    const Matrix once = x.download();
    CHECK(test::largest_difference(once, expected) < 1e-6);
    x.reset();
    standardize_columns(device, x.view(), nullptr);
    CHECK(test::same_bits(x.download(), once));

    FramedMatrix<float> still(context, {1000, columns, 0, 0}, 11);
    const std::vector<std::uint8_t> all(1000, 1);
    const DeviceArray<std::uint8_t> all_there(device, context.threads(), std::span<const std::uint8_t>(all));
    standardize_columns(device, still.view(), all_there.data());
    CHECK(test::same_bits(still.download(), still.on_host()));
  }
}
