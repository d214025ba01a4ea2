#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <adjoin/engine/graph/as_graph.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {

BuiltGraph static_graph(RunContext& context, EventView events, std::shared_ptr<const NodeIndex> nodes,
                        const BuildOptions& options) {
  const auto negative = std::ranges::find_if(events.weights, [](float weight) { return weight < 0; });
  if (negative != events.weights.end()) {
    const auto i = static_cast<std::size_t>(negative - events.weights.begin());
    throw InvalidData(fmt::format(
        "the event from {} to {} at time {} has weight {}, and a graph's weights are 0 or "
        "more; --weight-column none leaves weights out",
        quote_for_message(nodes->name(events.sources[i])), quote_for_message(nodes->name(events.targets[i])),
        format_time(events.times[i], events.decimals), format_number(*negative)));
  }
  constexpr std::size_t events_per_chunk = 1 << 16;
  Array<Edge> edges(events.size());
  context.for_chunks(events.size(), events_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) edges[i] = {events.sources[i], events.targets[i]};
  });
  Array<float> weights(events.weights.size());
  std::ranges::copy(events.weights, weights.begin());
  return build_graph(context, std::move(edges), std::move(weights), std::move(nodes), options);
}

BuiltGraph projected_graph(RunContext& context, const SimplexView& simplices, std::shared_ptr<const NodeIndex> nodes,
                           const BuildOptions& options) {
  if (options.directed) throw InvalidOption("simplices have no direction; leave out --directed");
  constexpr std::size_t too_many = std::size_t{1} << 48;  // for any memory; and no sum of pairs wraps around
  std::size_t pairs = 0;
  for (std::size_t i = 0; i < simplices.size() && pairs < too_many; ++i) {
    const std::size_t k = simplices.simplex(i).size();
    pairs += k * (k - 1) / 2;
  }
  context.require_memory(resident_bytes() + estimate_build_memory(nodes->size(), pairs, true, false), "raise --memory");
  Array<Edge> edges(pairs);
  Array<float> weights(pairs, 1.0F);
  std::size_t at = 0;
  for (std::size_t i = 0; i < simplices.size(); ++i) {
    const std::span<const NodeId> simplex = simplices.simplex(i);
    for (std::size_t a = 0; a < simplex.size(); ++a) {
      for (std::size_t b = a + 1; b < simplex.size(); ++b) edges[at++] = {simplex[a], simplex[b]};
    }
    context.check_cancelled();
  }
  return build_graph(context, std::move(edges), std::move(weights), std::move(nodes), options);
}

BuiltGraph as_graph(RunContext& context, const Dataset& dataset, const BuildOptions& options) {
  if (dataset.events) return static_graph(context, dataset.events->view(), dataset.nodes, options);
  if (dataset.simplices) return projected_graph(context, dataset.simplices->view(), dataset.nodes, options);
  throw InvalidData("there are neither events nor simplices to make a graph of");
}

}  // namespace adjoin
