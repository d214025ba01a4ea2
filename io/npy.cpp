#include <cstring>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/mapped_file.hpp>
#include <adjoin/io/npy.hpp>

namespace adjoin::detail {
namespace {

constexpr std::string_view magic = "\x93NUMPY";

struct NpyHeader {
  std::string type;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t data_begin = 0;
};

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& found) {
  throw ParseError({path, 0, 0}, found, "a NumPy array of float32 or float64 in C order with two dimensions");
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

NpyHeader parse_header(const std::filesystem::path& path, std::string_view bytes) {
  if (!bytes.starts_with(magic) || bytes.size() < 12) refuse(path, "a file that does not begin as an .npy file");
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
  const std::size_t version = byte(6);
  if (version < 1 || version > 3) refuse(path, fmt::format("version {} of the .npy format", version));
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  std::size_t length = byte(8) | byte(9) << 8;
  if (length_bytes == 4) length |= byte(10) << 16 | byte(11) << 24;
  NpyHeader header;
  header.data_begin = 8 + length_bytes + length;
  if (header.data_begin > bytes.size()) refuse(path, "a header that is longer than the file");
  const std::string_view dictionary = bytes.substr(8 + length_bytes, length);

  const auto type = dictionary_value(dictionary, "descr");
  const auto order = dictionary_value(dictionary, "fortran_order");
  const auto shape = dictionary_value(dictionary, "shape");
  if (!type || !order || !shape) refuse(path, "a header without descr, fortran_order and shape");
  header.type = *type;
  if (header.type != "'<f4'" && header.type != "'<f8'") refuse(path, fmt::format("values of type {}", header.type));
  if (*order != "False") refuse(path, "an array in Fortran order");
  std::string_view inside = shape->substr(1, shape->size() - 2);
  const std::size_t comma = inside.find(',');
  std::string_view second = comma == std::string_view::npos ? std::string_view() : inside.substr(comma + 1);
  second.remove_prefix(std::min(second.find_first_not_of(' '), second.size()));
  const auto rows = parse_unsigned(inside.substr(0, comma));
  const auto columns = parse_unsigned(second);
  if (!rows || !columns) refuse(path, fmt::format("an array of shape {}", *shape));
  const std::size_t element = header.type == "'<f4'" ? sizeof(float) : sizeof(double);
  const std::size_t data_bytes = bytes.size() - header.data_begin;
  if (*columns != 0 && *rows > data_bytes / element / *columns) {
    refuse(path, fmt::format("{} of data for the shape {}", format_bytes(data_bytes), *shape));
  }
  header.rows = static_cast<std::size_t>(*rows);
  header.columns = static_cast<std::size_t>(*columns);
  return header;
}

}  // namespace

std::string npy_header(std::size_t rows, std::size_t columns) {
  std::string dictionary =
      fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", rows, columns);
  constexpr std::size_t preamble = 10;
  const std::size_t length = (preamble + dictionary.size() + 1 + 63) / 64 * 64 - preamble;
  dictionary.resize(length - 1, ' ');
  dictionary += '\n';
  std::string header(magic);
  header += '\x01';
  header += '\x00';
  header += static_cast<char>(length & 0xff);
  header += static_cast<char>(length >> 8);
  return header + dictionary;
}

Matrix read_npy(RunContext& context, const std::filesystem::path& path) {
  const MappedFile file(path);
  file.read_ahead();
  const NpyHeader header = parse_header(path, file.bytes());
  const char* const data = file.bytes().data() + header.data_begin;
  Matrix values(header.rows, header.columns);
  const bool single = header.type == "'<f4'";
  context.for_chunks(header.rows, 4096, [&](Chunk rows) {
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      for (std::size_t j = 0; j < header.columns; ++j) {
        const std::size_t at = i * header.columns + j;
        if (single) {
          std::memcpy(&values(i, j), data + at * sizeof(float), sizeof(float));
        } else {
          double value = 0;
          std::memcpy(&value, data + at * sizeof(double), sizeof(double));
          values(i, j) = static_cast<float>(value);
        }
      }
    }
  });
  return values;
}

}  // namespace adjoin::detail
