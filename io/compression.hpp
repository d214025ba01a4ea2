// gzip and zstd, through zlib and libzstd.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::detail {

enum class Compression : std::uint8_t { none, gzip, zstd };

/// "gzip", "zstd" or empty.
std::string_view name_of(Compression compression);
/// By the first bytes.
Compression compression_of(std::string_view bytes);
/// By ".gz" or ".zst".
Compression compression_of(const std::filesystem::path& path);
/// The path without ".gz" or ".zst".
std::filesystem::path without_compression(const std::filesystem::path& path);

/// Unpacks all of `packed`, several members or frames one after the other too. ParseError if it is damaged, breaks off,
/// or is packed again inside; BudgetExceeded before the result would not fit. Stage: "unpack".
std::string unpack(RunContext& context, const std::filesystem::path& path, std::string_view packed);

/// Packs what is given piece by piece; the same bytes for the same pieces.
class Packer {
 public:
  /// zlib's and zstd's usual levels, 6 and 3.
  explicit Packer(Compression compression);
  ~Packer();
  Packer(Packer&&) noexcept;
  Packer& operator=(Packer&&) noexcept;

  /// What can be written now, valid until the next call.
  std::string_view pack(std::string_view bytes);
  /// The rest. Nothing may be packed after it.
  std::string_view finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Makes room in `content` for `bytes` more, in steps that double, and only within the memory budget.
void grow(RunContext& context, std::string& content, std::size_t bytes);

}  // namespace adjoin::detail
