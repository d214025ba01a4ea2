// A subcommand as plain data. From it come parsing, help, suggestions, completion and the man page; the function at its
// end is the only part that does anything.
#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <vector>

#include <adjoin/bindings/cli/session.hpp>
#include <adjoin/engine/runtime/options.hpp>

namespace adjoin::cli {

struct Positional {
  std::string name;  // "GRAPH"
  std::string help;
  std::vector<std::string>* values;
  bool many = false;
  bool file = true;                       // completion offers files
  std::vector<std::string> choices = {};  // completion offers these
  bool optional = false;
};

struct OptionGroup {
  std::string title;
  std::vector<Option> options;
};

struct Example {
  std::string arguments;  // after "adjoin "
  std::string what;
};

struct Command {
  std::string name;
  std::string summary;      // one line
  std::string description;  // a paragraph, for --help and the man page
  std::vector<Positional> positionals;
  std::vector<OptionGroup> groups;  // without the options that every command has
  std::vector<Example> examples;
  std::function<void(Session&)> run;
  std::vector<Command> subcommands;  // a command with subcommands only chooses one of them
};

/// Lists of options as one, for a group that has several.
template <std::same_as<std::vector<Option>>... More>
std::vector<Option> joined(std::vector<Option> options, const More&... more) {
  (options.insert(options.end(), more.begin(), more.end()), ...);
  return options;
}

/// Options with a letter of their own.
inline std::string short_name(const std::string& option) {
  return option == "output" || option == "out" ? "o" : "";
}

Command embed_command();
Command info_command();
Command convert_command();
Command head_command();
Command verify_command();
Command generate_command();
Command fetch_command();
Command similar_command();
Command tune_command();
Command split_command();
Command predict_command();
Command score_command();
Command evaluate_command();
Command linkpred_command();
Command train_command();
Command classify_command();
Command cluster_command();
Command simplices_command();
Command plot_command();
Command report_command();
Command doctor_command();
Command completion_command();
Command man_command();

/// Every command, in the order in which help lists them.
std::vector<Command> all_commands();

/// The options that every command has.
OptionGroup common_options(CommonOptions& options);

}  // namespace adjoin::cli
