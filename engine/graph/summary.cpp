#include <algorithm>
#include <limits>
#include <vector>

#include <boost/graph/core_numbers.hpp>

#include <adjoin/engine/graph/boost_adaptor.hpp>
#include <adjoin/engine/graph/summary.hpp>
#include <adjoin/engine/runtime/memory.hpp>

namespace adjoin {
namespace {

/// Disjoint sets of nodes; the root of a set is its lowest node.
class Components {
 public:
  explicit Components(std::size_t nodes) : parent_(nodes) {
    for (std::size_t v = 0; v < nodes; ++v) parent_[v] = static_cast<std::uint32_t>(v);
  }
  std::uint32_t root(std::uint32_t v) noexcept {
    while (parent_[v] != v) {
      parent_[v] = parent_[parent_[v]];
      v = parent_[v];
    }
    return v;
  }
  void join(std::uint32_t u, std::uint32_t v) noexcept {
    const std::uint32_t a = root(u);
    const std::uint32_t b = root(v);
    if (a != b) parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  Array<std::uint32_t> parent_;
};

void count_components(const CsrView& a, GraphSummary& summary) {
  const std::size_t n = a.row_count();
  Components components(n);
  for (std::size_t row = 0; row < n; ++row) {
    for (const NodeId target : a.row_targets(row)) {
      components.join(static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(target));
    }
  }
  Array<std::uint32_t> size(n, 0U);
  for (std::size_t v = 0; v < n; ++v) ++size[components.root(static_cast<std::uint32_t>(v))];
  for (std::size_t v = 0; v < n; ++v) {
    if (size[v] == 0) continue;
    ++summary.components;
    summary.largest_component = std::max<std::size_t>(summary.largest_component, size[v]);
  }
}

void measure_degrees(const CsrView& a, std::size_t hub_count, GraphSummary& summary) {
  const std::size_t n = a.row_count();
  if (n == 0) return;
  std::vector<std::uint32_t> nodes(n);
  for (std::size_t v = 0; v < n; ++v) nodes[v] = static_cast<std::uint32_t>(v);
  const auto higher = [&](std::uint32_t u, std::uint32_t v) {
    return a.row_size(u) != a.row_size(v) ? a.row_size(u) > a.row_size(v) : u < v;
  };
  const std::size_t hubs = std::min(hub_count, n);
  std::partial_sort(nodes.begin(), nodes.begin() + static_cast<std::ptrdiff_t>(hubs), nodes.end(), higher);
  for (std::size_t i = 0; i < hubs; ++i) summary.hubs.push_back(NodeId{nodes[i]});
  // The lower of the two middle ones for an even number of nodes.
  const auto middle = nodes.begin() + static_cast<std::ptrdiff_t>(n / 2);
  std::nth_element(nodes.begin(), middle, nodes.end(), higher);
  summary.median_degree = a.row_size(*middle);
  summary.min_degree = std::numeric_limits<std::size_t>::max();
  for (std::size_t v = 0; v < n; ++v) {
    summary.min_degree = std::min(summary.min_degree, a.row_size(v));
    summary.max_degree = std::max(summary.max_degree, a.row_size(v));
  }
  summary.mean_degree = static_cast<double>(a.nonzero_count()) / static_cast<double>(n);
}

void measure_weights(const CsrView& a, GraphSummary& summary) {
  if (!a.weighted()) {
    summary.total_weight = static_cast<double>(summary.edges);
    return;
  }
  summary.min_weight = std::numeric_limits<double>::infinity();
  summary.max_weight = 0;
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
      const double weight = a.weights[e];
      summary.min_weight = std::min(summary.min_weight, weight);
      summary.max_weight = std::max(summary.max_weight, weight);
      if (summary.directed || row <= index(a.targets[e])) summary.total_weight += weight;
    }
  }
  if (a.nonzero_count() == 0) summary.min_weight = 0;
}

std::size_t degeneracy_of(RunContext& context, GraphView graph) {
  if (graph.directed() || graph.node_count() == 0) return 0;
  const UndirectedBoostGraph g(context, graph);
  std::vector<std::uint32_t> core(graph.node_count());
  return boost::core_numbers(g, boost::make_iterator_property_map(core.begin(), get(boost::vertex_index, g)));
}

}  // namespace

GraphSummary summarize(RunContext& context, GraphView graph, std::size_t hub_count) {
  const CsrView a = graph.out();
  const std::size_t n = graph.node_count();
  context.begin_stage("summarize", "rows", 1);
  GraphSummary summary;
  summary.nodes = n;
  summary.edges = graph.edge_count();
  summary.directed = graph.directed();
  summary.weighted = graph.weighted();
  summary.bytes = graph.bytes();
  Array<std::uint8_t> touched(n, std::uint8_t{0});
  for (std::size_t row = 0; row < n; ++row) {
    if (a.row_size(row) > 0) touched[row] = 1;
    for (const NodeId target : a.row_targets(row)) {
      touched[index(target)] = 1;
      summary.self_loops += index(target) == row ? 1 : 0;
    }
  }
  summary.isolated_nodes = static_cast<std::size_t>(std::count(touched.begin(), touched.end(), 0));
  count_components(a, summary);
  summary.degeneracy = degeneracy_of(context, graph);
  measure_degrees(a, hub_count, summary);
  measure_weights(a, summary);
  const auto nodes = static_cast<double>(n);
  const double possible = nodes * (nodes - 1) / (graph.directed() ? 1 : 2);
  if (possible > 0) summary.density = static_cast<double>(summary.edges - summary.self_loops) / possible;
  context.end_stage();
  return summary;
}

}  // namespace adjoin
