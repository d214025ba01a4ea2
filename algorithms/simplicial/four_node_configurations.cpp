#include <algorithm>
#include <atomic>
#include <bit>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <adjoin/algorithms/simplicial/closed_triangles.hpp>
#include <adjoin/algorithms/simplicial/four_node_configurations.hpp>
#include <adjoin/algorithms/simplicial/tetrahedra.hpp>
#include <adjoin/engine/runtime/bits.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace {

using detail::BitRows;
using detail::ClosedTriangles;
using detail::LowestNode;
using detail::NeighborsAbove;
using detail::TetrahedronCounts;
using detail::TetrahedronTotals;

constexpr std::size_t tie_kinds = 3;  // of a triangle: open, weak, strong
using ByTie = std::array<std::uint64_t, tie_kinds>;

/// Where the configurations of so many edges begin.
enum Begin : std::size_t { of_three = 0, of_four = 3, of_five = 6, of_six = 12 };

/// Among those of five edges, of two ties in either order.
constexpr std::array<std::array<std::size_t, tie_kinds>, tie_kinds> place_of_pair{{{0, 1, 2}, {1, 3, 4}, {2, 4, 5}}};

/// Calls visit(strong, weak, place) for the configurations of six edges.
template <class Visit>
void for_tetrahedra(Visit&& visit) {
  for (std::size_t k = of_six; k < four_node_configurations.size(); ++k) {
    const std::string_view name = four_node_configurations[k].ties;
    visit(static_cast<std::size_t>(std::ranges::count(name, '2')),
          static_cast<std::size_t>(std::ranges::count(name, '1')), k);
  }
}

void put(const TetrahedronCounts& counts, FourNodeCounts& into) noexcept {
  for_tetrahedra([&](std::size_t s, std::size_t w, std::size_t k) { into[k] = counts.by_strong_and_weak[s][w]; });
}

/// What the triangles of a projection say: how many there are, at each edge and in all.
struct TriangleTotals {
  ByTie triangles{};
  ByTie other_ends{};              // edges from the nodes of a triangle to other nodes
  Array<std::uint32_t> of_entry;   // for each entry of `above` and tie, the triangles that have this edge
  Array<std::uint64_t> of_closed;  // where each entry's closed triangles begin, entries + 1
};

/// The ranking of a projection's nodes and what follows from it.
struct Ranked {
  Ranked(RunContext& context, const Projection& projection)
      : neighbors(context, projection.graph), ranks(neighbors.nodes.size()) {
    for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
      ranks[index(neighbors.nodes[rank])] = static_cast<std::uint32_t>(rank);
    }
  }

  /// The entry of the edge between two nodes, the lower one first.
  std::optional<std::size_t> entry(NodeId lower, NodeId higher) const noexcept {
    const CsrView above = neighbors.above.view();
    const auto row = above.row_targets(index(lower));
    const auto at =
        std::ranges::lower_bound(row, ranks[index(higher)], {}, [&](NodeId node) { return ranks[index(node)]; });
    if (at == row.end() || *at != higher) return std::nullopt;
    return above.row_begin(index(lower)) + static_cast<std::size_t>(at - row.begin());
  }

  NeighborsAbove neighbors;
  Array<std::uint32_t> ranks;
};

