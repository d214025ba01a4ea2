#include <algorithm>

#include <adjoin/algorithms/linkpred/scratch_pool.hpp>
#include <adjoin/algorithms/linkpred/shortest_path.hpp>
#include <adjoin/algorithms/linkpred/source_groups.hpp>
#include <adjoin/algorithms/linkpred/walk_matrix.hpp>

namespace adjoin {
namespace {

/// The nodes within some number of hops of one, the hops of each, and which of them are furthest out.
class Ball {
 public:
  explicit Ball(std::size_t n) : hops_(n, no_path), nodes_(n) {}

  static std::uint64_t bytes(std::size_t n) noexcept { return n * (sizeof(std::uint32_t) + sizeof(NodeId)); }

  void start(const CsrView& rows, NodeId center) noexcept {
    hops_[index(center)] = 0;
    nodes_[0] = center;
    size_ = 1;
    rim_begin_ = 0;
    rim_edges_ = rows.row_size(index(center));
    radius_ = 0;
  }

  void clear() noexcept {
    for (std::size_t i = 0; i < size_; ++i) hops_[index(nodes_[i])] = no_path;
    size_ = 0;
  }

  std::uint32_t radius() const noexcept { return radius_; }
  /// Of every node with at most radius() hops; no_path for others.
  std::uint32_t hops(NodeId node) const noexcept { return hops_[index(node)]; }
  /// Whether no further node can be reached.
  bool is_complete() const noexcept { return rim_begin_ == size_; }
  /// What grow() has to look at.
  std::uint64_t rim_edges() const noexcept { return rim_edges_; }

  /// One hop more. Whether a new node lies in `other`; `partly` stops at the first such, which leaves the ball of no
  /// further use.
  bool grow(const CsrView& rows, const Ball& other, bool partly) noexcept {
    const std::size_t rim_end = size_;
    rim_edges_ = 0;
    ++radius_;
    bool met = false;
    for (; rim_begin_ < rim_end; ++rim_begin_) {
      for (const NodeId next : rows.row_targets(index(nodes_[rim_begin_]))) {
        if (hops_[index(next)] != no_path) continue;
        hops_[index(next)] = radius_;
        nodes_[size_++] = next;
        rim_edges_ += rows.row_size(index(next));
        if (other.hops(next) == no_path) continue;
        met = true;
        if (partly) return true;
      }
    }
    return met;
  }

 private:
  Array<std::uint32_t> hops_;
  Array<NodeId> nodes_;  // by rising hops
  std::size_t size_ = 0;
  std::size_t rim_begin_ = 0;
  std::uint64_t rim_edges_ = 0;
  std::uint32_t radius_ = 0;
};

struct Balls {
  explicit Balls(std::size_t n) : source(n), target(n) {}
  Ball source;
  Ball target;
};

/// Every node within either radius is known, so that two balls that do not touch prove a distance above the sum of
/// their radii, and two that touch after one has grown prove one of exactly that sum.
std::uint32_t distance(const detail::WalkMatrix& matrix, Balls& balls, NodeId target, std::size_t targets_left,
                       std::uint32_t limit) noexcept {
  if (const std::uint32_t known = balls.source.hops(target); known != no_path) return known;
  balls.target.start(matrix.columns, target);
  std::uint32_t found = no_path;
  while (balls.source.radius() + balls.target.radius() < limit && !balls.source.is_complete() &&
         !balls.target.is_complete()) {
    const bool grow_source = balls.source.rim_edges() <= balls.target.rim_edges() * targets_left;
    const bool met = grow_source ? balls.source.grow(matrix.rows, balls.target, false)
                                 : balls.target.grow(matrix.columns, balls.source, true);
    if (met) {
      found = balls.source.radius() + balls.target.radius();
      break;
    }
  }
  balls.target.clear();
  return found;
}

}  // namespace

Array<std::uint32_t> shortest_path_distances(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                                             const ShortestPathOptions& options) {
  validate(options);
  context.require_memory(
      resident_bytes() + estimate_shortest_path_memory(graph, pairs.size(), options, context.threads().count()),
      "give fewer pairs or --threads, or raise --memory");
  const detail::SourceGroups groups(context, graph, pairs);
  const detail::WalkMatrix matrix = detail::walk_matrix(context, graph, options.direction, false);
  context.begin_stage("shortest paths", "source nodes", groups.count());
  const std::uint32_t limit = options.max_distance == 0 ? no_path : static_cast<std::uint32_t>(options.max_distance);
  Array<std::uint32_t> distances(pairs.size());
  detail::ScratchPool<Balls> pool;
  context.for_tasks(groups.count(), [&](std::size_t group) {
    pool.borrow([&] { return Balls(graph.node_count()); },
                [&](Balls& balls) {
                  balls.source.start(matrix.rows, groups.source(group));
                  std::size_t left = groups.size(group);
                  groups.for_questions(group, [&](std::size_t pair, NodeId target) {
                    distances[pair] = distance(matrix, balls, target, left--, limit);
                  });
                  balls.source.clear();
                });
  });
  context.end_stage();
  return distances;
}

Array<float> shortest_path_scores(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                                  const ShortestPathOptions& options) {
  const Array<std::uint32_t> distances = shortest_path_distances(context, graph, pairs, options);
  Array<float> scores(pairs.size());
  std::ranges::transform(distances, scores.begin(), [](std::uint32_t hops) {
    return hops == no_path ? 0.0F : static_cast<float>(1 / static_cast<double>(hops));
  });
  return scores;
}

std::uint64_t estimate_shortest_path_memory(GraphView graph, std::size_t pair_count, const ShortestPathOptions& options,
                                            int threads) {
  const std::uint64_t results = pair_count * (sizeof(std::uint32_t) + sizeof(float));
  return results + detail::SourceGroups::bytes(pair_count) +
         detail::estimate_walk_matrix_memory(graph, options.direction) +
         static_cast<std::uint64_t>(threads) * 2 * Ball::bytes(graph.node_count());
}

}  // namespace adjoin
