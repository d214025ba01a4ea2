#include <algorithm>

#include <fmt/format.h>

#include <adjoin/bindings/cli/node_names.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {

std::vector<std::string> names_in(const std::string& text, const NodeIndex& nodes) {
  if (nodes.find(text)) return {text};
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    names.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

void refuse_node(const std::string& name, const std::vector<std::string>& names, const std::string& file) {
  const auto meant = nearest_word(name, names);
  throw InvalidData(fmt::format("{} has no node {}{}", file, quote_for_message(name),
                                meant ? fmt::format("; did you mean {}?", quote_for_message(*meant)) : ""));
}

NodeId find_node(const std::string& name, const NodeIndex& nodes, const std::string& file) {
  if (const auto found = nodes.find(name)) return *found;
  std::vector<std::string> names;
  for (std::size_t v = 0; v < nodes.size(); ++v) names.push_back(nodes.name(node_id(v)));
  refuse_node(name, names, file);
}

}  // namespace adjoin::cli
