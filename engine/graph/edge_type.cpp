#include <algorithm>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include <adjoin/engine/graph/edge_type.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {

TypedEdges number_types(std::span<const std::string_view> type_names) {
  std::unordered_map<std::string_view, std::uint32_t> number_of;
  TypedEdges types{{}, Array<std::uint32_t>(type_names.size())};
  for (std::size_t e = 0; e < type_names.size(); ++e) {
    const auto [found, is_new] = number_of.try_emplace(type_names[e], static_cast<std::uint32_t>(types.names.size()));
    types.type_of[e] = found->second;
    if (!is_new) continue;
    if (types.names.size() == max_edge_types) {
      throw InvalidData(
          fmt::format("more than {} types of edges; is this the column of types?", format_count(max_edge_types)));
    }
    types.names.emplace_back(type_names[e]);
  }
  // So far in the order in which they came.
  std::vector<std::string> sorted = types.names;
  std::ranges::sort(sorted);
  std::vector<std::uint32_t> place(sorted.size());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    place[i] = static_cast<std::uint32_t>(std::ranges::lower_bound(sorted, types.names[i]) - sorted.begin());
  }
  for (std::uint32_t& type : types.type_of) type = place[type];
  types.names = std::move(sorted);
  return types;
}

std::vector<EdgeType> build_edge_types(RunContext& context, std::span<const Edge> edges, std::span<const float> weights,
                                       const TypedEdges& types, const std::shared_ptr<const NodeIndex>& nodes,
                                       const BuildOptions& options) {
  std::vector<std::size_t> count(types.names.size(), 0);
  for (const std::uint32_t type : types.type_of) ++count[type];
  std::vector<EdgeType> built;
  built.reserve(types.names.size());
  for (std::uint32_t type = 0; type < types.names.size(); ++type) {
    Array<Edge> chosen(count[type]);
    Array<float> chosen_weights(weights.empty() ? 0 : count[type]);
    std::size_t to = 0;
    for (std::size_t e = 0; e < edges.size(); ++e) {
      if (types.type_of[e] != type) continue;
      chosen[to] = edges[e];
      if (!weights.empty()) chosen_weights[to] = weights[e];
      ++to;
    }
    built.push_back(
        {types.names[type], build_graph(context, std::move(chosen), std::move(chosen_weights), nodes, options).graph});
  }
  return built;
}

}  // namespace adjoin
