#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include <adjoin/bindings/cli/exit_code.hpp>
#include <adjoin/bindings/cli/help.hpp>
#include <adjoin/engine/runtime/version.hpp>

namespace adjoin::cli {
namespace {

constexpr std::size_t text_width = 96;
constexpr std::size_t help_column = 30;

/// Breaks `text` at spaces into lines that end before `text_width`, each after the first indented.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string result;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (column > indent && column + 1 + word.size() > text_width) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

std::string entry(const std::string& left, const std::string& right) {
  std::string line = "  " + left;
  if (line.size() + 2 > help_column) {
    line += "\n" + std::string(help_column, ' ');
  } else {
    line.resize(help_column, ' ');
  }
  return line + wrapped(right, help_column) + "\n";
}

std::string option_list(const OptionGroup& group) {
  std::string text = "\n" + group.title + ":\n";
  for (const Option& option : group.options) text += entry(option_usage(option), option_help(option));
  return text;
}

}  // namespace

std::string option_usage(const Option& option) {
  std::string usage = short_name(option.name).empty() ? "" : fmt::format("-{}, ", short_name(option.name));
  usage += "--" + option.name;
  switch (option.kind) {
    case OptionKind::flag:
      return usage;
    case OptionKind::whole_number:
      return usage + " N";
    case OptionKind::number:
      return usage + " X";
    case OptionKind::number_list:
      return usage + " X,X,...";
    case OptionKind::choice:
      return fmt::format("{} {}", usage, fmt::join(option.choices, "|"));
    case OptionKind::text:
      return usage + (short_name(option.name) == "o" ? " FILE" : " TEXT");
  }
  return usage;
}

std::string option_help(const Option& option) {
  std::string notes = option.range;
  if (option.kind != OptionKind::flag && !option.default_text.empty()) {
    notes += fmt::format("{}default {}", notes.empty() ? "" : "; ", option.default_text);
  }
  if (!option.source.empty()) notes += fmt::format("{}{}", notes.empty() ? "" : "; ", option.source);
  return notes.empty() ? option.help : fmt::format("{} ({})", option.help, notes);
}

std::string usage_line(const std::string& path, const Command& command) {
  std::string line = path;
  if (!command.subcommands.empty()) {
    std::string names;
    for (const Command& subcommand : command.subcommands) names += (names.empty() ? "" : "|") + subcommand.name;
    return fmt::format("{} {} [options]", line, names);
  }
  for (const Positional& positional : command.positionals) {
    const std::string name = positional.name + (positional.many ? "..." : "");
    line += positional.optional ? fmt::format(" [{}]", name) : " " + name;
  }
  return line + " [options]";
}

std::string overview(const std::vector<Command>& commands) {
  std::string text =
      fmt::format("adjoin {}: vectors for the nodes of a network\n\nusage: adjoin COMMAND [options]\n\n", version());
  for (const Command& command : commands) text += entry(command.name, command.summary);
  text += "\nexample: adjoin embed data/karate/edges.txt -o karate.npy\n";
  text += "more:    adjoin COMMAND --help\n";
  return text;
}

std::string command_help(const std::string& path, const Command& command) {
  std::string text = fmt::format("usage: {}\n\n{}\n", usage_line(path, command), wrapped(command.description, 0));
  if (!command.subcommands.empty()) {
    text += "\n";
    for (const Command& subcommand : command.subcommands) text += entry(subcommand.name, subcommand.summary);
    text += fmt::format("\nmore: {} {} --help\n", path, command.subcommands.front().name);
    return text;
  }
  if (!command.positionals.empty()) text += "\n";
  for (const Positional& positional : command.positionals) text += entry(positional.name, positional.help);
  for (const OptionGroup& group : command.groups) text += option_list(group);
  CommonOptions common;
  text += option_list(common_options(common));
  text += "\nExit codes: " + wrapped(exit_code_text, 12) + "\n\nExamples:\n";
  for (const Example& example : command.examples) {
    text += fmt::format("  adjoin {}\n", example.arguments);
    if (!example.what.empty()) text += fmt::format("      {}\n", example.what);
  }
  return text;
}

}  // namespace adjoin::cli
