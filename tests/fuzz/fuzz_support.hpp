// What the fuzz targets share: an input cut into options and parts, one run for all executions, and the checks that
// everything which is read has to pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <adjoin/engine/graph/dataset.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/io/formats/registry.hpp>
#include <adjoin/io/input_file.hpp>

/// What a target defines: libFuzzer and the replay driver call it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace adjoin::fuzz {

/// The input's first byte chooses options: '0' is every default. The rest is what the reader gets.
struct Input {
  unsigned options = 0;  // 0 to 255
  std::string_view bytes;

  Input(const std::uint8_t* data, std::size_t size);
  /// One of `count` choices; the next call chooses independently.
  unsigned choose(unsigned count);
};

/// What separates the parts of an input that stands for several files.
inline constexpr std::string_view part_marker = "\n---\n";
/// `count` parts at most, the last one with all that is left.
std::vector<std::string_view> parts_of(std::string_view bytes, std::size_t count);

/// One thread, and memory for small files only, so that a lying header is refused. The same for many executions.
RunContext& context();

/// The bytes as an input file, in memory that ends where they end: the address sanitizer sees a read past them.
detail::InputFile in_memory(const std::filesystem::path& name, std::string_view bytes);

/// A file for readers that want one, in memory where the system has such a folder. It goes away with the process.
std::filesystem::path scratch_path(const std::string& name);
std::filesystem::path write_scratch(const std::string& name, std::string_view bytes);
void remove_scratch(const std::string& name);
/// Of everything in the folder.
void clear_scratch();

/// Ends the process, which is what the fuzzer calls a finding.
void require(bool good, std::string_view what);

/// Directed or not, loops and duplicates: one of four.
BuildOptions build_options(unsigned choice);

/// All invariants of all parts, and that they agree.
void check_everything(const Dataset& dataset);
void check_graph(GraphView graph);
void check_names(const NodeIndex& nodes);

/// False where `body` throws an adjoin::Error, which is what bad input deserves. Anything else is a finding.
template <class Body>
bool accepted(const Body& body) {
  try {
    body();
    return true;
  } catch (const Error& error) {
    require(*error.what() != '\0', "an error without a message");
    return false;
  }
}

/// `body` must not refuse what was accepted before.
template <class Body>
void must_accept(std::string_view what, const Body& body) {
  try {
    body();
  } catch (const Error& error) {
    require(false, std::string(what) + ": " + error.what());
  }
}

/// A target for a reader of one file: options choose how the graph is built, and the estimate is asked for first.
int fuzz_format(const detail::Format& format, const std::filesystem::path& name, Input input);

}  // namespace adjoin::fuzz
