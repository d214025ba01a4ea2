#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_set>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/negative_sampling.hpp>
#include <adjoin/algorithms/evaluate/node_pairs.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/runtime/shuffle.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/engine/sparse/intersect.hpp>

namespace adjoin {
namespace {

using detail::as_number;
using detail::as_pair;
using detail::NodePairs;

/// A pair that may be a negative, and its share among those.
struct Candidate {
  Edge pair;
  double weight;
};

[[noreturn]] void refuse(std::uint64_t there, std::string_view what, std::size_t wanted) {
  throw InvalidData(fmt::format("the graph has only {} {}, and {} are wanted as negatives",
                                counted(there, "pair of nodes", "pairs of nodes"), what, format_count(wanted)));
}

class NegativeDrawer {
 public:
  /// positives: how many pairs `whole` joins.
  NegativeDrawer(RunContext& context, GraphView whole, std::span<const Edge> avoid, RandomSequence random)
      : context_(context),
        whole_(context, whole),
        avoid_(detail::sorted_pairs(avoid)),
        random_(random),
        joined_pairs_(whole_.count()) {}

  std::vector<Edge> uniform(std::size_t count) {
    const std::size_t n = whole_.node_count();
    const std::uint64_t without_edge = pairs_without_edge();
    if (without_edge < count) refuse(without_edge, "without an edge", count);
    // Where edges are most of all pairs, the others are listed and chosen from.
    if (without_edge < joined_pairs_ + 2 * count) return chosen(every_pair(), count, "without an edge");
    return drawn(
        count, std::numeric_limits<std::size_t>::max(),
        [&]() -> std::optional<Edge> {
          const NodeId a = node_id(random_.next_below(n));
          const NodeId b = node_id(random_.next_below(n));
          return as_pair(a, b);
        },
        [&] { return every_pair(); }, "without an edge");
  }

  /// ends: each node as often as it is in a positive.
  std::vector<Edge> by_degree(std::size_t count, const std::vector<NodeId>& ends) {
    if (count == 0) return {};
    return drawn(
        count, draws_before_list(count),
        [&]() -> std::optional<Edge> {
          const NodeId a = ends[random_.next_below(ends.size())];
          const NodeId b = ends[random_.next_below(ends.size())];
          return as_pair(a, b);
        },
        [&] { return every_pair_of(ends); }, "without an edge among the nodes of the positives");
  }

  std::vector<Edge> at_distance_2(std::size_t count, GraphView training) {
    const NodePairs pairs(context_, training);
    constexpr std::string_view what = "without an edge that share a neighbour in the training graph";
    const std::vector<std::vector<NodeId>> neighbors = neighborhoods(pairs);
    std::vector<std::uint64_t> wedges{0};  // pairs of neighbours of the nodes before each
    for (const auto& of_node : neighbors) {
      wedges.push_back(wedges.back() + std::uint64_t{of_node.size()} * (of_node.empty() ? 0 : of_node.size() - 1) / 2);
    }
    if (wedges.back() == 0) refuse(0, what, count);
    return drawn(
        count, draws_before_list(count),
        [&]() -> std::optional<Edge> {
          const std::uint64_t wedge = random_.next_below(wedges.back());
          const auto center = static_cast<std::size_t>(std::ranges::upper_bound(wedges, wedge) - wedges.begin()) - 1;
          const auto& ends = neighbors[center];
          const std::size_t i = random_.next_below(ends.size());
          std::size_t j = random_.next_below(ends.size() - 1);
          j += j >= i ? 1 : 0;
          // A pair with several shared neighbours is proposed once for each.
          const std::uint64_t shared = intersection_size(neighbors[index(ends[i])], neighbors[index(ends[j])]);
          if (random_.next_below(shared) != 0) return std::nullopt;
          return as_pair(ends[i], ends[j]);
        },
        [&] { return every_pair_at_distance_2(neighbors); }, what);
  }

  /// Every pair without an edge, in an order drawn at random.
  std::vector<Edge> all() {
    std::vector<Edge> pairs;
    for (const Candidate& candidate : every_pair()) pairs.push_back(candidate.pair);
    shuffle(random_, std::span<Edge>(pairs));
    return pairs;
  }

 private:
  using Neighborhoods = std::vector<std::vector<NodeId>>;

  static std::size_t draws_before_list(std::size_t count) { return 64 * count + 4096; }

  std::uint64_t pairs_without_edge() const {
    const std::uint64_t n = whole_.node_count();
    const auto avoided = static_cast<std::uint64_t>(
        std::ranges::count_if(avoid_, [&](const Edge& pair) { return !whole_.joined(pair.source, pair.target); }));
    return n < 2 ? 0 : n * (n - 1) / 2 - joined_pairs_ - avoided;
  }

