#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/gnn/node_classifier.hpp>
#include <adjoin/bindings/cli/commands/apply.hpp>
#include <adjoin/bindings/cli/commands/apply_link.hpp>
#include <adjoin/bindings/cli/node_model.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/embedding_file.hpp>
#include <adjoin/io/output_file.hpp>
#include <adjoin/io/pair_writer.hpp>

namespace adjoin {
namespace cli {
namespace {

enum class Wanted : std::uint8_t { automatic, labels, probabilities, scores, embedding };

}  // namespace
}  // namespace cli

template <>
struct EnumNames<cli::Wanted> {
  static constexpr std::array<std::pair<cli::Wanted, std::string_view>, 5> names{
      {{cli::Wanted::automatic, "auto"},
       {cli::Wanted::labels, "labels"},
       {cli::Wanted::probabilities, "probabilities"},
       {cli::Wanted::scores, "scores"},
       {cli::Wanted::embedding, "embedding"}}};
};

namespace cli {
namespace {

struct ApplyOutput {
  Wanted what = Wanted::automatic;
  std::string pairs;
  std::string output = "-";
  EmbeddingFormat format = EmbeddingFormat::automatic;

  static constexpr auto fields() {
    using O = ApplyOutput;
    return std::tuple{
        option_field(
            "what", &O::what,
            "labels: a table of each node, the label that is told and its probability, of labels that do not "
            "exclude one another a line for each above 1/2; probabilities: a row a node, a number a class, in "
            "the order in which classes are told; scores, of a model of links: the table of --pairs with a column of "
            "what the network says, above 0 where a link is likelier than not; embedding: the numbers of "
            "the network's last layer; auto: labels, or scores"),
        option_field("pairs", &O::pairs, "of a model of links: a table of the pairs to score"),
        option_field(
            "output", &O::output,
            "the file to write; of probabilities and embeddings .npy, .txt (word2vec), .bin (word2vec, binary) "
            "or .tsv; - is standard output"),
        option_field("format", &O::format, "the format of the file; auto goes by its suffix")};
  }
};

struct ApplyState {
  std::vector<std::string> model;
  std::vector<std::string> graph;
  ApplyOutput output;
  NodeDataOptions data;
};

void check_output(Session& session, const ApplyOutput& options) {
  if (session.options().estimate) return;
  check_standard_output(session, options.output);
  if (options.what == Wanted::labels || options.what == Wanted::scores) {
    if (options.format != EmbeddingFormat::automatic) {
      throw InvalidOption("--format is of probabilities and embeddings; labels and scores are a table");
    }
    return;
  }
  for (const auto& file : embedding_files(options.output, embedding_format(options.format, options.output))) {
    check_writable(file);
  }
}

/// "node label probability", with tabs between.
std::string label_table(const NodeIndex& nodes, MatrixView<const float> probabilities,
                        const std::vector<std::string>& classes, bool one_label) {
  std::string text = "node\tlabel\tprobability\n";
  const auto add = [&](std::size_t row, std::size_t label) {
    text +=
        fmt::format("{}\t{}\t{}\n", nodes.name(node_id(row)), classes[label], format_number(probabilities(row, label)));
  };
  for (std::size_t i = 0; i < probabilities.rows(); ++i) {
    const std::span<const float> row = probabilities.row(i);
    if (one_label) {
      add(i, static_cast<std::size_t>(std::ranges::max_element(row) - row.begin()));
      continue;
    }
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (row[c] > 0.5F) add(i, c);
    }
  }
  return text;
}

std::vector<std::string> write(Session& session, const ApplyOutput& options, GraphView graph,
                               MatrixView<const float> values, const ModelFile& model, const RunRecord& record) {
  if (options.what != Wanted::labels) {
    write_embedding(session.context(), options.output, options.format, values, graph.nodes(), to_json(record));
    std::vector<std::string> written;
    for (const auto& file : embedding_files(options.output, embedding_format(options.format, options.output))) {
      written.push_back(file.string());
    }
    return written;
  }
  std::vector<OutputFile> files;
  files.emplace_back(options.output);
  files.back().write(label_table(graph.nodes(), values, model.description().classes, model.size("one_label") == 1));
  std::vector<std::string> written{options.output};
  if (options.output != "-") {
    written.push_back(options.output + ".run.json");
    files.emplace_back(written.back());
    files.back().write(to_json(record) + "\n");
  }
  commit_together(files);
  return written;
}

void tell(Session& session, const ApplyState& state, const NodeData& data, const ModelFile& file,
          const RunRecord& record, const std::vector<std::string>& files) {
  if (session.options().json) {
    session.print(Json{{"graph", graph_json(data.graph(), data.read, data.build)},
                       {"task", file.description().task},
                       {"what", detail::value_text(state.output.what)},
                       {"classes", file.description().classes},
                       {"record", Json::parse(to_json(record))},
                       {"files", files}}
                      .dump(2, ' ', false, Json::error_handler_t::replace) +
                  "\n");
    return;
  }
  session.note(fmt::format("time: {}; peak memory {}", stages_phrase(record), format_bytes(record.peak_bytes)));
  session.note("wrote " + output_phrase(state.output.output));
}

/// What is wanted of this model. InvalidOption for what its task does not tell.
void settle(ApplyOutput& output, const ModelFile& file) {
  const bool links = file.description().task == "link";
  if (output.what == Wanted::automatic) output.what = links ? Wanted::scores : Wanted::labels;
  if (output.what != Wanted::embedding && (output.what == Wanted::scores) != links) {
    throw InvalidOption(fmt::format("a model of task {} tells no {}; leave out --what, or take embedding",
                                    file.description().task, detail::value_text(output.what)));
  }
  if (!output.pairs.empty() && output.what != Wanted::scores) {
    throw InvalidOption("--pairs is for the scores of a model of links; leave it out");
  }
}

void run_apply_link(Session& session, const ApplyState& state, const ModelFile& file) {
  const NodeData data = read_node_data(session, state.graph.front(), state.data);
  if (session.options().estimate) {
    const std::uint64_t more = estimate_link_model_memory(session, file, data);
    session.only_estimate(std::max(peak_resident_bytes(), resident_bytes() + more));
    return;
  }
  RunContext& context = session.context();
  std::vector<OptionValue> options = option_values(state.output);
  options.push_back({"model", OptionKind::text, state.model.front()});
  if (state.output.what == Wanted::embedding) {
    const Matrix vectors = link_model_vectors(session, file, data);
    const RunRecord record = context.record("apply", std::move(options));
    tell(session, state, data, file, record, write(session, state.output, data.graph(), vectors.view(), file, record));
    return;
  }
  const LinkModelScores scored = apply_link_model(session, file, data, state.output.pairs);
  OutputFile table(state.output.output);
  context.begin_stage("write", "rows", scored.pairs.size());
  write_pairs(context, table, *data.data.nodes, scored.pairs, std::vector<std::string>{"score"}, scored.scores.view());
  table.commit();
  context.end_stage();
  tell(session, state, data, file, context.record("apply", std::move(options)), {state.output.output});
}

void run_apply(Session& session, ApplyState& state) {
  const ModelFile file(state.model.front());
  settle(state.output, file);
  check_output(session, state.output);
  if (file.description().task == "link") return run_apply_link(session, state, file);
  const NodeData data = read_node_data(session, state.graph.front(), state.data);
  FeatureOptions features;
  file.assign_to(bind_options(features));
  const gnn::NodeClassifier model = read_node_model(file, data);
  const NodeInputs inputs(session.context(), data, features);
  RunContext& context = session.context();
  if (session.options().estimate) {
    const std::uint64_t more = gnn::estimate_node_logits_memory(context, model, data.graph(), inputs.features(model));
    session.only_estimate(std::max(peak_resident_bytes(), resident_bytes() + more));
    return;
  }
  Matrix values = gnn::node_logits(context, model, data.graph(), inputs.features(model));
  if (state.output.what != Wanted::embedding) {
    gnn::to_probabilities(context, values.view(), file.size("one_label") == 1);
  }
  std::vector<OptionValue> options = option_values(state.output);
  options.push_back({"model", OptionKind::text, state.model.front()});
  const RunRecord record = context.record("apply", std::move(options));
  tell(session, state, data, file, record, write(session, state.output, data.graph(), values.view(), file, record));
}

}  // namespace

Command apply_command() {
  const auto state = std::make_shared<ApplyState>();
  Command command;
  command.name = "apply";
  command.summary = "tell labels, probabilities or vectors of nodes by a trained model";
  command.description =
      "Reads a model that adjoin train has written, or its checkpoint while training goes on, and applies it to every "
      "node of a graph: the one that it was trained on, or another one with the same features, as long as the model "
      "learned no vectors of its own for nodes.";
  command.positionals = {{"MODEL", "a model that adjoin train has written, .safetensors", &state->model},
                         {"GRAPH", "a graph in any format, a store, or events; - is standard input", &state->graph}};
  command.groups = {{"Output", bind_options(state->output)},
                    {"Nodes", bind_options(state->data.files)},
                    {"Reading the graph", joined(bind_options(state->data.read), bind_options(state->data.build))}};
  command.examples = {
      {"apply karate.safetensors data/karate/edges.txt",
       "after: adjoin train node data/karate/edges.txt --labels data/karate/factions.txt --out karate.safetensors"},
      {"apply karate.safetensors data/karate/edges.txt --what probabilities -o karate.npy", "for NumPy"},
      {"apply links.safetensors data/karate/edges.txt --what embedding -o links.npy",
       "after: adjoin train link data/karate/edges.txt --epochs 20 --out links.safetensors"}};
  command.run = [state](Session& session) { run_apply(session, *state); };
  return command;
}

}  // namespace cli
}  // namespace adjoin
