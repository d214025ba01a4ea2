// The adjoin command: parse, run, and turn what went wrong into one sentence and an exit code.
#include <cerrno>
#include <cstdio>
#include <new>

#include <fmt/format.h>

#include <adjoin/bindings/cli/exit_code.hpp>
#include <adjoin/bindings/cli/parse.hpp>
#include <adjoin/bindings/cli/progress_bar.hpp>
#include <adjoin/engine/learn/tape.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace {

using namespace adjoin;
using namespace adjoin::cli;

int complain(const std::string& path, const std::string& sentence, int code) {
  if (terminal_shows_progress()) std::fputs("\r\033[K", stderr);  // the bar of the stage that was stopped
  std::fputs(fmt::format("{}: {}\n", path, sentence).c_str(), stderr);
  return code;
}

int run_command_line(std::vector<std::string> arguments) {
  const std::vector<Command> commands = all_commands();
  std::string path = "adjoin";
  try {
    const Parsed parsed = parse_command_line(commands, std::move(arguments), path);
    if (parsed.command == nullptr) {
      write_standard_output(parsed.text);
      return done;
    }
    Session session(parsed.common);
    parsed.command->run(session);
    session.tell_unused_device();
    return done;
  } catch (const Cancelled&) {
    return complain(path, "stopped before anything was written", cancelled);
  } catch (const StoppedOnTheWay& error) {
    return complain(path, error.what(), cancelled);
  } catch (const learn::NotFinite& error) {
    return complain(path, error.what(), failed);
  } catch (const DeviceFailure& error) {
    return complain(path, error.what(), failed);
  } catch (const IoError& error) {
    if (error.error_number() == EPIPE) return done;  // the reader of standard output has seen enough
    return complain(path, error.what(), error.when() == IoError::When::before_work ? bad_request : failed);
  } catch (const InvalidOption& error) {
    return complain(path, fmt::format("{} (see {} --help)", error.what(), path), bad_request);
  } catch (const Error& error) {
    return complain(path, error.what(), bad_request);
  } catch (const std::bad_alloc&) {
    return complain(path, "out of memory; see --estimate and --memory", failed);
  } catch (const std::exception& error) {
    return complain(path, error.what(), failed);
  }
}

}  // namespace

int main(int argc, char** argv) {
  install_interrupt_handler();
  return run_command_line({argv + 1, argv + argc});
}
