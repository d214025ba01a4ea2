#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <adjoin/bindings/cli/drawing.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::cli {
namespace {

/// Where the program lies: beside an installed command, or in the tree that this one was built in.
std::filesystem::path program_folder() {
  std::error_code unknown;
  const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", unknown).parent_path();
  for (const char* const place : {"../share/adjoin/adjoin_report", "adjoin_report"}) {
    if (std::filesystem::exists(folder / place / "__main__.py")) return folder / place;
  }
  throw InvalidOption(fmt::format("the drawing program is not in {}; install adjoin whole: cmake --install",
                                  (folder / "../share/adjoin").lexically_normal().string()));
}

std::string python() {
  const char* const wish = std::getenv("ADJOIN_PYTHON");
  return wish != nullptr && *wish != '\0' ? wish : "python3";
}

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) throw IoError("a pipe", "open", errno, IoError::When::while_running);
  }
  ~Pipe() {
    close_writing();
    ::close(ends_[0]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int writing() const { return ends_[1]; }
  void close_writing() {
    if (ends_[1] >= 0) ::close(std::exchange(ends_[1], -1));
  }
  /// Until nobody writes any more.
  std::string read_all() const {
    std::string text;
    std::array<char, 4096> block{};
    for (;;) {
      const ssize_t count = ::read(ends_[0], block.data(), block.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return text;
      text.append(block.data(), static_cast<std::size_t>(count));
    }
  }

 private:
  std::array<int, 2> ends_{};
};

struct Ended {
  int code;
  std::string said;  // on standard error
};

Ended run(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  Pipe errors;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, errors.writing(), STDERR_FILENO);
  pid_t process = 0;
  const int refused = ::posix_spawnp(&process, arguments.front(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (refused != 0) {
    throw InvalidOption(
        fmt::format("drawing needs Python 3, and {} cannot be run ({}); install python3 and "
                    "python3-matplotlib, or let ADJOIN_PYTHON name another one",
                    words.front(), std::generic_category().message(refused)));
  }
  errors.close_writing();
  Ended ended{0, errors.read_all()};
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ended;
}

/// The last line that is not empty: a traceback ends with what went wrong.
std::string last_line(const std::string& text) {
  const auto end = text.find_last_not_of(" \n");
  if (end == std::string::npos) return "the drawing program failed and said nothing";
  const auto begin = text.rfind('\n', end);
  return text.substr(begin == std::string::npos ? 0 : begin + 1,
                     end - (begin == std::string::npos ? 0 : begin + 1) + 1);
}

}  // namespace

void run_drawing_program(const std::vector<std::string>& arguments, const std::filesystem::path& output) {
  std::vector<std::string> words{python(), program_folder().string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  words.insert(words.end(), {"--output", output.string()});
  const Ended ended = run(words);
  constexpr int impossible = 2;
  if (ended.code == impossible) throw InvalidOption(last_line(ended.said));
  if (ended.code != 0) throw IoError(output, "draw", last_line(ended.said), IoError::When::while_running);
}

void check_picture(const std::string& option, const std::string& output) {
  const std::string suffix = std::filesystem::path(output).extension().string();
  constexpr std::array<std::string_view, 4> suffixes{".svg", ".png", ".pdf", ".html"};
  if (std::ranges::find(suffixes, suffix) == suffixes.end()) {
    throw InvalidOption(fmt::format("{} {} is none of .svg, .png, .pdf and .html", option, output));
  }
}

void draw(const Json& what, const std::filesystem::path& output) {
  run_drawing_program_on({"draw"}, what, output);
}

void run_drawing_program_on(std::vector<std::string> arguments, const Json& what, const std::filesystem::path& output) {
  std::string name = (std::filesystem::temp_directory_path() / "adjoin-drawing-XXXXXX").string();
  const int file = ::mkstemp(name.data());
  if (file < 0) throw IoError(name, "write", errno);
  ::close(file);
  const struct Removed {
    std::string name;
    ~Removed() { ::unlink(name.c_str()); }
  } removed{name};
  std::ofstream stream(name, std::ios::binary);
  stream << what.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (!stream.flush()) throw IoError(name, "write", errno, IoError::When::while_running);
  arguments.push_back(name);
  run_drawing_program(arguments, output);
}

}  // namespace adjoin::cli
