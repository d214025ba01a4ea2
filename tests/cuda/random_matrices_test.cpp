// Random matrices on a GPU against the CPU's.
#include <algorithm>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/engine/dense/cuda/random_matrices.hpp>
#include <adjoin/engine/dense/sign_matrix.hpp>

#include "framed_matrix.hpp"
#include "gpu.hpp"

using namespace adjoin;
using test::DenseShape;
using test::FramedMatrix;

namespace {

constexpr auto key_of = [](std::size_t row) { return 0x9E3779B97F4A7C15U * (row + 1); };

}  // namespace

TEST_CASE("signs drawn on a GPU are the CPU's, to the last bit") {
  if (!test::has_gpu()) return;
  RunSettings settings = test::on_gpu();
  settings.seed = 0xfedcba9876543210U;
  RunContext context(settings);
  CudaContext& device = CudaContext::of(context);
  for (const std::size_t columns :
       {0UL, 1UL, 15UL, 16UL, 17UL, 31UL, 33UL, 64UL, 128UL, 200UL, 832UL, 1000UL, 2049UL}) {
    for (const std::size_t rows : {0UL, 1UL, 37UL, 1001UL}) {
      for (const double s : {1.0, 3.0, 500.0}) {
        CAPTURE(columns);
        CAPTURE(rows);
        CAPTURE(s);
        std::vector<float> row_scale(rows);
        for (std::size_t i = 0; i < rows; ++i) row_scale[i] = static_cast<float>(i % 11) * 0.37F;
        const std::size_t first_column = columns % 2 == 0 ? 0 : 256;
        const SignMatrix expected = random_signs(context, key_of, s, 1.9F, row_scale, columns, first_column);
        const CudaSignMatrix signs = random_signs(context, device, key_of, s, 1.9F, row_scale, columns, first_column);
        REQUIRE(signs.rows() == rows);
        REQUIRE(signs.columns() == columns);
        const Array<std::uint32_t> codes = signs.codes().download(context.threads());
        const Array<float> scale = signs.row_scale().download(context.threads());
        CHECK(std::ranges::equal(codes.span(), expected.codes()));
        CHECK(std::ranges::equal(scale.span(), expected.row_scale()));
      }
    }
  }
}

TEST_CASE("every word of a sign's draw counts: with s = 1 a sign is the first bit of its Philox word") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  CudaContext& device = CudaContext::of(context);
  const std::vector<float> ones(50, 1.0F);
  const CudaSignMatrix signs = random_signs(context, device, key_of, 1.0, 1.0F, ones, 128);
  const Array<std::uint32_t> codes = signs.codes().download(context.threads());
  for (std::size_t i = 0; i < 50; ++i) {
    for (std::size_t j = 0; j < 128; ++j) {
      const std::uint32_t word =
          philox(context.seed(), RandomStream::projection, key_of(i), static_cast<std::uint32_t>(j / 4))[j % 4];
      const std::uint32_t code = codes[i * 8 + j / 16] >> (2 * (j % 16)) & 3U;
      CHECK(code == (word >> 31 == 0 ? 1U : 2U));
    }
  }
}

TEST_CASE("normal numbers drawn on a GPU are the CPU's up to the rounding of floats") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  CudaContext& device = CudaContext::of(context);
  test::for_dense_shapes([&](const DenseShape& shape) {
    FramedMatrix<float> x(context, shape, Matrix(shape.rows, shape.first + shape.columns + shape.past, 7e30F));
    fill_with_normals(context, device, key_of, RandomStream::tests, x.view());
    const Matrix once = x.download();
    Matrix expected(shape.rows, shape.columns);
    fill_with_normals(context, key_of, RandomStream::tests, expected.view());
    CHECK(test::largest_difference(once, expected) < 1e-5);
    fill_with_normals(context, device, key_of, RandomStream::tests, x.view());
    CHECK(test::same_bits(x.download(), once));
  });
}
