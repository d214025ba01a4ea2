#include <algorithm>
#include <cerrno>
#include <utility>

#include <unistd.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/io/input_file.hpp>
#include <adjoin/io/store.hpp>

namespace adjoin::detail {
namespace {

std::string read_standard_input(RunContext& context) {
  constexpr std::size_t step_bytes = std::size_t{4} << 20;
  std::string content;
  while (true) {
    context.check_cancelled();
    grow(context, content, step_bytes);
    const std::size_t before = content.size();
    content.resize(before + step_bytes);
    const ssize_t got = ::read(STDIN_FILENO, content.data() + before, step_bytes);
    if (got < 0 && errno != EINTR) throw IoError("standard input", "read", errno);
    content.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0) return content;
  }
}

}  // namespace

InputFile::InputFile(RunContext& context, const std::filesystem::path& path)
    : path_(path == "-" ? "standard input" : path),
      content_(path == "-" ? decltype(content_)(read_standard_input(context)) : decltype(content_)(MappedFile(path))),
      compression_(compression_of(bytes())) {
  // A store is opened, not read: only what is asked for is brought.
  if (const MappedFile* const file = std::get_if<MappedFile>(&content_);
      file != nullptr && !looks_like_store(bytes())) {
    file->read_ahead();
  }
  if (compression_ != Compression::none) content_ = unpack(context, path_, bytes());
}

InputFile::InputFile(std::filesystem::path name, std::string content)
    : path_(std::move(name)), content_(std::move(content)) {}

std::string_view InputFile::bytes() const noexcept {
  if (const MappedFile* const file = std::get_if<MappedFile>(&content_)) return file->bytes();
  return std::get<std::string>(content_);
}

void InputFile::release() noexcept {
  if (MappedFile* const file = std::get_if<MappedFile>(&content_)) {
    file->release();
  } else {
    content_.emplace<std::string>();  // an assignment of nothing would keep the memory
  }
}

}  // namespace adjoin::detail
