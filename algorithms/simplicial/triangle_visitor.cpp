#include <cmath>

#include <adjoin/algorithms/simplicial/triangle_visitor.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::detail {
namespace {

struct Neighbor {
  std::uint32_t rank;
  NodeId node;
  float weight;
};

}  // namespace

NeighborsAbove::NeighborsAbove(RunContext& context, GraphView graph) : nodes(graph.node_count()) {
  const CsrView a = graph.out();
  const std::size_t n = a.row_count();
  std::size_t highest = 0;
  for (std::size_t v = 0; v < n; ++v) highest = std::max(highest, a.row_size(v));
  std::vector<std::size_t> next(highest + 2, 0);  // next[d]: the next rank of a node of degree d
  for (std::size_t v = 0; v < n; ++v) ++next[a.row_size(v) + 1];
  for (std::size_t d = 0; d <= highest; ++d) next[d + 1] += next[d];
  Array<std::uint32_t> ranks(n);
  for (std::size_t v = 0; v < n; ++v) {
    const std::size_t rank = next[a.row_size(v)]++;
    nodes[rank] = node_id(v);
    ranks[v] = static_cast<std::uint32_t>(rank);
  }
  above.column_count = n;
  above.offsets = Array<EdgeOffset>(n + 1);
  above.offsets[0] = EdgeOffset{0};
  context.begin_stage("rank", "nodes", n);
  for (std::size_t v = 0; v < n; ++v) {
    const auto row = a.row_targets(v);
    const auto count = static_cast<std::size_t>(
        std::ranges::count_if(row, [&](NodeId neighbor) { return ranks[index(neighbor)] > ranks[v]; }));
    above.offsets[v + 1] = edge_offset(index(above.offsets[v]) + count);
  }
  above.targets = Array<NodeId>(index(above.offsets[n]));
  above.weights = Array<float>(above.targets.size());
  constexpr std::size_t nodes_per_chunk = 1 << 9;
  context.for_chunks(n, nodes_per_chunk, [&](Chunk chunk) {
    std::vector<Neighbor> sorted;
    for (std::size_t v = chunk.begin; v < chunk.end; ++v) {
      sorted.clear();
      for (std::size_t entry = a.row_begin(v); entry < a.row_end(v); ++entry) {
        const std::uint32_t rank = ranks[index(a.targets[entry])];
        if (rank > ranks[v]) sorted.push_back({rank, a.targets[entry], a.weighted() ? a.weights[entry] : 1});
      }
      std::ranges::sort(sorted, {}, &Neighbor::rank);
      std::size_t at = index(above.offsets[v]);
      for (const Neighbor& neighbor : sorted) {
        above.targets[at] = neighbor.node;
        above.weights[at++] = neighbor.weight;
      }
    }
  });
  context.end_stage();
}

void PairBits::add_simplices(const Incidence& incidence, NodeId node, const Array<std::uint32_t>& places) {
  const CsrView nodes_of = incidence.nodes_of.view();
  for (const NodeId simplex : incidence.simplices_of.view().row_targets(index(node))) {
    const auto nodes = nodes_of.row_targets(index(simplex));
    if (nodes.size() < 3) continue;
    members_.clear();
    for (const NodeId member : nodes) {
      if (places[index(member)] > 0) members_.push_back(places[index(member)] - 1);
    }
    for (std::size_t a = 0; a < members_.size(); ++a) {
      for (std::size_t b = a + 1; b < members_.size(); ++b) {
        const auto [lower, higher] = std::minmax(members_[a], members_[b]);
        bits_[lower * words_per_row_ + higher / 64] |= std::uint64_t{1} << (higher % 64);
      }
    }
  }
}

std::size_t triangle_task_count(const CsrView& above) {
  constexpr std::size_t entries_per_task = 1 << 12;
  constexpr std::size_t most_tasks = 256;
  return std::clamp<std::size_t>(above.nonzero_count() / entries_per_task, 1, most_tasks);
}

std::uint64_t estimate_triangle_visit_memory(GraphView graph, int threads) noexcept {
  const std::uint64_t n = graph.node_count();
  const std::uint64_t m = graph.edge_count();
  // No node has more than sqrt(2 m) neighbours above it: two tables of so many bits squared.
  const auto side = static_cast<std::uint64_t>(std::sqrt(2.0 * static_cast<double>(m))) + 64;
  const std::uint64_t a_thread = n * sizeof(std::uint32_t) + 2 * side * side / 8;
  return n * (sizeof(NodeId) + sizeof(std::uint32_t) + sizeof(EdgeOffset)) + m * (sizeof(NodeId) + sizeof(float)) +
         static_cast<std::uint64_t>(threads) * a_thread;
}

void require_counts(const Projection& projection) {
  if (projection.weights != TieWeight::count) {
    throw InvalidOption("strong and weak ties are told apart by counts; project with weights count");
  }
}

}  // namespace adjoin::detail
