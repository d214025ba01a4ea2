// Everything adjoin throws. Messages are one sentence for the user: the value, the limit, the next step.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace adjoin {

/// Base of every error that adjoin throws on purpose.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// An option out of range, or options that contradict one another or the graph (command: exit 2; Python: ValueError).
struct InvalidOption : Error {
  using Error::Error;
};

/// Data that cannot be what it should be, without a place in a file (command: exit 2; Python: ValueError).
struct InvalidData : Error {
  using Error::Error;
};

/// A place in a text file, 1-based; 0 means "not known" and is left out of the message.
struct FilePosition {
  std::filesystem::path path;
  std::uint64_t line = 0;
  std::uint64_t column = 0;
};

/// A file that does not say what its format demands. what() is "path:line:column: found ..., expected ...; hint"
/// (command: exit 2; Python: ValueError).
class ParseError : public InvalidData {
 public:
  ParseError(FilePosition position, const std::string& found, const std::string& expected,
             const std::string& hint = {});
  const FilePosition& position() const noexcept { return position_; }

 private:
  FilePosition position_;
};

/// A file that cannot be opened, read, mapped or written; keeps the operating system's reason. `before_work` tells a
/// request that could never work (command: exit 2) from one that failed while running, a full disk say (exit 1).
class IoError : public Error {
 public:
  enum class When { before_work, while_running };
  IoError(const std::filesystem::path& path, const std::string& action, int error_number,
          When when = When::before_work);
  /// The same where the reason is not the operating system's: a server's, say.
  IoError(const std::filesystem::path& path, const std::string& action, const std::string& reason, When when);
  When when() const noexcept { return when_; }
  /// The system's number of the reason, such as ENOSPC; 0 where the reason is not the system's.
  int error_number() const noexcept { return error_number_; }

 private:
  When when_;
  int error_number_ = 0;
};

/// The device asked for does not exist here, or this build cannot use it (command: exit 2).
struct DeviceError : Error {
  using Error::Error;
};

/// A device that was there failed while running, or ran out of memory (command: exit 1; Python: RuntimeError).
struct DeviceFailure : Error {
  using Error::Error;
};

/// A run would take more memory than it may (command: exit 2; Python: MemoryError).
class BudgetExceeded : public Error {
 public:
  /// needed, allowed: bytes. knob: what lowers the need, as an instruction ("lower --dim").
  BudgetExceeded(std::uint64_t needed, std::uint64_t allowed, const std::string& knob);
  std::uint64_t needed() const noexcept { return needed_; }
  std::uint64_t allowed() const noexcept { return allowed_; }

 private:
  std::uint64_t needed_;
  std::uint64_t allowed_;
};

/// The run was asked to stop and did; nothing was written (command: exit 130; Python: KeyboardInterrupt).
struct Cancelled : Error {
  Cancelled() : Error("cancelled") {}
};

}  // namespace adjoin
