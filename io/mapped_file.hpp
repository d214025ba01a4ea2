// A file as bytes in memory, read by the system as they are touched.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

namespace adjoin {

/// front_to_back asks the system to read the whole file ahead; as_touched leaves it to bring what is looked at.
enum class MapAccess : std::uint8_t { front_to_back, as_touched };

/// Read-only; the file must not change while it is mapped.
class MappedFile {
 public:
  /// IoError if the path is missing, a directory, or not readable.
  explicit MappedFile(const std::filesystem::path& path, MapAccess access = MapAccess::front_to_back);
  ~MappedFile();
  MappedFile(MappedFile&&) noexcept;
  MappedFile& operator=(MappedFile&&) noexcept;

  /// Valid as long as this object lives. Empty for an empty file.
  std::string_view bytes() const noexcept;

  /// Gives the memory back; bytes() is empty from then on.
  void release() noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace adjoin