  bool may_be_negative(Edge pair) const {
    return pair.source != pair.target && !whole_.joined(pair.source, pair.target) && !detail::contains(avoid_, pair) &&
           !drawn_.contains(as_number(pair));
  }

  /// Distinct pairs as `propose` has them; where it finds too few in `draws`, the rest from the list of all.
  template <class Propose, class List>
  std::vector<Edge> drawn(std::size_t count, std::size_t draws, Propose&& propose, List&& list, std::string_view what) {
    constexpr std::size_t draws_between_checks = 1 << 16;
    std::vector<Edge> negatives;
    negatives.reserve(count);
    drawn_.reserve(drawn_.size() + count);
    for (std::size_t draw = 0; draw < draws && negatives.size() < count; ++draw) {
      if (draw % draws_between_checks == 0) context_.check_cancelled();
      const std::optional<Edge> pair = propose();
      if (!pair || !may_be_negative(*pair)) continue;
      drawn_.insert(as_number(*pair));
      negatives.push_back(*pair);
    }
    if (negatives.size() == count) return negatives;
    const std::vector<Edge> rest = chosen(list(), count - negatives.size(), what, negatives.size());
    negatives.insert(negatives.end(), rest.begin(), rest.end());
    return negatives;
  }

  /// `count` of the candidates, as drawing them one after the other by weight, without those drawn, would have it.
  /// before: how many are drawn already.
  std::vector<Edge> chosen(std::vector<Candidate> candidates, std::size_t count, std::string_view what,
                           std::size_t before = 0) {
    if (candidates.size() < count) refuse(candidates.size() + before, what, count + before);
    std::vector<Edge> negatives;
    negatives.reserve(count);
    const bool alike = std::ranges::all_of(candidates, [](const Candidate& c) { return c.weight == 1; });
    if (!alike) order_by_weight(candidates, count);
    for (std::size_t i = 0; i < count; ++i) {  // the first steps of a shuffle
      if (alike) std::swap(candidates[i], candidates[i + random_.next_below(candidates.size() - i)]);
      negatives.push_back(candidates[i].pair);
      drawn_.insert(as_number(candidates[i].pair));
    }
    return negatives;
  }

  /// The waiting times of events that happen at the rate of their weights (Efraimidis, Spirakis 2006).
  void order_by_weight(std::vector<Candidate>& candidates, std::size_t count) {
    for (Candidate& candidate : candidates) {
      candidate.weight = -std::log(1 - random_.next_uniform()) / candidate.weight;
    }
    std::ranges::partial_sort(candidates, candidates.begin() + static_cast<std::ptrdiff_t>(count),
                              [](const Candidate& a, const Candidate& b) {
                                return a.weight != b.weight ? a.weight < b.weight : detail::before(a.pair, b.pair);
                              });
  }

  void require_list(std::uint64_t pairs) {
    context_.require_memory(resident_bytes() + pairs * sizeof(Candidate), "take other negatives, or raise --memory");
  }

  std::vector<Candidate> every_pair() {
    require_list(pairs_without_edge());
    std::vector<Candidate> candidates;
    const std::size_t n = whole_.node_count();
    for (std::size_t u = 0; u < n; ++u) {
      for (std::size_t v = u + 1; v < n; ++v) {
        const Edge pair{node_id(u), node_id(v)};
        if (may_be_negative(pair)) candidates.push_back({pair, 1});
      }
    }
    return candidates;
  }

  std::vector<Candidate> every_pair_of(std::vector<NodeId> ends) {
    std::ranges::sort(ends);
    struct Node {
      NodeId id;
      double degree;
    };
    std::vector<Node> nodes;
    for (const NodeId end : ends) {
      if (nodes.empty() || nodes.back().id != end) nodes.push_back({end, 0});
      ++nodes.back().degree;
    }
    require_list(std::uint64_t{nodes.size()} * nodes.size() / 2);
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      for (std::size_t j = i + 1; j < nodes.size(); ++j) {
        const Edge pair{nodes[i].id, nodes[j].id};
        if (may_be_negative(pair)) candidates.push_back({pair, nodes[i].degree * nodes[j].degree});
      }
    }
    return candidates;
  }

