#include <cstring>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/io/safetensors.hpp>

#include "repository.hpp"
#include "temporary_folder.hpp"

using namespace adjoin;

namespace {

/// A file of this header, its length in front, and this many bytes of values.
std::string file_of(const std::string& header, std::size_t values) {
  std::string bytes;
  for (std::size_t k = 0; k < 8; ++k) bytes += static_cast<char>(header.size() >> (8 * k) & 0xff);
  return bytes + header + std::string(values, '\1');
}

std::string refusal(const std::string& bytes) {
  try {
    parse_safetensors(bytes, "model.safetensors");
  } catch (const ParseError& error) {
    return error.what();
  }
  return "nothing was refused";
}

}  // namespace

TEST_CASE("arrays that were written are read back to the bit, aligned, and the same arrays give the same bytes") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "model.safetensors";
  CHECK(rc::check([&] {
    std::map<std::string, std::pair<TensorType, std::vector<std::uint64_t>>> drawn;
    const auto count = *rc::gen::inRange(0, 8);
    for (int k = 0; k < count; ++k) {
      const auto name = "layer " + std::to_string(*rc::gen::inRange(0, 1000)) + (k % 2 == 0 ? "" : "\u00e9\"\\");
      std::vector<std::uint64_t> shape(*rc::gen::inRange<std::size_t>(0, 4));
      for (auto& extent : shape) extent = *rc::gen::inRange<std::uint64_t>(0, 6);
      drawn[name] = {static_cast<TensorType>(*rc::gen::inRange(0, 13)), shape};
    }
    std::vector<std::vector<std::byte>> memory;
    std::vector<NamedTensor> tensors;
    for (const auto& [name, about] : drawn) {
      std::size_t bytes = bytes_of(about.first);
      for (const std::uint64_t extent : about.second) bytes *= static_cast<std::size_t>(extent);
      memory.emplace_back(bytes);
      for (std::byte& byte : memory.back()) byte = static_cast<std::byte>(*rc::gen::inRange(0, 256));
    }
    std::size_t next = 0;
    for (const auto& [name, about] : drawn) tensors.push_back({name, about.first, about.second, memory[next++]});
    write_safetensors(path, tensors, {{"format", "pt"}, {"a note", "text"}});
    const std::string bytes = test::read_file(path);
    const SafetensorsFile file = read_safetensors(path);
    RC_ASSERT(file.tensors.size() == tensors.size());
    RC_ASSERT(file.metadata_of("format") == "pt");
    for (const NamedTensor& tensor : tensors) {
      const NamedTensor* const found = file.find(tensor.name);
      RC_ASSERT(found != nullptr);
      RC_ASSERT(found->type == tensor.type);
      RC_ASSERT(found->shape == tensor.shape);
      RC_ASSERT(std::ranges::equal(found->values, tensor.values));
      RC_ASSERT(reinterpret_cast<std::uintptr_t>(found->values.data()) % bytes_of(tensor.type) == 0U);
    }
    std::ranges::reverse(tensors);
    write_safetensors(path, tensors, {{"format", "pt"}, {"a note", "text"}});
    RC_ASSERT(test::read_file(path) == bytes);
  }));
}

TEST_CASE("a file of the safetensors package is read, and what it does not hold is refused") {
  const auto path = test::repository() / "tests/golden/learn/model.safetensors";
  const SafetensorsFile file = read_safetensors(path);
  REQUIRE(file.tensors.size() == 5);
  CHECK(file.metadata_of("made by") == "safetensors");
  Matrix weight(2, 3);
  file.copy("layer.weight", weight.view());
  for (std::size_t k = 0; k < 6; ++k) CHECK(weight(k / 3, k % 3) == static_cast<float>(k) / 4 - 0.5F);
  BasicMatrix<double> exact(1, 2);
  file.copy("exact", exact.view());
  CHECK(exact(0, 0) == 0.1);
  CHECK(exact(0, 1) == -1e300);
  CHECK(file.whole_numbers("steps") == std::vector<std::uint64_t>{1, ~std::uint64_t{0}});
  CHECK(file.find("one")->shape.empty());
  CHECK(file.find("none")->shape == std::vector<std::uint64_t>{0, 4});
  CHECK(file.find("nothing") == nullptr);
  CHECK_THROWS_AS(file.copy("layer.weight", exact.view()), InvalidData);
  CHECK_THROWS_AS(file.copy("nothing", weight.view()), InvalidData);
  CHECK_THROWS_AS(file.whole_numbers("one"), InvalidData);
  Matrix turned(3, 2);
  CHECK_THROWS_WITH_AS(
      file.copy("layer.weight", turned.view()),
      doctest::Contains("found F32 of shape [2, 3] where array 'layer.weight', F32 of shape [3, 2] was "
                        "expected"),
      InvalidData);
}

