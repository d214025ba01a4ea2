// The bytes of an input, however they come: from a file, packed or not, or from standard input.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/io/compression.hpp>
#include <adjoin/io/mapped_file.hpp>

namespace adjoin::detail {

/// A mapped file, or the unpacked content of a gzip or zstd file, or standard input. Packing is seen by the first
/// bytes, not by the suffix.
class InputFile {
 public:
  /// "-" is standard input. IoError as MappedFile; ParseError for packed data that is damaged, cut off, or packed
  /// twice; BudgetExceeded where the unpacked bytes do not fit.
  InputFile(RunContext& context, const std::filesystem::path& path);
  /// Bytes that are in memory already, not packed. name: for messages, and for what stands beside a file of that name.
  InputFile(std::filesystem::path name, std::string content);

  /// For messages.
  const std::filesystem::path& path() const noexcept { return path_; }
  /// Valid until release().
  std::string_view bytes() const noexcept;
  Compression compression() const noexcept { return compression_; }
  /// Gives the memory back.
  void release() noexcept;

 private:
  std::filesystem::path path_;
  std::variant<MappedFile, std::string> content_;
  Compression compression_ = Compression::none;
};

}  // namespace adjoin::detail
