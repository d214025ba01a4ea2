#include <array>
#include <cstring>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include <adjoin/engine/dense/bf16.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/io/embedding_columns.hpp>
#include <adjoin/io/embedding_file.hpp>
#include <adjoin/io/npy.hpp>
#include <adjoin/io/output_file.hpp>

#include "temporary_folder.hpp"

using namespace adjoin;

namespace {

Matrix sample(std::size_t rows, std::size_t columns) {
  Matrix x(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      x(i, j) = (static_cast<float>(i) + 0.1F) / (static_cast<float>(j) + 3) * ((i + j) % 2 == 0 ? 1.0F : -1e-20F);
    }
  }
  return x;
}

std::string complaint(const test::TemporaryFolder& folder, const std::string& name, const std::string& text) {
  RunContext context;
  try {
    read_embedding(context, folder.write(name, text));
  } catch (const Error& error) {
    const std::string message = error.what();
    return message.substr(std::min(message.find(name), message.size()));
  }
  return "no complaint";
}

}  // namespace

TEST_CASE("an embedding reads back to the bit from every format, with its names") {
  const test::TemporaryFolder folder;
  RunContext context;
  const NodeIndex nodes = NodeIndex::from_names({"ann", "bob", "Zürich", "7"});
  const Matrix x = sample(4, 37);
  for (const char* name : {"e.npy", "e.txt", "e.w2v", "e.vec", "e.bin", "e.tsv", "e.npy.gz", "e.txt.zst", "e.bin.gz"}) {
    CAPTURE(name);
    write_embedding(context, folder.path() / name, EmbeddingFormat::automatic, x.view(), nodes, "{\"seed\": 1}");
    const EmbeddingFile file = read_embedding(context, folder.path() / name);
    REQUIRE(file.values.rows() == 4);
    REQUIRE(file.values.columns() == 37);
    CHECK(std::memcmp(file.values.view().data(), x.view().data(), x.bytes()) == 0);
    CHECK(file.names == std::vector<std::string>{"7", "Zürich", "ann", "bob"});
    CHECK(test::read_file(folder.path() / (std::string(name) + ".run.json")) == "{\"seed\": 1}\n");
  }
}

TEST_CASE("the header of an .npy file is the one that NumPy writes") {
  // numpy.lib.format.write_array of an array of shape (3, 2), dtype <f4: version 1.0, padded to 128 bytes.
  const std::string header = detail::npy_header("<f4", std::array<std::size_t, 2>{3, 2});
  const std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }";
  std::string expected("\x93NUMPY\x01\x00\x76\x00", 10);
  expected += dictionary + std::string(128 - 10 - dictionary.size() - 1, ' ') + "\n";
  CHECK(header == expected);
  CHECK(detail::npy_header("<f4", std::array<std::size_t, 2>{123456789012, 100000}).size() % 64 == 0);
}

TEST_CASE("word2vec's binary format is read as its program and as gensim write it") {
  const test::TemporaryFolder folder;
  RunContext context;
  // struct.pack("<2f", 1, -2.5) and struct.pack("<2f", 0, 10) of Python.
  const std::string a("\x00\x00\x80\x3f\x00\x00\x20\xc0", 8);
  const std::string b("\x00\x00\x00\x00\x00\x00\x20\x41", 8);  // 0x20 is a space: values are not text
  for (const std::string line_end : {"", "\n"}) {
    const EmbeddingFile file =
        read_embedding(context, folder.write("w.bin", "2 2\nin " + a + line_end + "</s> " + b + line_end));
    CHECK(file.format == EmbeddingFormat::word2vec_binary);
    CHECK(file.names == std::vector<std::string>{"in", "</s>"});
    CHECK(file.values(0, 1) == -2.5F);
    CHECK(file.values(1, 1) == 10);
  }
  CHECK(complaint(folder, "w.bin", "") ==
        "w.bin:1: found '', expected the number of nodes and of values, as in word2vec's formats");
  CHECK(complaint(folder, "w.bin", "2 x\nin " + a).starts_with("w.bin:1: found '2 x'"));
  CHECK(complaint(folder, "w.bin", "1 1000000000000\nin " + a) ==
        "w.bin:1: found 11 bytes, expected 1 vectors of 1000000000000 values, as the first line says");
  CHECK(complaint(folder, "w.bin", "1000000000 2\nin " + a).find("expected 1000000000 vectors") != std::string::npos);
  CHECK(complaint(folder, "w.bin", "1 2\ninandoutandmore") ==
        "w.bin: found no space in vector 1, expected a name and a space before the values");
  CHECK(complaint(folder, "w.bin", "2 1\nin 1234out 123") ==
        "w.bin: found 3 bytes in vector 2, expected 1 values of 4 bytes");
  CHECK(complaint(folder, "w.bin", "1 2\n " + a + "..") == "w.bin: found '' in vector 1, expected the name of a node");
  CHECK(complaint(folder, "w.bin", "1 2\nin " + a + "more") ==
        "w.bin: found 4 bytes after the last vector, expected 1 vectors, as the first line says");
  CHECK(complaint(folder, "w.bin", "1 1\nin " + std::string("\x00\x00\xc0\x7f", 4)) ==
        "w.bin: found a value that is not finite in the row of node 'in', expected finite numbers");
  const NodeIndex nodes = NodeIndex::from_names({"two words"});
  const Matrix values = sample(1, 2);
  CHECK_THROWS_AS(
      write_embedding(context, folder.path() / "no.bin", EmbeddingFormat::automatic, values.view(), nodes, "{}"),
      InvalidData);
}

