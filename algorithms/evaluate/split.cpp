#include <algorithm>
#include <limits>
#include <numeric>
#include <span>
#include <string>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/node_pairs.hpp>
#include <adjoin/algorithms/evaluate/split.hpp>
#include <adjoin/algorithms/evaluate/split_draw.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {
namespace {

using detail::before;

constexpr std::size_t draws_per_chunk = 1 << 14;
// Nodes draw in rounds from 0 up, under the hash of a name; pairs in rounds from the last one down.
constexpr std::uint32_t edge_round = 0xFFFFFFFF;

/// Two different nodes with an edge between them, source < target.
struct Pair {
  Edge edge;
  std::uint64_t number;
};

bool pair_before(const Pair& a, const Pair& b) {
  return before(a.edge, b.edge);
}

bool drawn_before(const Pair& a, const Pair& b) {
  return a.number != b.number ? a.number < b.number : pair_before(a, b);
}

/// The same for any order of the two names.
std::uint64_t pair_key(const NodeIndex& names, Edge pair) {
  const std::uint64_t a = names.name_hash(pair.source);
  const std::uint64_t b = names.name_hash(pair.target);
  return std::min(a, b) * 0x9E3779B97F4A7C15ULL ^ std::max(a, b);
}

struct Sizes {
  std::size_t validation;
  std::size_t test;
};

class EdgeSplitter {
 public:
  EdgeSplitter(RunContext& context, GraphView graph, const EdgeSplitOptions& options)
      : context_(context), graph_(graph), options_(options) {}

  EdgeSplit run() {
    context_.begin_stage("split", "edges", graph_.edge_count());
    std::vector<Pair> pairs = draw_pairs();
    const auto [validation, test] = sizes_of(pairs.size());
    if (options_.keep_connected) keep_forest(pairs, validation + test);
    if (options_.folds > 0) begin_at_fold(pairs);
    detail::order_parts(pairs, test, validation, pair_before);
    std::vector<Edge> test_edges;
    std::vector<Edge> validation_edges;
    for (std::size_t i = 0; i < test + validation; ++i) {
      (i < test ? test_edges : validation_edges).push_back(pairs[i].edge);
    }
    pairs = std::vector<Pair>();
    Graph training = detail::graph_without(context_, graph_, validation_edges, test_edges);
    StageNegatives negatives = held_out_negatives(context_, {graph_, training, validation_edges, test_edges},
                                                  options_.negatives, options_.round);
    context_.end_stage();
    return {std::move(training), std::move(validation_edges), std::move(test_edges), std::move(negatives.validation),
            std::move(negatives.test)};
  }

 private:
  std::vector<Pair> draw_pairs() const {
    const detail::NodePairs joined(context_, graph_);
    std::vector<Pair> pairs;
    pairs.reserve(joined.count());
    joined.for_each([&](NodeId u, NodeId v) { pairs.push_back({{u, v}, 0}); });
    const auto round = static_cast<std::uint32_t>(options_.round);
    context_.threads().for_chunks(pairs.size(), draws_per_chunk, [&](Chunk chunk) {
      for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
        const std::uint64_t key = pair_key(graph_.nodes(), pairs[i].edge);
        pairs[i].number = detail::split_number(context_.seed(), key, edge_round - round);
      }
    });
    return pairs;
  }

  std::size_t fold_begin(std::size_t fold, std::size_t pairs) const {
    return fold * pairs / static_cast<std::size_t>(options_.folds);
  }

  /// Numbers the pairs by their places in the order drawn, from the first one of the fold on.
  void begin_at_fold(std::vector<Pair>& pairs) const {
    std::ranges::sort(pairs, drawn_before);
    const std::size_t begin = fold_begin(static_cast<std::size_t>(options_.fold), pairs.size());
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      pairs[i].number = i >= begin ? i - begin : i + pairs.size() - begin;
    }
  }

  /// Gives the pairs of a spanning forest the largest number, so that they are held out last. The forest is Kruskal's
  /// over falling numbers: it has what would stay in training most likely anyway.
  void keep_forest(std::vector<Pair>& pairs, std::size_t held_out) const {
    std::vector<std::size_t> order(pairs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
      return pairs[a].number != pairs[b].number ? pairs[a].number > pairs[b].number
                                                : before(pairs[a].edge, pairs[b].edge);
    });
    std::vector<std::uint32_t> parent(graph_.node_count());
    std::iota(parent.begin(), parent.end(), std::uint32_t{0});
    const auto root = [&](std::uint32_t v) {
      while (parent[v] != v) v = parent[v] = parent[parent[v]];
      return v;
    };
    std::size_t in_forest = 0;
    for (const std::size_t i : order) {
      const std::uint32_t a = root(static_cast<std::uint32_t>(index(pairs[i].edge.source)));
      const std::uint32_t b = root(static_cast<std::uint32_t>(index(pairs[i].edge.target)));
      if (a == b) continue;
      parent[std::max(a, b)] = std::min(a, b);
      pairs[i].number = std::numeric_limits<std::uint64_t>::max();
      ++in_forest;
    }
    if (pairs.size() - in_forest >= held_out) return;
    throw InvalidData(fmt::format(
        "{} of {} joined by an edge keep the graph connected, which leaves {} to hold out where {} are wanted; lower "
        "the shares or leave keep-connected out",
        format_count(in_forest), counted(pairs.size(), "pair of nodes", "pairs of nodes"),
        format_count(pairs.size() - in_forest), format_count(held_out)));
  }

  Sizes sizes_of(std::size_t pairs) const {
    const auto refuse = [&](const std::string& why) {
      throw InvalidData(fmt::format("the graph is too small to split: of {} joined by an edge {}",
                                    counted(pairs, "pair of nodes", "pairs of nodes"), why));
    };
    const std::size_t validation = detail::part_of(options_.validation, pairs);
    std::size_t test = detail::part_of(options_.test, pairs);
    if (options_.folds > 0) {
      const auto fold = static_cast<std::size_t>(options_.fold);
      test = fold_begin(fold + 1, pairs) - fold_begin(fold, pairs);
    }
    if (options_.validation > 0 && validation == 0) refuse("none is left for validation");
    if ((options_.test > 0 || options_.folds > 0) && test == 0) refuse("none is left for the test");
    if (validation + test >= pairs) refuse("none is left to train on");
    return {validation, test};
  }

  RunContext& context_;
  GraphView graph_;
  const EdgeSplitOptions& options_;
};

