#include <system_error>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {
namespace {

std::string describe(const FilePosition& position, const std::string& found, const std::string& expected,
                     const std::string& hint) {
  std::string place = position.path.string();
  if (position.line > 0) place += fmt::format(":{}", position.line);
  if (position.line > 0 && position.column > 0) place += fmt::format(":{}", position.column);
  return fmt::format("{}: found {}, expected {}{}{}", place, found, expected, hint.empty() ? "" : "; ", hint);
}

}  // namespace

ParseError::ParseError(FilePosition position, const std::string& found, const std::string& expected,
                       const std::string& hint)
    : InvalidData(describe(position, found, expected, hint)), position_(std::move(position)) {}

IoError::IoError(const std::filesystem::path& path, const std::string& action, int error_number, When when)
    : IoError(path, action, std::generic_category().message(error_number), when) {
  error_number_ = error_number;
}

IoError::IoError(const std::filesystem::path& path, const std::string& action, const std::string& reason, When when)
    : Error(fmt::format("{}: cannot {}: {}", path.string(), action, reason)), when_(when) {}

BudgetExceeded::BudgetExceeded(std::uint64_t needed, std::uint64_t allowed, const std::string& knob)
    : Error(fmt::format("this run needs {} of memory and may use {}; {}", format_bytes(needed), format_bytes(allowed),
                        knob)),
      needed_(needed),
      allowed_(allowed) {}

}  // namespace adjoin
