#include <algorithm>
#include <iterator>

#include <adjoin/algorithms/gnn/pair_neighbors.hpp>
#include <adjoin/engine/sparse/intersect.hpp>

namespace adjoin::gnn {
namespace {

constexpr std::size_t neighbor_pairs_per_chunk = 256;

/// What a chunk of pairs finds, before it is known where it goes.
struct Found {
  std::vector<EdgeOffset> ends;  // of each pair among the nodes
  std::vector<NodeId> nodes;
  std::vector<NodeId> lacks;  // the end whose neighbour a node is not; no_node for a common neighbour
};

class CompletedFinder {
 public:
  CompletedFinder(const CsrView& adjacency, std::size_t most) : adjacency_(adjacency), most_(most) {}

  void find(const Edge& pair, Found& found) {
    const auto a = adjacency_.row_targets(index(pair.source));
    const auto b = adjacency_.row_targets(index(pair.target));
    of_one(a, b, pair.target, first_);
    of_one(b, a, pair.source, second_);
    joined_.clear();
    visit_intersection(a, b, [&](NodeId node) { joined_.push_back({node, no_node}); });
    for (const auto* part : {&first_, &second_}) joined_.insert(joined_.end(), part->begin(), part->end());
    std::ranges::sort(joined_, {}, &Lacking::node);
    for (const auto& [node, lacks] : joined_) {
      found.nodes.push_back(node);
      found.lacks.push_back(lacks);
    }
    found.ends.push_back(edge_offset(found.nodes.size()));
  }

 private:
  struct Lacking {
    NodeId node;
    NodeId end;
  };

  /// Neighbours of one end that are not those of `other`.
  void of_one(std::span<const NodeId> neighbors, std::span<const NodeId> others, NodeId other,
              std::vector<Lacking>& result) {
    nodes_.clear();
    std::ranges::set_difference(neighbors, others, std::back_inserter(nodes_));
    std::erase(nodes_, other);
    if (nodes_.size() > most_) {
      const auto last = nodes_.begin() + static_cast<std::ptrdiff_t>(most_);
      std::ranges::nth_element(nodes_, last, [&](NodeId x, NodeId y) {
        const std::size_t dx = adjacency_.row_size(index(x));
        const std::size_t dy = adjacency_.row_size(index(y));
        return dx != dy ? dx < dy : x < y;
      });
      nodes_.erase(last, nodes_.end());
    }
    result.clear();
    for (const NodeId node : nodes_) result.push_back({node, other});
  }

  const CsrView& adjacency_;
  std::size_t most_;
  std::vector<NodeId> nodes_;
  std::vector<Lacking> first_;
  std::vector<Lacking> second_;
  std::vector<Lacking> joined_;
};

}  // namespace

Csr common_neighbors(RunContext& context, const CsrView& adjacency, std::span<const Edge> pairs) {
  Csr result{adjacency.column_count, Array<EdgeOffset>(pairs.size() + 1, EdgeOffset{0}), {}, {}};
  const auto neighbors = [&](NodeId node) { return adjacency.row_targets(index(node)); };
  context.for_chunks(pairs.size(), neighbor_pairs_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      result.offsets[i + 1] = edge_offset(intersection_size(neighbors(pairs[i].source), neighbors(pairs[i].target)));
    }
  });
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    result.offsets[i + 1] = edge_offset(index(result.offsets[i]) + index(result.offsets[i + 1]));
  }
  result.targets = Array<NodeId>(index(result.offsets[pairs.size()]));
  context.for_chunks(pairs.size(), neighbor_pairs_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      NodeId* to = result.targets.data() + index(result.offsets[i]);
      visit_intersection(neighbors(pairs[i].source), neighbors(pairs[i].target), [&](NodeId node) { *to++ = node; });
    }
  });
  return result;
}

CompletedNeighbors completed_neighbors(RunContext& context, const CsrView& adjacency, std::span<const Edge> pairs,
                                       std::size_t most) {
  std::vector<Found> found(chunk_count(pairs.size(), neighbor_pairs_per_chunk));
  context.for_chunks(pairs.size(), neighbor_pairs_per_chunk, [&](Chunk chunk) {
    CompletedFinder finder(adjacency, most);
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) finder.find(pairs[i], found[chunk.index]);
  });

  std::size_t total = 0;
  for (const Found& part : found) total += part.nodes.size();
  CompletedNeighbors result;
  result.rows = {adjacency.column_count, Array<EdgeOffset>(pairs.size() + 1, EdgeOffset{0}), Array<NodeId>(total),
                 Array<float>(total)};
  std::size_t row = 0;
  std::size_t begin = 0;
  for (const Found& part : found) {
    for (const EdgeOffset end : part.ends) result.rows.offsets[++row] = edge_offset(begin + index(end));
    for (std::size_t k = 0; k < part.nodes.size(); ++k) {
      const bool lacking = part.lacks[k] != no_node;
      result.rows.targets[begin + k] = part.nodes[k];
      result.rows.weights[begin + k] = lacking ? 0.0F : 1.0F;
      if (!lacking) continue;
      result.questions.push_back({part.nodes[k], part.lacks[k]});
      result.entries.push_back(edge_offset(begin + k));
    }
    begin += part.nodes.size();
  }
  return result;
}

}  // namespace adjoin::gnn
