#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include <adjoin/algorithms/gnn/link_step.hpp>
#include <adjoin/algorithms/gnn/node_vectors.hpp>
#include <adjoin/algorithms/gnn/train_link_predictor.hpp>
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

/// Of the vectors of all nodes, and of making them, in a process that holds so much.
std::uint64_t node_vector_bytes(RunContext& context, const LinkNetwork& network, const LinkProblem& problem,
                                const CsrView& adjacency, std::uint64_t held) {
  const Messages messages(context, adjacency, network.encoder().message_form());
  const std::uint64_t encoded =
      estimate_node_vectors_memory(context, network.encoder(), network.node_features(problem.features), messages, held);
  // Then what pairs are scored by is made of them.
  const MatrixView<const float> vectors(nullptr, network.node_count(), network.encoder().output_width());
  learn::Tape tape(context, false);
  const learn::Tensor input = tape.constant("encoded", vectors);
  const NodeTensors nodes = network.record_encoded(tape, input);
  std::size_t kept = 0;
  if (nodes.vectors != input) kept += tape.shape(tape.keep(nodes.vectors)).size();
  if (nodes.between) kept += tape.shape(tape.keep(*nodes.between)).size();
  return std::max(encoded, (vectors.rows() * vectors.columns() + kept) * sizeof(float) + tape.planned_bytes());
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
  LinkStep step(context, network, problem.features, options, adjacency.view());
  std::optional<WholeGraph> whole;
  if (validate) whole.emplace(context, network, adjacency.view());

  const auto epoch_loss = [&](Trainer& trainer, std::uint64_t epoch) {
    edges.begin_epoch(context, epoch);
    double sum = 0;
    for (std::size_t i = 0; i < edges.count(); ++i) {
      const EdgeBatch batch = edges.batch(i);
      const learn::Tensor loss = step.record(batch, epoch * edges.count() + i);
      sum += trainer.step(step.tape(), loss) * static_cast<double>(batch.positives().size());
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
  const std::uint64_t graph = whole_graph_bytes(network, adjacency.view()) + adjacency.bytes();
  return graph + node_vector_bytes(context, network, problem, adjacency.view(), resident_bytes() + graph);
}

std::uint64_t estimate_link_training_memory(RunContext& context, const LinkNetwork& network, const LinkProblem& problem,
                                            const LinkTrainingOptions& options) {
  check_link_options(options);
  check_problem(network, problem);
  const Csr adjacency = link_adjacency(context, problem.graph);
  EdgeBatches edges(context, problem.graph, options.batches);
  edges.begin_epoch(context, 0);
  LinkStep step(context, network, problem.features, options, adjacency.view());
  step.record(edges.batch(0), 0);
  // A step and the whole graph, which an evaluation looks at, have each their own.
  const learn::Parameters& parameters = network.parameters();  // which are there already
  const std::uint64_t state = TrainingState::bytes(options.training, parameters.value_count()) - parameters.bytes();
  const std::uint64_t bytes = adjacency.bytes() + EdgeBatches::bytes(problem.graph) + step.bytes() +
                              step.tape().planned_bytes() + whole_graph_bytes(network, adjacency.view()) + state;
  return bytes + node_vector_bytes(context, network, problem, adjacency.view(), resident_bytes() + bytes);
}

}  // namespace adjoin::gnn
