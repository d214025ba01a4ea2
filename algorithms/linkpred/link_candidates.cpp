#include <algorithm>
#include <memory>
#include <numeric>
#include <tuple>
#include <utility>

#include <adjoin/algorithms/linkpred/best_pairs.hpp>
#include <adjoin/algorithms/linkpred/link_candidates.hpp>
#include <adjoin/algorithms/linkpred/pagerank_walks.hpp>
#include <adjoin/algorithms/linkpred/scratch_pool.hpp>
#include <adjoin/engine/sparse/intersect.hpp>
#include <adjoin/engine/sparse/row_accumulator.hpp>

namespace adjoin {
namespace {

using detail::ColumnSet;
using detail::PushWalk;
using detail::ScratchPool;

using Lists = std::vector<std::vector<NodeId>>;

constexpr std::size_t sources_per_chunk = 4096;

/// fill(scratch, source, list) for each source; scratch is lent as it was made.
template <class Scratch, class Make, class Fill>
Lists lists_of(RunContext& context, std::span<const NodeId> sources, ScratchPool<Scratch>& pool, Make&& make,
               Fill&& fill) {
  Lists lists(sources.size());
  context.for_chunks(sources.size(), 1, [&](Chunk chunk) {
    pool.borrow(make, [&](Scratch& scratch) {
      for (std::size_t i = chunk.begin; i < chunk.end; ++i) fill(scratch, sources[i], lists[i]);
    });
  });
  return lists;
}

/// Kept alive by the functions that use it.
struct TwoHopState {
  Neighbors neighbors;
  CsrView back;  // from a neighbour to those that have it, or that it leads to
  std::size_t nodes;
  ScratchPool<ColumnSet> pool;
};

void fill_two_hops(const TwoHopState& state, NodeId x, ColumnSet& seen, std::vector<NodeId>& list) {
  for (const NodeId z : state.neighbors.rows.row_targets(index(x))) {
    if (z == x) continue;
    for (const NodeId y : state.back.row_targets(index(z))) {
      if (y != z && y != x) seen.insert(index(y));
    }
  }
  seen.drain([&](std::size_t y) { list.push_back(node_id(y)); });
}

struct PushState {
  detail::Transitions transitions;
  PageRankOptions options;
  CsrView edges;
  std::size_t most;
  ScratchPool<PushWalk> pool;
};

/// The likeliest of those that are not linked; of equal values, as a score has them, the smaller id.
void fill_reached(const PushState& state, NodeId x, PushWalk& walk, std::vector<NodeId>& list) {
  for (const NodeId y : walk.reached()) {
    if (y != x && walk.value(y) > 0 && !detail::linked(state.edges, x, y)) list.push_back(y);
  }
  if (state.most == 0 || list.size() <= state.most) return;
  const auto rank = [&](NodeId y) { return std::tuple(-static_cast<float>(walk.value(y)), y); };
  std::ranges::nth_element(list, list.begin() + static_cast<std::ptrdiff_t>(state.most), {}, rank);
  list.resize(state.most);
}

}  // namespace

LinkCandidates two_hop_candidates(RunContext& context, GraphView graph, NeighborDirection direction, TwoHops hops) {
  const auto state = std::make_shared<TwoHopState>();
  state->nodes = graph.node_count();
  state->neighbors = gathered_neighbors(context, graph, direction, true);
  state->back = hops == TwoHops::shared ? state->neighbors.transpose : state->neighbors.rows;
  LinkCandidates candidates;
  candidates.find = [state](RunContext& run, std::span<const NodeId> sources) {
    return lists_of(
        run, sources, state->pool, [&] { return ColumnSet(state->nodes); },
        [&](ColumnSet& seen, NodeId x, std::vector<NodeId>& list) { fill_two_hops(*state, x, seen, list); });
  };
  candidates.most = [state](NodeId x) {
    std::uint64_t sum = 0;
    for (const NodeId z : state->neighbors.rows.row_targets(index(x))) sum += state->back.row_size(index(z));
    return std::min<std::uint64_t>(sum, state->nodes);
  };
  candidates.mutual = hops == TwoHops::shared || !graph.directed() || direction == NeighborDirection::both;
  return candidates;
}

LinkCandidates push_candidates(RunContext& context, GraphView graph, const PageRankOptions& options, std::size_t most) {
  validate(options);
  const auto state = std::make_shared<PushState>();
  state->transitions = detail::transitions(context, graph, options);
  state->options = options;
  state->edges = graph.out();
  state->most = most;
  LinkCandidates candidates;
  candidates.find = [state](RunContext& run, std::span<const NodeId> sources) {
    return lists_of(
        run, sources, state->pool, [&] { return PushWalk(state->transitions, state->options); },
        [&](PushWalk& walk, NodeId x, std::vector<NodeId>& list) {
          walk.run(run, x);
          fill_reached(*state, x, walk, list);
          walk.clear();
        });
  };
  const std::uint64_t longest = most == 0 ? graph.node_count() : std::min<std::uint64_t>(most, graph.node_count());
  candidates.most = [longest](NodeId) { return longest; };
  return candidates;
}

LinkCandidates all_candidates(GraphView graph) {
  const std::size_t n = graph.node_count();
  LinkCandidates candidates;
  candidates.find = [n](RunContext& context, std::span<const NodeId> sources) {
    context.advance(sources.size());
    std::vector<NodeId> all(n);
    for (std::size_t v = 0; v < n; ++v) all[v] = node_id(v);
    return Lists(sources.size(), all);
  };
  candidates.most = [n](NodeId) { return std::uint64_t{n}; };
  candidates.mutual = true;
  return candidates;
}

std::uint64_t count_unlinked(RunContext& context, GraphView graph, std::span<const NodeId> sources) {
  const CsrView out = graph.out();
  const CsrView in = graph.in(context);
  const auto unlinked_of = [&](NodeId x) {
    const auto to = out.row_targets(index(x));
    const auto from = in.row_targets(index(x));
    const std::size_t linked = graph.directed() ? to.size() + from.size() - intersection_size(to, from) : to.size();
    return graph.node_count() - linked - (detail::contains(to, x) ? 0 : 1);
  };
  std::vector<std::uint64_t> counts(chunk_count(sources.size(), sources_per_chunk), 0);
  context.threads().for_chunks(sources.size(), sources_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) counts[chunk.index] += unlinked_of(sources[i]);
  });
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

}  // namespace adjoin
