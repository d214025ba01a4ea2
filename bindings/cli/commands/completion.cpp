// Shell completion, written out from the descriptions of the commands: one table of "command path: words" in three
// dialects.
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {
namespace {

struct Completion {
  std::string path;  // "generate rmat"
  std::vector<std::string> subcommands;
  std::vector<Option> options;
  std::vector<std::string> words;  // choices of positionals
};

void collect(const Command& command, const std::string& path, std::vector<Completion>& all) {
  Completion completion;
  completion.path = path;
  for (const Command& subcommand : command.subcommands) completion.subcommands.push_back(subcommand.name);
  for (const OptionGroup& group : command.groups) {
    completion.options.insert(completion.options.end(), group.options.begin(), group.options.end());
  }
  if (command.subcommands.empty()) {
    CommonOptions common;
    for (Option& option : common_options(common).options) completion.options.push_back(std::move(option));
  }
  for (const Positional& positional : command.positionals) {
    completion.words.insert(completion.words.end(), positional.choices.begin(), positional.choices.end());
  }
  all.push_back(std::move(completion));
  for (const Command& subcommand : command.subcommands) collect(subcommand, path + " " + subcommand.name, all);
}

std::vector<Completion> completions() {
  std::vector<Completion> all;
  for (const Command& command : all_commands()) collect(command, command.name, all);
  return all;
}

std::vector<std::string> top_words() {
  std::vector<std::string> words;
  for (const Command& command : all_commands()) words.push_back(command.name);
  words.insert(words.end(), {"help", "--help", "--version"});
  return words;
}

std::vector<std::string> words_of(const Completion& completion) {
  std::vector<std::string> words = completion.subcommands;
  words.insert(words.end(), completion.words.begin(), completion.words.end());
  for (const Option& option : completion.options) words.push_back("--" + option.name);
  words.emplace_back("--help");
  return words;
}

/// The body of a case over "path" for bash and zsh: sets `offer` to the words of the command, or to those of the value
/// of the option before.
std::string case_branches() {
  std::string text;
  for (const Completion& completion : completions()) {
    text += fmt::format("    '{}')\n      offer='{}'\n", completion.path, fmt::join(words_of(completion), " "));
    std::string choices;
    for (const Option& option : completion.options) {
      if (option.kind == OptionKind::choice) {
        choices += fmt::format("        --{}) offer='{}' ;;\n", option.name, fmt::join(option.choices, " "));
      }
    }
    if (!choices.empty()) text += "      case \"$previous\" in\n" + choices + "      esac\n";
    text += "      ;;\n";
  }
  return text;
}

/// "generate" is followed by the name of a model, the others are commands on their own.
constexpr const char* path_of_words = R"(  local at="$first"
  [ "$first" = generate ] && [ "$position" -gt 2 ] && at="$first $second"
  [ "$position" -eq 1 ] && at=''
)";

std::string bash_script() {
  return fmt::format(
      "# adjoin completion for bash: source this file, or put it into "
      "~/.local/share/bash-completion/completions/adjoin\n"
      "_adjoin() {{\n"
      "  local current=\"${{COMP_WORDS[COMP_CWORD]}}\" previous=\"${{COMP_WORDS[COMP_CWORD-1]}}\" offer=''\n"
      "  local first=\"${{COMP_WORDS[1]}}\" second=\"${{COMP_WORDS[2]}}\" position=$COMP_CWORD\n"
      "{}"
      "  case \"$at\" in\n    '')\n      offer='{}'\n      ;;\n{}  esac\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$offer\" -- \"$current\")\n"
      "  [[ \"$current\" != -* ]] && mapfile -t -O \"${{#COMPREPLY[@]}}\" COMPREPLY < <(compgen -f -- \"$current\")\n"
      "  return 0\n}}\ncomplete -o filenames -F _adjoin adjoin\n",
      path_of_words, fmt::join(top_words(), " "), case_branches());
}

std::string zsh_script() {
  return fmt::format(
      "#compdef adjoin\n"
      "# adjoin completion for zsh: put this file into a folder of $fpath as _adjoin\n"
      "_adjoin() {{\n"
      "  local previous=\"${{words[CURRENT-1]}}\" first=\"${{words[2]}}\" second=\"${{words[3]}}\" "
      "position=$((CURRENT-1))\n"
      "{}"
      "  local offer=''\n"
      "  case \"$at\" in\n    '')\n      offer='{}'\n      ;;\n{}  esac\n"
      "  compadd -- ${{=offer}}\n  _files\n}}\n_adjoin \"$@\"\n",
      path_of_words, fmt::join(top_words(), " "), case_branches());
}

std::string fish_quote(const std::string& text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return "'" + quoted + "'";
}

std::string fish_script() {
  std::string text = "# adjoin completion for fish: put this file into ~/.config/fish/completions/adjoin.fish\n";
  for (const Command& command : all_commands()) {
    text += fmt::format("complete -c adjoin -n __fish_use_subcommand -a {} -d {}\n", command.name,
                        fish_quote(command.summary));
  }
  for (const Completion& completion : completions()) {
    std::string condition;
    for (std::size_t at = 0; at < completion.path.size();) {
      const std::size_t end = std::min(completion.path.find(' ', at), completion.path.size());
      condition += fmt::format("{}__fish_seen_subcommand_from {}", condition.empty() ? "" : "; and ",
                               completion.path.substr(at, end - at));
      at = end + 1;
    }
    const std::string prefix = fmt::format("complete -c adjoin -n {}", fish_quote(condition));
    for (const std::string& word : completion.subcommands) text += fmt::format("{} -a {}\n", prefix, word);
    for (const std::string& word : completion.words) text += fmt::format("{} -a {}\n", prefix, word);
    for (const Option& option : completion.options) {
      text += fmt::format("{} -l {}", prefix, option.name);
      if (!short_name(option.name).empty()) text += " -s " + short_name(option.name);
      if (option.kind == OptionKind::choice) {
        text += fmt::format(" -x -a {}", fish_quote(fmt::format("{}", fmt::join(option.choices, " "))));
      } else if (option.kind != OptionKind::flag) {
        text += " -r";
      }
      text += fmt::format(" -d {}\n", fish_quote(option.help));
    }
  }
  return text;
}

}  // namespace

Command completion_command() {
  const auto shell = std::make_shared<std::vector<std::string>>();
  Command command;
  command.name = "completion";
  command.summary = "print a completion script for bash, zsh or fish";
  command.description =
      "Prints a script that completes commands, options and their values; its first line says where to put it.";
  command.positionals = {{"SHELL", "bash, zsh or fish", shell.get(), false, false, {"bash", "zsh", "fish"}}};
  command.examples = {{"completion bash", ""}};
  command.run = [shell](Session& session) {
    const std::string& name = shell->front();
    if (name == "bash") {
      session.print(bash_script());
    } else if (name == "zsh") {
      session.print(zsh_script());
    } else if (name == "fish") {
      session.print(fish_script());
    } else {
      throw InvalidOption(fmt::format("{} is not one of bash, zsh, fish", quote_for_message(name)));
    }
  };
  return command;
}

}  // namespace adjoin::cli
