#include <algorithm>
#include <atomic>
#include <span>
#include <vector>

#include <adjoin/engine/graph/cuda/triangles.hpp>
#include <adjoin/engine/graph/triangles.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin {
namespace {

constexpr std::size_t rows_ahead = 8;
constexpr std::size_t ranked_nodes_per_chunk = 512;  // those of highest degree are in a few chunks

/// A graph whose nodes are numbered by falling degree, nodes of one degree by id.
struct Ranked {
  Array<NodeId> nodes;  // by rank
  Array<NodeId> ranks;  // by node
  Csr above;            // row r: the ranks above r (lower numbers) of its node's neighbours, in increasing order
};

void rank_by_degree(const CsrView& a, Ranked& ranked) {
  const std::size_t n = a.row_count();
  std::size_t highest = 0;
  for (std::size_t v = 0; v < n; ++v) highest = std::max(highest, a.row_size(v));
  std::vector<std::size_t> next(highest + 2, 0);  // next[k]: the next rank of a node of degree highest - k
  for (std::size_t v = 0; v < n; ++v) ++next[highest - a.row_size(v) + 1];
  for (std::size_t k = 0; k <= highest; ++k) next[k + 1] += next[k];
  for (std::size_t v = 0; v < n; ++v) {
    const std::size_t rank = next[highest - a.row_size(v)]++;
    ranked.ranks[v] = node_id(rank);
    ranked.nodes[rank] = node_id(v);
  }
}

Ranked ranked_by_degree(RunContext& context, const CsrView& a) {
  const std::size_t n = a.row_count();
  context.begin_stage("rank", "nodes", 2 * n);
  Ranked ranked{Array<NodeId>(n), Array<NodeId>(n), {n, Array<EdgeOffset>(n + 1), {}, {}}};
  rank_by_degree(a, ranked);
  Csr& above = ranked.above;
  const auto visit_above = [&](std::size_t rank, auto&& visit) {
    for (const NodeId neighbor : a.row_targets(index(ranked.nodes[rank]))) {
      const NodeId other = ranked.ranks[index(neighbor)];
      if (index(other) < rank) visit(other);
    }
  };
  context.for_chunks(n, ranked_nodes_per_chunk, [&](Chunk chunk) {
    for (std::size_t rank = chunk.begin; rank < chunk.end; ++rank) {
      std::size_t count = 0;
      visit_above(rank, [&](NodeId) { ++count; });
      above.offsets[rank + 1] = edge_offset(count);
    }
  });
  above.offsets[0] = EdgeOffset{0};
  for (std::size_t rank = 0; rank < n; ++rank) {
    above.offsets[rank + 1] = edge_offset(index(above.offsets[rank]) + index(above.offsets[rank + 1]));
  }
  above.targets = Array<NodeId>(index(above.offsets[n]));
  context.for_chunks(n, ranked_nodes_per_chunk, [&](Chunk chunk) {
    for (std::size_t rank = chunk.begin; rank < chunk.end; ++rank) {
      NodeId* const row = above.targets.data() + index(above.offsets[rank]);
      NodeId* end = row;
      visit_above(rank, [&](NodeId other) { *end++ = other; });
      std::sort(row, end);
    }
  });
  context.end_stage();
  return ranked;
}

/// Calls visit(place) for the places of a row that may be marked: all below `bound`, and some from it on, as a branch
/// for each would cost more than looking.
template <class Visit>
void visit_below(std::span<const NodeId> row, NodeId bound, Visit&& visit) {
  constexpr std::size_t block = 8;
  std::size_t i = 0;
  for (; i + block <= row.size(); i += block) {
    for (std::size_t k = 0; k < block; ++k) visit(row[i + k]);
    if (row[i + block - 1] >= bound) return;
  }
  for (; i < row.size(); ++i) visit(row[i]);
}

/// Adds up the triangles of a middle node whose neighbours above it are `marked`.
class Total {
 public:
  explicit Total(std::size_t n) : marks_(n, std::uint8_t{0}) {}
  static std::uint64_t bytes(std::size_t n) noexcept { return n; }