TEST_CASE("standard output takes an embedding as text, and nothing that needs a second file") {
  CHECK(embedding_format(EmbeddingFormat::automatic, "-") == EmbeddingFormat::tsv);
  CHECK(embedding_format(EmbeddingFormat::word2vec, "-") == EmbeddingFormat::word2vec);
  CHECK_THROWS_AS(embedding_format(EmbeddingFormat::npy, "-"), InvalidOption);
  CHECK(embedding_files("-", EmbeddingFormat::tsv) == std::vector<std::filesystem::path>{"-"});
}

TEST_CASE("an .npy of doubles is read, and one without names has numbers for names") {
  const test::TemporaryFolder folder;
  std::string text = detail::npy_header("<f4", std::array<std::size_t, 2>{2, 1});
  text.replace(text.find("<f4"), 3, "<f8");
  for (const double value : {1.5, -2.25}) text.append(reinterpret_cast<const char*>(&value), sizeof(value));
  RunContext context;
  const EmbeddingFile file = read_embedding(context, folder.write("d.npy", text));
  CHECK(file.values(0, 0) == 1.5F);
  CHECK(file.values(1, 0) == -2.25F);
  CHECK(file.names == std::vector<std::string>{"0", "1"});
}

TEST_CASE("an embedding written column by column reads back as itself, and appears when it is finished") {
  const test::TemporaryFolder folder;
  RunContext context;
  Matrix whole(5, 7);
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t j = 0; j < 7; ++j) whole(i, j) = static_cast<float>(10 * i + j);
  }
  const std::filesystem::path path = folder.path() / "x.npy";
  {
    EmbeddingColumns abandoned(path, EmbeddingFormat::npy, 5, 7);
    abandoned.write(context, std::as_const(whole).view().column_block(0, 3));
  }
  CHECK(std::filesystem::is_empty(folder.path()));
  EmbeddingColumns file(path, EmbeddingFormat::automatic, 5, 7);
  for (const std::size_t first : {0U, 3U, 6U}) {
    file.write(context, std::as_const(whole).view().column_block(first, std::min<std::size_t>(3, 7 - first)));
  }
  file.finish(NodeIndex::from_names({"a", "b", "c", "d", "e"}), "{}");
  const EmbeddingFile again = read_embedding(context, path);
  CHECK(again.names == std::vector<std::string>{"a", "b", "c", "d", "e"});
  REQUIRE(again.values.columns() == 7);
  for (std::size_t i = 0; i < 5; ++i) CHECK(std::ranges::equal(again.values.row(i), whole.row(i)));
  CHECK_THROWS_AS(EmbeddingColumns(folder.path() / "x.tsv", EmbeddingFormat::automatic, 5, 7), InvalidOption);
}

TEST_CASE("an .npy of bfloat16 has the bytes of one that ml_dtypes saves, written by rows or by columns") {
  const test::TemporaryFolder folder;
  RunContext context;
  Matrix values(2, 2);
  const std::vector<float> numbers{1.5F, -2.25F, 3.14159F, 1e-30F};
  std::ranges::copy(numbers, values.view().data());
  const NodeIndex nodes = NodeIndex::from_names({"a", "b"});
  // What numpy.save of ml_dtypes 0.5 makes of them.
  const std::string expected =
      detail::npy_header("<V2", std::array<std::size_t, 2>{2, 2}) + std::string("\xc0\x3f\x10\xc0\x49\x40\xa2\x0d", 8);
  const std::filesystem::path path = folder.path() / "x.npy";
  write_embedding(context, path, EmbeddingFormat::npy_bf16, values.view(), nodes, "{}");
  std::ifstream file(path, std::ios::binary);
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == expected);
  const std::vector<float> rounded{1.5F, -2.25F, 3.140625F, to_float(to_bf16(1e-30F))};
  const EmbeddingFile by_rows = read_embedding(context, path);
  CHECK(std::ranges::equal(std::span(by_rows.values.view().data(), 4), rounded));
  EmbeddingColumns columns(path, EmbeddingFormat::npy_bf16, 2, 2);
  for (const std::size_t j : {0U, 1U}) columns.write(context, std::as_const(values).view().column_block(j, 1));
  columns.finish(nodes, "{}");
  const EmbeddingFile by_columns = read_embedding(context, path);
  CHECK(std::ranges::equal(std::span(by_columns.values.view().data(), 4), rounded));
  CHECK_THROWS_AS(embedding_format(EmbeddingFormat::npy_bf16, "-"), InvalidOption);
}

