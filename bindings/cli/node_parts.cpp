#include <algorithm>
#include <filesystem>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/evaluate/predict_labels.hpp>
#include <adjoin/bindings/cli/node_parts.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/input_file.hpp>

namespace adjoin::cli {
namespace {

/// Reads one file of parts, whichever kind it is.
class PartsReader {
 public:
  PartsReader(Session& session, const NodePartOptions& options, const NodeIndex& nodes)
      : file_(session.context(), options.split),
        column_(static_cast<std::size_t>(options.split_column - 1)),
        nodes_(nodes) {}

  NodeSplit read() {
    const std::string_view text = file_.bytes();
    if (text.substr(0, std::min(text.find_first_not_of(" \t\r\n"), text.size() - 1) + 1).ends_with('{')) {
      read_json(text);
    } else {
      read_lines(text);
    }
    for (std::vector<NodeId>* const part : {&split_.training, &split_.validation, &split_.test}) {
      std::ranges::sort(*part);
    }
    return std::move(split_);
  }

 private:
  [[noreturn]] void refuse(const std::string& found, const std::string& expected) const {
    throw ParseError({file_.path(), line_, line_ == 0 ? 0U : 1U}, found, expected);
  }

  NodeId find(const std::string& name) const {
    const std::optional<NodeId> node = nodes_.find(name);
    if (!node) refuse(fmt::format("the node {}", quote_for_message(name)), "nodes of the graph");
    return *node;
  }

  void read_json(std::string_view text) {
    const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("train")) {
      refuse("something else", "a JSON object with lists train, val and test");
    }
    const auto read = [&](const char* name, std::vector<NodeId>& part) {
      if (!json.contains(name)) return;
      if (!json.at(name).is_array()) refuse(fmt::format("{} that is no list", name), "a list of nodes");
      for (const nlohmann::json& node : json.at(name)) {
        if (!node.is_string() && !node.is_number_unsigned()) refuse("something else in " + std::string(name), "nodes");
        part.push_back(find(node.is_string() ? node.get<std::string>() : node.dump()));
      }
    };
    read("train", split_.training);
    read("val", split_.validation);
    read("test", split_.test);
  }

  void read_lines(std::string_view text) {
    std::uint64_t row = 0;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      ++line_;
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.empty() || line.starts_with('#')) continue;
      const std::size_t name_end = line.find('\t');
      if (name_end == std::string_view::npos) {
        put(line, std::to_string(row++));
      } else if (line_ > 1 || line.substr(0, name_end) != "node") {
        std::string letters;
        for (const char c : line.substr(name_end)) letters += c == '\t' ? std::string() : std::string(1, c);
        put(letters, std::string(line.substr(0, name_end)));
      }
    }
  }

  void put(std::string_view letters, const std::string& name) {
    const std::size_t wrong = letters.find_first_not_of("TVE-");
    if (wrong != std::string_view::npos) {
      refuse(quote_for_message(letters), "a letter for each split: T, V, E or -");
    }
    if (column_ >= letters.size()) {
      refuse(counted(letters.size(), "split", "splits"),
             fmt::format("at least {}, as --split-column asks", column_ + 1));
    }
    if (letters[column_] == '-') return;
    std::vector<NodeId>& part = letters[column_] == 'T'   ? split_.training
                                : letters[column_] == 'V' ? split_.validation
                                                          : split_.test;
    part.push_back(find(name));
  }

  detail::InputFile file_;
  std::size_t column_;
  const NodeIndex& nodes_;
  NodeSplit split_;
  std::uint64_t line_ = 0;  // 0 where the file is not one of lines
};

void refuse_options_beside_a_file(const NodePartOptions& options) {
  NodePartOptions plain;
  plain.split = options.split;
  plain.split_column = options.split_column;
  const std::vector<OptionValue> given = option_values(options);
  const std::vector<OptionValue> defaults = option_values(plain);
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i].text == defaults[i].text) continue;
    throw InvalidOption(
        fmt::format("--{} draws parts, and --split names a file that has them; leave one of them out", given[i].name));
  }
}

/// Removes nodes without a label; returns how many.
std::size_t drop_unlabelled(const CsrView& labels, NodeSplit& split) {
  std::size_t dropped = 0;
  for (std::vector<NodeId>* const part : {&split.training, &split.validation, &split.test}) {
    dropped += std::erase_if(*part, [&](NodeId node) { return labels.row_size(index(node)) == 0; });
  }
  return dropped;
}

}  // namespace

NodeSplit node_parts(Session& session, const NodePartOptions& options, const NodeIndex& nodes,
                     const NodeLabels& labels) {
  validate(options);
  const CsrView of_node = labels.of_node.view();
  const SplitShares shares{options.validation, options.test};
  const auto round = static_cast<std::uint32_t>(options.round);
  if (!options.split.empty()) {
    refuse_options_beside_a_file(options);
    NodeSplit split = PartsReader(session, options, nodes).read();
    const std::size_t dropped = drop_unlabelled(of_node, split);
    if (dropped > 0) {
      session.note(fmt::format("{}: {} without a label left out", options.split, counted(dropped, "node", "nodes")));
    }
    return split;
  }
  if (options.split_column != 1) throw InvalidOption("--split-column is of a file; add --split FILE");
  if (options.per_class > 0) {
    return split_nodes_per_class(session.context(), nodes, of_node, static_cast<std::size_t>(options.per_class), shares,
                                 round);
  }
  return split_nodes(session.context(), nodes, labelled_nodes(of_node), shares, round);
}

}  // namespace adjoin::cli
