#include <algorithm>
#include <ctime>
#include <memory>
#include <new>

#include <fmt/format.h>
#include <zip.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/zip_file.hpp>

namespace adjoin::detail {
namespace {

struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseFile {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;
using Source = std::unique_ptr<zip_source_t, FreeSource>;

std::string read_entry(RunContext& context, const std::filesystem::path& path, zip_t* archive, zip_uint64_t entry) {
  const auto damaged = [&] {
    throw ParseError({path, 0, 0}, "a zip archive that is damaged", "a whole one", "make or fetch it again");
  };
  zip_stat_t about;
  zip_stat_init(&about);
  if (zip_stat_index(archive, entry, 0, &about) != 0 || (about.valid & ZIP_STAT_SIZE) == 0) damaged();
  context.require_memory(resident_bytes() + about.size, "raise --memory");
  const std::unique_ptr<zip_file_t, CloseFile> file(zip_fopen_index(archive, entry, 0));
  if (file == nullptr) damaged();
  // What is declared is not believed beyond what comes.
  constexpr std::size_t step_bytes = std::size_t{4} << 20;
  std::string content;
  while (true) {
    context.check_cancelled();
    const std::size_t before = content.size();
    content.resize(before + std::min<std::size_t>(step_bytes, static_cast<std::size_t>(about.size) - before + 1));
    const zip_int64_t got = zip_fread(file.get(), content.data() + before, content.size() - before);
    if (got < 0) damaged();
    content.resize(before + static_cast<std::size_t>(got));
    if (got == 0) break;
    if (content.size() > about.size) damaged();
  }
  if (content.size() != about.size) damaged();
  return content;
}

}  // namespace

std::map<std::string, std::string> unzip(RunContext& context, const std::filesystem::path& path, std::string_view bytes,
                                         const std::vector<std::string>& names) {
  Source source(zip_source_buffer_create(bytes.data(), bytes.size(), 0, nullptr));
  if (source == nullptr) throw std::bad_alloc();
  const Archive archive(zip_open_from_source(source.get(), ZIP_RDONLY, nullptr));
  if (archive == nullptr) {
    throw ParseError({path, 0, 0}, "a zip archive that is damaged", "a whole one", "make or fetch it again");
  }
  source.release();  // the archive's now  NOLINT(bugprone-unused-return-value)
  std::map<std::string, std::string> files;
  for (const std::string& name : names) {
    const zip_int64_t entry = zip_name_locate(archive.get(), name.c_str(), 0);
    if (entry >= 0) files[name] = read_entry(context, path, archive.get(), static_cast<zip_uint64_t>(entry));
  }
  return files;
}

std::string zip(const std::vector<std::pair<std::string, std::string>>& files) {
  const Source source(zip_source_buffer_create(nullptr, 0, 0, nullptr));
  if (source == nullptr) throw std::bad_alloc();
  zip_source_keep(source.get());  // closing the archive gives up its own hold
  zip_t* const archive = zip_open_from_source(source.get(), ZIP_TRUNCATE, nullptr);
  if (archive == nullptr) throw std::bad_alloc();
  constexpr std::time_t no_time = 315532800;  // the first moment that zip can name: 1980-01-01
  for (const auto& [name, content] : files) {
    zip_source_t* const file = zip_source_buffer(archive, content.data(), content.size(), 0);
    const zip_int64_t entry = file == nullptr ? -1 : zip_file_add(archive, name.c_str(), file, 0);
    if (entry < 0) throw std::bad_alloc();
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(entry), ZIP_CM_STORE, 0);
    zip_file_set_mtime(archive, static_cast<zip_uint64_t>(entry), no_time, 0);
  }
  if (zip_close(archive) != 0) throw std::bad_alloc();
  zip_stat_t about;
  zip_stat_init(&about);
  zip_source_stat(source.get(), &about);
  std::string bytes(static_cast<std::size_t>(about.size), '\0');
  zip_source_open(source.get());
  const zip_int64_t got = zip_source_read(source.get(), bytes.data(), bytes.size());
  zip_source_close(source.get());
  if (got != static_cast<zip_int64_t>(bytes.size())) throw std::bad_alloc();
  return bytes;
}

}  // namespace adjoin::detail