void check(const EdgeSplitOptions& options) {
  validate(options);
  if (options.folds == 0) {
    if (options.fold > 0) throw InvalidOption(fmt::format("fold = {} needs folds to be one of", options.fold));
    detail::check_shares({options.validation, options.test});
    return;
  }
  if (options.folds == 1) throw InvalidOption("folds = 1 leaves nothing to train on; take 2 or more");
  if (options.fold >= options.folds) {
    throw InvalidOption(
        fmt::format("fold = {} is not one of {} folds, which are numbered from 0", options.fold, options.folds));
  }
  if (options.keep_connected) {
    throw InvalidOption("folds hold out each edge once, those too that keep-connected keeps; leave one of them out");
  }
  detail::check_shares({options.validation, 1.0 / options.folds});
}

/// Bytes of the negatives drawn so far, or of the list that they are chosen from.
std::uint64_t negative_bytes(GraphView graph, NegativeSampler sampler, std::uint64_t held_out) {
  constexpr std::uint64_t set_entry_bytes = 40;
  constexpr std::uint64_t listed_bytes = 2 * sizeof(Edge);
  const std::uint64_t n = graph.node_count();
  const std::uint64_t m = graph.edge_count();
  const std::uint64_t all = n < 2 ? 0 : n * (n - 1) / 2;
  const std::uint64_t without_edge = all - std::min(m, all);
  switch (sampler) {
    case NegativeSampler::none:
      return 0;
    case NegativeSampler::all:
      return n > most_nodes_of_all_negatives ? 0 : without_edge * (listed_bytes + 2 * sizeof(Edge));
    case NegativeSampler::distance_2:
      return held_out * set_entry_bytes + 2 * m * sizeof(NodeId) + n * (sizeof(std::vector<NodeId>) + sizeof(m));
    default:
      return without_edge < m + 2 * held_out ? without_edge * listed_bytes : held_out * set_entry_bytes;
  }
}

}  // namespace

EdgeSplit split_edges(RunContext& context, GraphView graph, const EdgeSplitOptions& options) {
  check(options);
  context.require_memory(resident_bytes() + estimate_edge_split_memory(graph, options), "raise --memory");
  return EdgeSplitter(context, graph, options).run();
}

std::uint64_t most_held_out(GraphView graph, const EdgeSplitOptions& options) noexcept {
  const double test = options.folds > 0 ? 1.0 / options.folds : options.test;
  return static_cast<std::uint64_t>((options.validation + test) * static_cast<double>(graph.edge_count())) + 2;
}

std::uint64_t estimate_edge_split_memory(GraphView graph, const EdgeSplitOptions& options) {
  const std::uint64_t m = graph.edge_count();
  const std::uint64_t n = graph.node_count();
  const std::uint64_t held_out = most_held_out(graph, options);
  const std::uint64_t forest = options.keep_connected ? m * sizeof(std::size_t) + n * sizeof(std::uint32_t) : 0;
  const std::uint64_t training = estimate_build_memory(n, m, graph.weighted(), graph.directed());
  std::uint64_t bytes = held_out * (4 * sizeof(Edge));
  bytes += std::max(m * sizeof(Pair) + forest, training + negative_bytes(graph, options.negatives, held_out));
  if (graph.directed() && !graph.has_transpose()) {
    bytes += (n + 1) * sizeof(EdgeOffset) + m * (sizeof(NodeId) + (graph.weighted() ? sizeof(float) : 0));
  }
  return bytes;
}

}  // namespace adjoin
