#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include <fmt/format.h>

#include <adjoin/engine/dense/bf16.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/npy.hpp>

namespace adjoin::detail {
namespace {

constexpr std::string_view npy_magic = "\x93NUMPY";

[[noreturn]] void refuse(const std::filesystem::path& name, const std::string& found, const std::string& expected) {
  throw ParseError({name, 0, 0}, found, expected);
}

/// What stands after `'key':` in the header's dictionary, up to the next comma or the end of a parenthesis.
std::optional<std::string_view> dictionary_value(std::string_view dictionary, std::string_view key) {
  const std::string quoted = fmt::format("'{}':", key);
  const std::size_t at = dictionary.find(quoted);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view value = dictionary.substr(at + quoted.size());
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  const bool tuple = value.starts_with('(');
  const std::size_t end = value.find(tuple ? ')' : ',');
  if (end == std::string_view::npos) return std::nullopt;
  return value.substr(0, end + (tuple ? 1 : 0));
}

/// "(3, 2)" as numbers; nothing if it is no such list.
std::optional<std::vector<std::size_t>> parse_shape(std::string_view text) {
  if (text.size() < 2 || text.front() != '(') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::vector<std::size_t> shape;
  while (!text.empty()) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const std::size_t end = std::min(text.find(','), text.size());
    if (text.empty()) break;
    const auto number = parse_unsigned(text.substr(0, end));
    if (!number) return std::nullopt;
    shape.push_back(static_cast<std::size_t>(*number));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return shape;
}

template <class Value>
Value value_at(std::string_view data, std::size_t i) noexcept {
  Value value;
  std::memcpy(&value, data.data() + i * sizeof(Value), sizeof(Value));
  return value;
}

}  // namespace

std::size_t NpyArray::size() const noexcept {
  std::size_t count = 1;
  for (const std::size_t extent : shape) count *= extent;
  return count;
}

std::int64_t NpyArray::integer(std::size_t i) const noexcept {
  const bool negative = kind == 'i';
  switch (item_bytes) {
    case 1:
      return negative ? std::int64_t{value_at<std::int8_t>(data, i)} : std::int64_t{value_at<std::uint8_t>(data, i)};
    case 2:
      return negative ? std::int64_t{value_at<std::int16_t>(data, i)} : std::int64_t{value_at<std::uint16_t>(data, i)};
    case 4:
      return negative ? std::int64_t{value_at<std::int32_t>(data, i)} : std::int64_t{value_at<std::uint32_t>(data, i)};
    default:
      return value_at<std::int64_t>(data, i);
  }
}

double NpyArray::number(std::size_t i) const noexcept {
  if (kind == 'V') return static_cast<double>(to_float(value_at<Bf16>(data, i)));
  if (kind != 'f') return static_cast<double>(integer(i));
  return item_bytes == sizeof(float) ? static_cast<double>(value_at<float>(data, i)) : value_at<double>(data, i);
}

std::string NpyArray::describe() const {
  const char* const word = kind == 'f'   ? "float"
                           : kind == 'V' ? "bfloat"
                           : kind == 'i' ? "int"
                           : kind == 'u' ? "uint"
                           : kind == 'b' ? "bool"
                                         : "text";
  return fmt::format("{}{} array of shape ({}{}){}", word, kind == 'b' ? 0 : 8 * item_bytes, fmt::join(shape, ", "),
                     shape.size() == 1 ? "," : "", fortran_order ? " in Fortran order" : "");
}

NpyArray parse_npy(const std::filesystem::path& name, std::string_view bytes) {
  constexpr const char* expected = "a NumPy array";
  if (!bytes.starts_with(npy_magic) || bytes.size() < 12) {
    refuse(name, "a file that does not begin as an .npy file", expected);
  }
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
  const std::size_t version = byte(6);
  if (version < 1 || version > 3) refuse(name, fmt::format("version {} of the .npy format", version), "1 to 3");
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  std::size_t length = byte(8) | byte(9) << 8;
  if (length_bytes == 4) length |= byte(10) << 16 | byte(11) << 24;
  const std::size_t data_begin = 8 + length_bytes + length;
  if (data_begin > bytes.size()) refuse(name, "a header that is longer than the file", expected);
  const std::string_view dictionary = bytes.substr(8 + length_bytes, length);
  const auto type = dictionary_value(dictionary, "descr");
  const auto order = dictionary_value(dictionary, "fortran_order");
  const auto shape_text = dictionary_value(dictionary, "shape");
  if (!type || !order || !shape_text) refuse(name, "a header without descr, fortran_order and shape", expected);

  NpyArray array;
  const bool quoted = type->size() >= 5 && type->front() == '\'' && type->back() == '\'';
  const char byte_order = quoted ? (*type)[1] : '?';
  array.kind = quoted ? (*type)[2] : '?';
  const auto width = quoted ? parse_unsigned(type->substr(3, type->size() - 4)) : std::nullopt;
  const bool number = array.kind == 'i' || array.kind == 'u' || array.kind == 'f';
  const bool known_width = width && (*width == 1 || *width == 2 || *width == 4 || *width == 8);
  const bool known = (array.kind == 'b' && width == 1U) || (array.kind == 'V' && width == 2U) ||
                     (number && known_width) ||
                     ((array.kind == 'S' || array.kind == 'U') && width && *width < (1U << 20));
  const bool little = byte_order == '<' || byte_order == '|';
  if (!known || !little) {
    refuse(name, fmt::format("values of type {}", quote_for_message(*type)), "little-endian numbers");
  }
  array.item_bytes = static_cast<std::size_t>(*width) * (array.kind == 'U' ? 4 : 1);
  array.fortran_order = !order->starts_with("False");
  const auto shape = parse_shape(*shape_text);
  if (!shape) refuse(name, fmt::format("an array of shape {}", quote_for_message(*shape_text)), "whole numbers");
  array.shape = *shape;
  array.data = bytes.substr(data_begin);
  std::size_t room = array.item_bytes == 0 ? 0 : array.data.size() / array.item_bytes;
  const bool empty = std::ranges::find(array.shape, std::size_t{0}) != array.shape.end();
  for (const std::size_t extent : array.shape) {
    if (!empty) room /= extent;
  }
  if (!empty && room == 0) {
    refuse(name, fmt::format("{} of data for the shape {}", format_bytes(array.data.size()), *shape_text),
           "as much as its shape says");
  }
  return array;
}

std::string npy_header(std::string_view type, std::span<const std::size_t> shape, bool fortran_order) {
  std::string dictionary =
      fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': ({}{}), }}", type, fortran_order ? "True" : "False",
                  fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
  constexpr std::size_t preamble = 10;
  const std::size_t length = (preamble + dictionary.size() + 1 + 63) / 64 * 64 - preamble;
  dictionary.resize(length - 1, ' ');
  dictionary += '\n';
  std::string header(npy_magic);
  header += '\x01';
  header += '\x00';
  header += static_cast<char>(length & 0xff);
  header += static_cast<char>(length >> 8);
  return header + dictionary;
}

Matrix read_npy_matrix(RunContext& context, const std::filesystem::path& path, std::string_view bytes) {
  const NpyArray array = parse_npy(path, bytes);
  if (!array.floats() || array.shape.size() != 2) {
    refuse(path, array.describe(), "a NumPy array of float32, float64 or bfloat16 with two dimensions");
  }
  // Without values nothing vouches for the number of rows.
  if (array.shape[0] > 0 && array.shape[1] == 0) refuse(path, array.describe(), "at least one column");
  Matrix values(array.shape[0], array.shape[1]);
  context.for_chunks(array.shape[0], 4096, [&](Chunk rows) {
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      for (std::size_t j = 0; j < array.shape[1]; ++j) {
        const std::size_t at = array.fortran_order ? j * array.shape[0] + i : i * array.shape[1] + j;
        values(i, j) = static_cast<float>(array.number(at));
      }
    }
  });
  return values;
}

}  // namespace adjoin::detail
