#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <adjoin/algorithms/linkpred/check_pairs.hpp>
#include <adjoin/algorithms/linkpred/common_neighbors.hpp>
#include <adjoin/algorithms/linkpred/cuda/pair_scores.hpp>
#include <adjoin/algorithms/linkpred/neighborhood_scores.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/intersect.hpp>
#include <adjoin/engine/sparse/spmv.hpp>

namespace adjoin {
namespace {

using detail::contains;
using detail::NeighborhoodDegrees;
using detail::SharedNeighbors;

constexpr std::size_t nodes_per_chunk = 1 << 14;
/// So many pairs ahead the rows of a pair begin to be fetched, and twice as many ahead where they stand.
constexpr std::size_t pairs_ahead = 8;

bool asks_what_is_shared(NeighborhoodScore score) {
  return score != NeighborhoodScore::preferential_attachment;
}

bool sums_over_shared(NeighborhoodScore score) {
  return score == NeighborhoodScore::adamic_adar || score == NeighborhoodScore::resource_allocation;
}

class NeighborhoodScorer {
 public:
  NeighborhoodScorer(const CsrView& rows, const NeighborhoodDegrees& degrees, std::span<const NeighborhoodScore> scores,
                     bool use_weights)
      : rows_(rows),
        degrees_(degrees),
        scores_(scores),
        use_weights_(use_weights),
        visits_(std::ranges::any_of(scores, sums_over_shared)),
        shares_(std::ranges::any_of(scores, asks_what_is_shared)) {}

  /// Pairs jump through memory: their rows are asked for before their turn.
  void prefetch(std::span<const Edge> pairs, std::size_t turn) const {
    if (turn + 2 * pairs_ahead < pairs.size()) {
      const Edge& later = pairs[turn + 2 * pairs_ahead];
      for (const NodeId node : {later.source, later.target}) __builtin_prefetch(&rows_.offsets[index(node)]);
    }
    if (turn + pairs_ahead < pairs.size()) {
      const Edge& next = pairs[turn + pairs_ahead];
      for (const NodeId node : {next.source, next.target}) {
        __builtin_prefetch(rows_.targets.data() + rows_.row_begin(index(node)));
      }
    }
  }

  void score(const Edge& pair, std::span<float> result) const {
    const SharedNeighbors shared = shares_ ? shared_by(pair.source, pair.target) : SharedNeighbors{};
    const double kx = degree(pair.source);
    const double ky = degree(pair.target);
    for (std::size_t i = 0; i < scores_.size(); ++i) {
      result[i] = detail::as_score(detail::score_of(scores_[i], shared, kx, ky));
    }
  }

 private:
  SharedNeighbors shared_by(NodeId x, NodeId y) const {
    // Sums in one order whichever node is named first.
    if (y < x) std::swap(x, y);
    return use_weights_ ? with_weights(x, y) : visits_ ? visited(x, y) : counted_only(x, y);
  }

  SharedNeighbors counted_only(NodeId x, NodeId y) const {
    const auto of_x = rows_.row_targets(index(x));
    const auto of_y = rows_.row_targets(index(y));
    SharedNeighbors shared;
    shared.overlap = static_cast<double>(intersection_size(of_x, of_y));
    shared.count = shared.overlap;
    if (shared.overlap == 0) return shared;
    for (const NodeId own : {x, y}) {
      if (contains(of_x, own) && contains(of_y, own)) --shared.count;
    }
    return shared;
  }

  SharedNeighbors visited(NodeId x, NodeId y) const {
    SharedNeighbors shared;
    visit_intersection(rows_.row_targets(index(x)), rows_.row_targets(index(y)), [&](NodeId z) {
      ++shared.overlap;
      if (z == x || z == y) return;
      ++shared.count;
      shared.adamic_adar += degrees_.inverse_log(z);
      shared.resources += degrees_.inverse(z);
    });
    return shared;
  }

  SharedNeighbors with_weights(NodeId x, NodeId y) const {
    SharedNeighbors shared;
    std::size_t at_x = rows_.row_begin(index(x));
    std::size_t at_y = rows_.row_begin(index(y));
    const std::size_t end_x = rows_.row_end(index(x));
    const std::size_t end_y = rows_.row_end(index(y));
    while (at_x < end_x && at_y < end_y) {
      const NodeId of_x = rows_.targets[at_x];
      const NodeId of_y = rows_.targets[at_y];
      if (of_x == of_y && of_x != x && of_x != y) {
        const double weight = weight_at(at_x) + weight_at(at_y);
        shared.count += weight;
        shared.adamic_adar += weight * degrees_.inverse_log(of_x);
        shared.resources += weight * degrees_.inverse(of_x);
      }
      at_x += of_x <= of_y ? 1 : 0;
      at_y += of_y <= of_x ? 1 : 0;
    }
    return shared;
  }

