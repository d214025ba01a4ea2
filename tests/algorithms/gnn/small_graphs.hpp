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

inline Matrix copy_of(MatrixView<const float> x) {
  Matrix copy(x.rows(), x.columns());
  for (std::size_t i = 0; i < x.rows(); ++i) std::ranges::copy(x.row(i), copy.row(i).begin());
  return copy;
}

/// A ring in which each node is also joined to the one that is a third of the way on.
inline Csr ring_with_chords(std::size_t nodes) {
  std::vector<EdgeOffset> offsets = {EdgeOffset{0}};
  std::vector<NodeId> targets;
  for (std::size_t i = 0; i < nodes; ++i) {
    const std::size_t step = nodes / 3;
    std::vector<NodeId> row;
    for (const std::size_t to : {i + 1, i + nodes - 1, i + step, i + nodes - step}) row.push_back(node_id(to % nodes));
    std::ranges::sort(row);
    targets.insert(targets.end(), row.begin(), row.end());
    offsets.push_back(edge_offset(targets.size()));
  }
  return {nodes, to_array(offsets), to_array(targets), {}};
}

/// Every model, and those of layers with each kind of jumping knowledge, residual connections and layer normalisation.
inline std::vector<gnn::EncoderOptions> all_models() {
  using namespace gnn;
  std::vector<EncoderOptions> all;
  for (const auto& [kind, word] : EnumNames<EncoderKind>::names) {
    const bool passes_on = kind == EncoderKind::sgc || kind == EncoderKind::lightgcn || kind == EncoderKind::appnp;
    for (const Jumping jumping : {Jumping::last, Jumping::concatenate, Jumping::maximum}) {
      if (passes_on && jumping != Jumping::last) continue;
      EncoderOptions options;
      options.model = kind;
      options.hidden = 8;
      options.layers = 3;
      options.heads = 4;
      options.output_heads = 2;
      options.steps = 3;
      options.jumping = jumping;
      options.residual = jumping != Jumping::last;
      options.normalization = jumping == Jumping::concatenate ? LayerNormalization::layer : LayerNormalization::none;
      all.push_back(options);
    }
  }
  return all;
}

/// lightgcn makes vectors as wide as its input's.
inline std::size_t output_width_of(const gnn::EncoderOptions& options, std::size_t input_width, std::size_t width) {
  return options.model == gnn::EncoderKind::lightgcn ? input_width : width;
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
