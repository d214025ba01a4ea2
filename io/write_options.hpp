// How a dataset is to be written.
#pragma once

#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/io/read_options.hpp>

namespace adjoin {

/// What is left at its default goes by the file's suffix.
struct WriteOptions {
  FileFormat format = FileFormat::automatic;
  bool with_transpose = false;

  static constexpr auto fields() {
    return std::tuple{
        option_field("output-format", &WriteOptions::format,
                     "what to write: auto goes by the suffix; standard output gets an edge list"),
        option_field("with-transpose", &WriteOptions::with_transpose,
                     "keep a directed graph's transpose in the store too, so that no run has to make it")};
  }
};

}  // namespace adjoin
