// A private part of linkpred: the scores of every node as the other end of a link from one node, as HeaRT ranks them.
#pragma once

#include <cstdint>
#include <vector>

#include <adjoin/algorithms/linkpred/pagerank_walks.hpp>
#include <adjoin/algorithms/linkpred/score_levels.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin::detail {

/// What the scores of every node are made of.
struct HeartSource {
  /// features: without rows if there are none.
  HeartSource(RunContext& context, GraphView training, const CsrView& features, const PageRankOptions& pagerank);
  static std::uint64_t bytes(GraphView training, const CsrView& features);

  CsrView neighbors;
  Transitions transitions;
  PageRankOptions pagerank;
  CsrView features;
  Csr nodes_of_feature;
  Array<double> inverse_lengths;
};

/// Serves node after node.
class HeartScores {
 public:
  explicit HeartScores(const HeartSource& source);
  static std::uint64_t bytes(std::size_t nodes) noexcept;

  void score(RunContext& context, NodeId node);

  ScoreLevels resources;
  ScoreLevels pagerank;
  ScoreLevels cosine;  // no node has one without features

 private:
  void score_resources(NodeId node);
  void score_pagerank(RunContext& context, NodeId node);
  void score_cosine(NodeId node);
  void add(NodeId node, double value);
  template <class Finish>
  void take_sums(ScoreLevels& levels, Finish&& finish);

  const HeartSource& source_;
  PushWalk walk_;
  std::vector<double> sums_;
  std::vector<NodeId> touched_;
  std::vector<ScoredNode> scored_;
};

}  // namespace adjoin::detail