  /// Without weights what the row itself says, which is at hand by now, where the table of degrees is far.
  double degree(NodeId node) const {
    return use_weights_ ? degrees_.degree(node) : static_cast<double>(rows_.row_size(index(node)));
  }

  double weight_at(std::size_t entry) const {
    return rows_.weighted() ? static_cast<double>(rows_.weights[entry]) : 1.0;
  }

  const CsrView& rows_;
  const NeighborhoodDegrees& degrees_;
  std::span<const NeighborhoodScore> scores_;
  bool use_weights_;
  bool visits_;  // each shared neighbour has its own share of a score
  bool shares_;  // some score asks what is shared
};

}  // namespace

namespace detail {

void check_neighborhood_options(std::span<const NeighborhoodScore> scores, const NeighborhoodOptions& options) {
  validate(options);
  if (!options.use_weights) return;
  for (const NeighborhoodScore score : scores) {
    if (sums_over_shared(score) || score == NeighborhoodScore::common_neighbors ||
        score == NeighborhoodScore::preferential_attachment) {
      continue;
    }
    throw InvalidOption(
        fmt::format("{} has no form with weights; leave use-weights out, or ask for common-neighbors, adamic-adar, "
                    "resource-allocation or preferential-attachment",
                    value_text(score)));
  }
}

NeighborhoodDegrees::NeighborhoodDegrees(RunContext& context, const CsrView& rows, const CsrView& columns,
                                         const NodeIndex& nodes, bool use_weights)
    : degrees_(rows.row_count()), inverse_logs_(rows.row_count()), inverses_(rows.row_count()) {
  Array<float> sums;         // of a node's own row
  Array<float> column_sums;  // of the weights by which others are joined to it
  if (use_weights) {
    sums = weighted_degrees(context, rows, nodes).values;
    column_sums = weighted_degrees(context, columns, nodes).values;
  }
  context.for_chunks(rows.row_count(), nodes_per_chunk, [&](Chunk chunk) {
    for (std::size_t v = chunk.begin; v < chunk.end; ++v) {
      degrees_[v] = use_weights ? sums[v] : static_cast<float>(rows.row_size(v));
      const double others =
          use_weights ? static_cast<double>(column_sums[v]) : static_cast<double>(columns.row_size(v));
      const double logarithm = std::log(use_weights ? 1 + others : others);
      inverse_logs_[v] = logarithm > 0 ? static_cast<float>(1 / logarithm) : 0.0F;
      inverses_[v] = others > 0 ? static_cast<float>(1 / others) : 0.0F;
    }
  });
}

}  // namespace detail

Matrix neighborhood_scores(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                           std::span<const NeighborhoodScore> scores, const NeighborhoodOptions& options) {
  detail::check_neighborhood_options(scores, options);
  detail::check_pairs(graph, pairs);
  context.require_memory(resident_bytes() + estimate_neighborhood_memory(graph, pairs.size(), scores.size(), options),
                         "score fewer pairs at a time, or raise --memory");
  context.begin_stage("degrees", "rows", graph.node_count());
  const Neighbors neighbors = gathered_neighbors(context, graph, options.direction, true);
  const NeighborhoodDegrees degrees(context, neighbors.rows, neighbors.transpose, graph.nodes(), options.use_weights);
  context.begin_stage("score", "pairs", pairs.size());
  Matrix result(pairs.size(), scores.size());
  const bool has_gpu = context.device().kind == DeviceKind::cuda && std::ranges::any_of(scores, asks_what_is_shared);
  if (has_gpu && detail::score_pairs_on_cuda(context, neighbors.rows, degrees, pairs, scores, options.use_weights,
                                             result.view())) {
    context.end_stage();
    return result;
  }
  const NeighborhoodScorer scorer(neighbors.rows, degrees, scores, options.use_weights);
  constexpr std::size_t pairs_per_chunk = 1 << 10;
  context.for_chunks(pairs.size(), pairs_per_chunk, [&](Chunk chunk) {
    const std::span<const Edge> turns = pairs.subspan(chunk.begin, chunk.end - chunk.begin);
    for (std::size_t i = 0; i < turns.size(); ++i) {
      scorer.prefetch(turns, i);
      scorer.score(turns[i], result.row(chunk.begin + i));
    }
  });
  context.end_stage();
  return result;
}

std::uint64_t estimate_neighborhood_memory(GraphView graph, std::size_t pair_count, std::size_t score_count,
                                           const NeighborhoodOptions& options) {
  const std::uint64_t sums = options.use_weights ? 2 * graph.node_count() * sizeof(float) : 0;
  return pair_count * score_count * sizeof(float) + NeighborhoodDegrees::bytes(graph.node_count()) + sums +
         estimate_neighbors_memory(graph, options.direction, true);
}

}  // namespace adjoin
