// A network that foretells links: an encoder of nodes and a head of pairs, with their parameters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <adjoin/algorithms/gnn/common_neighbor_head.hpp>
#include <adjoin/algorithms/gnn/distance_count_head.hpp>
#include <adjoin/algorithms/gnn/encoder.hpp>
#include <adjoin/algorithms/gnn/link_head.hpp>
#include <adjoin/algorithms/gnn/link_model_options.hpp>
#include <adjoin/algorithms/gnn/node_features.hpp>

namespace adjoin::gnn {

/// Pairs as a head takes them. Everything is read by each pass, and outlives the recording.
struct PairInputs {
  std::span<const NodeId> sources;
  std::span<const NodeId> targets;
  const learn::SparseOperand* shared = nullptr;  // of common neighbours, completed or not: pairs x nodes
  MatrixView<const float> counts;                // of counts and sketches: pairs x count_column_count
};

/// What a tape has of the nodes.
struct NodeTensors {
  learn::Tensor vectors;                    // of the ends of pairs: n x the width
  std::optional<learn::Tensor> between;     // of the nodes between them, where they count: n x the width
  std::optional<learn::Tensor> divergence;  // of a variational network: 1 x 1, to be added to the loss
};

/// Owns its parameters. Move-only.
class LinkNetwork {
 public:
  /// feature_width: columns of the features; 0 for a graph without, whose nodes then have a vector each that is
  /// learned, the parameter "node_vectors". Parameters are drawn by the seed. InvalidOption.
  LinkNetwork(const LinkModelOptions& options, std::size_t node_count, std::size_t feature_width, std::uint64_t seed);

  const LinkModelOptions& options() const noexcept { return options_; }
  const Encoder& encoder() const noexcept { return encoder_; }
  learn::Parameters& parameters() noexcept { return *parameters_; }
  const learn::Parameters& parameters() const noexcept { return *parameters_; }
  std::size_t node_count() const noexcept { return node_count_; }
  bool learns_vectors() const noexcept { return vectors_ != nullptr; }

  /// What a node is known by: of all nodes `given`, or the vectors where the network learns them.
  NodeFeatures node_features(const NodeFeatures* given) const;

  /// Records the vectors of all nodes. features: nullptr where the network learns them.
  NodeTensors record_nodes(learn::Tape& tape, const NodeFeatures* features, const Messages& messages) const;
  /// Records those of the targets of the last block, or of the nodes that the features are of (Encoder::record).
  NodeTensors record_nodes(learn::Tape& tape, const NodeFeatures& features,
                           std::span<const Messages* const> blocks) const;
  /// What record_nodes makes of the encoder's vectors.
  NodeTensors record_encoded(learn::Tape& tape, learn::Tensor encoded) const;
  /// Records the scores of pairs before the sigmoid, p x 1.
  learn::Tensor record_pairs(learn::Tape& tape, const NodeTensors& nodes, const PairInputs& pairs) const;

 private:
  LinkModelOptions options_;
  std::size_t node_count_;
  std::unique_ptr<learn::Parameters> parameters_;  // where the parts know them to be
  learn::Parameter* vectors_ = nullptr;
  Encoder encoder_;
  std::optional<LinkHead> head_;
  std::optional<CommonNeighborHead> common_neighbors_;
  std::optional<DistanceCountHead> counts_;
};

}  // namespace adjoin::gnn
