#include <algorithm>
#include <numeric>
#include <utility>

#include <adjoin/algorithms/simplicial/simplex_statistics.hpp>
#include <adjoin/engine/runtime/parallel_sort.hpp>

namespace adjoin {
namespace {

double ratio(double value, double by) noexcept {
  return by > 0 ? value / by : 0;
}

}  // namespace

std::uint64_t count_distinct_simplices(RunContext& context, const Incidence& incidence) {
  const CsrView rows = incidence.nodes_of.view();
  Array<NodeId> order(rows.row_count());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = node_id(i);
  const auto members = [&](NodeId simplex) { return rows.row_targets(index(simplex)); };
  context.check_cancelled();
  parallel_sort(context.threads(), order.span(), [&](NodeId a, NodeId b) {
    const auto x = members(a);
    const auto y = members(b);
    return x.size() != y.size() ? x.size() < y.size() : std::ranges::lexicographical_compare(x, y);
  });
  std::uint64_t distinct = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    distinct += i == 0 || !std::ranges::equal(members(order[i - 1]), members(order[i])) ? 1 : 0;
  }
  return distinct;
}

SimplexStatistics simplex_statistics(RunContext& context, const SimplexView& simplices,
                                     std::shared_ptr<const NodeIndex> nodes, int max_size) {
  ProjectionOptions options;
  options.max_size = max_size;
  const Projection projection = project_simplices(context, simplices, std::move(nodes), options);
  const CsrView rows = projection.incidence.nodes_of.view();
  const GraphView graph = projection.graph;
  SimplexStatistics result;
  result.nodes = projection.active_node_count();
  result.simplices = rows.row_count();
  result.too_large = projection.incidence.too_large;
  result.distinct = count_distinct_simplices(context, projection.incidence);
  for (std::size_t i = 0; i < rows.row_count(); ++i) result.largest = std::max(result.largest, rows.row_size(i));
  const auto n = static_cast<double>(result.nodes);
  result.mean_size = ratio(static_cast<double>(rows.nonzero_count()), static_cast<double>(result.simplices));
  result.edges = graph.edge_count();
  const auto m = static_cast<double>(result.edges);
  const auto weights = graph.out().weights;
  result.mean_weight = ratio(std::accumulate(weights.begin(), weights.end(), 0.0), 2 * m);
  result.density = ratio(2 * m, n * (n - 1));
  result.mean_degree = ratio(2 * m, n);
  result.census = count_configurations(context, projection);
  result.record = context.record("simplex statistics", option_values(options));
  if (result.too_large > 0) result.record.remarks.push_back({"simplices left out for their size", result.too_large});
  return result;
}

}  // namespace adjoin
