// The manual page, written out from the descriptions of the commands.
#include <string_view>

#include <fmt/format.h>

#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/exit_code.hpp>
#include <adjoin/bindings/cli/help.hpp>
#include <adjoin/engine/runtime/version.hpp>

namespace adjoin::cli {
namespace {

/// Text that roff prints as it stands.
std::string roff(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else {
      escaped += c;
    }
  }
  if (escaped.starts_with('.') || escaped.starts_with('\'')) escaped.insert(0, "\\&");
  return escaped;
}

std::string option_paragraphs(const std::vector<Option>& options) {
  std::string text;
  for (const Option& option : options) {
    text += fmt::format(".TP\n.B {}\n{}\n", roff(option_usage(option)), roff(option_help(option)));
  }
  return text;
}

void describe(const Command& command, const std::string& path, std::string& text) {
  text +=
      fmt::format(".SS {}\n.B {}\n.PP\n{}\n", roff(path), roff(usage_line(path, command)), roff(command.description));
  for (const Positional& positional : command.positionals) {
    text += fmt::format(".TP\n.I {}\n{}\n", positional.name, roff(positional.help));
  }
  for (const OptionGroup& group : command.groups) text += option_paragraphs(group.options);
  for (const Example& example : command.examples) {
    text +=
        fmt::format(".PP\nExample: {}\n.RS\n.nf\nadjoin {}\n.fi\n.RE\n", roff(example.what), roff(example.arguments));
  }
  for (const Command& subcommand : command.subcommands) describe(subcommand, path + " " + subcommand.name, text);
}

std::string manual() {
  std::string text = fmt::format(
      ".TH ADJOIN 1 \"\" \"adjoin {}\" \"User Commands\"\n"
      ".SH NAME\nadjoin \\- vectors for the nodes of a network\n"
      ".SH SYNOPSIS\n.B adjoin\n.I COMMAND\n[options]\n.SH COMMANDS\n",
      version());
  for (const Command& command : all_commands()) describe(command, "adjoin " + command.name, text);
  CommonOptions common;
  text += ".SH OPTIONS OF EVERY COMMAND\n" + option_paragraphs(common_options(common).options);
  text += fmt::format(".SH EXIT STATUS\n{}\n", roff(exit_code_text));
  text +=
      ".SH ENVIRONMENT\n"
      ".TP\n.B ADJOIN_THREADS\nDefault of \\-\\-threads.\n"
      ".TP\n.B ADJOIN_DEVICE\nDefault of \\-\\-device.\n"
      ".TP\n.B ADJOIN_CPU\nThe instruction level to run at: baseline, sse4, avx2 or avx512.\n";
  return text;
}

}  // namespace

Command man_command() {
  Command command;
  command.name = "man";
  command.summary = "print the manual page";
  command.description = "Prints the manual page in roff, made from the same descriptions as --help.";
  command.examples = {{"man", "to read it: adjoin man | man -l -"}};
  command.run = [](Session& session) { session.print(manual()); };
  return command;
}

}  // namespace adjoin::cli
