#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <unordered_set>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/split.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {
namespace {

constexpr std::size_t draws_per_chunk = 1 << 14;

void check(SplitShares shares) {
  const auto check_share = [](double share, const char* part) {
    if (share >= 0 && share < 1) return;  // written so that NaN fails
    throw InvalidOption(fmt::format("the {} share {} is outside 0 to below 1", part, share));
  };
  check_share(shares.validation, "validation");
  check_share(shares.test, "test");
  if (shares.validation + shares.test < 1) return;
  throw InvalidOption(fmt::format("the shares {} and {} of validation and test leave nothing to train on",
                                  shares.validation, shares.test));
}

std::size_t part_of(double share, std::size_t whole) {
  return static_cast<std::size_t>(std::llround(share * static_cast<double>(whole)));
}

/// A number that decides the part of what has this key: the items with the smallest numbers are held out.
std::uint64_t draw(std::uint64_t seed, std::uint64_t key, std::uint32_t round) {
  const RandomWords words = philox(seed, RandomStream::split, key, round);
  return std::uint64_t{words[0]} << 32 | words[1];
}

/// Two different nodes with an edge between them, source < target.
struct Pair {
  Edge edge;
  std::uint64_t number;
};

bool before(const Edge& a, const Edge& b) {
  return a.source != b.source ? a.source < b.source : a.target < b.target;
}

/// Splits the items by their numbers into test, validation and the rest, each part in the order of `less`.
template <class Item, class Less>
void order_parts(std::vector<Item>& items, std::size_t test, std::size_t validation, Less less) {
  const auto at = [&](std::size_t place) { return items.begin() + static_cast<std::ptrdiff_t>(place); };
  const auto smaller = [&](const Item& a, const Item& b) {
    return a.number != b.number ? a.number < b.number : less(a, b);
  };
  if (test < items.size()) std::nth_element(items.begin(), at(test), items.end(), smaller);
  if (test + validation < items.size()) std::nth_element(at(test), at(test + validation), items.end(), smaller);
  std::sort(items.begin(), at(test), less);
  std::sort(at(test), at(test + validation), less);
  std::sort(at(test + validation), items.end(), less);
}

/// Calls body(u, v) for every pair u < v of nodes with an edge between them, once.
template <class Body>
void for_pairs(const CsrView& out, const CsrView& in, Body&& body) {
  for (std::size_t u = 0; u < out.row_count(); ++u) {
    const auto a = out.row_targets(u);
    const auto b = in.row_targets(u);
    auto i = std::ranges::upper_bound(a, node_id(u));
    auto j = std::ranges::upper_bound(b, node_id(u));
    while (i != a.end() || j != b.end()) {
      const NodeId v = j == b.end() || (i != a.end() && *i < *j) ? *i : *j;
      if (i != a.end() && *i == v) ++i;
      if (j != b.end() && *j == v) ++j;
      body(node_id(u), v);
    }
  }
}

/// The same for any order of the two names.
std::uint64_t pair_key(const NodeIndex& names, Edge pair) {
  const std::uint64_t a = names.name_hash(pair.source);
  const std::uint64_t b = names.name_hash(pair.target);
  return std::min(a, b) * 0x9E3779B97F4A7C15ULL ^ std::max(a, b);
}

std::uint64_t as_number(Edge pair) {
  return std::uint64_t{index(pair.source)} << 32 | index(pair.target);
}

class EdgeSplitter {
 public:
  EdgeSplitter(RunContext& context, GraphView graph)
      : context_(context), graph_(graph), out_(graph.out()), in_(graph.in(context)) {}

  EdgeSplit run(const EdgeSplitOptions& options) {
    const SplitShares shares{options.validation, options.test};
    context_.begin_stage("split", "edges", graph_.edge_count());
    std::vector<Pair> pairs = draw_pairs(static_cast<std::uint32_t>(options.round));
    const std::size_t test = part_of(shares.test, pairs.size());
    const std::size_t validation = part_of(shares.validation, pairs.size());
    check_parts(shares, pairs.size(), validation, test);
    if (options.keep_connected) keep_forest(pairs, validation + test);
    order_parts(pairs, test, validation, [](const Pair& a, const Pair& b) { return before(a.edge, b.edge); });
    std::vector<Edge> test_edges;
    std::vector<Edge> validation_edges;
    for (std::size_t i = 0; i < test + validation; ++i) {
      (i < test ? test_edges : validation_edges).push_back(pairs[i].edge);
    }
    std::vector<Edge> negatives =
        draw_negatives(test + validation, pairs.size(), static_cast<std::uint64_t>(options.round));
    std::vector<Edge> test_negatives(negatives.begin() + static_cast<std::ptrdiff_t>(validation), negatives.end());
    negatives.resize(validation);
    pairs = std::vector<Pair>();
    Graph training = without(validation_edges, test_edges);
    return {std::move(training), std::move(validation_edges), std::move(test_edges), std::move(negatives),
            std::move(test_negatives)};
  }

