#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <adjoin/algorithms/simplicial/configurations.hpp>
#include <adjoin/algorithms/simplicial/triangle_visitor.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace {

enum Configuration : std::size_t { c000, c001, c002, c011, c012, c022, c111, c112, c122, c222 };

std::size_t tie_strength(float weight) noexcept {
  return weight >= 2 ? 2 : weight > 0 ? 1 : 0;
}

/// Of n nodes, the triples. The one of three factors that 3 divides, and one that 2 divides, are divided first.
std::uint64_t triples_of(std::uint64_t n) {
  constexpr std::uint64_t most_nodes = 4'801'280;  // of more than these the triples do not fit 64 bits
  if (n > most_nodes) {
    throw InvalidData(fmt::format("{} nodes have more triples than 64 bits can count; {} do not", n, most_nodes));
  }
  if (n < 3) return 0;
  std::array<std::uint64_t, 3> factors{n, n - 1, n - 2};
  *std::ranges::find_if(factors, [](std::uint64_t f) { return f % 3 == 0; }) /= 3;
  *std::ranges::find_if(factors, [](std::uint64_t f) { return f % 2 == 0; }) /= 2;
  return factors[0] * factors[1] * factors[2];
}

struct Totals {
  ConfigurationCounts open{};
  ConfigurationCounts closed{};
  ConfigurationCounts open_closed_later{};
};

Totals count_triangles_of(RunContext& context, const Projection& projection, const Incidence* later) {
  const detail::NeighborsAbove ranked(context, projection.graph);
  const std::size_t tasks = detail::triangle_task_count(ranked.above.view());
  std::vector<Totals> totals(tasks);
  context.begin_stage("triangles", "tasks", tasks);
  context.for_tasks(tasks, [&](std::size_t task) {
    Totals mine;
    detail::visit_triangles(projection, ranked, later, task, tasks, [&](const detail::WeightedTriangle& t) {
      const int strong = (t.uv >= 2 ? 1 : 0) + (t.uw >= 2 ? 1 : 0) + (t.vw >= 2 ? 1 : 0);
      const std::size_t configuration = c111 + static_cast<std::size_t>(strong);
      ++(t.closed ? mine.closed : mine.open)[configuration];
      if (!t.closed && t.closed_later) ++mine.open_closed_later[configuration];
    });
    totals[task] = mine;
  });
  context.end_stage();
  Totals sum;
  for (const Totals& part : totals) {
    for (std::size_t k = 0; k < sum.open.size(); ++k) {
      sum.open[k] += part.open[k];
      sum.closed[k] += part.closed[k];
      sum.open_closed_later[k] += part.open_closed_later[k];
    }
  }
  return sum;
}

/// Fills in the configurations that are no triangles.
void add_open_triples(const Projection& projection, Totals& totals) {
  const CsrView a = projection.graph.view().out();
  std::uint64_t weak_edges = 0;
  std::uint64_t strong_edges = 0;
  ConfigurationCounts& open = totals.open;
  for (std::size_t v = 0; v < a.row_count(); ++v) {
    const auto weights = a.row_weights(v);
    const auto strong =
        static_cast<std::uint64_t>(std::ranges::count_if(weights, [](float weight) { return weight >= 2; }));
    const std::uint64_t weak = weights.size() - strong;
    weak_edges += weak;
    strong_edges += strong;
    open[c011] += weak < 2 ? 0 : weak * (weak - 1) / 2;
    open[c012] += weak * strong;
    open[c022] += strong < 2 ? 0 : strong * (strong - 1) / 2;
  }
  weak_edges /= 2;
  strong_edges /= 2;
  std::array<std::uint64_t, 4> triangles{};  // by their strong ties
  for (std::size_t k = 0; k < 4; ++k) triangles[k] = totals.open[c111 + k] + totals.closed[c111 + k];
  open[c011] -= 3 * triangles[0] + triangles[1];
  open[c012] -= 2 * triangles[1] + 2 * triangles[2];
  open[c022] -= triangles[2] + 3 * triangles[3];
  const std::uint64_t n = projection.active_node_count();
  const std::uint64_t others = n < 2 ? 0 : n - 2;
  open[c001] = weak_edges * others - 2 * open[c011] - open[c012] - 3 * triangles[0] - 2 * triangles[1] - triangles[2];
  open[c002] = strong_edges * others - 2 * open[c022] - open[c012] - 3 * triangles[3] - 2 * triangles[2] - triangles[1];
  const std::uint64_t some = std::accumulate(open.begin() + c001, open.end(), std::uint64_t{0}) +
                             std::accumulate(totals.closed.begin(), totals.closed.end(), std::uint64_t{0});
  open[c000] = triples_of(n) - some;
}