  void mark(std::span<const NodeId> above) noexcept {
    for (const NodeId rank : above) marks_[index(rank)] = 1;
  }
  void add_lower(NodeId /*lower*/, std::span<const NodeId> row, NodeId middle) noexcept {
    std::uint32_t found = 0;
    visit_below(row, middle, [&](NodeId rank) { found += marks_[index(rank)]; });
    sum_ += found;
  }
  void unmark(NodeId /*middle*/, std::span<const NodeId> above) noexcept {
    for (const NodeId rank : above) marks_[index(rank)] = 0;
  }
  std::uint64_t sum() const noexcept { return sum_; }

 private:
  Array<std::uint8_t> marks_;
  std::uint64_t sum_ = 0;
};

/// The same, into the numbers of all three nodes. Others add to them at the same time; sums of integers know no order.
class OfNodes {
 public:
  OfNodes(std::size_t n, std::span<const NodeId> nodes, std::span<std::uint64_t> counts)
      : marks_(n, 0U), nodes_(nodes), counts_(counts) {}
  static std::uint64_t bytes(std::size_t n) noexcept { return n * sizeof(std::uint32_t); }

  void mark(std::span<const NodeId> above) {
    found_.assign(above.size() + 1, 0);
    for (std::size_t i = 0; i < above.size(); ++i) marks_[index(above[i])] = static_cast<std::uint32_t>(i + 1);
  }
  void add_lower(NodeId lower, std::span<const NodeId> row, NodeId middle) noexcept {
    const std::uint64_t before = of_middle_;
    visit_below(row, middle, [&](NodeId rank) {
      const std::uint32_t mark = marks_[index(rank)];
      ++found_[mark];  // found_[0]: of nodes that are not marked
      of_middle_ += mark > 0 ? 1 : 0;
    });
    add(lower, of_middle_ - before);
  }
  void unmark(NodeId middle, std::span<const NodeId> above) noexcept {
    for (std::size_t i = 0; i < above.size(); ++i) {
      add(above[i], found_[i + 1]);
      marks_[index(above[i])] = 0;
    }
    add(middle, of_middle_);
    of_middle_ = 0;
  }

 private:
  void add(NodeId rank, std::uint64_t triangles) noexcept {
    if (triangles == 0) return;
    std::atomic_ref<std::uint64_t>(counts_[index(nodes_[index(rank)])]).fetch_add(triangles, std::memory_order_relaxed);
  }

