// The .npy format of NumPy.
// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html (versions 1.0 to 3.0).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::detail {

/// An array in the bytes of a file.
struct NpyArray {
  char kind = 'f';  // as in a dtype: b, i, u, f, S, U; V is bfloat16, which NumPy itself does not know
  std::size_t item_bytes = 0;
  bool fortran_order = false;
  std::vector<std::size_t> shape;  // empty for a single value
  std::string_view data;           // size() * item_bytes

  std::size_t size() const noexcept;
  bool whole_numbers() const noexcept { return kind == 'i' || kind == 'u' || kind == 'b'; }
  bool floats() const noexcept { return (kind == 'f' && item_bytes >= 4) || kind == 'V'; }
  bool numbers() const noexcept { return whole_numbers() || floats(); }
  /// Element i, in the order of the file, of an array of whole_numbers(); those above 2^63 - 1 come out negative.
  std::int64_t integer(std::size_t i) const noexcept;
  /// Element i of an array of numbers().
  double number(std::size_t i) const noexcept;
  /// "int64 array of shape (3, 2)", for messages.
  std::string describe() const;
};

/// name: of the file, or of the file and what in it is read, for messages. ParseError for bytes that are no .npy file,
/// or for what adjoin never needs: big-endian, complex, structured.
NpyArray parse_npy(const std::filesystem::path& name, std::string_view bytes);

/// A bfloat16, as ml_dtypes and with it JAX and TensorFlow save it.
inline constexpr std::string_view bf16_type = "<V2";

/// The bytes before the data of a little-endian array; their number is a multiple of 64. type: "<f4".
std::string npy_header(std::string_view type, std::span<const std::size_t> shape, bool fortran_order = false);

/// The matrix of float32, float64 or bfloat16, in either order, that the bytes of an .npy file hold. ParseError for
/// anything else.
Matrix read_npy_matrix(RunContext& context, const std::filesystem::path& path, std::string_view bytes);

}  // namespace adjoin::detail
