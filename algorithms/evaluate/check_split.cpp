#include <algorithm>
#include <array>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/check_split.hpp>
#include <adjoin/algorithms/evaluate/node_pairs.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/hash.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {
namespace {

struct Part {
  const char* name;
  const std::vector<Edge>& pairs;
  bool negative;
};

std::array<Part, 4> parts_of(const EdgeSplit& split) {
  return {{{"validation edges", split.validation, false},
           {"test edges", split.test, false},
           {"validation negatives", split.validation_negatives, true},
           {"test negatives", split.test_negatives, true}}};
}

[[noreturn]] void refuse(GraphView graph, const Edge& pair, const std::string& what) {
  const auto name = [&](NodeId node) {
    return index(node) < graph.node_count() ? graph.nodes().name(node) : fmt::format("#{}", index(node));
  };
  throw InvalidData(fmt::format("the pair {}, {} {}", quote_for_message(name(pair.source)),
                                quote_for_message(name(pair.target)), what));
}

bool has_edge(const CsrView& out, NodeId u, NodeId v) {
  return std::ranges::binary_search(out.row_targets(index(u)), v);
}

/// Hardly ever the same for another pair; without `directed` for any order of the two names.
std::uint64_t key_of(const NodeIndex& names, NodeId a, NodeId b, bool directed) {
  std::array<std::uint64_t, 2> both{names.name_hash(a), names.name_hash(b)};
  if (!directed) std::ranges::sort(both);
  return hash_bytes(std::as_bytes(std::span(both)));
}

std::uint64_t hash_keys(std::vector<std::uint64_t> keys) {
  std::ranges::sort(keys);
  return hash_bytes(std::as_bytes(std::span<const std::uint64_t>(keys)));
}

}  // namespace

void check_edge_split(const EdgeSplit& split, RepeatedPairs repeated) {
  const GraphView graph = split.training.view();
  const CsrView out = graph.out();
  const bool may_repeat = repeated == RepeatedPairs::keep;
  struct Place {
    Edge pair;
    std::size_t part;
  };
  std::vector<Place> places;
  const std::array<Part, 4> parts = parts_of(split);
  std::size_t pair_count = 0;
  for (const Part& part : parts) pair_count += part.pairs.size();
  places.reserve(pair_count);
  for (std::size_t k = 0; k < parts.size(); ++k) {
    for (const Edge& pair : parts[k].pairs) {
      const std::size_t n = graph.node_count();
      if (index(pair.source) >= n || index(pair.target) >= n) {
        refuse(graph, pair,
               fmt::format("of the {} names node {} of a graph that has {}", parts[k].name,
                           std::max(index(pair.source), index(pair.target)), counted(n, "node", "nodes")));
      }
      if (pair.source == pair.target)
        refuse(graph, pair, fmt::format("of the {} is a node with itself", parts[k].name));
      if (pair.target < pair.source) {
        refuse(graph, pair, fmt::format("of the {} has the larger node first", parts[k].name));
      }
      const bool trained = has_edge(out, pair.source, pair.target) || has_edge(out, pair.target, pair.source);
      if (trained && (parts[k].negative || !may_repeat)) {
        refuse(graph, pair, fmt::format("is in the training graph and in the {}", parts[k].name));
      }
      places.push_back({pair, k});
    }
  }
  const auto order = [](const Place& place) { return std::tuple(place.pair.source, place.pair.target, place.part); };
  std::ranges::sort(places, {}, order);
  const auto twin = std::ranges::adjacent_find(places, [&](const Place& a, const Place& b) {
    if (!detail::same(a.pair, b.pair)) return false;
    return a.part == b.part || parts[b.part].negative || !may_repeat;
  });
  if (twin == places.end()) return;
  const auto next = twin + 1;
  refuse(graph, twin->pair,
         twin->part == next->part
             ? fmt::format("is in the {} twice", parts[twin->part].name)
             : fmt::format("is in the {} and in the {}", parts[twin->part].name, parts[next->part].name));
}

void check_edge_split(RunContext& context, const EdgeSplit& split, GraphView whole, RepeatedPairs repeated) {
  check_edge_split(split, repeated);
  const GraphView graph = split.training.view();
  if (graph.node_count() != whole.node_count()) {
    throw InvalidData(fmt::format("the training graph has {}, and the whole graph {}",
                                  counted(graph.node_count(), "node", "nodes"), format_count(whole.node_count())));
  }
  const detail::NodePairs training(context, graph);
  const detail::NodePairs all(context, whole);
  training.for_each([&](NodeId u, NodeId v) {
    if (!all.joined(u, v)) refuse(graph, {u, v}, "is in the training graph and has no edge in the whole one");
  });
  for (const Part& part : parts_of(split)) {
    for (const Edge& pair : part.pairs) {
      const bool joined = all.joined(pair.source, pair.target);
      if (part.negative && joined) refuse(graph, pair, fmt::format("of the {} is an edge", part.name));
      if (!part.negative && !joined) refuse(graph, pair, fmt::format("of the {} is no edge", part.name));
    }
  }
  std::vector<Edge> held_out = split.validation;
  held_out.insert(held_out.end(), split.test.begin(), split.test.end());
  held_out = detail::sorted_pairs(held_out);
  all.for_each([&](NodeId u, NodeId v) {
    if (training.joined(u, v) || detail::contains(held_out, {u, v})) return;
    refuse(graph, {u, v}, "has an edge and is in no part");
  });
}

std::uint64_t hash_of(const EdgeSplit& split) {
  const GraphView graph = split.training.view();
  const NodeIndex& names = graph.nodes();
  const CsrView out = graph.out();
  std::vector<std::uint64_t> keys;
  keys.reserve(graph.edge_count());
  for (std::size_t u = 0; u < out.row_count(); ++u) {
    for (const NodeId v : out.row_targets(u)) {
      if (graph.directed() || index(v) >= u) keys.push_back(key_of(names, node_id(u), v, graph.directed()));
    }
  }
  std::vector<std::uint64_t> hashes{hash_keys(std::move(keys))};
  for (const Part& part : parts_of(split)) {
    std::vector<std::uint64_t> of_part;
    of_part.reserve(part.pairs.size());
    for (const Edge& pair : part.pairs) of_part.push_back(key_of(names, pair.source, pair.target, false));
    hashes.push_back(hash_keys(std::move(of_part)));
  }
  return hash_bytes(std::as_bytes(std::span<const std::uint64_t>(hashes)));
}

std::uint64_t estimate_checked_split_memory(GraphView graph, const EdgeSplitOptions& options) {
  const std::uint64_t n = graph.node_count();
  const std::uint64_t m = graph.edge_count();
  const std::uint64_t held_out = most_held_out(graph, options);
  const std::uint64_t negatives = options.negatives == NegativeSampler::all ? n * (n - 1) / 2 : held_out;
  const std::uint64_t pairs = held_out + negatives;
  const std::uint64_t place_bytes = 2 * sizeof(Edge);
  const std::uint64_t checking = std::max(pairs * place_bytes, (m + pairs) * sizeof(std::uint64_t));
  return std::max(estimate_edge_split_memory(graph, options), graph.bytes() + pairs * sizeof(Edge) + checking);
}

}  // namespace adjoin
