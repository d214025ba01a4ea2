// A matrix of signs: every entry is -1, 0 or +1, times a number that belongs to its row. Two bits an entry, a sixteenth
// of what floats take, so that a random projection is small enough to be gathered from a cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/function_ref.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// rows x columns signs, uninitialised. Layout: entry (i, j) is row_scale[i] times the sign whose code stands at bits
/// 2*(j mod 16) of codes[i*words_per_row + j/16]: 0 for 0, 1 for +1, 2 for -1. Codes past the last column are 0, and a
/// row without entries has row_scale 0, so that nobody needs to read it. Move-only.
class SignMatrix {
 public:
  static constexpr std::size_t signs_per_word = 16;

  SignMatrix() = default;
  SignMatrix(std::size_t rows, std::size_t columns)
      : codes_(rows * words_of(columns)), row_scale_(rows), rows_(rows), columns_(columns) {}

  std::size_t rows() const noexcept { return rows_; }
  std::size_t columns() const noexcept { return columns_; }
  /// A multiple of 4: whole vectors of codes are written and read.
  std::size_t words_per_row() const noexcept { return words_of(columns_); }
  std::span<std::uint32_t> codes() & noexcept { return codes_.span(); }
  std::span<const std::uint32_t> codes() const& noexcept { return codes_.span(); }
  std::span<float> row_scale() & noexcept { return row_scale_.span(); }
  std::span<const float> row_scale() const& noexcept { return row_scale_.span(); }

  /// -1, 0 or +1, without the row's scale.
  int sign(std::size_t i, std::size_t j) const noexcept {
    const std::uint32_t word = codes_[i * words_per_row() + j / signs_per_word];
    const auto code = static_cast<int>(word >> (2 * (j % signs_per_word)) & 3U);
    return (code & 1) - (code >> 1);
  }

  static constexpr std::uint64_t bytes(std::size_t rows, std::size_t columns) noexcept {
    return rows * (words_of(columns) * sizeof(std::uint32_t) + sizeof(float));
  }
  /// words_per_row of a matrix of so many columns.
  static constexpr std::size_t words_of(std::size_t columns) noexcept {
    return (columns + 4 * signs_per_word - 1) / (4 * signs_per_word) * 4;
  }

 private:
  Array<std::uint32_t> codes_;
  Array<float> row_scale_;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
};

/// Row i is magnitude * row_scale[i] * r, where r_j is +1 or -1 with probability 1/(2s) each and else 0: entry j is
/// drawn from word j mod 4 of philox(seed, RandomStream::projection, row_key(i), j / 4) by sparse_sign_threshold(s).
/// (Achlioptas 2003; Li, Hastie, Church 2006.) row_scale: size rows; s >= 1; row_key is called once for each row, from
/// several threads. first_column: a multiple of 4; the result is the columns from there on of a wider matrix.
SignMatrix random_signs(RunContext& context, FunctionRef<std::uint64_t(std::size_t)> row_key, double s, float magnitude,
                        std::span<const float> row_scale, std::size_t columns, std::size_t first_column = 0);

/// y += coefficient * x, or with `normalize` y += coefficient * x[i] / ||x[i]|| row by row (zero rows add nothing).
/// Same shapes. only: of size x.rows(), the rows i with only[i] != 0; or empty, all of them.
void add_rows(RunContext& context, float coefficient, const SignMatrix& x, bool normalize, MatrixView<float> y,
              std::span<const std::uint8_t> only = {});

}  // namespace adjoin
