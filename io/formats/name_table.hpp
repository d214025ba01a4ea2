// Names as a reader meets them, numbered in that order until all are known and get their ids.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <adjoin/engine/graph/node_index.hpp>

namespace adjoin::detail {

class NameTable {
 public:
  /// InvalidData if there are more than max_node_count names.
  std::uint32_t number_of(std::string_view name);
  std::size_t size() const noexcept { return names_.size(); }
  std::string_view name(std::size_t number) const noexcept { return names_[number]; }

  /// The index of all names, and the id of each number.
  std::pair<NodeIndex, std::vector<NodeId>> index(RunContext& context) const;

 private:
  std::deque<std::string> names_;  // stay where they are
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

}  // namespace adjoin::detail
