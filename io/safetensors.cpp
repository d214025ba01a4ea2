#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/output_file.hpp>
#include <adjoin/io/safetensors.hpp>

namespace adjoin {
namespace {

constexpr std::string_view metadata_name = "__metadata__";
constexpr std::size_t bytes_of_length = 8;
/// Room for some hundred thousand arrays. A header takes many times its size while it is read.
constexpr std::uint64_t longest_header = std::uint64_t{16} << 20;

struct TypeRow {
  TensorType type;
  std::string_view word;
  std::size_t bytes;
};
constexpr std::array<TypeRow, 13> type_rows = {{{TensorType::f64, "F64", 8},
                                                {TensorType::f32, "F32", 4},
                                                {TensorType::f16, "F16", 2},
                                                {TensorType::bf16, "BF16", 2},
                                                {TensorType::i64, "I64", 8},
                                                {TensorType::i32, "I32", 4},
                                                {TensorType::i16, "I16", 2},
                                                {TensorType::i8, "I8", 1},
                                                {TensorType::u64, "U64", 8},
                                                {TensorType::u32, "U32", 4},
                                                {TensorType::u16, "U16", 2},
                                                {TensorType::u8, "U8", 1},
                                                {TensorType::boolean, "BOOL", 1}}};

const TypeRow& row_of(TensorType type) noexcept {
  return type_rows[static_cast<std::size_t>(type)];
}

/// The bytes of an array of this shape; nothing where they are more than 64 bits count.
std::optional<std::uint64_t> byte_count(TensorType type, std::span<const std::uint64_t> shape) {
  if (std::ranges::find(shape, 0U) != shape.end()) return 0;
  std::uint64_t bytes = bytes_of(type);
  for (const std::uint64_t extent : shape) {
    if (bytes > std::numeric_limits<std::uint64_t>::max() / extent) return std::nullopt;
    bytes *= extent;
  }
  return bytes;
}

std::string describe(TensorType type, std::span<const std::uint64_t> shape) {
  return fmt::format("{} of shape [{}]", word_of(type), fmt::join(shape, ", "));
}

/// Reads one file's bytes.
class Parser {
 public:
  Parser(std::string_view bytes, const std::filesystem::path& path) : bytes_(bytes), path_(path) {}

  SafetensorsFile parse() {
    read_header();
    SafetensorsFile file;
    file.path = path_;
    for (const auto& [name, about] : header_.items()) {
      if (name == metadata_name) {
        read_metadata(about, file.metadata);
      } else {
        file.tensors.push_back(tensor(name, about));
      }
    }
    check_places(file.tensors);
    return file;
  }

 private:
  [[noreturn]] void refuse(const std::string& found, const std::string& expected) const {
    throw ParseError({path_, 0, 0}, found, expected);
  }

  void read_header() {
    std::uint64_t length = 0;
    if (bytes_.size() < bytes_of_length)
      refuse(counted(bytes_.size(), "byte", "bytes"), "8 bytes with the header's length");
    for (std::size_t k = 0; k < bytes_of_length; ++k) {
      length |= std::uint64_t{static_cast<unsigned char>(bytes_[k])} << (8 * k);
    }
    const std::uint64_t there = bytes_.size() - bytes_of_length;
    // A length means nothing in a file of another kind.
    if (there > 0 && bytes_[bytes_of_length] != '{') {
      refuse("other bytes at the beginning", "a file of the format safetensors: a length and a JSON object");
    }
    if (length > longest_header || length > there) {
      refuse(fmt::format("a header of {} bytes", length),
             fmt::format("{} at most, in a file of the format safetensors", std::min(longest_header, there)));
    }
    const std::string_view text = bytes_.substr(bytes_of_length, static_cast<std::size_t>(length));
    values_ = bytes_.substr(bytes_of_length + text.size());
    if (text.empty()) refuse("an empty header", "a JSON object");
    // Names at the two outer levels, of which a JSON reader would keep the last one only.
    std::array<std::set<std::string>, 2> seen;
    const auto watch = [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json& value) {
      constexpr int deepest = 4;
      if (depth > deepest) refuse("objects within objects", "an object of arrays' names, types, shapes and places");
      if (event == nlohmann::json::parse_event_t::object_start && depth == 1) seen[1].clear();
      if (event != nlohmann::json::parse_event_t::key || depth < 1 || depth > 2) return true;
      const auto name = value.template get<std::string>();
      if (!seen[static_cast<std::size_t>(depth) - 1].insert(name).second) {
        refuse(fmt::format("the name {} twice", quote_for_message(name)), "each once");
      }
      return true;
    };
    try {
      header_ = nlohmann::json::parse(text, watch);
    } catch (const nlohmann::json::exception&) {
      refuse("a header that is no JSON", "a JSON object in UTF-8");
    }
  }

