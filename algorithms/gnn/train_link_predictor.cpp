#include <algorithm>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include <adjoin/algorithms/gnn/entry_dropout.hpp>
#include <adjoin/algorithms/gnn/target_removal.hpp>
#include <adjoin/algorithms/gnn/train_link_predictor.hpp>
#include <adjoin/engine/learn/elementwise.hpp>
#include <adjoin/engine/learn/losses.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::gnn {
namespace {

constexpr std::string_view memory_knob = "lower --hidden or --batch-size, or raise --memory";

void check_problem(const LinkNetwork& network, const LinkProblem& problem) {
  const std::size_t nodes = problem.graph.node_count();
  if (nodes != network.node_count()) {
    throw InvalidData(
        fmt::format("the graph has {} nodes, and the network was made for {}", nodes, network.node_count()));
  }
  if (network.learns_vectors()) return;
  if (problem.features == nullptr) throw InvalidData("the network goes by features of nodes, and there are none");
  if (problem.features->rows() != nodes) {
    throw InvalidData(
        fmt::format("the features are of {} nodes, and the graph has {}", problem.features->rows(), nodes));
  }
}

/// One batch on a tape.
class BatchRecorder {
 public:
  BatchRecorder(RunContext& context, LinkNetwork& network, const LinkProblem& problem,
                const LinkTrainingOptions& options, const CsrView& adjacency)
      : context_(context),
        network_(network),
        problem_(problem),
        removal_(adjacency),
        batches_(context, network.options(), adjacency.row_count()),
        tape_(context) {
    const auto most = 2 * static_cast<std::size_t>(options.batches.batch_size);
    targets_.resize(std::min(most, 2 * adjacency.nonzero_count()));
  }

  learn::Tape& tape() noexcept { return tape_; }

  /// Valid until the next. step: another for each batch of the training.
  learn::Tensor record(const EdgeBatch& batch, std::uint64_t step) {
    tape_.clear();
    const CsrView rest = removal_.without(context_, batch.positives());
    messages_.emplace(context_, rest, network_.encoder().message_form());
    batches_.assign(context_, seen_by_pairs(rest, step));
    pairs_ = batches_.make(context_, batch.pairs, true, completed(batch));
    const NodeTensors nodes = network_.record_nodes(tape_, problem_.features, *messages_);
    const learn::Tensor logits = tape_.set_name(network_.record_pairs(tape_, nodes.vectors, pairs_.inputs()), "scores");
    // The mean over edges and others alike, twice.
    std::fill_n(targets_.begin(), batch.positives().size(), 1.0F);
    std::fill_n(targets_.begin() + static_cast<std::ptrdiff_t>(batch.positives().size()), batch.negatives().size(),
                0.0F);
    const MatrixView<const float> targets(targets_.data(), batch.pairs.size(), 1);
    const learn::Tensor loss =
        learn::scale(tape_, learn::binary_cross_entropy(tape_, logits, tape_.constant("targets", targets)), 2);
    if (!nodes.divergence) return loss;
    // The bound is over the n^2 entries of the adjacency matrix, so a node's divergence weighs 1 / n (their program).
    const double weight = 1 / static_cast<double>(network_.node_count());
    return learn::add(tape_, loss, learn::scale(tape_, *nodes.divergence, weight));
  }

 private:
  /// Where the structure of pairs is looked for.
  CsrView seen_by_pairs(const CsrView& rest, std::uint64_t step) {
    const LinkModelOptions& model = network_.options();
    if (model.structure == PairStructure::none || model.structure_dropout == 0) return rest;
    thinned_ = drop_entries(context_, rest, model.structure_dropout, step);
    return thinned_.view();
  }

  std::optional<CompletedNeighbors> completed(const EdgeBatch& batch) {
    if (network_.options().structure != PairStructure::completed) return std::nullopt;
    LinkScorer scorer(context_, network_, problem_.features, *messages_, batches_);
    return scorer.completed(context_, batch.pairs);
  }

  RunContext& context_;
  LinkNetwork& network_;
  const LinkProblem& problem_;
  TargetRemoval removal_;
  Csr thinned_;
  PairBatches batches_;
  std::optional<Messages> messages_;
  PairBatch pairs_;
  std::vector<float> targets_;
  learn::Tape tape_;
};

/// The whole graph, for evaluations.
class WholeGraph {
 public:
  WholeGraph(RunContext& context, const LinkNetwork& network, const CsrView& adjacency)
      : messages_(context, adjacency, network.encoder().message_form()),
        batches_(context, network.options(), adjacency.row_count()) {
    batches_.assign(context, adjacency);
  }

  LinkScorer scorer(RunContext& context, const LinkNetwork& network, const LinkProblem& problem) const {
    return {context, network, problem.features, messages_, batches_};
  }

