#include <vector>

#include <doctest/doctest.h>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/dense/narrow_products.hpp>

#include "matrices.hpp"

using namespace adjoin;
using test::random_matrix;
using test::same_bits;

TEST_CASE("tall products equal sums in double precision and have the same bits for 1, 2, 3 and 8 threads") {
  for (const std::size_t n : {0UL, 1UL, 3UL, 64UL, 261UL, 777UL}) {
    for (const std::size_t d : {1UL, 5UL, 33UL, 130UL}) {
      for (const std::size_t k : {16UL, 48UL, 64UL}) {
        CAPTURE(n);
        CAPTURE(d);
        CAPTURE(k);
        const Matrix wide = random_matrix(n, d + 3, 1);  // rows with room behind them
        const MatrixView<const float> x = wide.view().column_block(2, d);
        const Matrix w = random_matrix(d, k, 2);
        const Matrix r = random_matrix(n, k, 3);
        std::vector<Matrix> forward;
        std::vector<Matrix> transposed;
        for (const int count : {1, 2, 3, 8}) {
          const Threads threads(count);
          forward.emplace_back(n, k);
          transposed.emplace_back(d, k);
          tall_product(threads, x, w.view(), forward.back().view());
          tall_product_transposed(threads, x, r.view(), transposed.back().view());
          CHECK(same_bits(forward.front(), forward.back()));
          CHECK(same_bits(transposed.front(), transposed.back()));
        }
        std::size_t wrong = 0;
        const auto compare = [&](float found, double expected, std::size_t terms) {
          if (!(std::abs(static_cast<double>(found) - expected) < 1e-6 * static_cast<double>(terms + 20))) ++wrong;
        };
        for (std::size_t c = 0; c < k; ++c) {
          for (std::size_t i = 0; i < n; ++i) {
            double sum = 0;
            for (std::size_t j = 0; j < d; ++j) sum += static_cast<double>(x(i, j)) * static_cast<double>(w(j, c));
            compare(forward.front()(i, c), sum, d);
          }
          for (std::size_t j = 0; j < d; ++j) {
            double sum = 0;
            for (std::size_t i = 0; i < n; ++i) sum += static_cast<double>(x(i, j)) * static_cast<double>(r(i, c));
            compare(transposed.front()(j, c), sum, n);
          }
        }
        CHECK(wrong == 0);
      }
    }
  }
}
