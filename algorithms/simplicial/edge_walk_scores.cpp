#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <adjoin/algorithms/simplicial/edge_lookup.hpp>
#include <adjoin/algorithms/simplicial/edge_walk_scores.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/resolvent.hpp>
#include <adjoin/engine/sparse/spectral_radius.hpp>

namespace adjoin {
namespace {

constexpr std::size_t walk_rows_per_chunk = 1 << 12;

/// W as the options have it.
CsrView walk_matrix(GraphView graph, const EdgeWalkOptions& options) {
  CsrView w = graph.out();
  if (!options.use_weights) w.weights = {};
  return w;
}

double weight(const CsrView& w, std::size_t entry) noexcept {
  return w.weighted() ? static_cast<double>(w.weights[entry]) : 1;
}

void check(GraphView graph, const CsrView& w) {
  if (graph.directed()) {
    throw InvalidData("walks are scored on undirected graphs, and this one is directed; read it as undirected");
  }
  for (std::size_t row = 0; row < w.row_count(); ++row) {
    for (std::size_t e = w.row_begin(row); e < w.row_end(row); ++e) {
      if (index(w.targets[e]) == row) {
        throw InvalidData(fmt::format("node {} has a self-loop; build the graph without them", row));
      }
      if (!(weight(w, e) > 0)) {
        throw InvalidData(fmt::format("the edge of nodes {} and {} has the weight {}, and walks need one above 0", row,
                                      index(w.targets[e]), weight(w, e)));
      }
    }
  }
}

/// Row sums of W.
Array<double> strengths(RunContext& context, const CsrView& w) {
  Array<double> sums(w.row_count());
  context.threads().for_chunks(w.row_count(), walk_rows_per_chunk, [&](Chunk rows) {
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
      double sum = 0;
      for (std::size_t e = w.row_begin(row); e < w.row_end(row); ++e) sum += weight(w, e);
      sums[row] = sum;
    }
  });
  return sums;
}

/// Calls set(row, entry) for all entries of W, in parallel.
template <class Set>
void for_entries(RunContext& context, const CsrView& w, Set&& set) {
  context.threads().for_chunks(w.row_count(), walk_rows_per_chunk, [&](Chunk rows) {
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
      for (std::size_t e = w.row_begin(row); e < w.row_end(row); ++e) set(row, e);
    }
  });
}

/// To 40 binary digits. Edges that are alike in every way have sums of the same numbers in other orders, which differ
/// in the last digits of a double; rounded, they are tied, whatever the order.
double without_last_digits(double value) noexcept {
  constexpr int kept_digits = 40;
  int exponent = 0;
  const double mantissa = std::frexp(value, &exponent);
  return std::ldexp(std::nearbyint(std::ldexp(mantissa, kept_digits)), exponent - kept_digits);
}

/// Nodes of which every edge has at least one: all but an independent set that is taken greedily, nodes of few
/// neighbours first, so that a hub's column serves all of its edges.
std::vector<NodeId> edge_cover(const CsrView& w) {
  const std::size_t n = w.row_count();
  std::vector<NodeId> by_degree(n);
  for (std::size_t v = 0; v < n; ++v) by_degree[v] = node_id(v);
  std::ranges::sort(by_degree, {}, [&](NodeId v) { return std::pair(w.row_size(index(v)), v); });
  std::vector<std::uint8_t> covers(n, 0);
  for (const NodeId v : by_degree) {
    if (covers[index(v)] != 0) continue;
    for (const NodeId neighbor : w.row_targets(index(v))) covers[index(neighbor)] = 1;
  }
  std::vector<NodeId> cover;
  for (std::size_t v = 0; v < n; ++v) {
    if (covers[v] != 0) cover.push_back(node_id(v));
  }
  return cover;
}

/// Which column of the inverse the number of an edge is taken from.
class DecidingColumns {
 public:
  DecidingColumns(std::size_t nodes, const std::vector<NodeId>& cover) : covers_(nodes, 0) {
    for (const NodeId v : cover) covers_[index(v)] = 1;
  }

  /// Whether the column of j is the one for the edge of i and j.
  bool decides(std::size_t i, std::size_t j) const noexcept { return covers_[i] == 0 || j < i; }

 private:
  std::vector<std::uint8_t> covers_;
};

}  // namespace

EdgeWalkScores edge_walk_scores(RunContext& context, GraphView graph, const EdgeWalkOptions& options) {
  validate(options);
  context.require_memory(resident_bytes() + estimate_edge_walk_memory(graph, context.threads().count()),
                         "lower --threads or raise --memory");
  const CsrView w = walk_matrix(graph, options);
  check(graph, w);
  EdgeWalkScores result;
  result.values = Array<double>(w.nonzero_count());
  Array<double> a(w.nonzero_count());
  Array<double> sums;
  if (options.walk == EdgeWalk::katz) {
    context.begin_stage("largest eigenvalue", "matrices", 1);
    const double radius = spectral_radius(context, w);
    context.advance(1);
    result.beta = radius == 0 ? options.katz_limit : std::min(options.katz_share / radius, options.katz_limit);
    result.gamma = radius == 0 ? 0 : std::min(options.katz_share, options.katz_limit * radius);
    for_entries(context, w, [&](std::size_t, std::size_t e) { a[e] = weight(w, e) / radius; });
  } else {
    result.gamma = options.alpha;
    sums = strengths(context, w);
    // The product of the roots is the same from either end, so the matrix is symmetric to the bit.
    for_entries(context, w, [&](std::size_t i, std::size_t e) {
      a[e] = weight(w, e) / (std::sqrt(sums[i]) * std::sqrt(sums[index(w.targets[e])]));
    });
  }
  const ResolventSeries series = resolvent_series(result.gamma, options.error);
  result.error = series.error;
  const std::vector<NodeId> cover = edge_cover(w);
  const DecidingColumns columns(w.row_count(), cover);
  context.begin_stage(options.walk == EdgeWalk::katz ? "katz" : "pagerank", "nodes", cover.size());
  visit_resolvent_columns(context, {w, a.span()}, series, cover, [&](Chunk block, std::span<const double> inverse) {
    for (std::size_t k = 0; k < block.size(); ++k) {
      const std::size_t j = index(cover[block.begin + k]);
      for (std::size_t e = w.row_begin(j); e < w.row_end(j); ++e) {
        const std::size_t i = index(w.targets[e]);
        if (!columns.decides(i, j)) continue;
        const double entry = inverse[i * block_width + k];
        const double number = options.walk == EdgeWalk::katz ? 2 * entry
                                                             : (1 - options.alpha) * entry * (sums[i] + sums[j]) /
                                                                   (std::sqrt(sums[i]) * std::sqrt(sums[j]));
        result.values[e] = result.values[detail::entry_in_row(w, w.targets[e], cover[block.begin + k])] =
            without_last_digits(number);
      }
    }
  });
  context.end_stage();
  result.record = context.record("edge walk scores", option_values(options));
  return result;
}

std::uint64_t estimate_edge_walk_memory(GraphView graph, int threads) noexcept {
  const std::uint64_t n = graph.node_count();
  const std::uint64_t entries = graph.out().nonzero_count();
  const std::uint64_t lists = 2 * n * (sizeof(NodeId) + sizeof(std::uint8_t)) + n * (sizeof(NodeId) + sizeof(double));
  return 2 * entries * sizeof(double) + lists +
         std::max(estimate_spectral_radius_memory(n), estimate_resolvent_memory(n, n, threads));
}

}  // namespace adjoin
