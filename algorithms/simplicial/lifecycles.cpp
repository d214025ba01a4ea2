#include <algorithm>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <adjoin/algorithms/simplicial/lifecycles.hpp>
#include <adjoin/algorithms/simplicial/simplices_above.hpp>

namespace adjoin {
namespace {

using detail::BitRows;
using detail::LowestNode;
using detail::NeighborsAbove;

/// The simplices that have both ends of an edge, in the order of time, for each entry of `above`.
class SimplicesOfEdges {
 public:
  SimplicesOfEdges(RunContext& context, const Incidence& incidence, const NeighborsAbove& ranked)
      : offsets_(ranked.above.targets.size() + 1, 0U) {
    const std::size_t tasks = detail::triangle_task_count(ranked.above.view());
    context.begin_stage("simplices of edges", "tasks", 2 * tasks);
    visit(context, incidence, ranked, tasks, [&](std::size_t entry, NodeId) { ++offsets_[entry + 1]; });
    const std::size_t entries = offsets_.size() - 1;
    for (std::size_t entry = 0; entry < entries; ++entry) offsets_[entry + 1] += offsets_[entry];
    simplices_ = Array<NodeId>(offsets_[entries]);
    visit(context, incidence, ranked, tasks,
          [&](std::size_t entry, NodeId simplex) { simplices_[offsets_[entry]++] = simplex; });
    context.end_stage();
    // Filling moved each beginning on to the next one's.
    for (std::size_t entry = entries; entry > 0; --entry) offsets_[entry] = offsets_[entry - 1];
    offsets_[0] = 0;
  }

  std::span<const NodeId> operator[](std::size_t entry) const noexcept {
    return simplices_.span().subspan(offsets_[entry], offsets_[entry + 1] - offsets_[entry]);
  }

 private:
  template <class Visit>
  static void visit(RunContext& context, const Incidence& incidence, const NeighborsAbove& ranked, std::size_t tasks,
                    Visit&& visit) {
    const CsrView above = ranked.above.view();
    const CsrView nodes_of = incidence.nodes_of.view();
    context.for_tasks(tasks, [&](std::size_t task) {
      Array<std::uint32_t> places(above.row_count(), 0U);
      for (std::size_t rank = task; rank < above.row_count(); rank += tasks) {
        const std::size_t u = index(ranked.nodes[rank]);
        const detail::PlacesAbove placed(places, above.row_targets(u));
        for (const NodeId simplex : incidence.simplices_of.view().row_targets(u)) {
          for (const NodeId member : nodes_of.row_targets(index(simplex))) {
            if (places[index(member)] > 0) visit(above.row_begin(u) + places[index(member)] - 1, simplex);
          }
        }
      }
    });
  }

