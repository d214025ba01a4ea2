// The safetensors format: named arrays of numbers in one file, readable from PyTorch, NumPy and others without running
// anything that the file says. A length in 8 bytes, a JSON header of names, types, shapes and places, then the numbers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/io/mapped_file.hpp>

namespace adjoin {

/// The types of numbers, little-endian, by the words of the format.
enum class TensorType : std::uint8_t { f64, f32, f16, bf16, i64, i32, i16, i8, u64, u32, u16, u8, boolean };

/// Bytes of a number.
std::size_t bytes_of(TensorType type) noexcept;
/// "F32".
std::string_view word_of(TensorType type) noexcept;

/// An array with its name, as somebody else holds it. Row-major; an empty shape is one number.
struct NamedTensor {
  std::string name;
  TensorType type = TensorType::f32;
  std::vector<std::uint64_t> shape;
  std::span<const std::byte> values;
};

/// Names and words that go with a file, in order.
using TensorMetadata = std::vector<std::pair<std::string, std::string>>;

/// A matrix under a name: its memory, without a copy. The matrix is contiguous (InvalidOption) and outlives the result.
NamedTensor named_tensor(std::string name, MatrixView<const float> matrix);
NamedTensor named_tensor(std::string name, MatrixView<const double> matrix);
/// Whole numbers in one row.
NamedTensor named_tensor(std::string name, std::span<const std::uint64_t> numbers);

/// Writes the arrays; the file appears whole or not at all. Types of more bytes come first and the numbers begin at a
/// multiple of 64 bytes, so that every array of a mapped file is aligned. The same arrays give the same bytes.
/// InvalidOption for a name that is taken, is reserved or is not UTF-8, for values that do not fill their shape, and
/// for so many arrays that the header passes 16 MiB.
void write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors,
                       const TensorMetadata& metadata = {});

/// A file that was read. Its arrays stay valid as long as it lives, also when it is moved.
struct SafetensorsFile {
  std::vector<NamedTensor> tensors;  // in the order of their places
  TensorMetadata metadata;           // sorted by name
  std::shared_ptr<const MappedFile> file;
  std::filesystem::path path;

  /// nullptr if there is none.
  const NamedTensor* find(std::string_view name) const noexcept;
  /// Empty if there is none.
  std::string_view metadata_of(std::string_view name) const noexcept;
  /// The array as this type and shape; InvalidData with the file and what it has instead.
  const NamedTensor& require(std::string_view name, TensorType type, std::span<const std::uint64_t> shape) const;
  /// Copies a matrix of floats (doubles) out.
  void copy(std::string_view name, MatrixView<float> to) const;
  void copy(std::string_view name, MatrixView<double> to) const;
  std::vector<std::uint64_t> whole_numbers(std::string_view name) const;
};

/// Maps and checks the file: nothing in the header is believed beyond the bytes there are; arrays cover the rest of the
/// file without gap or overlap, as the format demands. IoError, ParseError.
SafetensorsFile read_safetensors(const std::filesystem::path& path);

/// The same of bytes that outlive the result.
SafetensorsFile parse_safetensors(std::string_view bytes, const std::filesystem::path& path);

}  // namespace adjoin
