#include "drawn_pairs.hpp"

#include <algorithm>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/random.hpp>

namespace gpu_bench {

using namespace adjoin;

namespace {

constexpr std::size_t pairs_per_chunk = std::size_t{1} << 14;
/// An edge to a node without other neighbours is in no path of two edges; then another one is drawn, not for ever.
constexpr int most_draws = 64;

Edge drawn_edge(const CsrView& a, RandomSequence& random) {
  const std::size_t entry = random.next_below(a.nonzero_count());
  const auto after = std::upper_bound(a.offsets.begin(), a.offsets.end(), edge_offset(entry));
  return {node_id(static_cast<std::size_t>(after - a.offsets.begin()) - 1), a.targets[entry]};
}

Edge drawn_path(const CsrView& a, RandomSequence& random) {
  Edge edge = drawn_edge(a, random);
  for (int draw = 0; draw < most_draws; ++draw) {
    const auto neighbors = a.row_targets(index(edge.target));
    const NodeId other = neighbors[random.next_below(neighbors.size())];
    if (other != edge.source) return {edge.source, other};
    edge = drawn_edge(a, random);
  }
  return edge;
}

}  // namespace

std::vector<Edge> drawn_pairs(RunContext& context, const CsrView& a, std::size_t count, std::uint64_t seed) {
  if (a.nonzero_count() == 0) throw InvalidData("the graph has no edges to draw pairs from");
  std::vector<Edge> pairs(count);
  context.threads().for_chunks(count, pairs_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      RandomSequence random(seed, RandomStream::tests, i);
      pairs[i] = i % 2 == 0 ? drawn_edge(a, random) : drawn_path(a, random);
    }
  });
  return pairs;
}

}  // namespace gpu_bench
