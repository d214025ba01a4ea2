#include <cerrno>

#include <boost/iostreams/device/mapped_file.hpp>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/io/mapped_file.hpp>

namespace adjoin {

struct MappedFile::State {
  boost::iostreams::mapped_file_source file;
};

MappedFile::MappedFile(const std::filesystem::path& path) : state_(std::make_unique<State>()) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) throw IoError(path, "open", errno);
  if (S_ISDIR(status.st_mode)) throw IoError(path, "read", EISDIR);
  if (!S_ISREG(status.st_mode)) throw IoError(path, "map a file that is not a regular one", ENOTSUP);
  if (::access(path.c_str(), R_OK) != 0) throw IoError(path, "read", errno);
  if (status.st_size == 0) return;
  try {
    state_->file.open(path.string());
  } catch (const std::exception&) {
    throw IoError(path, "map", errno);
  }
}

void MappedFile::read_ahead() const noexcept {
  if (!state_->file.is_open()) return;
  auto* const start = const_cast<char*>(state_->file.data());
  ::madvise(start, state_->file.size(), MADV_SEQUENTIAL);
  ::madvise(start, state_->file.size(), MADV_WILLNEED);
}

MappedFile::~MappedFile() = default;
MappedFile::MappedFile(MappedFile&&) noexcept = default;
MappedFile& MappedFile::operator=(MappedFile&&) noexcept = default;

void MappedFile::release() noexcept {
  if (state_->file.is_open()) state_->file.close();
}

std::string_view MappedFile::bytes() const noexcept {
  return state_->file.is_open() ? std::string_view(state_->file.data(), state_->file.size()) : std::string_view();
}

}  // namespace adjoin
