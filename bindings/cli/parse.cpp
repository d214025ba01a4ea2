#include <algorithm>
#include <cctype>
#include <cstdlib>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <adjoin/bindings/cli/help.hpp>
#include <adjoin/bindings/cli/parse.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/engine/runtime/version.hpp>

namespace adjoin::cli {
namespace {

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates,
                         const std::string& prefix) {
  const auto meant = nearest_word(word, candidates);
  return meant ? fmt::format("; did you mean {}{}?", prefix, *meant) : "";
}

std::vector<std::string> names_of(const std::vector<Command>& commands) {
  std::vector<std::string> names;
  for (const Command& command : commands) names.push_back(command.name);
  return names;
}

const Command& find_command(const std::vector<Command>& commands, const std::string& path, const std::string& word) {
  const auto found = std::ranges::find(commands, word, &Command::name);
  if (found != commands.end()) return *found;
  const std::vector<std::string> names = names_of(commands);
  throw InvalidOption(fmt::format("{} is not a command of {}{}; it has {}", quote_for_message(word), path,
                                  did_you_mean(word, names, ""), fmt::join(names, ", ")));
}

/// Every option of the command, its own first.
std::vector<Option> options_of(const Command& command, CommonOptions& common) {
  std::vector<Option> options;
  for (const OptionGroup& group : command.groups)
    options.insert(options.end(), group.options.begin(), group.options.end());
  for (Option& option : common_options(common).options) options.push_back(std::move(option));
  return options;
}

void take_environment(const std::vector<Option>& options) {
  for (const auto& [variable, name] : {std::pair{"ADJOIN_THREADS", "threads"}, std::pair{"ADJOIN_DEVICE", "device"}}) {
    const char* const value = std::getenv(variable);
    if (value == nullptr || *value == '\0') continue;
    const auto option = std::ranges::find(options, name, &Option::name);
    try {
      option->assign(value);
    } catch (const InvalidOption& error) {
      throw InvalidOption(fmt::format("{}: {}", variable, error.what()));
    }
  }
}

/// No value begins with two dashes.
[[noreturn]] void refuse_no_value(const std::string& option) {
  throw InvalidOption(fmt::format("{} needs a value after it", option));
}

/// A word that begins like an option and is none, and an option without its value.
void refuse_wrong_options(const std::vector<std::string>& arguments, const std::vector<Option>& options,
                          const std::string& path) {
  std::vector<std::string> names{"help"};
  for (const Option& option : options) names.push_back(option.name);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const bool last = i + 1 == arguments.size();
    if (argument == "--") return;
    if (!argument.starts_with("--")) {
      const bool letter =
          argument.size() > 1 && argument[0] == '-' && std::isalpha(static_cast<unsigned char>(argument[1]));
      const auto known = [&](const Option& option) { return short_name(option.name) == argument.substr(1, 1); };
      if (letter && std::ranges::none_of(options, known)) {
        throw InvalidOption(fmt::format("{} is not an option of {}", quote_for_message(argument), path));
      }
      if (letter && argument.size() == 2 && last) refuse_no_value(argument);
      continue;
    }
    const std::string name = argument.substr(2, argument.find('=') - 2);
    const auto option = std::ranges::find(options, name, &Option::name);
    if (option == options.end()) {
      throw InvalidOption(fmt::format("--{} is not an option of {}{}", name, path, did_you_mean(name, names, "--")));
    }
    if (option->kind == OptionKind::flag && argument.find('=') != std::string::npos) {
      throw InvalidOption(fmt::format("--{} is on or off and takes no value", name));
    }
    const bool wants_value = option->kind != OptionKind::flag && argument.find('=') == std::string::npos;
    if (wants_value && (last || arguments[i + 1].starts_with("--"))) refuse_no_value(argument);
  }
}

void add_options(CLI::App& app, const std::vector<Option>& options) {
  for (const Option& option : options) {
    const std::string letter = short_name(option.name);
    const std::string flags = (letter.empty() ? "" : "-" + letter + ",") + "--" + option.name;
    if (option.kind == OptionKind::flag) {
      app.add_flag_callback(flags, [&option] { option.assign("true"); });
    } else {
      app.add_option_function<std::string>(flags, [&option](const std::string& text) { option.assign(text); })
          ->take_last()
          ->allow_extra_args(false);
    }
  }
}

/// CLI11's complaints in our words.
[[noreturn]] void refuse(const CLI::ParseError& error, const Command& command, const std::string& path) {
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr ||
      dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    for (const Positional& positional : command.positionals) {
      if (positional.values->empty() && !positional.optional) {
        throw InvalidOption(fmt::format("{} is missing; usage: {}", positional.name, usage_line(path, command)));
      }
    }
  }
  std::string message = error.what();
  std::replace(message.begin(), message.end(), '\n', ' ');
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    const auto colon = message.find(": ");
    throw InvalidOption(fmt::format("{} is one argument too many; usage: {}",
                                    colon == std::string::npos ? message : quote_for_message(message.substr(colon + 2)),
                                    usage_line(path, command)));
  }
  throw InvalidOption(message);
}

void parse_options(const Command& command, const std::string& path, std::vector<std::string> arguments,
                   CommonOptions& common) {
  const std::vector<Option> options = options_of(command, common);
  take_environment(options);
  refuse_wrong_options(arguments, options, path);
  CLI::App app;
  app.set_help_flag();
  add_options(app, options);
  for (const Positional& positional : command.positionals) {
    if (positional.many) {
      app.add_option(positional.name, *positional.values)->required(!positional.optional)->expected(-1);
    } else {
      app.add_option_function<std::string>(
             positional.name, [&positional](const std::string& value) { positional.values->assign(1, value); })
          ->required(!positional.optional);
    }
  }
  std::ranges::reverse(arguments);  // as CLI11 takes them
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    refuse(error, command, path);
  }
}

}  // namespace

Parsed parse_command_line(const std::vector<Command>& commands, std::vector<std::string> arguments, std::string& path) {
  Parsed parsed;
  path = "adjoin";
  const auto is_help = [](const std::string& word) { return word == "--help" || word == "-h"; };
  if (arguments.empty() || is_help(arguments.front())) {
    parsed.text = overview(commands);
    return parsed;
  }
  if (arguments.front() == "--version") {
    parsed.text = fmt::format("adjoin {}\n", version());
    return parsed;
  }
  if (arguments.front() == "help") {  // adjoin help embed = adjoin embed --help
    arguments.erase(arguments.begin());
    arguments.emplace_back("--help");
    return parse_command_line(commands, std::move(arguments), path);
  }
  if (arguments.front().starts_with("-")) {
    throw InvalidOption(fmt::format("{} stands before a command; write the command first: adjoin COMMAND {}",
                                    quote_for_message(arguments.front()), arguments.front()));
  }
  const std::vector<Command>* level = &commands;
  const Command* command = nullptr;
  while (!level->empty()) {
    if (arguments.empty()) {
      throw InvalidOption(fmt::format("{} needs one of {}", path, fmt::join(names_of(*level), ", ")));
    }
    if (is_help(arguments.front())) break;
    command = &find_command(*level, path, arguments.front());
    path += " " + command->name;
    arguments.erase(arguments.begin());
    level = &command->subcommands;
  }
  const auto options_end = std::ranges::find(arguments, "--");
  if (std::find_if(arguments.begin(), options_end, is_help) != options_end) {
    parsed.text = command_help(path, *command);
    return parsed;
  }
  parse_options(*command, path, std::move(arguments), parsed.common);
  parsed.command = command;
  return parsed;
}

}  // namespace adjoin::cli
