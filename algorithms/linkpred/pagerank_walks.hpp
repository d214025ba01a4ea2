// A private part of linkpred: the two ways to the PageRank vector of a root, each in arrays of its own that serve root
// after root.
#pragma once

#include <cstdint>
#include <span>

#include <adjoin/algorithms/linkpred/personalized_pagerank.hpp>
#include <adjoin/algorithms/linkpred/walk_matrix.hpp>

namespace adjoin::detail {

/// Where a walk goes from each node.
struct Transitions {
  CsrView rows;
  Csr owned;
  /// The sum of each row, in units of the mean weight of an entry; 0 where a walk returns to its root.
  Array<double> degrees;
  /// 1 / the mean weight.
  double unit = 1;
};

Transitions transitions(RunContext& context, GraphView graph, const PageRankOptions& options);
std::uint64_t estimate_transitions_memory(GraphView graph, NeighborDirection direction);

/// Forward push. run(), then value(v) for any node, then clear().
class PushWalk {
 public:
  PushWalk(const Transitions& transitions, const PageRankOptions& options);
  static std::uint64_t bytes(std::size_t n) noexcept;

  /// The context is asked now and then whether to stop.
  void run(RunContext& context, NodeId root);
  double value(NodeId node) const noexcept { return alpha_ * pushed_[index(node)]; }
  /// The nodes whose value may not be 0, each once.
  std::span<const NodeId> reached() const noexcept { return touched_.span().first(touched_count_); }
  /// Costs by what run() touched.
  void clear() noexcept;

 private:
  /// A node is in the queue exactly while its residual is above its limit, so no flag says so.
  struct Residual {
    double value;  // below 0 while the node is untouched
    double limit;
  };

  void add(NodeId node, double value) noexcept;
  /// add_to(next, value) takes what is handed on.
  template <class Add>
  void push(NodeId node, Add&& add_to, NodeId root) noexcept;
  /// Pushes in the order of ids instead of the queue's, without its bookkeeping, until few are left, and queues these.
  /// count(node) is told of each push.
  template <class Count>
  void sweep(NodeId root, Count&& count);

  const Transitions& transitions_;
  double alpha_;
  Array<Residual> residuals_;
  Array<double> pushed_;  // of each node, residuals in sum
  Array<NodeId> queue_;   // a ring: no node is in it twice
  Array<NodeId> touched_;
  std::size_t first_ = 0;
  std::size_t queued_ = 0;
  std::size_t touched_count_ = 0;
};

/// Power iteration, from the root.
class PowerWalk {
 public:
  PowerWalk(const Transitions& transitions, const PageRankOptions& options);
  static std::uint64_t bytes(std::size_t n) noexcept;

  void run(RunContext& context, NodeId root);
  double value(NodeId node) const noexcept { return now_[index(node)]; }
  void clear() noexcept {}

  double last_change() const noexcept { return last_change_; }
  int iterations() const noexcept { return iterations_; }
  bool converged() const noexcept { return last_change_ <= options_.tolerance; }

 private:
  void step(NodeId root) noexcept;

  const Transitions& transitions_;
  PageRankOptions options_;
  Array<double> now_;
  Array<double> next_;
  double last_change_ = 0;
  int iterations_ = 0;
};

}  // namespace adjoin::detail