float weight_between(const CsrView& a, NodeId u, NodeId v) noexcept {
  const auto row = a.row_targets(index(u));
  const auto at = std::ranges::lower_bound(row, v);
  return at == row.end() || *at != v ? 0 : a.row_weights(index(u))[static_cast<std::size_t>(at - row.begin())];
}

void require(RunContext& context, const Projection& projection) {
  detail::require_counts(projection);
  context.require_memory(resident_bytes() + estimate_configurations_memory(projection.graph, context.threads().count()),
                         "lower --threads or raise --memory");
}

}  // namespace

std::size_t tie_configuration(float a, float b, float c) noexcept {
  std::array<std::size_t, 3> ties{tie_strength(a), tie_strength(b), tie_strength(c)};
  std::ranges::sort(ties);
  constexpr std::array<std::size_t, 27> place_of = [] {
    std::array<std::size_t, 27> places{};
    for (std::size_t k = 0; k < tie_configuration_names.size(); ++k) {
      std::size_t code = 0;
      for (const char tie : tie_configuration_names[k]) code = 3 * code + static_cast<std::size_t>(tie - '0');
      places[code] = k;
    }
    return places;
  }();
  return place_of[9 * ties[0] + 3 * ties[1] + ties[2]];
}

std::uint64_t ConfigurationCensus::open_triangles() const noexcept {
  return std::accumulate(open.begin() + first_triangle_configuration, open.end(), std::uint64_t{0});
}

std::uint64_t ConfigurationCensus::closed_triangles() const noexcept {
  return std::accumulate(closed.begin(), closed.end(), std::uint64_t{0});
}

double ConfigurationCensus::fraction_open() const noexcept {
  const auto opened = static_cast<double>(open_triangles());
  const double all = opened + static_cast<double>(closed_triangles());
  return all > 0 ? opened / all : 0;
}

ConfigurationCensus count_configurations(RunContext& context, const Projection& projection) {
  require(context, projection);
  Totals totals = count_triangles_of(context, projection, nullptr);
  add_open_triples(projection, totals);
  return {totals.open, totals.closed};
}

ClosureTable count_closures(RunContext& context, const Projection& first, const Projection& later) {
  if (first.incidence.node_count() != later.incidence.node_count()) {
    throw InvalidData(fmt::format("the first simplices are of {} nodes and the later ones of {}",
                                  first.incidence.node_count(), later.incidence.node_count()));
  }
  require(context, first);
  require(context, later);
  Totals totals = count_triangles_of(context, first, &later.incidence);
  add_open_triples(first, totals);
  ClosureTable table{totals.open, totals.open_closed_later};
  // What is no triangle yet: triples of the later simplices whose nodes are there, but not all their edges.
  const CsrView a = first.graph.view().out();
  const detail::NeighborsAbove ranked(context, later.graph);
  const std::size_t tasks = detail::triangle_task_count(ranked.above.view());
  std::vector<ConfigurationCounts> counts(tasks);
  context.begin_stage("later triangles", "tasks", tasks);
  context.for_tasks(tasks, [&](std::size_t task) {
    ConfigurationCounts mine{};
    detail::visit_triangles(later, ranked, nullptr, task, tasks, [&](const detail::WeightedTriangle& t) {
      if (!t.closed) return;
      for (const NodeId node : {t.u, t.v, t.w}) {
        if (first.simplicial_degree(node) == 0) return;
      }
      ++mine[tie_configuration(weight_between(a, t.u, t.v), weight_between(a, t.u, t.w), weight_between(a, t.v, t.w))];
    });
    counts[task] = mine;
  });
  context.end_stage();
  for (const ConfigurationCounts& part : counts) {
    for (std::size_t k = 0; k < first_triangle_configuration; ++k) table.closed[k] += part[k];
  }
  return table;
}

double ClosuresByTime::probability(std::size_t configuration) const noexcept {
  const auto open = static_cast<double>(table.open[configuration]);
  return open > 0 ? static_cast<double>(table.closed[configuration]) / open : 0;
}

ClosuresByTime closures_by_time(RunContext& context, const SimplexView& simplices,
                                std::shared_ptr<const NodeIndex> nodes, const ClosureOptions& options) {
  const ClosureParts parts = project_closure_parts(context, simplices, std::move(nodes), options);
  ClosuresByTime result{parts.periods, count_closures(context, parts.first, parts.later), {}};
  result.record = context.record("closures by time", option_values(options));
  if (parts.too_large > 0) result.record.remarks.push_back({"simplices left out for their size", parts.too_large});
  return result;
}

std::uint64_t estimate_configurations_memory(GraphView graph, int threads) noexcept {
  return detail::estimate_triangle_visit_memory(graph, threads);
}

}  // namespace adjoin