TriangleTotals count_triangles_by_tie(RunContext& context, const Projection& projection, const NeighborsAbove& ranked) {
  const CsrView above = ranked.above.view();
  const CsrView a = projection.graph.view().out();
  const std::size_t entries = above.nonzero_count();
  TriangleTotals totals{{}, {}, Array<std::uint32_t>(tie_kinds * entries, 0U), Array<std::uint64_t>(entries + 1, 0U)};
  const std::size_t tasks = detail::triangle_task_count(above);
  std::vector<std::pair<ByTie, ByTie>> parts(tasks);
  context.begin_stage("triangles", "tasks", tasks);
  context.for_tasks(tasks, [&](std::size_t task) {
    ByTie triangles{};
    ByTie other_ends{};
    BitRows once;
    BitRows twice;
    detail::for_nodes_of(projection, ranked, task, tasks, 2, [&](const LowestNode& u) {
      once.reset(u.row.size());
      twice.reset(u.row.size());
      u.simplices.mark_pairs(once, twice);
      const std::size_t begin = above.row_begin(index(u.node));
      for (std::size_t i = 0; i < u.row.size(); ++i) {
        for (std::size_t word = 0; word < once.words_per_row(); ++word) {
          totals.of_closed[begin + i + 1] += count_bits(once.row(i)[word]);
        }
        const std::size_t v = index(u.row[i]);
        for (std::size_t k = 0; k < above.row_size(v); ++k) {
          const std::size_t w = index(above.row_targets(v)[k]);
          if (u.places[w] == 0) continue;
          const std::size_t j = u.places[w] - 1;
          const std::size_t tie = (once.has(i, j) ? 1U : 0U) + (twice.has(i, j) ? 1U : 0U);
          ++triangles[tie];
          other_ends[tie] += a.row_size(index(u.node)) + a.row_size(v) + a.row_size(w) - 6;
          for (const std::size_t entry : {begin + i, begin + j, above.row_begin(v) + k}) {
            std::atomic_ref(totals.of_entry[tie_kinds * entry + tie]).fetch_add(1, std::memory_order_relaxed);
          }
        }
      }
    });
    parts[task] = {triangles, other_ends};
  });
  context.end_stage();
  for (const auto& [triangles, other_ends] : parts) {
    for (std::size_t tie = 0; tie < tie_kinds; ++tie) {
      totals.triangles[tie] += triangles[tie];
      totals.other_ends[tie] += other_ends[tie];
    }
  }
  for (std::size_t entry = 0; entry < entries; ++entry) totals.of_closed[entry + 1] += totals.of_closed[entry];
  return totals;
}

/// How many pairs of triangles with these ties share an edge; the numbers are modulo 2^64, as all here.
using PairsOfTies = std::array<std::uint64_t, of_six - of_five>;
PairsOfTies count_pairs_at_edges(RunContext& context, const Array<std::uint32_t>& of_entry) {
  constexpr std::size_t entries_per_chunk = 1 << 16;
  return context.threads().reduce_ordered(
      of_entry.size() / tie_kinds, entries_per_chunk, PairsOfTies{},
      [&](Chunk chunk) {
        PairsOfTies pairs{};
        for (std::size_t entry = chunk.begin; entry < chunk.end; ++entry) {
          for (std::size_t x = 0; x < tie_kinds; ++x) {
            const std::uint64_t with_x = of_entry[tie_kinds * entry + x];
            pairs[place_of_pair[x][x]] += with_x * (with_x - 1) / 2;
            for (std::size_t y = x + 1; y < tie_kinds; ++y)
              pairs[place_of_pair[x][y]] += with_x * of_entry[tie_kinds * entry + y];
          }
        }
        return pairs;
      },
      [](PairsOfTies sum, const PairsOfTies& part) {
        for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += part[k];
        return sum;
      });
}

/// Fills in the sets of five, four and three edges, all of which are open.
void add_sets_of_fewer_edges(RunContext& context, std::uint64_t node_count, const TriangleTotals& triangles,
                             const TetrahedronCounts& all, FourNodeCounts& open) {
  PairsOfTies five = count_pairs_at_edges(context, triangles.of_entry);
  ByTie in_tetrahedra{};
  for_tetrahedra([&](std::size_t strong, std::size_t weak, std::size_t) {
    const std::uint64_t sets = all.by_strong_and_weak[strong][weak];
    const ByTie of_tie{4 - strong - weak, weak, strong};
    for (std::size_t x = 0; x < tie_kinds; ++x) {
      in_tetrahedra[x] += sets * of_tie[x];
      // Each two of the four triangles share an edge.
      if (of_tie[x] > 1) five[place_of_pair[x][x]] -= sets * (of_tie[x] * (of_tie[x] - 1) / 2);
      for (std::size_t y = x + 1; y < tie_kinds; ++y) five[place_of_pair[x][y]] -= sets * of_tie[x] * of_tie[y];
    }
  });
  ByTie in_pairs{};
  for (std::size_t x = 0; x < tie_kinds; ++x) {
    for (std::size_t y = x; y < tie_kinds; ++y) {
      in_pairs[x] += five[place_of_pair[x][y]];
      in_pairs[y] += five[place_of_pair[x][y]];
    }
  }
  std::ranges::copy(five, open.begin() + of_five);
  const std::uint64_t other_nodes = node_count < 3 ? 0 : node_count - 3;
  for (std::size_t x = 0; x < tie_kinds; ++x) {
    // From a triangle the fourth node has two edges in a set of five, three in one of six.
    open[of_four + x] = triangles.other_ends[x] - 2 * in_pairs[x] - 3 * in_tetrahedra[x];
    open[of_three + x] = triangles.triangles[x] * other_nodes - in_tetrahedra[x] - in_pairs[x] - open[of_four + x];
  }
}