  std::vector<Candidate> every_pair_at_distance_2(const Neighborhoods& neighbors) {
    std::vector<Candidate> candidates;
    std::vector<NodeId> reached;
    for (std::size_t u = 0; u < neighbors.size(); ++u) {
      reached.clear();
      for (const NodeId center : neighbors[u]) {
        const auto& ends = neighbors[index(center)];
        reached.insert(reached.end(), std::ranges::upper_bound(ends, node_id(u)), ends.end());
      }
      std::ranges::sort(reached);
      reached.erase(std::ranges::unique(reached).begin(), reached.end());
      require_list(candidates.size() + reached.size());
      for (const NodeId v : reached) {
        if (may_be_negative({node_id(u), v})) candidates.push_back({{node_id(u), v}, 1});
      }
    }
    return candidates;
  }

  /// Of each node, without itself.
  static Neighborhoods neighborhoods(const NodePairs& pairs) {
    Neighborhoods result(pairs.node_count());
    for (std::size_t u = 0; u < result.size(); ++u) {
      pairs.for_neighbors(node_id(u), [&](NodeId v) {
        if (index(v) != u) result[u].push_back(v);
      });
    }
    return result;
  }

  RunContext& context_;
  NodePairs whole_;
  std::vector<Edge> avoid_;
  RandomSequence random_;
  std::size_t joined_pairs_;
  std::unordered_set<std::uint64_t> drawn_;
};

std::vector<NodeId> ends_of(std::span<const Edge> pairs) {
  std::vector<NodeId> ends;
  ends.reserve(2 * pairs.size());
  for (const Edge& pair : pairs) ends.insert(ends.end(), {pair.source, pair.target});
  return ends;
}

StageNegatives dealt(std::vector<Edge> pairs, std::size_t validation) {
  StageNegatives negatives;
  const auto middle = pairs.begin() + static_cast<std::ptrdiff_t>(validation);
  negatives.test.assign(middle, pairs.end());
  pairs.erase(middle, pairs.end());
  negatives.validation = std::move(pairs);
  return negatives;
}

void check_all(std::size_t nodes) {
  if (nodes <= most_nodes_of_all_negatives) return;
  throw InvalidOption(fmt::format(
      "all pairs without an edge are for graphs of at most {} nodes, and this one has {}; take other negatives",
      format_count(most_nodes_of_all_negatives), format_count(nodes)));
}

}  // namespace

StageNegatives held_out_negatives(RunContext& context, const HeldOut& held_out, NegativeSampler sampler, int round) {
  if (sampler == NegativeSampler::none) return {};
  if (sampler == NegativeSampler::all) check_all(held_out.whole.node_count());
  const std::size_t validation = held_out.validation.size();
  const std::size_t count = validation + held_out.test.size();
  if (count == 0) return {};
  // Uniform negatives have always come from the stream of the split.
  const RandomStream stream = sampler == NegativeSampler::uniform ? RandomStream::split : RandomStream::negatives;
  NegativeDrawer drawer(context, held_out.whole, held_out.avoid,
                        {context.seed(), stream, static_cast<std::uint64_t>(round)});
  switch (sampler) {
    case NegativeSampler::degree: {
      StageNegatives negatives;
      negatives.validation = drawer.by_degree(validation, ends_of(held_out.validation));
      negatives.test = drawer.by_degree(count - validation, ends_of(held_out.test));
      return negatives;
    }
    case NegativeSampler::distance_2:
      return dealt(drawer.at_distance_2(count, held_out.training), validation);
    case NegativeSampler::all: {
      std::vector<Edge> pairs = drawer.all();
      const std::size_t share = pairs.size() * validation / count;
      return dealt(std::move(pairs), share);
    }
    default:
      return dealt(drawer.uniform(count), validation);
  }
}

std::vector<Edge> training_negatives(RunContext& context, GraphView training, std::size_t count,
                                     const TrainingNegativeOptions& options, std::span<const Edge> avoid) {
  validate(options);
  // Rounds of the stages stand below this bit.
  constexpr std::uint64_t training_key = std::uint64_t{1} << 32;
  NegativeDrawer drawer(
      context, training, avoid,
      {context.seed(), RandomStream::negatives, training_key | static_cast<std::uint64_t>(options.round)});
  switch (options.negatives) {
    case NegativeSampler::uniform:
      return drawer.uniform(count);
    case NegativeSampler::degree: {
      std::vector<NodeId> ends;
      NodePairs(context, training).for_each([&](NodeId u, NodeId v) { ends.insert(ends.end(), {u, v}); });
      if (ends.empty() && count > 0) refuse(0, "without an edge among the nodes of the positives", count);
      return drawer.by_degree(count, ends);
    }
    case NegativeSampler::distance_2:
      return drawer.at_distance_2(count, training);
    default:
      throw InvalidOption(
          fmt::format("negatives = {} draws no given number of pairs; take uniform, degree or distance-2",
                      detail::value_text(options.negatives)));
  }
}

}  // namespace adjoin
