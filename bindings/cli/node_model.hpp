// A node model as a file describes it: how it is made again, and what it is applied to.
#pragma once

#include <cstdint>
#include <optional>

#include <adjoin/algorithms/gnn/node_classifier.hpp>
#include <adjoin/algorithms/gnn/prepared_features.hpp>
#include <adjoin/bindings/cli/model_file.hpp>
#include <adjoin/bindings/cli/node_data.hpp>
#include <adjoin/engine/runtime/options.hpp>

namespace adjoin::cli {

struct FeatureOptions {
  gnn::FeatureRows rows = gnn::FeatureRows::sum;

  static constexpr auto fields() {
    return std::tuple{option_field("feature-rows", &FeatureOptions::rows,
                                   "features as given, or each node's divided by their sum, as papers do with words")};
  }
};

/// What is made of a graph with features or, where it has none, of one whose nodes get vectors that are learned.
class NodeInputs {
 public:
  /// The data outlives it.
  NodeInputs(RunContext& context, const NodeData& data, const FeatureOptions& options);

  bool has_features() const noexcept { return prepared_.has_value(); }
  /// Numbers a node; learned_width where they are learned.
  std::size_t width(int learned_width) const;
  /// Nodes whose vectors are learned; 0 with features.
  std::size_t learned_nodes() const;
  gnn::NodeFeatures features(const gnn::NodeClassifier& model) const;

 private:
  const NodeData& data_;
  std::optional<gnn::PreparedFeatures> prepared_;
};

/// Makes the model that the file describes and reads its parameters. InvalidData if it is not a node model, or if the
/// data has other features, or other nodes where vectors of nodes were learned.
gnn::NodeClassifier read_node_model(const ModelFile& file, const NodeData& data);

/// What read_node_model looks at beside the options.
std::map<std::string, std::uint64_t> node_model_sizes(const NodeData& data, const gnn::NodeClassifier& model,
                                                      bool one_label);

}  // namespace adjoin::cli