/// Every count is at most triangles times nodes; what is added and taken away on the way may wrap around.
void require_fitting(const ByTie& triangles, std::uint64_t node_count) {
  const std::uint64_t all = triangles[0] + triangles[1] + triangles[2];
  if (node_count > 0 && all > std::numeric_limits<std::uint64_t>::max() / node_count) {
    throw InvalidData(
        fmt::format("{} triangles among {} nodes are in more sets of four than 64 bits can count; cut "
                    "the time or lower --max-size",
                    all, node_count));
  }
}

/// What is known of the first simplices: enough to tell the configuration of any four nodes.
struct Counted {
  Ranked ranked;
  ClosedTriangles closed;
  FourNodeCensus census;
  FourNodeCounts open_closed_later{};
};

Counted count_sets(RunContext& context, const Projection& projection, const Incidence* later) {
  detail::require_counts(projection);
  context.require_memory(resident_bytes() + estimate_four_node_memory(projection, context.threads().count()),
                         "lower --threads or --max-size or raise --memory");
  Ranked ranked(context, projection);
  TriangleTotals triangles = count_triangles_by_tie(context, projection, ranked.neighbors);
  const std::uint64_t nodes = projection.active_node_count();
  require_fitting(triangles.triangles, nodes);
  const std::uint64_t closed_count = triangles.triangles[1] + triangles.triangles[2];
  context.require_memory(resident_bytes() + ClosedTriangles::bytes_for(0, closed_count), "raise --memory");
  ClosedTriangles closed(context, projection, ranked.neighbors, std::move(triangles.of_closed));
  const TetrahedronTotals totals = detail::count_tetrahedra(context, projection, ranked.neighbors, closed, later);
  Counted counted{std::move(ranked), std::move(closed), {}, {}};
  put(totals.all, counted.census.open);
  put(totals.closed, counted.census.closed);
  put(totals.open_closed_later, counted.open_closed_later);
  for (std::size_t k = of_six; k < four_node_configurations.size(); ++k) {
    counted.census.open[k] -= counted.census.closed[k];
  }
  add_sets_of_fewer_edges(context, nodes, triangles, totals.all, counted.census.open);
  return counted;
}

/// The configuration of four nodes that is not of six edges, if it has a triangle.
std::optional<std::size_t> configuration_of(const Counted& first, std::array<NodeId, 4> nodes) {
  const Array<std::uint32_t>& ranks = first.ranked.ranks;
  std::ranges::sort(nodes, {}, [&](NodeId node) { return ranks[index(node)]; });
  std::array<std::array<std::optional<std::size_t>, 4>, 4> entries;
  std::size_t edges = 0;
  for (std::size_t a = 0; a < 4; ++a) {
    for (std::size_t b = a + 1; b < 4; ++b) {
      entries[a][b] = first.ranked.entry(nodes[a], nodes[b]);
      edges += entries[a][b] ? 1 : 0;
    }
  }
  if (edges < 3 || edges == 6) return std::nullopt;
  std::array<std::size_t, 2> found{};
  std::size_t triangles = 0;
  for (std::size_t a = 0; a < 2; ++a) {
    for (std::size_t b = a + 1; b < 3; ++b) {
      for (std::size_t c = b + 1; c < 4; ++c) {
        if (!entries[a][b] || !entries[a][c] || !entries[b][c]) continue;
        found[triangles++] = static_cast<std::size_t>(first.closed.tie(*entries[a][b], nodes[c], ranks));
      }
    }
  }
  if (triangles == 0) return std::nullopt;
  if (edges == 5) return of_five + place_of_pair[found[0]][found[1]];
  return (edges == 4 ? of_four : of_three) + found[0];
}