TEST_CASE("files that are not as the format demands are refused with one sentence") {
  const auto array = [](const std::string& name, const std::string& about) { return "\"" + name + "\":" + about; };
  const std::string good = R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
  CHECK(refusal(file_of("{" + array("a", good) + "}", 8)) == "nothing was refused");
  CHECK(refusal(file_of("{" + array("a", good) + "}   ", 8)) == "nothing was refused");
  CHECK(refusal(file_of("{}", 0)) == "nothing was refused");

  const std::pair<std::string, const char*> cases[] = {
      {"", "0 bytes"},
      {"1234567", "7 bytes"},
      {std::string("\xff\xff\xff\xff\xff\xff\xff\xff", 8) + "{}", "a header of 18446744073709551615 bytes"},
      {file_of("{}", 0).substr(0, 9), "a header of 2 bytes"},
      {file_of("[]", 0), "other bytes at the beginning"},
      {file_of(" {}", 0), "other bytes at the beginning"},
      {"0 633\n0 1862\n0 2582\n", "other bytes at the beginning"},
      {file_of("", 0) + "{}", "an empty header"},
      {file_of("{\"a\":}", 0), "a header that is no JSON"},
      {file_of("{\"\xff\":1}", 0), "a header that is no JSON"},
      {file_of("{} x", 0), "a header that is no JSON"},
      {file_of("{" + array("a", good) + "," + array("a", good) + "}", 8), "the name 'a' twice"},
      {file_of(R"({"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 8), "the name 'dtype' twice"},
      {file_of(R"({"a":[1]})", 8), "described otherwise"},
      {file_of(R"({"a":{"dtype":"F32","shape":[2]}})", 8), "described otherwise"},
      {file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1}})", 8), "described otherwise"},
      {file_of(R"({"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}})", 8), "of type"},
      {file_of(R"({"a":{"dtype":32,"shape":[2],"data_offsets":[0,8]}})", 8), "of type"},
      {file_of(R"({"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}})", 8), "whose shape is something else"},
      {file_of(R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", 8), "whose shape is something else"},
      {file_of(R"({"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}})", 8), "whose shape is something else"},
      {file_of(R"({"a":{"dtype":"F32","shape":[1e400],"data_offsets":[0,8]}})", 8), "a header that is no JSON"},
      {file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}})", 8), "in 8 bytes of values"},
      {file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", 8), "in 8 bytes of values"},
      {file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9]}})", 8), "in 8 bytes of values"},
      {file_of(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", 8), "expected 12 bytes"},
      {file_of(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,8]}})", 8),
       "a shape that bytes can hold"},
      {file_of("{" + array("a", good) + "}", 12), "12 bytes of values"},
      {file_of("{" + array("a", good) + "," + array("b", good) + "}", 8), "at byte 0 of the values"},
      {file_of("{" + array("a", good) + "," + array("b", R"({"dtype":"U8","shape":[1],"data_offsets":[9,10]})") + "}",
               10),
       "at byte 9 of the values"},
      {file_of(R"({"__metadata__":[]})", 0), "metadata that is no object"},
      {file_of(R"({"__metadata__":{"a":1}})", 0), "metadata 'a' that is no text"},
      {file_of(R"({"a":[[[[[[[1]]]]]]]})", 0), "objects within objects"},
      {file_of(R"({"\uffff":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 8), "expected names of characters"},
      {file_of(R"({"__metadata__":{"a":"\ufffe"}})", 0), "metadata 'a'"},
  };
  for (const auto& [bytes, words] : cases) {
    CAPTURE(words);
    const std::string sentence = refusal(bytes);
    CHECK_MESSAGE(sentence.find(words) != std::string::npos, sentence);
    CHECK(sentence.starts_with("model.safetensors: found "));
  }
}

TEST_CASE("any bytes cut short or changed in the header are read or refused, nothing else") {
  const std::string whole = test::read_file(test::repository() / "tests/golden/learn/model.safetensors");
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK(refusal(whole.substr(0, size)) != "nothing was refused");
  CHECK(rc::check([&] {
    std::string bytes = whole;
    const auto changes = *rc::gen::inRange(1, 4);
    for (int k = 0; k < changes; ++k) {
      bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = static_cast<char>(*rc::gen::inRange(0, 256));
    }
    try {
      const SafetensorsFile file = parse_safetensors(bytes, "x");
      for (const NamedTensor& tensor : file.tensors) {
        const char* const begin = reinterpret_cast<const char*>(tensor.values.data());
        RC_ASSERT(begin >= bytes.data());
        RC_ASSERT(begin + tensor.values.size() <= bytes.data() + bytes.size());
      }
    } catch (const ParseError&) {
      return;
    }
  }));
}

TEST_CASE("arrays that no file can hold are refused and nothing is written") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "model.safetensors";
  const Matrix x(2, 3, 1.0F);
  const auto refused = [&](std::vector<NamedTensor> tensors, const TensorMetadata& metadata = {}) {
    CHECK_THROWS_AS(write_safetensors(path, tensors, metadata), InvalidOption);
    CHECK(!std::filesystem::exists(path));
  };
  refused({named_tensor("x", x.view()), named_tensor("x", x.view())});
  refused({named_tensor("__metadata__", x.view())});
  refused({named_tensor("\xff", x.view())});
  refused({{"x", TensorType::f32, {2, 4}, named_tensor("x", x.view()).values}});
  refused({named_tensor("x", x.view())}, {{"a", "\xff"}});
  refused({named_tensor("x", x.view())}, {{"a", "1"}, {"a", "2"}});
  CHECK_THROWS_AS(named_tensor("x", x.view().column_block(0, 2)), InvalidOption);
  CHECK_THROWS_AS(write_safetensors(folder.path() / "missing" / "a", {}), IoError);
  CHECK_THROWS_AS(read_safetensors(folder.path() / "missing"), IoError);
}
