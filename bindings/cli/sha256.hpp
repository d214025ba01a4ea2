// SHA-256 of files, through OpenSSL's libcrypto.
#pragma once

#include <filesystem>
#include <string>

#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::cli {

/// As 64 hexadecimal digits, small letters. IoError if the file cannot be read. Stage: "checksum".
std::string sha256_of_file(RunContext& context, const std::filesystem::path& path);

}  // namespace adjoin::cli