 private:
  Messages messages_;
  PairBatches batches_;
};

/// Of the vectors of all nodes, and of making them.
std::uint64_t node_vector_bytes(RunContext& context, const LinkNetwork& network, const LinkProblem& problem,
                                const CsrView& adjacency) {
  const Messages messages(context, adjacency, network.encoder().message_form());
  learn::Tape tape(context, false);
  const learn::Tensor nodes = tape.keep(network.record_nodes(tape, problem.features, messages).vectors);
  return tape.planned_bytes() + tape.shape(nodes).size() * sizeof(float);
}

/// Of messages and sketches.
std::uint64_t whole_graph_bytes(const LinkNetwork& network, const CsrView& adjacency) {
  const bool sketched = network.options().structure == PairStructure::sketches;
  return Messages::bytes(adjacency, network.encoder().message_form()) +
         (sketched ? NeighborhoodSketches::bytes(adjacency.row_count()) : 0);
}

}  // namespace

LinkTrainingResult train_link_predictor(RunContext& context, LinkNetwork& network, const LinkProblem& problem,
                                        const LinkTrainingOptions& options, const LinkMetric& validate,
                                        const TrainingHooks& hooks) {
  check_link_options(options);
  check_problem(network, problem);
  context.require_memory(resident_bytes() + estimate_link_training_memory(context, network, problem, options),
                         std::string(memory_knob));
  const Csr adjacency = link_adjacency(context, problem.graph);
  EdgeBatches edges(context, problem.graph, options.batches);
  BatchRecorder recorder(context, network, problem, options, adjacency.view());
  std::optional<WholeGraph> whole;
  if (validate) whole.emplace(context, network, adjacency.view());

  const auto epoch_loss = [&](Trainer& trainer, std::uint64_t epoch) {
    edges.begin_epoch(context, epoch);
    double sum = 0;
    for (std::size_t i = 0; i < edges.count(); ++i) {
      const EdgeBatch batch = edges.batch(i);
      const learn::Tensor loss = recorder.record(batch, epoch * edges.count() + i);
      sum += trainer.step(recorder.tape(), loss) * static_cast<double>(batch.positives().size());
    }
    return sum / static_cast<double>(edges.positive_count());
  };
  const auto metric = [&] {
    LinkScorer scorer = whole->scorer(context, network, problem);
    return validate(context, scorer);
  };
  std::optional<FunctionRef<double()>> evaluation;
  if (validate) evaluation.emplace(metric);
  LinkTrainingResult result;
  result.training = run_training(context, network.parameters(), options.training, epoch_loss, evaluation, hooks);
  result.edges = edges.positive_count();
  result.batches = edges.count();
  result.record = context.record("train_link_predictor", link_option_values(options));
  return result;
}

struct WholeGraphScorer::State {
  State(RunContext& context, const LinkNetwork& network, const LinkProblem& problem)
      : adjacency(link_adjacency(context, problem.graph)),
        whole(context, network, adjacency.view()),
        scorer(whole.scorer(context, network, problem)) {}

  Csr adjacency;
  WholeGraph whole;
  LinkScorer scorer;
};

WholeGraphScorer::WholeGraphScorer(RunContext& context, const LinkNetwork& network, const LinkProblem& problem) {
  check_problem(network, problem);
  state_ = std::make_unique<State>(context, network, problem);
}

WholeGraphScorer::~WholeGraphScorer() = default;
WholeGraphScorer::WholeGraphScorer(WholeGraphScorer&&) noexcept = default;
WholeGraphScorer& WholeGraphScorer::operator=(WholeGraphScorer&&) noexcept = default;

LinkScorer& WholeGraphScorer::scorer() noexcept {
  return state_->scorer;
}

Array<float> predict_link_scores(RunContext& context, const LinkNetwork& network, const LinkProblem& problem,
                                 std::span<const Edge> pairs) {
  Array<float> scores(pairs.size());
  WholeGraphScorer(context, network, problem).scorer().score(context, pairs, scores.span());
  return scores;
}

std::uint64_t estimate_link_scores_memory(RunContext& context, const LinkNetwork& network, const LinkProblem& problem) {
  check_problem(network, problem);
  const Csr adjacency = link_adjacency(context, problem.graph);
  return node_vector_bytes(context, network, problem, adjacency.view()) + whole_graph_bytes(network, adjacency.view()) +
         adjacency.bytes();
}

std::uint64_t estimate_link_training_memory(RunContext& context, LinkNetwork& network, const LinkProblem& problem,
                                            const LinkTrainingOptions& options) {
  check_link_options(options);
  check_problem(network, problem);
  const Csr adjacency = link_adjacency(context, problem.graph);
  EdgeBatches edges(context, problem.graph, options.batches);
  edges.begin_epoch(context, 0);
  BatchRecorder recorder(context, network, problem, options, adjacency.view());
  recorder.record(edges.batch(0), 0);
  const std::uint64_t values = network.parameters().value_count();
  // A batch and the whole graph, which an evaluation looks at, have each their own.
  return recorder.tape().planned_bytes() + TrainingState::bytes(options.training, values) +
         EdgeBatches::bytes(problem.graph) + node_vector_bytes(context, network, problem, adjacency.view()) +
         (options.model.structure_dropout > 0 ? adjacency.bytes() : 0) +
         2 * (adjacency.bytes() + whole_graph_bytes(network, adjacency.view()));
}

}  // namespace adjoin::gnn
