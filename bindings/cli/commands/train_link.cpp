#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/evaluate/check_split.hpp>
#include <adjoin/algorithms/evaluate/metric_list.hpp>
#include <adjoin/algorithms/evaluate/own_negatives.hpp>
#include <adjoin/algorithms/gnn/prepared_features.hpp>
#include <adjoin/algorithms/gnn/train_link_predictor.hpp>
#include <adjoin/bindings/cli/commands/train.hpp>
#include <adjoin/bindings/cli/link_model.hpp>
#include <adjoin/bindings/cli/method_options.hpp>
#include <adjoin/bindings/cli/node_data.hpp>
#include <adjoin/bindings/cli/node_model.hpp>
#include <adjoin/bindings/cli/split_kinds.hpp>
#include <adjoin/bindings/cli/training_output.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/hash.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {
namespace {

struct LinkModelChoice {
  gnn::LinkModelName model = gnn::LinkModelName::gcn;

  static constexpr auto fields() {
    return std::tuple{option_field("model", &LinkModelChoice::model,
                                   "the model: an encoder, what pairs are scored by, and the settings that HeaRT's "
                                   "authors chose for Cora, all of which are options")};
  }
};

struct TrainLinkState {
  std::vector<std::string> graph;
  SplitChoice split;
  MetricOptions metrics;
  FeatureOptions features{gnn::FeatureRows::as_given};
  LinkModelChoice choice;
  std::map<gnn::LinkModelName, gnn::LinkTrainingOptions> models;  // each with its own defaults
  MethodOptions tables{"model"};
  TrainingOutputOptions output;
  ReadOptions read;
  BuildOptions build;
};

/// A part that is held out: edges, and pairs without one, shared by all edges or of each its own.
struct HeldOutPart {
  std::string_view name;
  std::span<const Edge> edges;
  std::span<const Edge> negatives;
  bool own = false;
};

std::vector<double> values_of(RunContext& context, gnn::LinkScorer& scorer, const HeldOutPart& part,
                              const std::vector<MetricChoice>& metrics, TieRule ties) {
  std::vector<float> positive(part.edges.size());
  std::vector<float> negative(part.negatives.size());
  scorer.score(context, part.edges, positive);
  scorer.score(context, part.negatives, negative);
  std::vector<double> values;
  if (part.own) {
    const MatrixView<const float> rows(negative.data(), positive.size(), negative.size() / positive.size());
    const std::vector<double> ranks = ranks_among_own_negatives(context.threads(), positive, rows, ties);
    for (const MetricChoice& metric : metrics) values.push_back(value_of(metric, ranks));
    return values;
  }
  const RankedScores ranked(context.threads(), positive, negative);
  for (const MetricChoice& metric : metrics) values.push_back(value_of(metric, ranked, ties));
  return values;
}

struct PartValues {
  HeldOutPart part;
  std::vector<double> values;
};

class LinkTraining {
 public:
  LinkTraining(Session& session, TrainLinkState& state)
      : session_(session),
        state_(state),
        options_(state.models.at(state.choice.model)),
        metrics_(metrics_of(state.metrics, state.split.heart_mode.has_value())),
        file_(read_to_split(session, state.split, state.graph.front(), state.read, state.build)),
        maker_(session, state.split, file_, state.build, true) {
    if (maker_.features().row_count() > 0) {
      prepared_.emplace(session.context(), maker_.features(), state.features.rows);
      features_.emplace(prepared_->features());
    }
  }

