#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <exception>
#include <fstream>
#include <memory>
#include <string_view>

#include <curl/curl.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <adjoin/bindings/cli/download.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/engine/runtime/version.hpp>

namespace adjoin::cli {
namespace {

constexpr long connect_seconds = 30;
constexpr long stalled_seconds = 60;  // without a byte
constexpr long most_redirects = 10;
constexpr long http_partial_content = 206;
constexpr long http_range_not_satisfiable = 416;

struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

void start_libcurl_once() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) throw Error(fmt::format("libcurl does not start: {}", curl_easy_strerror(code)));
}

/// The part on disk.
class PartFile {
 public:
  explicit PartFile(std::filesystem::path path) : path_(std::move(path)) {
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor_ < 0) throw IoError(path_, "write", errno);
    struct stat status{};
    if (::fstat(descriptor_, &status) != 0) fail("read");
    bytes_ = static_cast<std::uint64_t>(status.st_size);
    if (::lseek(descriptor_, 0, SEEK_END) < 0) fail("read");
  }
  ~PartFile() {
    ::close(descriptor_);
    if (bytes_ == 0) ::unlink(path_.c_str());  // nothing to go on with
  }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  std::uint64_t bytes() const noexcept { return bytes_; }

  void clear() {
    if (::ftruncate(descriptor_, 0) != 0 || ::lseek(descriptor_, 0, SEEK_SET) < 0) fail("write");
    bytes_ = 0;
  }

  void append(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = ::write(descriptor_, text.data(), text.size());
      if (written < 0) {
        if (errno == EINTR) continue;
        fail("write");
      }
      text.remove_prefix(static_cast<std::size_t>(written));
      bytes_ += static_cast<std::uint64_t>(written);
    }
  }

  void rename_to(const std::filesystem::path& file) {
    if (::fsync(descriptor_) != 0 || ::rename(path_.c_str(), file.c_str()) != 0) fail("write");
  }

 private:
  [[noreturn]] void fail(const char* action) const {
    throw IoError(path_, action, errno, IoError::When::while_running);
  }

  std::filesystem::path path_;
  int descriptor_ = -1;
  std::uint64_t bytes_ = 0;
};

/// The version of the file that a part belongs to: an ETag or a date, as the server wrote it. Empty if the part is of
/// another address or nobody knows.
std::string version_in_note(const std::filesystem::path& note, const std::string& address) {
  std::ifstream file(note);
  std::string of_address;
  std::string version;
  if (!std::getline(file, of_address) || !std::getline(file, version) || of_address != address) return {};
  return version;
}

void write_note(const std::filesystem::path& note, const std::string& address, const std::string& version) {
  std::filesystem::remove(note);
  if (version.empty()) return;
  std::ofstream file(note);
  file << address << "\n" << version << "\n";
}

/// The value of a header line, if it is the header asked for (in small letters).
bool take_header(std::string_view line, std::string_view wanted, std::string& value) {
  if (line.size() <= wanted.size() || line[wanted.size()] != ':') return false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(line[i])) != wanted[i]) return false;
  }
  line.remove_prefix(wanted.size() + 1);
  const auto begin = line.find_first_not_of(" \t");
  const auto end = line.find_last_not_of(" \t\r\n");
  value = begin == std::string_view::npos ? "" : line.substr(begin, end + 1 - begin);
  return true;
}

/// One request, seen from libcurl's callbacks. No exception may pass through libcurl, so that the first one waits in
/// `failure`.
struct Transfer {
  RunContext& context;
  CURL* handle;
  PartFile& part;
  const std::string& address;
  const std::filesystem::path& note;
  std::uint64_t asked_from = 0;
  std::uint64_t resumed_at = 0;
  bool began = false;
  std::string etag{};
  std::string modified{};
  std::string range{};
  std::exception_ptr failure{};

  template <class Action>
  bool guarded(const Action& action) noexcept {
    try {
      action();
      return true;
    } catch (...) {
      failure = std::current_exception();
      return false;
    }
  }

  /// A weak ETag names what means the same, not what is the same byte for byte.
  std::string version() const { return etag.empty() || etag.starts_with("W/") ? modified : etag; }

  void take_line(std::string_view line) {
    if (line.starts_with("HTTP/")) {  // of the next answer, after a redirect
      etag.clear();
      modified.clear();
      range.clear();
    }
    take_header(line, "etag", etag) || take_header(line, "last-modified", modified) ||
        take_header(line, "content-range", range);
  }

  /// Before the first byte: does the answer go on with the part, or is it the whole file?
  void begin() {
    began = true;
    long code = 0;
    curl_off_t length = -1;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_getinfo(handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (code == http_partial_content) {
      if (!range.starts_with(fmt::format("bytes {}-", asked_from))) {
        throw IoError(address, "download",
                      fmt::format("asked for the bytes from {} on, the server sent {}", asked_from,
                                  range.empty() ? "others" : quote_for_message(range)),
                      IoError::When::while_running);
      }
      resumed_at = asked_from;
    } else {
      part.clear();
      // Files on this machine need no note: they are read again from the start.
      write_note(note, address, code == 0 ? "" : version());
    }
    const auto arriving = static_cast<std::uint64_t>(std::max<curl_off_t>(length, 0));
    context.begin_stage("download", "bytes", resumed_at + arriving);
    context.advance(resumed_at);
  }

  void take_bytes(std::string_view bytes) {
    if (!began) begin();
    part.append(bytes);
    context.advance(bytes.size());
  }
};

std::size_t on_header(char* text, std::size_t, std::size_t count, void* transfer) {
  auto& self = *static_cast<Transfer*>(transfer);
  return self.guarded([&] { self.take_line({text, count}); }) ? count : 0;
}

std::size_t on_bytes(char* text, std::size_t, std::size_t count, void* transfer) {
  auto& self = *static_cast<Transfer*>(transfer);
  return self.guarded([&] { self.take_bytes({text, count}); }) ? count : 0;
}

/// Called about once a second even while nothing arrives, so that Ctrl-C is heard.
int on_progress(void* transfer, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& self = *static_cast<Transfer*>(transfer);
  return self.guarded([&] { self.context.check_cancelled(); }) ? 0 : 1;
}

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(handle, option, value);
  if (code != CURLE_OK) throw Error(fmt::format("libcurl refuses an option: {}", curl_easy_strerror(code)));
}