  Array<std::uint32_t> marks_;  // 0, or 1 + the place among the neighbours above
  std::vector<std::uint64_t> found_;
  std::span<const NodeId> nodes_;
  std::span<std::uint64_t> counts_;
  std::uint64_t of_middle_ = 0;
};

/// Every task takes marks of its own, so their number is bounded; it depends on the graph alone.
std::size_t task_count(const CsrView& a) {
  constexpr std::size_t entries_per_task = 1 << 15;
  constexpr std::size_t most_tasks = 256;
  return std::clamp<std::size_t>(a.nonzero_count() / entries_per_task, 1, most_tasks);
}

/// Asks for the beginning of a row before it is needed: rows of lower nodes lie far from one another.
void prefetch(const CsrView& a, NodeId row) noexcept {
  const NodeId* const begin = a.targets.data() + a.row_begin(index(row));
  __builtin_prefetch(begin);
  __builtin_prefetch(begin + cache_line_bytes / sizeof(NodeId));
}

/// Nodes `first`, `first + step`, ... as middle nodes: ranks near one another have about equal work.
template <class Tally>
void visit_middle_nodes(const CsrView& a, const Ranked& ranked, std::size_t first, std::size_t step, Tally& tally) {
  const CsrView above = ranked.above.view();
  std::vector<NodeId> lowers;
  for (std::size_t rank = first; rank < a.row_count(); rank += step) {
    const std::span<const NodeId> neighbors = a.row_targets(index(ranked.nodes[rank]));
    const std::span<const NodeId> marked = above.row_targets(rank);
    if (marked.empty() || marked.size() == neighbors.size()) continue;
    const NodeId middle = node_id(rank);
    lowers.clear();
    for (const NodeId neighbor : neighbors) {
      const NodeId lower = ranked.ranks[index(neighbor)];
      if (lower > middle) lowers.push_back(lower);
    }
    tally.mark(marked);
    for (std::size_t i = 0; i < lowers.size(); ++i) {
      if (i + rows_ahead < lowers.size()) prefetch(above, lowers[i + rows_ahead]);
      tally.add_lower(lowers[i], above.row_targets(index(lowers[i])), middle);
    }
    tally.unmark(middle, marked);
  }
}

Array<std::uint64_t> by_node(std::span<const NodeId> nodes, std::span<const std::uint64_t> of_ranks) {
  Array<std::uint64_t> counts(nodes.size());
  for (std::size_t rank = 0; rank < nodes.size(); ++rank) counts[index(nodes[rank])] = of_ranks[rank];
  return counts;
}

void check(RunContext& context, GraphView graph) {
  if (graph.directed()) {
    throw InvalidData("the graph is directed, and triangles are counted in undirected ones; read it as undirected");
  }
  context.require_memory(resident_bytes() + estimate_triangles_memory(graph, context.threads().count()),
                         "lower --threads or raise --memory");
}

}  // namespace

std::uint64_t count_triangles(RunContext& context, GraphView graph) {
  check(context, graph);
  const CsrView a = graph.out();
  const Ranked ranked = ranked_by_degree(context, a);
  if (context.device().kind == DeviceKind::cuda) {
    if (const auto count = cuda::count_triangles(context, ranked.above.view())) return *count;
  }
  const std::size_t tasks = task_count(a);
  Array<std::uint64_t> sums(tasks);
  context.begin_stage("triangles", "tasks", tasks);
  context.for_tasks(tasks, [&](std::size_t task) {
    Total total(a.row_count());
    visit_middle_nodes(a, ranked, task, tasks, total);
    sums[task] = total.sum();
  });
  context.end_stage();
  std::uint64_t sum = 0;
  for (const std::uint64_t part : sums) sum += part;
  return sum;
}

Array<std::uint64_t> triangles_of_nodes(RunContext& context, GraphView graph) {
  check(context, graph);
  const CsrView a = graph.out();
  Ranked ranked = ranked_by_degree(context, a);
  if (context.device().kind == DeviceKind::cuda) {
    if (const auto of_ranks = cuda::triangles_of_ranks(context, ranked.above.view())) {
      ranked.above = {};  // makes room for the result
      return by_node(ranked.nodes.span(), of_ranks->span());
    }
  }
  const std::size_t tasks = task_count(a);
  Array<std::uint64_t> counts(a.row_count(), std::uint64_t{0});
  context.begin_stage("triangles", "tasks", tasks);
  context.for_tasks(tasks, [&](std::size_t task) {
    OfNodes of_nodes(a.row_count(), ranked.nodes.span(), counts.span());
    visit_middle_nodes(a, ranked, task, tasks, of_nodes);
  });
  context.end_stage();
  return counts;
}

std::uint64_t estimate_triangles_memory(GraphView graph, int threads) {
  const std::uint64_t n = graph.node_count();
  const std::uint64_t ranked = n * (2 * sizeof(NodeId) + sizeof(EdgeOffset)) + graph.edge_count() * sizeof(NodeId);
  return ranked + n * sizeof(std::uint64_t) + static_cast<std::uint64_t>(threads) * OfNodes::bytes(n);
}

}  // namespace adjoin