  void run(TrainingOutput& output) {
    RunContext& context = session_.context();
    const MadeSplit split = maker_.make(0);
    const GraphView graph = split.edges.training.view();
    const std::size_t width = features_ ? features_->columns() : 0;
    gnn::LinkNetwork network(options_.model, graph.node_count(), width, session_.options().run.seed);
    const gnn::LinkProblem problem{graph, features_ ? &*features_ : nullptr};
    if (session_.options().estimate) {
      const std::uint64_t more = gnn::estimate_link_training_memory(context, network, problem, options_);
      session_.only_estimate(std::max(peak_resident_bytes(), resident_bytes() + more));
      return;
    }
    const HeldOutPart validation = part_of(split, true);
    const HeldOutPart test = part_of(split, false);
    gnn::LinkMetric metric;
    if (!validation.edges.empty() && !validation.negatives.empty()) {
      metric = [&](RunContext& run, gnn::LinkScorer& scorer) {
        return values_of(run, scorer, validation, {metrics_.front()}, state_.metrics.ties).front();
      };
    }
    const ModelDescription description = describe(split, graph, width);
    gnn::LinkTrainingResult result = output.run(description, [&](const gnn::TrainingHooks& hooks) {
      return gnn::train_link_predictor(context, network, problem, options_, metric, hooks);
    });
    std::vector<PartValues> parts;
    gnn::WholeGraphScorer whole(context, network, problem);
    for (const HeldOutPart& part : {validation, test}) {
      if (part.edges.empty() || part.negatives.empty()) continue;
      parts.push_back({part, values_of(context, whole.scorer(), part, metrics_, state_.metrics.ties)});
    }
    result.record.options = values_as_run(std::move(result.record.options));
    report(split, result, description, parts, output.finish(result.record, result.training, description));
  }

 private:
  static HeldOutPart part_of(const MadeSplit& split, bool validation) {
    const EdgeSplit& edges = split.edges;
    HeldOutPart part{validation ? "validation" : "test", validation ? edges.validation : edges.test,
                     validation ? edges.validation_negatives : edges.test_negatives, split.heart.has_value()};
    if (split.heart) part.negatives = validation ? split.heart->validation : split.heart->test;
    return part;
  }

  ModelDescription describe(const MadeSplit& split, GraphView graph, std::size_t width) const {
    ModelDescription description;
    description.task = "link";
    description.options = gnn::link_option_values(options_);
    description.options.insert(description.options.begin(), option_values(state_.choice).front());
    description.options.push_back(option_values(state_.features).front());
    description.seed = session_.options().run.seed;
    const CsrView features = maker_.features();
    description.data_hash =
        combined_hash({hash_of(split.edges), hash_bytes(std::as_bytes(features.targets)),
                       hash_bytes(std::as_bytes(features.weights)), hash_bytes(std::as_bytes(features.offsets))});
    description.sizes = link_model_sizes(graph.nodes(), width);
    description.metric = metric_name(metrics_.front());
    return description;
  }

  std::vector<OptionValue> values_as_run(std::vector<OptionValue> values) const {
    values.insert(values.begin(), option_values(state_.choice).front());
    for (const auto& more : {option_values(state_.features), state_.split.values(), option_values(state_.metrics),
                             option_values(state_.read), option_values(state_.build)}) {
      values.insert(values.end(), more.begin(), more.end());
    }
    return values;
  }

