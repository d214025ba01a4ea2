// The part of adjoin apply for models of links.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <adjoin/bindings/cli/model_file.hpp>
#include <adjoin/bindings/cli/node_data.hpp>
#include <adjoin/bindings/cli/session.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/graph/node_index.hpp>

namespace adjoin::cli {

struct LinkModelScores {
  std::vector<Edge> pairs;
  Matrix scores;  // pairs x 1: before the sigmoid, above 0 where a link is likelier than not
};

/// Scores the pairs of a table by the model in the whole graph. InvalidOption if no table is named; else as
/// read_link_model, read_pairs and gnn::predict_link_scores.
LinkModelScores apply_link_model(Session& session, const ModelFile& file, const NodeData& data,
                                 const std::string& pairs);

/// The vectors that the model scores pairs by, a row a node. Errors as before.
Matrix link_model_vectors(Session& session, const ModelFile& file, const NodeData& data);

/// Bytes that either takes at its peak beyond the data. Errors as before.
std::uint64_t estimate_link_model_memory(Session& session, const ModelFile& file, const NodeData& data);

}  // namespace adjoin::cli
