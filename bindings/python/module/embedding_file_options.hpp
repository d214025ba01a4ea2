// How Embedding.save writes.
#pragma once

#include <tuple>

#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/io/embedding_file.hpp>

namespace adjoin::python {

struct EmbeddingFileOptions {
  EmbeddingFormat format = EmbeddingFormat::automatic;

  static constexpr auto fields() {
    return std::tuple{option_field("format", &EmbeddingFileOptions::format,
                                   "the format of the file; auto goes by its suffix: .npy, .txt (word2vec), .bin "
                                   "(word2vec, binary) or .tsv")};
  }
};

}  // namespace adjoin::python