[[noreturn]] void refuse(const std::string& address, CURLcode code, long answer, const char* details,
                         std::uint64_t arrived) {
  std::string reason;
  if (code == CURLE_HTTP_RETURNED_ERROR) {
    reason =
        fmt::format("the server answered {}{}", answer, answer == 404 ? ", which means that it has no such file" : "");
  } else {
    reason = *details != '\0' ? details : curl_easy_strerror(code);
    while (reason.ends_with('\n') || reason.ends_with('.')) reason.pop_back();
  }
  if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT) {
    reason += "; see whether this machine has a network";
  }
  if (arrived > 0) {
    reason +=
        fmt::format("; {} that have arrived are kept, and the same command goes on from there", format_bytes(arrived));
  }
  throw IoError(address, "download", reason, IoError::When::while_running);
}

}  // namespace

std::filesystem::path part_of(const std::filesystem::path& file) {
  return file.string() + ".part";
}

std::filesystem::path part_note_of(const std::filesystem::path& file) {
  return file.string() + ".part.version";
}

Download download(RunContext& context, const std::string& address, const std::filesystem::path& file) {
  start_libcurl_once();
  context.check_cancelled();
  const std::filesystem::path note = part_note_of(file);
  PartFile part(part_of(file));
  const std::unique_ptr<CURL, FreeHandle> handle(curl_easy_init());
  if (handle == nullptr) throw Error("libcurl does not start");
  CURL* const curl = handle.get();
  Transfer transfer{context, curl, part, address, note};

  std::array<char, CURL_ERROR_SIZE> details{};
  set(curl, CURLOPT_ERRORBUFFER, details.data());
  set(curl, CURLOPT_URL, address.c_str());
  set(curl, CURLOPT_USERAGENT, fmt::format("adjoin/{}", version()).c_str());
  set(curl, CURLOPT_NOSIGNAL, 1L);  // the process has a handler of its own
  set(curl, CURLOPT_FAILONERROR, 1L);
  set(curl, CURLOPT_FOLLOWLOCATION, 1L);
  set(curl, CURLOPT_MAXREDIRS, most_redirects);
  // Never from the network to a file of this machine, never from https down to http.
  set(curl, CURLOPT_PROTOCOLS_STR, "https,http,file");
  set(curl, CURLOPT_REDIR_PROTOCOLS_STR, address.starts_with("http://") ? "https,http" : "https");
  set(curl, CURLOPT_CONNECTTIMEOUT, connect_seconds);
  set(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(curl, CURLOPT_LOW_SPEED_TIME, stalled_seconds);
  set(curl, CURLOPT_HEADERFUNCTION, &on_header);
  set(curl, CURLOPT_HEADERDATA, &transfer);
  set(curl, CURLOPT_WRITEFUNCTION, &on_bytes);
  set(curl, CURLOPT_WRITEDATA, &transfer);
  set(curl, CURLOPT_NOPROGRESS, 0L);
  set(curl, CURLOPT_XFERINFOFUNCTION, &on_progress);
  set(curl, CURLOPT_XFERINFODATA, &transfer);

  // Two pieces of two versions would make a file that nobody published: without If-Range nothing is gone on with.
  std::unique_ptr<curl_slist, FreeList> headers;
  const std::string known_version = version_in_note(note, address);
  if (part.bytes() > 0 && !known_version.empty()) {
    transfer.asked_from = part.bytes();
    headers.reset(curl_slist_append(nullptr, ("If-Range: " + known_version).c_str()));
    set(curl, CURLOPT_HTTPHEADER, headers.get());
    set(curl, CURLOPT_RANGE, fmt::format("{}-", part.bytes()).c_str());
  }

  CURLcode code = curl_easy_perform(curl);
  long answer = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
  if (code == CURLE_HTTP_RETURNED_ERROR && answer == http_range_not_satisfiable && transfer.asked_from > 0) {
    // The part is no shorter than the file: begin again.
    set(curl, CURLOPT_RANGE, static_cast<const char*>(nullptr));
    set(curl, CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
    transfer.asked_from = 0;
    code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
  }
  if (transfer.failure) std::rethrow_exception(transfer.failure);
  if (code != CURLE_OK) refuse(address, code, answer, details.data(), part.bytes());
  if (!transfer.began) transfer.begin();  // an empty file
  context.end_stage();
  part.rename_to(file);
  std::filesystem::remove(note);
  return {part.bytes(), transfer.resumed_at};
}

}  // namespace adjoin::cli