  void report(const MadeSplit& split, const gnn::LinkTrainingResult& result, const ModelDescription& description,
              const std::vector<PartValues>& parts, const std::vector<std::string>& files) {
    if (session_.options().json) {
      Json scores = Json::object();
      for (const auto& [part, values] : parts) {
        Json json{{"positives", part.edges.size()}, {"negatives", part.negatives.size()}};
        for (std::size_t k = 0; k < values.size(); ++k) json[metric_name(metrics_[k])] = values[k];
        scores[std::string(part.name)] = std::move(json);
      }
      Json json{{"graph", state_.graph.front()},
                {"split", maker_.phrase()},
                {"negatives", maker_.negatives_phrase()},
                {"split_hash", fmt::format("{:016x}", hash_of(split.edges))},
                {"edges", result.edges},
                {"metric", description.metric}};
      json.update(training_json(result.training));
      json["scores"] = std::move(scores);
      json["record"] = Json::parse(to_json(result.record));
      json["files"] = files;
      session_.print(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
      return;
    }
    session_.note(
        fmt::format("time: {}; peak memory {}", stages_phrase(result.record), format_bytes(result.record.peak_bytes)));
    session_.note(fmt::format("wrote {}", fmt::join(files, ", ")));
    std::string text = fmt::format("{}: split {}; {} negatives; {} learned from\n", state_.graph.front(),
                                   maker_.phrase(), maker_.negatives_phrase(), counted(result.edges, "edge", "edges"));
    text += fmt::format("{:<10}  {:>9}  {:>9}", "part", "edges", "negatives");
    for (const MetricChoice& metric : metrics_) text += fmt::format("  {:>{}}", metric_name(metric), width_of(metric));
    text += '\n';
    for (const auto& [part, values] : parts) {
      text += fmt::format("{:<10}  {:>9}  {:>9}", part.name, format_count(part.edges.size()),
                          format_count(part.negatives.size()));
      for (std::size_t k = 0; k < values.size(); ++k) {
        text += fmt::format("  {:>{}.4f}", values[k], width_of(metrics_[k]));
      }
      text += '\n';
    }
    session_.print(fmt::format("{}{}\n", text, training_phrase(result.training, description.metric)));
  }

  static std::size_t width_of(const MetricChoice& metric) {
    return std::max<std::size_t>(6, metric_name(metric).size());
  }

  Session& session_;
  TrainLinkState& state_;
  const gnn::LinkTrainingOptions& options_;
  std::vector<MetricChoice> metrics_;
  DatasetFile file_;
  SplitMaker maker_;
  std::optional<gnn::PreparedFeatures> prepared_;
  std::optional<gnn::NodeFeatures> features_;
};

void run_train_link(Session& session, TrainLinkState& state) {
  state.tables.assign_to(option_values(state.choice).front().text);
  state.split.settle(true);
  TrainingOutput output(session, state.output);
  LinkTraining(session, state).run(output);
}

}  // namespace

Command train_link_command() {
  const auto state = std::make_shared<TrainLinkState>();
  state->choice.model = gnn::LinkModelName::gcn;
  const auto add = [&](gnn::LinkModelName name, std::string_view word) {
    state->models[name] = gnn::link_model_options(name);
    state->tables.add(std::string(word), gnn::bind_link_options(state->models[name]));
  };
  add(gnn::LinkModelName::gcn, "gcn");  // first, as the default
  for (const auto& [name, word] : EnumNames<gnn::LinkModelName>::names) {
    if (name != gnn::LinkModelName::gcn) add(name, word);
  }
  Command command;
  command.name = "link";
  command.summary = "train a model that tells links";
  command.description =
      "Holds edges out and trains a graph neural network on the others: to tell those of a batch, which are taken out of "
      "the graph meanwhile, from pairs without an edge. The first metric on the validation part chooses the epoch "
      "whose model is kept; the test part is looked at once, at the end. Hard negatives (--negatives "
      "heart-intended) and splits of files are as in adjoin linkpred. A graph without features gets a vector for "
      "each node that is learned. On a large graph, let a step look at some neighbours only (--fan-out 10). The same "
      "seed gives the same bits for any number of threads.";
  command.positionals = {{"GRAPH", "a graph in any format, a store, or events; - is standard input", &state->graph}};
  command.groups = {{"Output", bind_options(state->output)},
                    {"Model and training", joined(bind_options(state->choice), state->tables.flags())},
                    {"Evaluation", bind_options(state->metrics)},
                    {"Split", state->split.split_flags()},
                    {"Nodes, and hard negatives", joined(bind_options(state->features), state->split.heart_flags())},
                    {"Reading the graph", joined(bind_options(state->read), bind_options(state->build))}};
  command.examples = {
      {"train link data/karate/edges.txt --epochs 20 --out links.safetensors",
       "by GCN, on a vector learned for each node"},
      {"train link data/borders/edges.tsv --model buddy --epochs 20 --metrics auc --out borders.safetensors",
       "by the counts of nodes around pairs"},
      {"train link data/borders/edges.tsv --estimate", "how much memory that would take"}};
  command.run = [state](Session& session) { run_train_link(session, *state); };
  return command;
}

}  // namespace adjoin::cli
