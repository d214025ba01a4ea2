// Files from the network, through libcurl.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::cli {

struct Download {
  std::uint64_t bytes = 0;
  std::uint64_t resumed_at = 0;  // bytes that were there from an earlier try
};

/// What an incomplete download is called, and the note of which version of the file it is a part of.
std::filesystem::path part_of(const std::filesystem::path& file);
std::filesystem::path part_note_of(const std::filesystem::path& file);

/// Downloads to part_of(file), and renames it to `file` when it is whole. A part that is there is gone on with, if the
/// server still has the same version of the file and sends pieces; otherwise it begins again. However it ends, what has
/// arrived stays. address: https://, http:// or file://. IoError(while_running) if it cannot be had. Stage: "download".
Download download(RunContext& context, const std::string& address, const std::filesystem::path& file);

}  // namespace adjoin::cli
