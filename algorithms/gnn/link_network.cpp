#include <cmath>

#include <adjoin/algorithms/gnn/count_columns.hpp>
#include <adjoin/algorithms/gnn/link_network.hpp>
#include <adjoin/algorithms/gnn/variational.hpp>
#include <adjoin/engine/learn/dropout.hpp>
#include <adjoin/engine/learn/gather.hpp>

namespace adjoin::gnn {
namespace {

learn::Parameter* add_vectors(learn::Parameters& parameters, std::size_t nodes, std::size_t width, std::uint64_t seed) {
  learn::Parameter& vectors = parameters.add("node_vectors", nodes, width);
  learn::set_normal(vectors, 1 / std::sqrt(static_cast<double>(width)), seed);  // of length 1, nearly
  return &vectors;
}

}  // namespace

LinkNetwork::LinkNetwork(const LinkModelOptions& options, std::size_t node_count, std::size_t feature_width,
                         std::uint64_t seed)
    : options_((validate(options), options)),
      node_count_(node_count),
      parameters_(std::make_unique<learn::Parameters>()),
      vectors_(feature_width > 0
                   ? nullptr
                   : add_vectors(*parameters_, node_count, static_cast<std::size_t>(options.node_vectors), seed)),
      encoder_(options.encoder, feature_width > 0 ? feature_width : static_cast<std::size_t>(options.node_vectors),
               static_cast<std::size_t>(options.encoder.hidden) * (options.variational ? 2 : 1), *parameters_, seed) {
  const auto width = static_cast<std::size_t>(options.encoder.hidden);
  validate(options.head);
  switch (options.structure) {
    case PairStructure::none:
      head_.emplace(options.head, width, *parameters_, seed);
      break;
    case PairStructure::common_neighbors:
    case PairStructure::completed:
      common_neighbors_.emplace(width, static_cast<std::size_t>(options.head.decoder_hidden),
                                options.head.decoder_dropout, *parameters_, seed);
      break;
    case PairStructure::counts:
    case PairStructure::sketches:
      counts_.emplace(options.head, width, count_column_count, *parameters_, seed);
      break;
  }
  for (learn::Parameter& parameter : *parameters_) {
    if (parameter.name.starts_with("head.")) parameter.rate_share = options.head_rate;
  }
}

NodeFeatures LinkNetwork::node_features(const NodeFeatures* given) const {
  return vectors_ != nullptr ? NodeFeatures(*vectors_) : *given;
}

NodeTensors LinkNetwork::record_nodes(learn::Tape& tape, const NodeFeatures* features, const Messages& messages) const {
  return record_encoded(tape, encoder_.record(tape, node_features(features), messages));
}

NodeTensors LinkNetwork::record_nodes(learn::Tape& tape, const NodeFeatures& features,
                                      std::span<const Messages* const> blocks) const {
  return record_encoded(tape, encoder_.record(tape, features, blocks));
}

NodeTensors LinkNetwork::record_encoded(learn::Tape& tape, learn::Tensor encoded) const {
  NodeTensors nodes{encoded, {}, {}};
  if (options_.variational) {
    const VariationalVectors drawn = record_variational(tape, encoded);
    nodes = {drawn.vectors, {}, drawn.divergence};
  }
  if (options_.vector_dropout > 0) nodes.vectors = learn::dropout(tape, nodes.vectors, options_.vector_dropout);
  if (common_neighbors_) nodes.between = common_neighbors_->record_between(tape, nodes.vectors);
  return nodes;
}

learn::Tensor LinkNetwork::record_pairs(learn::Tape& tape, const NodeTensors& nodes, const PairInputs& pairs) const {
  const learn::Tensor a = learn::gather_rows(tape, nodes.vectors, pairs.sources);
  const learn::Tensor b = learn::gather_rows(tape, nodes.vectors, pairs.targets);
  if (common_neighbors_) return common_neighbors_->record(tape, *nodes.between, a, b, *pairs.shared);
  if (counts_) return counts_->record(tape, a, b, tape.constant("counts", pairs.counts));
  return head_->record(tape, a, b);
}

}  // namespace adjoin::gnn
