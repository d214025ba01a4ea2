#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <adjoin/engine/graph/static_graph.hpp>
#include <adjoin/engine/runtime/error.hpp>
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

}  // namespace adjoin
