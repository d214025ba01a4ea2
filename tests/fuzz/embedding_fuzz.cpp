// Embeddings: the parts of the input are the names of the rows (for NumPy arrays; may be empty) and the embedding.
#include <array>
#include <cmath>

#include <adjoin/io/embedding_file.hpp>

#include "fuzz_support.hpp"

using namespace adjoin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::string name = std::array{"input.npy", "input.txt", "input.tsv", "input.bin"}[input.choose(4)];
  const std::vector<std::string_view> parts = fuzz::parts_of(input.bytes, 2);
  fuzz::remove_scratch("input.names.txt");
  if (parts.size() == 2 && !parts[0].empty()) fuzz::write_scratch("input.names.txt", parts[0]);
  const std::filesystem::path path = fuzz::write_scratch(name, parts.back());
  fuzz::accepted([&] {
    const EmbeddingFile file = read_embedding(fuzz::context(), path);
    fuzz::require(file.names.size() == file.values.rows(), "rows and names differ in number");
    for (std::size_t i = 0; i < file.values.rows(); ++i) {
      for (const float value : file.values.row(i)) fuzz::require(std::isfinite(value), "a value that is not finite");
    }
  });
  return 0;
}
