// Graphs, features and blocks for tests of graph neural networks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <adjoin/algorithms/gnn/encoder.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/sparse/sum.hpp>
#include <adjoin/engine/sparse/transpose.hpp>

#include "random_graphs.hpp"

namespace adjoin::test {

inline RunContext context_with(int threads) {
  RunSettings settings;
  settings.threads = threads;
  return RunContext(settings);
}

/// Symmetric, without self-loops, with isolated nodes now and then.
inline Csr random_adjacency(std::size_t nodes, double density, std::uint64_t seed) {
  RandomSequence random(seed, RandomStream::tests, 1);
  std::vector<std::vector<NodeId>> rows(nodes);
  for (std::size_t i = 0; i < nodes; ++i) {
    for (std::size_t j = i + 1; j < nodes; ++j) {
      if (random.next_uniform() >= density || i % 7 == 3 || j % 7 == 3) continue;
      rows[i].push_back(node_id(j));
      rows[j].push_back(node_id(i));
    }
  }
  std::vector<EdgeOffset> offsets = {EdgeOffset{0}};
  std::vector<NodeId> targets;
  for (auto& row : rows) {
    std::ranges::sort(row);
    targets.insert(targets.end(), row.begin(), row.end());
    offsets.push_back(edge_offset(targets.size()));
  }
  return {nodes, to_array(offsets), to_array(targets), {}};
}

inline Matrix random_features(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  Matrix x(rows, columns);
  RandomSequence random(seed, RandomStream::tests, 2);
  for (std::size_t i = 0; i < rows; ++i) {
    for (float& entry : x.row(i)) entry = static_cast<float>(random.next_normal());
  }
  return x;
}

/// The rows of messages that some targets hear, whose columns are those targets and then who else tells them.
struct WholeBlock {
  Csr matrix;
  std::vector<NodeId> sources;
};

inline WholeBlock whole_block(const CsrView& messages, const std::vector<NodeId>& targets) {
  WholeBlock block;
  block.sources = targets;
  std::vector<std::size_t> place(messages.column_count, ~std::size_t{0});
  for (std::size_t i = 0; i < targets.size(); ++i) place[index(targets[i])] = i;
  for (const NodeId target : targets) {
    for (const NodeId source : messages.row_targets(index(target))) {
      if (place[index(source)] != ~std::size_t{0}) continue;
      place[index(source)] = block.sources.size();
      block.sources.push_back(source);
    }
  }
  std::vector<EdgeOffset> offsets = {EdgeOffset{0}};
  std::vector<NodeId> columns;
  std::vector<float> weights;
  for (const NodeId target : targets) {
    std::vector<std::pair<NodeId, float>> row;
    for (std::size_t e = messages.row_begin(index(target)); e < messages.row_end(index(target)); ++e) {
      row.emplace_back(node_id(place[index(messages.targets[e])]), messages.weighted() ? messages.weights[e] : 1.0F);
    }
    std::ranges::sort(row);
    for (const auto& [column, weight] : row) {
      columns.push_back(column);
      weights.push_back(weight);
    }
    offsets.push_back(edge_offset(columns.size()));
  }
  block.matrix = {block.sources.size(), to_array(offsets), to_array(columns), to_array(weights)};
  return block;
}

}  // namespace adjoin::test
