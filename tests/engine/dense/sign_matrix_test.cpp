#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/dense/sign_matrix.hpp>
#include <adjoin/engine/runtime/random.hpp>

using namespace adjoin;

namespace {

constexpr std::uint64_t sign_seed = 0x123456789abcdef0;
const std::vector<std::size_t> sign_columns{1, 3, 4, 8, 15, 16, 17, 31, 64, 65, 100, 129, 200};

const auto sign_key = [](std::size_t row) { return 0x9e3779b97f4a7c15 * (row + 1); };

RunSettings seeded() {
  RunSettings settings;
  settings.seed = sign_seed;
  return settings;
}

}  // namespace

TEST_CASE("every random sign is the one that its seed, key and column say") {
  RunContext context(seeded());
  const std::vector<float> scale{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  for (const double s : {1.0, 3.0, 50.0}) {
    const std::uint32_t threshold = sparse_sign_threshold(s);
    for (const std::size_t columns : sign_columns) {
      const SignMatrix signs = random_signs(context, sign_key, s, 0.5F, scale, columns);
      REQUIRE(signs.rows() == scale.size());
      REQUIRE(signs.columns() == columns);
      for (std::size_t i = 0; i < scale.size(); ++i) {
        bool any = false;
        for (std::size_t j = 0; j < columns; ++j) {
          const std::uint32_t word =
              philox(sign_seed, RandomStream::projection, sign_key(i), static_cast<std::uint32_t>(j / 4))[j % 4];
          const int expected = word < threshold ? 1 : word >= 0U - threshold ? -1 : 0;
          REQUIRE(signs.sign(i, j) == expected);
          any = any || expected != 0;
        }
        REQUIRE(signs.row_scale()[i] == (any ? 0.5F * scale[i] : 0.0F));
        const auto codes = signs.codes().subspan(i * signs.words_per_row(), signs.words_per_row());
        for (std::size_t j = columns; j < codes.size() * 16; ++j) REQUIRE((codes[j / 16] >> (2 * (j % 16)) & 3U) == 0);
      }
    }
  }
}

TEST_CASE("rows of signs are added times their scale, or as unit rows") {
  RunContext context(seeded());
  const std::vector<float> scale{1, 0.25F, 3, 40, 0.5F};
  for (const bool normalize : {false, true}) {
    for (const std::size_t columns : sign_columns) {
      const SignMatrix signs = random_signs(context, sign_key, 4, 2.0F, scale, columns);
      Matrix y(scale.size(), columns, 0.5F);
      add_rows(context, -3.0F, signs, normalize, y.view());
      for (std::size_t i = 0; i < scale.size(); ++i) {
        double squares = 0;
        for (std::size_t j = 0; j < columns; ++j) squares += signs.sign(i, j) != 0 ? 1 : 0;
        const double factor = normalize ? 1 / std::sqrt(squares) : 2.0 * static_cast<double>(scale[i]);
        for (std::size_t j = 0; j < columns; ++j) {
          const double added = signs.sign(i, j) == 0 ? 0.0 : -3 * factor * signs.sign(i, j);
          REQUIRE(y(i, j) == doctest::Approx(0.5 + added).epsilon(1e-6));
        }
      }
    }
  }
}
