#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/io/formats/name_table.hpp>

namespace adjoin::detail {

std::uint32_t NameTable::number_of(std::string_view name) {
  const auto found = numbers_.find(name);
  if (found != numbers_.end()) return found->second;
  if (names_.size() >= max_node_count) throw InvalidData("there are more names than 32 bits can count");
  const auto number = static_cast<std::uint32_t>(names_.size());
  numbers_.emplace(names_.emplace_back(name), number);
  return number;
}

std::pair<NodeIndex, std::vector<NodeId>> NameTable::index(RunContext& context) const {
  std::pair<NodeIndex, std::vector<NodeId>> result;
  auto& [nodes, ids] = result;
  nodes = NodeIndex::from_names({names_.begin(), names_.end()});
  ids.resize(names_.size());
  constexpr std::size_t names_per_chunk = 1 << 12;
  context.threads().for_chunks(ids.size(), names_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) ids[i] = *nodes.find(names_[i]);
  });
  return result;
}

}  // namespace adjoin::detail
