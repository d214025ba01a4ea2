#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/gnn/node_classifier.hpp>
#include <adjoin/bindings/cli/commands/train.hpp>
#include <adjoin/bindings/cli/method_options.hpp>
#include <adjoin/bindings/cli/node_model.hpp>
#include <adjoin/bindings/cli/node_parts.hpp>
#include <adjoin/bindings/cli/training_output.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {
namespace {

struct ModelChoice {
  gnn::EncoderKind model = gnn::EncoderKind::gcn;

  static constexpr auto fields() {
    return std::tuple{option_field("model", &ModelChoice::model,
                                   "the network; its defaults are what its paper trains with on Planetoid's graphs")};
  }
};

struct TrainNodeState {
  std::vector<std::string> graph;
  NodeDataOptions data;
  NodePartOptions parts;
  FeatureOptions features;
  ModelChoice choice;
  std::map<gnn::EncoderKind, gnn::NodeClassifierOptions> models;  // each with its own defaults
  MethodOptions tables{"model"};
  TrainingOutputOptions output;
};

std::string metric_name(gnn::NodeMetric metric) {
  switch (metric) {
    case gnn::NodeMetric::accuracy:
      return "accuracy";
    case gnn::NodeMetric::f1:
      return "micro-F1";
    case gnn::NodeMetric::loss:
      return std::string(negative_loss);
  }
  return {};
}

std::vector<std::string> class_names(const NodeIndex& names) {
  std::vector<std::string> result;
  for (std::size_t c = 0; c < names.size(); ++c) {
    result.push_back(names.name(node_id(c)));
    if (!is_utf8(result.back())) {
      throw InvalidData(fmt::format("the label {} is not UTF-8, as names in a model are; write it so",
                                    quote_for_message(result.back())));
    }
  }
  return result;
}

std::uint64_t hash_of_parts(const NodeSplit& parts) {
  std::vector<std::uint64_t> ids;
  for (const auto* const part : {&parts.training, &parts.validation, &parts.test}) {
    ids.push_back(part->size());
    for (const NodeId node : *part) ids.push_back(index(node));
  }
  return combined_hash(ids);
}

struct PartOfReport {
  std::string_view name;
  const gnn::NodeScores& scores;
};

std::array<PartOfReport, 3> parts_of(const gnn::NodeClassifierResult& result) {
  return {
      {{"training", result.training_scores}, {"validation", result.validation_scores}, {"test", result.test_scores}}};
}

std::string table_text(const gnn::NodeClassifierResult& result) {
  std::string text = fmt::format("{:<10}  {:>9}  {:>8}  {:>8}  {:>8}  {:>8}\n", "part", "nodes", "accuracy", "micro-F1",
                                 "macro-F1", "loss");
  for (const auto& [name, scores] : parts_of(result)) {
    if (scores.nodes == 0) continue;
    text += fmt::format("{:<10}  {:>9}  {:>8.4f}  {:>8.4f}  {:>8.4f}  {:>8.4f}\n", name, format_count(scores.nodes),
                        scores.accuracy, scores.f1.micro, scores.f1.macro, scores.loss);
  }
  return text;
}

Json scores_json(const gnn::NodeClassifierResult& result) {
  Json json = Json::object();
  for (const auto& [name, scores] : parts_of(result)) {
    json[std::string(name)] = {{"nodes", scores.nodes},
                               {"accuracy", scores.accuracy},
                               {"micro_f1", scores.f1.micro},
                               {"macro_f1", scores.f1.macro},
                               {"loss", scores.loss}};
  }
  return json;
}

ModelDescription describe(Session& session, const TrainNodeState& state, const NodeData& data, const NodeSplit& parts,
                          const gnn::NodeClassifierOptions& options, const gnn::NodeClassifier& model) {
  ModelDescription description;
  description.task = "node";
  description.options = gnn::node_classifier_values(options);
  description.options.push_back(option_values(state.features).front());
  description.seed = session.options().run.seed;
  description.data_hash = combined_hash({data.hash(), hash_of_parts(parts)});
  std::vector<NodeId> nodes = parts.training;
  nodes.insert(nodes.end(), parts.validation.begin(), parts.validation.end());
  nodes.insert(nodes.end(), parts.test.begin(), parts.test.end());
  description.sizes = node_model_sizes(data, model, gnn::one_label_each(data.data.labels->of_node.view(), nodes));
  description.classes = class_names(data.data.labels->names);
  description.metric = metric_name(options.choose_by);
  return description;
}

std::vector<OptionValue> values_as_run(const TrainNodeState& state, std::vector<OptionValue> of_model) {
  std::vector<OptionValue> values = std::move(of_model);
  for (const auto& more : {option_values(state.features), option_values(state.parts), option_values(state.data.files),
                           option_values(state.data.read), option_values(state.data.build)}) {
    values.insert(values.end(), more.begin(), more.end());
  }
  return values;
}

void report(Session& session, const NodeData& data, const gnn::NodeClassifierResult& result,
            const ModelDescription& description, const std::vector<std::string>& files) {
  if (session.options().json) {
    Json json{{"graph", graph_json(data.graph(), data.read, data.build)},
              {"classes", description.classes},
              {"one_label", result.one_label},
              {"metric", description.metric}};
    json.update(training_json(result.training));
    json["scores"] = scores_json(result);
    json["record"] = Json::parse(to_json(result.record));
    json["files"] = files;
    session.print(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return;
  }
  session.note(
      fmt::format("time: {}; peak memory {}", stages_phrase(result.record), format_bytes(result.record.peak_bytes)));
  std::string written;
  for (const std::string& file : files) written += (written.empty() ? "" : ", ") + file;
  session.note("wrote " + written);
  session.print(fmt::format("{}\n{}\n", table_text(result), training_phrase(result.training, description.metric)));
}

void run_train_node(Session& session, TrainNodeState& state) {
  const std::string word = option_values(state.choice).front().text;
  state.tables.assign_to(word);
  const gnn::NodeClassifierOptions& options = state.models.at(state.choice.model);
  TrainingOutput output(session, state.output);
  const NodeData data = read_node_data(session, state.graph.front(), state.data);
  if (!data.data.labels) {
    throw InvalidData(fmt::format("{} has no labels; add --labels FILE", state.graph.front()));
  }
  const NodeSplit parts = node_parts(session, state.parts, *data.data.nodes, *data.data.labels);
  const NodeInputs inputs(session.context(), data, state.features);
  gnn::NodeClassifier model(options.encoder, inputs.width(options.encoder.hidden), data.data.labels->names.size(),
                            session.options().run.seed, inputs.learned_nodes());
  const gnn::NodeProblem problem{data.graph(), inputs.features(model), data.data.labels->of_node.view(), parts};
  if (session.options().estimate) {
    const std::uint64_t more = gnn::estimate_node_classifier_memory(session.context(), model, problem, options);
    session.only_estimate(std::max(peak_resident_bytes(), resident_bytes() + more));
    return;
  }
  const ModelDescription description = describe(session, state, data, parts, options, model);
  gnn::NodeClassifierResult result = output.run(description, [&](const gnn::TrainingHooks& hooks) {
    return gnn::train_node_classifier(session.context(), model, problem, options, hooks);
  });
  result.record.options = values_as_run(state, std::move(result.record.options));
  report(session, data, result, description, output.finish(result.record, result.training, description));
}

}  // namespace

Command train_node_command() {
  const auto state = std::make_shared<TrainNodeState>();
  for (const auto& [kind, word] : EnumNames<gnn::EncoderKind>::names) {
    gnn::NodeClassifierOptions& options = state->models[kind] = gnn::published_node_options(kind);
    std::vector<Option> rows = gnn::bind_node_classifier(options);
    std::erase_if(rows, [](const Option& row) { return row.name == "model"; });  // which chooses among them
    state->tables.add(std::string(word), std::move(rows));
  }
  Command command;
  command.name = "node";
  command.summary = "train a model that tells the labels of nodes";
  command.description =
      "Trains a graph neural network on the labels of some nodes, given the graph and the features of all nodes, and "
      "prints how well it tells the labels of the training, the validation and the test part. The validation part "
      "chooses the epoch whose model is kept; the test part is looked at once, at the end. Where every node has one "
      "label, classes exclude one another (softmax); else each is told by itself (sigmoid). A graph without features "
      "gets a vector for each node that is learned. The same seed gives the same bits for any number of threads.";
  command.positionals = {{"GRAPH", "a graph in any format, a store, or events; - is standard input", &state->graph}};
  command.groups = {{"Output", bind_options(state->output)},
                    {"Model and training", joined(bind_options(state->choice), state->tables.flags())},
                    {"Parts", bind_options(state->parts)},
                    {"Nodes", joined(bind_options(state->data.files), bind_options(state->features))},
                    {"Reading the graph", joined(bind_options(state->data.read), bind_options(state->data.build))}};
  command.examples = {
      {"train node data/karate/edges.txt --labels data/karate/factions.txt --per-class 2 --out karate.safetensors",
       "the two factions, from two members of each"},
      {"train node data/karate/edges.txt --labels data/karate/factions.txt --model sage --log karate.jsonl "
       "--out karate.safetensors",
       "by GraphSAGE, with a log of epochs for adjoin report"},
      {"train node data/karate/edges.txt --labels data/karate/factions.txt --estimate",
       "how much memory that would take"}};
  command.run = [state](Session& session) { run_train_node(session, *state); };
  return command;
}

}  // namespace adjoin::cli