 private:
  std::vector<Pair> draw_pairs(std::uint32_t round) const {
    std::size_t count = 0;
    for_pairs(out_, in_, [&](NodeId, NodeId) { ++count; });
    std::vector<Pair> pairs;
    pairs.reserve(count);
    for_pairs(out_, in_, [&](NodeId u, NodeId v) { pairs.push_back({{u, v}, 0}); });
    context_.threads().for_chunks(pairs.size(), draws_per_chunk, [&](Chunk chunk) {
      for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
        pairs[i].number = draw(context_.seed(), pair_key(graph_.nodes(), pairs[i].edge), edge_round - round);
      }
    });
    return pairs;
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

  void check_parts(SplitShares shares, std::size_t pairs, std::size_t validation, std::size_t test) const {
    const auto refuse = [&](const std::string& why) {
      throw InvalidData(fmt::format("the graph is too small to split: of {} joined by an edge {}",
                                    counted(pairs, "pair of nodes", "pairs of nodes"), why));
    };
    if (shares.validation > 0 && validation == 0) refuse("none is left for validation");
    if (shares.test > 0 && test == 0) refuse("none is left for the test");
    if (validation + test >= pairs) refuse("none is left to train on");
    const std::size_t n = graph_.node_count();
    const std::uint64_t all = std::uint64_t{n} * (n - 1) / 2;
    if (all - pairs < validation + test) {
      throw InvalidData(fmt::format("the graph has only {} without an edge, and {} are wanted as negatives",
                                    counted(all - pairs, "pair of nodes", "pairs of nodes"),
                                    format_count(validation + test)));
    }
  }

  bool joined(NodeId u, NodeId v) const {
    return std::ranges::binary_search(out_.row_targets(index(u)), v) ||
           std::ranges::binary_search(in_.row_targets(index(u)), v);
  }

  /// Distinct pairs without an edge. Drawn pairs that have one, or were drawn before, are drawn again; where edges are
  /// most of all pairs, the others are listed and chosen from.
  std::vector<Edge> draw_negatives(std::size_t count, std::size_t pairs, std::uint64_t round) const {
    const std::size_t n = graph_.node_count();
    RandomSequence random(context_.seed(), RandomStream::split, negatives_key + round);
    std::vector<Edge> negatives;
    negatives.reserve(count);
    const std::uint64_t without_edge = std::uint64_t{n} * (n - 1) / 2 - pairs;
    if (without_edge < pairs + 2 * count) {
      std::vector<Edge> candidates;
      for (std::size_t u = 0; u < n; ++u) {
        for (std::size_t v = u + 1; v < n; ++v) {
          if (!joined(node_id(u), node_id(v))) candidates.push_back({node_id(u), node_id(v)});
        }
      }
      for (std::size_t i = 0; i < count; ++i) {  // the first steps of a shuffle
        std::swap(candidates[i], candidates[i + random.next_below(candidates.size() - i)]);
        negatives.push_back(candidates[i]);
      }
      return negatives;
    }
    std::unordered_set<std::uint64_t> drawn;
    drawn.reserve(count);
    while (negatives.size() < count) {
      const NodeId a = node_id(random.next_below(n));
      const NodeId b = node_id(random.next_below(n));
      const Edge pair{std::min(a, b), std::max(a, b)};
      if (a == b || joined(a, b) || !drawn.insert(as_number(pair)).second) continue;
      negatives.push_back(pair);
    }
    return negatives;
  }

