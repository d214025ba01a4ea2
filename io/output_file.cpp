#include <atomic>
#include <cerrno>
#include <optional>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/io/compression.hpp>
#include <adjoin/io/output_file.hpp>

namespace adjoin {

struct OutputFile::State {
  std::filesystem::path target;
  std::string temporary;  // empty once renamed
  int descriptor = -1;
  std::optional<detail::Packer> packer;

  bool standard_output() const { return target == "-"; }

  ~State() {
    if (descriptor >= 0 && !standard_output()) ::close(descriptor);
    if (!temporary.empty()) ::unlink(temporary.c_str());
  }

  [[noreturn]] void fail(const char* action) const {
    throw IoError(standard_output() ? "standard output" : target, action, errno, IoError::When::while_running);
  }

  void write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
      if (written < 0) {
        if (errno == EINTR) continue;
        fail("write");
      }
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  void finish() {
    if (descriptor < 0) return;
    if (packer) write(packer->finish());
    if (standard_output()) return;
    if (::fsync(descriptor) != 0 && errno != EINVAL && errno != EROFS) fail("write");
    if (::close(std::exchange(descriptor, -1)) != 0) fail("write");
  }

  void rename() {
    if (standard_output()) return;
    if (::rename(temporary.c_str(), target.c_str()) != 0) fail("rename the finished file to this name");
    temporary.clear();
  }
};

OutputFile::OutputFile(std::filesystem::path target) : state_(std::make_unique<State>()) {
  state_->target = std::move(target);
  if (state_->standard_output()) {
    state_->descriptor = STDOUT_FILENO;
    return;
  }
  struct stat status{};
  if (::stat(state_->target.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    throw IoError(state_->target, "write", EISDIR);
  }
  std::filesystem::path folder = state_->target.parent_path();
  if (folder.empty()) folder = ".";
  // A name of our own rather than mkstemp's, so that the file gets the rights of any new file.
  static std::atomic<unsigned> serial = 0;
  do {
    const std::string suffix = "." + std::to_string(::getpid()) + "-" + std::to_string(serial++) + ".tmp";
    state_->temporary = (folder / ("." + state_->target.filename().string() + suffix)).string();
    state_->descriptor = ::open(state_->temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (state_->descriptor < 0 && errno == EEXIST);
  if (state_->descriptor < 0) {
    const int reason = errno;
    state_->temporary.clear();
    throw IoError(state_->target, "write", reason);
  }
  if (const auto compression = detail::compression_of(state_->target); compression != detail::Compression::none) {
    state_->packer.emplace(compression);
  }
}

OutputFile::~OutputFile() = default;
OutputFile::OutputFile(OutputFile&&) noexcept = default;
OutputFile& OutputFile::operator=(OutputFile&&) noexcept = default;

void OutputFile::write(std::span<const std::byte> bytes) {
  write(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

void OutputFile::write(std::string_view text) {
  state_->write(state_->packer ? state_->packer->pack(text) : text);
}

void OutputFile::commit() {
  state_->finish();
  state_->rename();
}

const std::filesystem::path& OutputFile::target() const noexcept {
  return state_->target;
}

void commit_together(std::vector<OutputFile>& files) {
  for (OutputFile& file : files) file.state_->finish();
  for (OutputFile& file : files) file.state_->rename();
}

}  // namespace adjoin