  void read_metadata(const nlohmann::json& about, TensorMetadata& metadata) const {
    if (!about.is_object()) refuse("metadata that is no object", "an object of texts");
    for (const auto& [name, value] : about.items()) {
      if (!value.is_string()) {
        refuse(fmt::format("metadata {} that is no text", quote_for_message(name)), "texts alone");
      }
      metadata.emplace_back(name, value.template get<std::string>());
      if (!is_utf8(name) || !is_utf8(metadata.back().second)) {
        refuse(fmt::format("metadata {}", quote_for_message(name)), "texts of characters");
      }
    }
  }

  NamedTensor tensor(const std::string& name, const nlohmann::json& about) const {
    const std::string quoted = quote_for_message(name);
    if (!is_utf8(name)) refuse(fmt::format("array {}", quoted), "names of characters");
    if (!about.is_object() || about.size() != 3 || !about.contains("dtype") || !about.contains("shape") ||
        !about.contains("data_offsets")) {
      refuse(fmt::format("array {} described otherwise", quoted), "its dtype, shape and data_offsets alone");
    }
    NamedTensor result;
    result.name = name;
    const nlohmann::json& word = about.at("dtype");
    const auto type = std::ranges::find_if(type_rows, [&](const TypeRow& row) {
      return word.is_string() && word.get_ref<const std::string&>() == row.word;
    });
    if (type == type_rows.end()) {
      refuse(fmt::format("array {} of type {}", quoted, quote_for_message(word.dump())),
             "F32 or another of up to 8 bytes");
    }
    result.type = type->type;
    result.shape = whole_numbers(about.at("shape"), quoted, "shape");
    const std::vector<std::uint64_t> place = whole_numbers(about.at("data_offsets"), quoted, "data_offsets");
    if (place.size() != 2 || place[0] > place[1] || place[1] > values_.size()) {
      refuse(fmt::format("array {} at {} in {} bytes of values", quoted,
                         quote_for_message(about.at("data_offsets").dump()), values_.size()),
             "its first byte and the one past its last, among those that there are");
    }
    const std::optional<std::uint64_t> bytes = byte_count(result.type, result.shape);
    if (bytes != place[1] - place[0]) {
      refuse(fmt::format("array {}, {}, in {} bytes", quoted, describe(result.type, result.shape), place[1] - place[0]),
             bytes ? fmt::format("{} bytes", *bytes) : "a shape that bytes can hold");
    }
    const std::string_view values = values_.substr(place[0], place[1] - place[0]);
    result.values = std::as_bytes(std::span(values.data(), values.size()));
    return result;
  }

  std::vector<std::uint64_t> whole_numbers(const nlohmann::json& list, const std::string& name,
                                           std::string_view what) const {
    std::vector<std::uint64_t> numbers;
    const bool good = list.is_array() && std::ranges::all_of(list, [](const nlohmann::json& number) {
                        return number.is_number_unsigned();
                      });
    if (!good)
      refuse(fmt::format("array {} whose {} is something else", name, what), "a list of whole numbers from 0 on");
    for (const nlohmann::json& number : list) numbers.push_back(number.get<std::uint64_t>());
    return numbers;
  }