  Array<std::uint64_t> offsets_;
  Array<NodeId> simplices_;
};

/// The first simplex that two edges with a node in common have both.
NodeId first_in_both(std::span<const NodeId> a, std::span<const NodeId> b) noexcept {
  auto at = a.begin();
  auto other = b.begin();
  while (*at != *other) {
    if (*at < *other) {
      at = std::lower_bound(at, a.end(), *other);
    } else {
      other = std::lower_bound(other, b.end(), *at);
    }
  }
  return *at;
}

/// Adds what one triangle goes through: its edges' simplices before `end`, none of which has two of its edges.
/// Returns the state that it is left in.
std::size_t follow(std::array<std::span<const NodeId>, 3> edges, NodeId end, LifecycleTransitions& transitions) {
  struct Change {
    NodeId simplex;
    std::size_t edge;
  };
  std::array<Change, 6> changes{};  // the first two simplices of each edge, in the order of time
  std::size_t count = 0;
  for (std::size_t edge = 0; edge < 3; ++edge) {
    auto& simplices = edges[edge];
    simplices = simplices.first(static_cast<std::size_t>(std::ranges::lower_bound(simplices, end) - simplices.begin()));
    for (std::size_t k = 0; k < std::min<std::size_t>(2, simplices.size()); ++k) {
      std::size_t place = count++;
      for (; place > 0 && changes[place - 1].simplex > simplices[k]; --place) changes[place] = changes[place - 1];
      changes[place] = {simplices[k], edge};
    }
  }
  std::array<float, 3> ties{};
  std::array<std::size_t, 3> passed{};  // simplices of each edge
  std::size_t state = 0;
  const auto stay_until = [&](NodeId simplex) {
    for (std::size_t edge = 0; edge < 3; ++edge) {
      if (ties[edge] < 2) continue;
      const auto& simplices = edges[edge];
      const auto at =
          std::lower_bound(simplices.begin() + static_cast<std::ptrdiff_t>(passed[edge]), simplices.end(), simplex);
      const auto place = static_cast<std::size_t>(at - simplices.begin());
      transitions[state][state] += place - passed[edge];
      passed[edge] = place;
    }
  };
  for (std::size_t k = 0; k < count; ++k) {
    stay_until(changes[k].simplex);
    ++ties[changes[k].edge];
    ++passed[changes[k].edge];
    const std::size_t next = tie_configuration(ties[0], ties[1], ties[2]);
    ++transitions[next][state];
    state = next;
  }
  stay_until(end);
  return state;
}

void add(const LifecycleTransitions& part, LifecycleTransitions& sum) noexcept {
  for (std::size_t to = 0; to < sum.size(); ++to) {
    for (std::size_t from = 0; from < sum.size(); ++from) sum[to][from] += part[to][from];
  }
}

/// The times of the simplices that a projection keeps.
Array<Time> times_of_kept(const SimplexView& simplices, std::size_t kept, int max_size) {
  Array<Time> times(kept);
  std::size_t at = 0;
  for (std::size_t i = 0; i < simplices.size(); ++i) {
    if (simplices.simplex(i).size() <= static_cast<std::size_t>(max_size)) times[at++] = simplices.times[i];
  }
  return times;
}

std::size_t count_overlaps(const std::array<std::span<const NodeId>, 3>& edges, const Array<Time>& times) noexcept {
  const auto overlap = [&](std::size_t a, std::size_t b) {
    return times[index(edges[a].front())] <= times[index(edges[b].back())] &&
           times[index(edges[b].front())] <= times[index(edges[a].back())];
  };
  return (overlap(0, 1) ? 1U : 0U) + (overlap(0, 2) ? 1U : 0U) + (overlap(1, 2) ? 1U : 0U);
}

std::uint64_t estimate_bytes(std::uint64_t nodes, std::uint64_t edges, std::uint64_t weights, std::uint64_t members,
                             std::uint64_t simplices, int threads) noexcept {
  constexpr int squares = 2;
  return detail::estimate_ranked_visit_memory(nodes, edges, members, squares, threads) +
         (edges + 1) * sizeof(std::uint64_t) + weights * sizeof(NodeId) + simplices * sizeof(Time);
}

/// The weights of all edges together, which are counts.
std::uint64_t sum_of_weights(const Incidence& incidence) noexcept {
  const CsrView nodes_of = incidence.nodes_of.view();
  std::uint64_t sum = 0;
  for (std::size_t simplex = 0; simplex < nodes_of.row_count(); ++simplex) {
    const std::uint64_t size = nodes_of.row_size(simplex);
    sum += size * (size - 1) / 2;
  }
  return sum;
}

}  // namespace

double transition_probability(const LifecycleTransitions& transitions, std::size_t to, std::size_t from) noexcept {
  std::uint64_t all = 0;
  for (const auto& row : transitions) all += row[from];
  return all > 0 ? static_cast<double>(transitions[to][from]) / static_cast<double>(all) : 0;
}

Lifecycles lifecycles(RunContext& context, const SimplexView& simplices, std::shared_ptr<const NodeIndex> nodes,
                      const LifecycleOptions& options) {
  validate(options);
  ProjectionOptions projecting;
  projecting.max_size = options.max_size;
  const Projection projection = project_simplices(context, simplices, std::move(nodes), projecting);
  const Incidence& incidence = projection.incidence;
  const GraphView graph = projection.graph;
  context.require_memory(resident_bytes() + estimate_bytes(graph.node_count(), graph.edge_count(),
                                                           sum_of_weights(incidence), detail::most_members(incidence),
                                                           incidence.simplex_count(), context.threads().count()),
                         "lower --threads or --max-size or raise --memory");
  const NeighborsAbove ranked(context, graph);
  const CsrView above = ranked.above.view();
  const SimplicesOfEdges simplices_of(context, incidence, ranked);
  const Array<Time> times = times_of_kept(simplices, incidence.simplex_count(), options.max_size);
  const std::size_t tasks = detail::triangle_task_count(above);
  std::vector<Lifecycles> parts(tasks);
  context.begin_stage("lifecycles", "tasks", tasks);
  context.for_tasks(tasks, [&](std::size_t task) {
    Lifecycles& mine = parts[task];
    BitRows once;
    BitRows twice;
    detail::for_nodes_of(projection, ranked, task, tasks, 2, [&](const LowestNode& u) {
      once.reset(u.row.size());
      twice.reset(u.row.size());
      u.simplices.mark_pairs(once, twice);
      const std::size_t begin = above.row_begin(index(u.node));
      for (std::size_t i = 0; i < u.row.size(); ++i) {
        const std::size_t v = index(u.row[i]);
        for (std::size_t k = 0; k < above.row_size(v); ++k) {
          const std::size_t w = index(above.row_targets(v)[k]);
          if (u.places[w] == 0) continue;
          const std::size_t j = u.places[w] - 1;
          const std::array edges{simplices_of[begin + i], simplices_of[begin + j],
                                 simplices_of[above.row_begin(v) + k]};
          if (once.has(i, j)) {
            const std::size_t last = follow(edges, first_in_both(edges[0], edges[1]), mine.closing);
            ++mine.closing[closed_state][last];
            ++mine.closed_triangles;
          } else {
            follow(edges, node_id(incidence.simplex_count()), mine.open);
            ++mine.overlaps[count_overlaps(edges, times)];
            ++mine.open_triangles;
          }
        }
      }
    });
  });
  Lifecycles result;
  for (const Lifecycles& part : parts) {
    add(part.closing, result.closing);
    add(part.open, result.open);
    result.closed_triangles += part.closed_triangles;
    result.open_triangles += part.open_triangles;
    for (std::size_t k = 0; k < result.overlaps.size(); ++k) result.overlaps[k] += part.overlaps[k];
  }
  result.record = context.record("lifecycles", option_values(options));
  if (incidence.too_large > 0) {
    result.record.remarks.push_back({"simplices left out for their size", incidence.too_large});
  }
  return result;
}

std::uint64_t estimate_lifecycles_memory(const SimplexView& simplices, const LifecycleOptions& options, int threads) {
  const detail::ProjectionBounds most = detail::projection_bounds(simplices, options.max_size);
  ProjectionOptions projecting;
  projecting.max_size = options.max_size;
  return estimate_projection_memory(simplices, projecting) +
         estimate_bytes(simplices.node_count, most.edges, most.weights, most.members, simplices.size(), threads);
}

}  // namespace adjoin
