#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include <adjoin/algorithms/gnn/train_link_predictor.hpp>
#include <adjoin/bindings/cli/commands/apply_link.hpp>
#include <adjoin/bindings/cli/link_model.hpp>
#include <adjoin/bindings/cli/node_model.hpp>
#include <adjoin/bindings/cli/pairs_in_graph.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/io/pair_table.hpp>

namespace adjoin::cli {
namespace {

/// The network of a file and the features of a graph, as one scores the pairs of the other.
class AppliedLinkModel {
 public:
  AppliedLinkModel(Session& session, const ModelFile& file, const NodeData& data)
      : network_(read_link_model(file, *data.data.nodes, data.feature_width())), graph_(data.graph()) {
    if (network_.learns_vectors()) return;
    FeatureOptions options;
    file.assign_to(bind_options(options));
    prepared_ = data.prepared(session.context(), options.rows);
    features_.emplace(prepared_->features());
  }
  AppliedLinkModel(const AppliedLinkModel&) = delete;
  AppliedLinkModel& operator=(const AppliedLinkModel&) = delete;

  const gnn::LinkNetwork& network() const noexcept { return network_; }
  gnn::LinkProblem problem() const noexcept { return {graph_, features_ ? &*features_ : nullptr}; }

 private:
  gnn::LinkNetwork network_;
  GraphView graph_;
  std::optional<gnn::PreparedFeatures> prepared_;
  std::optional<gnn::NodeFeatures> features_;
};

}  // namespace

LinkModelScores apply_link_model(Session& session, const ModelFile& file, const NodeData& data,
                                 const std::string& pairs) {
  if (pairs.empty()) throw InvalidOption("a model of links scores pairs, and none are named; add --pairs FILE");
  const PairTable table = read_pairs(session.context(), pairs, Separator::automatic);
  session.note(fmt::format("{}: {}", pairs, table.read_as));
  LinkModelScores result{pairs_in_graph(table, *data.data.nodes), {}};
  const AppliedLinkModel model(session, file, data);
  Array<float> scores = gnn::predict_link_scores(session.context(), model.network(), model.problem(), result.pairs);
  result.scores = Matrix(std::move(scores), result.pairs.size(), 1);
  return result;
}

Matrix link_model_vectors(Session& session, const ModelFile& file, const NodeData& data) {
  const AppliedLinkModel model(session, file, data);
  gnn::WholeGraphScorer whole(session.context(), model.network(), model.problem());
  const MatrixView<const float> vectors = whole.scorer().vectors();
  Matrix copy(vectors.rows(), vectors.columns());
  for (std::size_t i = 0; i < copy.rows(); ++i) std::ranges::copy(vectors.row(i), copy.row(i).begin());
  return copy;
}

std::uint64_t estimate_link_model_memory(Session& session, const ModelFile& file, const NodeData& data) {
  const AppliedLinkModel model(session, file, data);
  return model.network().parameters().bytes() +
         gnn::estimate_link_scores_memory(session.context(), model.network(), model.problem());
}

}  // namespace adjoin::cli