  /// Sorts by place; each array begins where the one before ends, the last at the end of the file.
  void check_places(std::vector<NamedTensor>& tensors) const {
    const auto first = [&](const NamedTensor& tensor) {
      return reinterpret_cast<const char*>(tensor.values.data()) - values_.data();
    };
    std::ranges::sort(tensors, [&](const NamedTensor& a, const NamedTensor& b) {
      return std::tuple(first(a), a.values.size(), std::string_view(a.name)) <
             std::tuple(first(b), b.values.size(), std::string_view(b.name));
    });
    std::size_t end = 0;
    for (const NamedTensor& tensor : tensors) {
      if (static_cast<std::size_t>(first(tensor)) != end) {
        refuse(fmt::format("array {} at byte {} of the values", quote_for_message(tensor.name), first(tensor)),
               fmt::format("byte {}, where the one before ends", end));
      }
      end += tensor.values.size();
    }
    if (end != values_.size()) {
      refuse(fmt::format("{} bytes of values", values_.size()), fmt::format("{}, as the header says", end));
    }
  }

  std::string_view bytes_;
  std::string_view values_;
  const std::filesystem::path& path_;
  nlohmann::json header_;
};

void check_tensor(const NamedTensor& tensor, std::set<std::string_view>& names) {
  const std::string quoted = quote_for_message(tensor.name);
  if (!is_utf8(tensor.name) || tensor.name == metadata_name) {
    throw InvalidOption(fmt::format("an array cannot be named {}; give it another name in UTF-8", quoted));
  }
  if (!names.insert(tensor.name).second) {
    throw InvalidOption(fmt::format("two arrays are named {}; give the second another name", quoted));
  }
  if (byte_count(tensor.type, tensor.shape) != tensor.values.size()) {
    throw InvalidOption(fmt::format("array {}, {}, was given with {} bytes; give as many as it holds", quoted,
                                    describe(tensor.type, tensor.shape), tensor.values.size()));
  }
}

template <class Real>
NamedTensor matrix_tensor(std::string name, TensorType type, MatrixView<const Real> matrix) {
  if (!matrix.contiguous()) {
    throw InvalidOption(fmt::format("matrix {} has room between its rows; copy it first", quote_for_message(name)));
  }
  return {std::move(name),
          type,
          {matrix.rows(), matrix.columns()},
          std::as_bytes(std::span(matrix.data(), matrix.rows() * matrix.columns()))};
}

template <class Real>
void copy_matrix(const SafetensorsFile& file, std::string_view name, TensorType type, MatrixView<Real> to) {
  const std::array<std::uint64_t, 2> shape = {to.rows(), to.columns()};
  const NamedTensor& tensor = file.require(name, type, shape);
  const std::size_t row_bytes = to.columns() * sizeof(Real);
  for (std::size_t i = 0; i < to.rows() && row_bytes > 0; ++i) {
    std::memcpy(to.row(i).data(), tensor.values.data() + i * row_bytes, row_bytes);
  }
}

}  // namespace

std::size_t bytes_of(TensorType type) noexcept {
  return row_of(type).bytes;
}

std::string_view word_of(TensorType type) noexcept {
  return row_of(type).word;
}

NamedTensor named_tensor(std::string name, MatrixView<const float> matrix) {
  return matrix_tensor(std::move(name), TensorType::f32, matrix);
}

NamedTensor named_tensor(std::string name, MatrixView<const double> matrix) {
  return matrix_tensor(std::move(name), TensorType::f64, matrix);
}

NamedTensor named_tensor(std::string name, std::span<const std::uint64_t> numbers) {
  return {std::move(name), TensorType::u64, {numbers.size()}, std::as_bytes(numbers)};
}

void write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors,
                       const TensorMetadata& metadata) {
  std::set<std::string_view> names;
  for (const NamedTensor& tensor : tensors) check_tensor(tensor, names);
  std::vector<std::size_t> order(tensors.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    const std::size_t size_a = bytes_of(tensors[a].type);
    const std::size_t size_b = bytes_of(tensors[b].type);
    return size_a != size_b ? size_a > size_b : tensors[a].name < tensors[b].name;
  });
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) {
    nlohmann::ordered_json& words = header[std::string(metadata_name)] = nlohmann::ordered_json::object();
    for (const auto& [name, value] : metadata) {
      if (!is_utf8(name) || !is_utf8(value) || words.contains(name)) {
        throw InvalidOption(fmt::format("metadata {} is there twice or is not UTF-8", quote_for_message(name)));
      }
      words[name] = value;
    }
  }
  std::uint64_t place = 0;
  for (const std::size_t k : order) {
    const NamedTensor& tensor = tensors[k];
    header[tensor.name] = {{"dtype", word_of(tensor.type)},
                           {"shape", tensor.shape},
                           {"data_offsets", {place, place + tensor.values.size()}}};
    place += tensor.values.size();
  }
  std::string text = header.dump();
  const std::size_t past = (bytes_of_length + text.size()) % cache_line_bytes;
  if (past != 0) text.append(cache_line_bytes - past, ' ');
  if (text.size() > longest_header) {
    throw InvalidOption(
        fmt::format("a header of {} bytes is longer than {}; write fewer arrays", text.size(), longest_header));
  }
  std::array<std::byte, bytes_of_length> length{};
  for (std::size_t k = 0; k < bytes_of_length; ++k)
    length[k] = static_cast<std::byte>(std::uint64_t{text.size()} >> (8 * k));
  OutputFile file(path);
  file.write(length);
  file.write(text);
  for (const std::size_t k : order) file.write(tensors[k].values);
  file.commit();
}

