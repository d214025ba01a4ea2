// A file as bytes in memory, read by the system as they are touched.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

namespace adjoin {

/// Read-only; the file must not change while it is mapped.
class MappedFile {
 public:
  /// IoError if the path is missing, a directory, or not readable.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&&) noexcept;
  MappedFile& operator=(MappedFile&&) noexcept;

  /// Valid as long as this object lives. Empty for an empty file.
  std::string_view bytes() const noexcept;

  /// Asks the system to bring the whole file, front to back, before it is touched. A wish only.
  void read_ahead() const noexcept;

  /// Gives the memory back; bytes() is empty from then on.
  void release() noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace adjoin
