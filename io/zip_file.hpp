// A zip archive in memory, through libzip: what NumPy's .npz is.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::detail {

inline bool looks_like_zip(std::string_view bytes) {
  return bytes.starts_with("PK\x03\x04") || bytes.starts_with(std::string_view("PK\x05\x06", 4));
}

/// The unpacked files of the archive with one of these names. ParseError if it is damaged; BudgetExceeded before what
/// is unpacked would not fit.
std::map<std::string, std::string> unzip(RunContext& context, const std::filesystem::path& path, std::string_view bytes,
                                         const std::vector<std::string>& names);

/// An archive of files that are not packed. The same bytes for the same files.
std::string zip(const std::vector<std::pair<std::string, std::string>>& files);

}  // namespace adjoin::detail