/// Calls visit(nodes) once for each four nodes that one of the simplices has, for one task.
template <class Visit>
void for_closed_sets(const Projection& projection, const NeighborsAbove& ranked, std::size_t task, std::size_t tasks,
                     Visit&& visit) {
  BitRows with;
  detail::for_nodes_of(projection, ranked, task, tasks, 3, [&](const LowestNode& u) {
    with.reset(u.row.size());
    for (std::size_t i = 0; i + 2 < u.row.size(); ++i) {
      u.simplices.mark_pairs_with(i, with);
      for (const std::uint32_t j : with.touched()) {
        for (std::size_t word = j / 64; word < with.words_per_row(); ++word) {
          for (std::uint64_t bits = with.row(j)[word]; bits != 0; bits &= bits - 1) {
            const std::size_t k = 64 * word + static_cast<std::size_t>(std::countr_zero(bits));
            visit(std::array{u.node, u.row[i], u.row[j], u.row[k]});
          }
        }
      }
      with.clear_touched();
    }
  });
}

/// Bytes beyond the projection. Five squares of bits: see tetrahedra.cpp.
std::uint64_t estimate_bytes(std::uint64_t nodes, std::uint64_t edges, std::uint64_t closed_triangles,
                             std::uint64_t members, int threads) noexcept {
  constexpr int squares = 5;
  return detail::estimate_ranked_visit_memory(nodes, edges, members, squares, threads) + nodes * sizeof(std::uint32_t) +
         edges * tie_kinds * sizeof(std::uint32_t) + ClosedTriangles::bytes_for(edges, closed_triangles);
}

}  // namespace

FourNodeCensus count_four_node_configurations(RunContext& context, const Projection& projection) {
  return count_sets(context, projection, nullptr).census;
}

FourNodeClosureTable count_four_node_closures(RunContext& context, const Projection& first, const Projection& later) {
  if (first.incidence.node_count() != later.incidence.node_count()) {
    throw InvalidData(fmt::format("the first simplices are of {} nodes and the later ones of {}",
                                  first.incidence.node_count(), later.incidence.node_count()));
  }
  detail::require_counts(later);
  const Counted counted = count_sets(context, first, &later.incidence);
  FourNodeClosureTable table{counted.census.open, counted.open_closed_later};
  // Sets of six edges are counted already. What is left are sets of the later simplices whose nodes are there, but not
  // all their edges.
  const NeighborsAbove ranked(context, later.graph);
  const std::size_t tasks = detail::clique_task_count(ranked.above.view());
  std::vector<FourNodeCounts> parts(tasks);
  context.begin_stage("later sets of four", "tasks", tasks);
  context.for_tasks(tasks, [&](std::size_t task) {
    FourNodeCounts mine{};
    for_closed_sets(later, ranked, task, tasks, [&](const std::array<NodeId, 4>& nodes) {
      if (std::ranges::any_of(nodes, [&](NodeId node) { return first.simplicial_degree(node) == 0; })) return;
      if (const auto configuration = configuration_of(counted, nodes)) ++mine[*configuration];
    });
    parts[task] = mine;
  });
  context.end_stage();
  for (const FourNodeCounts& part : parts) {
    for (std::size_t k = 0; k < of_six; ++k) table.closed[k] += part[k];
  }
  return table;
}

double FourNodeClosuresByTime::probability(std::size_t configuration) const noexcept {
  const auto open = static_cast<double>(table.open[configuration]);
  return open > 0 ? static_cast<double>(table.closed[configuration]) / open : 0;
}

FourNodeClosuresByTime four_node_closures_by_time(RunContext& context, const SimplexView& simplices,
                                                  std::shared_ptr<const NodeIndex> nodes,
                                                  const ClosureOptions& options) {
  const ClosureParts parts = project_closure_parts(context, simplices, std::move(nodes), options);
  FourNodeClosuresByTime result{parts.periods, count_four_node_closures(context, parts.first, parts.later), {}};
  result.record = context.record("four-node closures by time", option_values(options));
  if (parts.too_large > 0) result.record.remarks.push_back({"simplices left out for their size", parts.too_large});
  return result;
}

std::uint64_t estimate_four_node_memory(const Projection& projection, int threads) noexcept {
  const GraphView graph = projection.graph;
  return estimate_bytes(graph.node_count(), graph.edge_count(), 0, detail::most_members(projection.incidence), threads);
}

std::uint64_t estimate_four_node_closures_memory(const SimplexView& simplices, const ClosureOptions& options,
                                                 int threads) {
  const detail::ProjectionBounds most = detail::projection_bounds(simplices, options.max_size);
  ProjectionOptions projection;
  projection.max_size = options.max_size;
  return estimate_projection_memory(simplices, projection) +
         estimate_bytes(simplices.node_count, most.edges, most.closed_triangles, most.members, threads);
}

}  // namespace adjoin