  /// The graph without these pairs, each list in order.
  Graph without(std::span<const Edge> validation, std::span<const Edge> test) const {
    const auto held_out = [&](NodeId u, NodeId v) {
      const Edge pair{std::min(u, v), std::max(u, v)};
      return std::binary_search(validation.begin(), validation.end(), pair, before) ||
             std::binary_search(test.begin(), test.end(), pair, before);
    };
    const auto for_kept = [&](auto&& body) {
      for (std::size_t u = 0; u < out_.row_count(); ++u) {
        for (std::size_t e = out_.row_begin(u); e < out_.row_end(u); ++e) {
          const NodeId v = out_.targets[e];
          if (!graph_.directed() && v < node_id(u)) continue;
          if (!held_out(node_id(u), v)) body(Edge{node_id(u), v}, e);
        }
      }
    };
    std::size_t count = 0;
    for_kept([&](Edge, std::size_t) { ++count; });
    Array<Edge> edges(count);
    Array<float> weights(out_.weighted() ? count : 0);
    std::size_t i = 0;
    for_kept([&](Edge edge, std::size_t e) {
      edges[i] = edge;
      if (out_.weighted()) weights[i] = out_.weights[e];
      ++i;
    });
    BuildOptions build;
    build.directed = graph_.directed();
    build.self_loops = SelfLoops::keep;
    return build_graph(context_, std::move(edges), std::move(weights), graph_.shared_nodes(), build).graph;
  }

  // Nodes draw in rounds from 0 up, under the hash of a name; pairs in rounds from the last one down, and negatives
  // walk on from round 0 under keys of their own.
  static constexpr std::uint32_t edge_round = 0xFFFFFFFF;
  static constexpr std::uint64_t negatives_key = 0;

  RunContext& context_;
  GraphView graph_;
  CsrView out_;
  CsrView in_;
};

}  // namespace

NodeSplit split_nodes(RunContext& context, const NodeIndex& names, std::span<const NodeId> nodes, SplitShares shares,
                      std::uint32_t round) {
  check(shares);
  struct Item {
    NodeId node;
    std::uint64_t number;
  };
  std::vector<Item> items;
  items.reserve(nodes.size());
  for (const NodeId node : nodes) items.push_back({node, draw(context.seed(), names.name_hash(node), round)});
  const std::size_t test = part_of(shares.test, items.size());
  const std::size_t validation = std::min(part_of(shares.validation, items.size()), items.size() - test);
  order_parts(items, test, validation, [](const Item& a, const Item& b) { return a.node < b.node; });
  NodeSplit split;
  for (std::size_t i = 0; i < items.size(); ++i) {
    (i < test ? split.test : i < test + validation ? split.validation : split.training).push_back(items[i].node);
  }
  return split;
}

EdgeSplit split_edges(RunContext& context, GraphView graph, const EdgeSplitOptions& options) {
  validate(options);
  check({options.validation, options.test});
  context.require_memory(resident_bytes() + estimate_edge_split_memory(graph, options), "raise --memory");
  return EdgeSplitter(context, graph).run(options);
}

std::uint64_t estimate_edge_split_memory(GraphView graph, const EdgeSplitOptions& options) {
  const std::uint64_t m = graph.edge_count();
  const auto held_out = static_cast<std::uint64_t>((options.validation + options.test) * static_cast<double>(m)) + 2;
  constexpr std::uint64_t set_entry_bytes = 40;
  const std::uint64_t n = graph.node_count();
  const std::uint64_t without_edge = n < 2 ? 0 : n * (n - 1) / 2 - std::min(m, n * (n - 1) / 2);
  // The negatives drawn so far, or the list that they are chosen from: see draw_negatives.
  const std::uint64_t negatives =
      without_edge < m + 2 * held_out ? without_edge * sizeof(Edge) : held_out * set_entry_bytes;
  std::uint64_t bytes = held_out * (4 * sizeof(Edge));
  const std::uint64_t forest = options.keep_connected ? m * sizeof(std::size_t) + n * sizeof(std::uint32_t) : 0;
  bytes += std::max(m * sizeof(Pair) + std::max(negatives, forest),
                    estimate_build_memory(n, m, graph.weighted(), graph.directed()));
  if (graph.directed() && !graph.has_transpose()) {
    bytes += (n + 1) * sizeof(EdgeOffset) + m * (sizeof(NodeId) + (graph.weighted() ? sizeof(float) : 0));
  }
  return bytes;
}

}  // namespace adjoin
