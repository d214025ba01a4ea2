// Files that appear whole or not at all: written under a temporary name beside the target, renamed when complete.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace adjoin {

class OutputFile;

/// Completes every file before any is renamed, so that a set of files is replaced together.
void commit_together(std::vector<OutputFile>& files);

/// One output file, packed where its name ends in .gz or .zst. Without commit() the temporary file is removed and what
/// stood under the target name stays as it was. The target "-" is standard output, where bytes appear as they come.
class OutputFile {
 public:
  /// Opens the temporary file. IoError(before_work) if the folder is missing or not writable, or the target is a
  /// directory.
  explicit OutputFile(std::filesystem::path target);
  ~OutputFile();
  OutputFile(OutputFile&&) noexcept;
  OutputFile& operator=(OutputFile&&) noexcept;

  /// IoError(while_running) if the system refuses (disk full).
  void write(std::span<const std::byte> bytes);
  void write(std::string_view text);

  /// Flushes, syncs and renames. IoError(while_running).
  void commit();

  const std::filesystem::path& target() const noexcept;

 private:
  friend void commit_together(std::vector<OutputFile>& files);
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace adjoin