const NamedTensor* SafetensorsFile::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(tensors, name, &NamedTensor::name);
  return found == tensors.end() ? nullptr : &*found;
}

std::string_view SafetensorsFile::metadata_of(std::string_view name) const noexcept {
  const auto found = std::ranges::find(metadata, name, &TensorMetadata::value_type::first);
  return found == metadata.end() ? std::string_view() : found->second;
}

const NamedTensor& SafetensorsFile::require(std::string_view name, TensorType type,
                                            std::span<const std::uint64_t> shape) const {
  const NamedTensor* const tensor = find(name);
  const std::string wanted = fmt::format("array {}, {}", quote_for_message(name), describe(type, shape));
  if (tensor == nullptr) throw InvalidData(fmt::format("{}: there is no {}", path.string(), wanted));
  if (tensor->type != type || !std::ranges::equal(tensor->shape, shape)) {
    throw InvalidData(fmt::format("{}: found {} where {} was expected", path.string(),
                                  describe(tensor->type, tensor->shape), wanted));
  }
  return *tensor;
}

void SafetensorsFile::copy(std::string_view name, MatrixView<float> to) const {
  copy_matrix(*this, name, TensorType::f32, to);
}

void SafetensorsFile::copy(std::string_view name, MatrixView<double> to) const {
  copy_matrix(*this, name, TensorType::f64, to);
}

std::vector<std::uint64_t> SafetensorsFile::whole_numbers(std::string_view name) const {
  const NamedTensor* const tensor = find(name);
  const std::array<std::uint64_t, 1> shape = {tensor != nullptr && tensor->shape.size() == 1 ? tensor->shape[0] : 0};
  const NamedTensor& found = require(name, TensorType::u64, shape);
  std::vector<std::uint64_t> numbers(static_cast<std::size_t>(shape[0]));
  if (!numbers.empty()) std::memcpy(numbers.data(), found.values.data(), found.values.size());
  return numbers;
}

SafetensorsFile parse_safetensors(std::string_view bytes, const std::filesystem::path& path) {
  return Parser(bytes, path).parse();
}

SafetensorsFile read_safetensors(const std::filesystem::path& path) {
  auto mapped = std::make_shared<const MappedFile>(path);
  SafetensorsFile file = parse_safetensors(mapped->bytes(), path);
  file.file = std::move(mapped);
  return file;
}

}  // namespace adjoin
