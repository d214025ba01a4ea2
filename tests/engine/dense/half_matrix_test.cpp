// bfloat16 against the definition of rounding, and its kernels against the conversion of single numbers.
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/engine/dense/half_matrix.hpp>
#include <adjoin/engine/runtime/random.hpp>

using namespace adjoin;

namespace {

const std::vector<std::size_t> half_columns{1, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 129, 200};

std::uint16_t bits(Bf16 value) {
  return static_cast<std::uint16_t>(value);
}

/// The slow, obviously right rounding: the nearer of the two neighbours, measured in double; of two as near the one
/// with an even last bit. Beyond the largest, the next one would be 2^128.
Bf16 round_twin(float value) {
  if (std::isnan(value)) return to_bf16(value);
  const auto as_double = [](std::uint32_t half) {
    const float widened = std::bit_cast<float>(half << 16);
    return std::isinf(widened) ? std::copysign(std::ldexp(1.0, 128), static_cast<double>(widened))
                               : static_cast<double>(widened);
  };
  if (std::isinf(value)) return static_cast<Bf16>(std::bit_cast<std::uint32_t>(value) >> 16);
  const std::uint32_t toward_zero = std::bit_cast<std::uint32_t>(value) >> 16;
  const double below = std::abs(static_cast<double>(value) - as_double(toward_zero));
  const double above = std::abs(as_double(toward_zero + 1) - static_cast<double>(value));
  const bool up = above < below || (above == below && (toward_zero & 1U) != 0);
  return static_cast<Bf16>(toward_zero + (up ? 1 : 0));
}

/// Numbers of every size, and those that are easily got wrong.
Matrix hostile_matrix(std::size_t rows, std::size_t columns) {
  using Limits = std::numeric_limits<float>;
  const std::vector<float> special{0.0F,
                                   -0.0F,
                                   1.0F,
                                   Limits::infinity(),
                                   -Limits::infinity(),
                                   Limits::max(),
                                   -Limits::max(),
                                   Limits::min(),
                                   Limits::denorm_min(),
                                   Limits::quiet_NaN(),
                                   std::bit_cast<float>(0x7f80'0001U),
                                   std::bit_cast<float>(0xffff'ffffU),
                                   std::bit_cast<float>(0x3f80'8000U),
                                   std::bit_cast<float>(0x3f81'8000U),
                                   std::bit_cast<float>(0x3f80'8001U)};
  Matrix x(rows, columns);
  RandomSequence random(3, RandomStream::tests, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (float& value : x.row(i)) {
      const std::uint32_t word = random.next_word();
      value = word % 4 == 0 ? special[word / 4 % special.size()] : std::bit_cast<float>(random.next_word());
    }
  }
  return x;
}

}  // namespace

TEST_CASE("every bfloat16 becomes a float and itself again; NaN stays NaN") {
  for (std::uint32_t half = 0; half <= 0xffff; ++half) {
    const auto value = static_cast<Bf16>(half);
    CHECK(std::bit_cast<std::uint32_t>(to_float(value)) == half << 16);
    if (std::isnan(to_float(value))) {
      CHECK(std::isnan(to_float(to_bf16(to_float(value)))));
    } else {
      CHECK(to_bf16(to_float(value)) == value);
    }
  }
}

TEST_CASE("rounding to bfloat16 goes to the nearest, of two as near to the even one") {
  CHECK(bits(to_bf16(1.0F)) == 0x3f80);
  CHECK(bits(to_bf16(1.00390625F)) == 0x3f80);  // halfway: 1 + 2^-8
  CHECK(bits(to_bf16(1.01171875F)) == 0x3f82);  // halfway: 1 + 3 * 2^-8
  CHECK(bits(to_bf16(std::numeric_limits<float>::max())) == 0x7f80);
  CHECK(bits(to_bf16(-std::numeric_limits<float>::infinity())) == 0xff80);
  // Every number of 16 bits, and what lies on and beside the middle between it and the next.
  for (std::uint32_t upper = 0; upper <= 0xffff; ++upper) {
    for (const std::uint32_t lower : {0U, 1U, 0x7fffU, 0x8000U, 0x8001U, 0xffffU}) {
      const auto value = std::bit_cast<float>(upper << 16 | lower);
      if (std::isnan(value)) {
        REQUIRE(std::isnan(to_float(to_bf16(value))));
      } else {
        REQUIRE(bits(to_bf16(value)) == bits(round_twin(value)));
      }
    }
  }
}

TEST_CASE("matrices are converted number by number, both ways, at every width and inside wider matrices") {
  RunContext context;
  for (const std::size_t columns : half_columns) {
    CAPTURE(columns);
    const Matrix x = hostile_matrix(9, columns);
    HalfMatrix wide(9, columns + 10, static_cast<Bf16>(0x1234));
    convert(context, x.view(), wide.view().column_block(7, columns));
    Matrix back(9, columns + 2, 0.5F);
    convert(context, wide.view().column_block(7, columns), back.view().column_block(1, columns));
    for (std::size_t i = 0; i < 9; ++i) {
      for (std::size_t j = 0; j < columns + 10; ++j) {
        const bool inside = j >= 7 && j < 7 + columns;
        REQUIRE(bits(wide(i, j)) == (inside ? bits(to_bf16(x(i, j - 7))) : 0x1234));
      }
      CHECK(back(i, 0) == 0.5F);
      CHECK(back(i, columns + 1) == 0.5F);
      for (std::size_t j = 0; j < columns; ++j) {
        REQUIRE(std::bit_cast<std::uint32_t>(back(i, j + 1)) ==
                std::bit_cast<std::uint32_t>(to_float(to_bf16(x(i, j)))));
      }
    }
  }
}

TEST_CASE("rows of bfloat16 are added, whole or as unit rows") {
  RunContext context;
  for (const bool normalize : {false, true}) {
    for (const std::size_t columns : half_columns) {
      CAPTURE(columns);
      HalfMatrix x(5, columns, Bf16{});
      RandomSequence random(8, RandomStream::tests, columns);
      for (std::size_t i = 1; i < 5; ++i) {  // the first row stays zero
        for (Bf16& value : x.row(i)) value = to_bf16(static_cast<float>(random.next_normal()) + 3);
      }
      Matrix y(5, columns, 0.5F);
      add_rows(context, -3.0F, x.view(), normalize, y.view());
      for (std::size_t i = 0; i < 5; ++i) {
        double squares = 0;
        for (const Bf16 value : x.row(i)) squares += std::pow(static_cast<double>(to_float(value)), 2);
        const double factor = !normalize ? 1 : squares > 0 ? 1 / std::sqrt(squares) : 0;
        for (std::size_t j = 0; j < columns; ++j) {
          REQUIRE(y(i, j) == doctest::Approx(0.5 - 3 * factor * static_cast<double>(to_float(x(i, j)))).epsilon(1e-5));
        }
      }
    }
  }
}

TEST_CASE("a matrix of bfloat16 takes half the bytes, is aligned and is moved") {
  HalfMatrix x(100, 33);
  CHECK(x.bytes() == 100 * 33 * 2);
  CHECK(reinterpret_cast<std::uintptr_t>(x.view().data()) % cache_line_bytes == 0);
  const Bf16* const data = x.view().data();
  HalfMatrix moved = std::move(x);
  CHECK(moved.view().data() == data);
  static_assert(!std::is_copy_constructible_v<HalfMatrix>);
}

TEST_CASE("conversions give the same bits for 1, 2, 3 and 8 threads") {
  const Matrix x = hostile_matrix(20'000, 33);
  std::vector<HalfMatrix> results;
  for (const int threads : {1, 2, 3, 8}) {
    RunSettings settings;
    settings.threads = threads;
    RunContext context(settings);
    results.emplace_back(20'000, 33);
    convert(context, x.view(), results.back().view());
    CHECK(std::memcmp(results.back().view().data(), results.front().view().data(), results.front().bytes()) == 0);
  }
}