TEST_CASE("embedding files that are not as they say are refused") {
  const test::TemporaryFolder folder;
  const std::string wanted = ", expected a NumPy array of float32, float64 or bfloat16 with two dimensions";
  std::string npy = detail::npy_header("<f4", std::array<std::size_t, 2>{2, 2}) + std::string(16, '\0');
  CHECK(complaint(folder, "ok.npy", npy) == "no complaint");
  CHECK(complaint(folder, "short.npy", npy.substr(0, npy.size() - 1)) ==
        "short.npy: found 15 B of data for the shape (2, 2), expected as much as its shape says");
  CHECK(complaint(folder, "head.npy", npy.substr(0, 40)) ==
        "head.npy: found a header that is longer than the file, expected a NumPy array");
  std::string whole = npy;
  whole.replace(whole.find("<f4"), 3, "<i4");
  CHECK(complaint(folder, "i.npy", whole) == "i.npy: found int32 array of shape (2, 2)" + wanted);
  std::string lie = npy;
  lie.replace(lie.find("(2, 2), }          "), 19, "(9999999999, 9999)}");
  CHECK(complaint(folder, "lie.npy", lie) ==
        "lie.npy: found 16 B of data for the shape (9999999999, 9999), expected as much as its shape says");
  CHECK(complaint(folder, "flat.npy", [&] {
          std::string flat = npy;
          flat.replace(flat.find("(2, 2)"), 6, "(4,)  ");
          return flat;
        }()) == "flat.npy: found float32 array of shape (4,)" + wanted);
  CHECK(complaint(folder, "text.npy", "hello") ==
        "text.npy: found a file that does not begin as an .npy file, expected a NumPy array");

  CHECK(complaint(folder, "a.txt", "2 2\na 1 2\n") == "a.txt: found 1 vectors, expected 2, as the first line says");
  CHECK(complaint(folder, "b.txt", "1 2\na 1\n") == "b.txt:2: found 1 values, expected 2, as the first line says");
  CHECK(complaint(folder, "c.txt", "2 2\na 1 2\nb 1\n") == "c.txt:3: found 1 values, expected 2 as in the first line");
  CHECK(complaint(folder, "d.txt", "2 2\na 1 2\nb 1 x\n") == "d.txt:3:5: found 'x', expected a number");
  CHECK(complaint(folder, "e.txt", "2 1\na 1\na 2\n") == "e.txt: found the node 'a' twice, expected each node once");
  CHECK(complaint(folder, "f.tsv", "a\t1\nb\tnan\n") ==
        "f.tsv: found a value that is not finite in the row of node 'b', expected finite numbers");
  CHECK(complaint(folder, "g.tsv", "") == "g.tsv: found an empty file, expected a line for each node");
  folder.write("n.names.txt", "a\nb\nc\n");
  CHECK(complaint(folder, "n.npy", npy).starts_with("n.names.txt: found 3 names, expected 2") == false);
  CHECK(complaint(folder, "x.parquet", "x").find("the suffix .parquet is not one of") != std::string::npos);
}

TEST_CASE("a file that is not committed leaves what stood there before") {
  const test::TemporaryFolder folder;
  const auto path = folder.write("out.txt", "old");
  {
    OutputFile file(path);
    file.write("new");
  }
  CHECK(test::read_file(path) == "old");
  {
    OutputFile file(path);
    file.write("new");
    file.commit();
  }
  CHECK(test::read_file(path) == "new");
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("places that cannot be written are found out before the work") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_AS(check_writable(folder.path() / "missing" / "e.npy"), IoError);
  CHECK_THROWS_AS(check_writable(folder.path()), IoError);
  check_writable(folder.path() / "fine.npy");
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("names with white space are refused by word2vec's format and nothing is written") {
  const test::TemporaryFolder folder;
  RunContext context;
  const Matrix x = sample(1, 2);
  CHECK_THROWS_AS(write_embedding(context, folder.path() / "e.txt", EmbeddingFormat::automatic, x.view(),
                                  NodeIndex::from_names({"Costa Rica"}), "{}"),
                  InvalidData);
  CHECK(std::filesystem::is_empty(folder.path()));
}
