#include <algorithm>
#include <array>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/evaluate/classify_nodes.hpp>
#include <adjoin/algorithms/evaluate/predict_labels.hpp>
#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/label_file.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/output_file.hpp>

namespace adjoin::cli {
namespace {

struct ClassifyOutput {
  std::string splits;

  static constexpr auto fields() {
    return std::tuple{option_field("splits", &ClassifyOutput::splits,
                                   "write who trains and who is the test, so that other programs can be judged on the "
                                   "same: a line a labelled node with a letter for each split, T or E, between tabs")};
  }
};

struct ClassifyState {
  std::vector<std::string> embedding;
  std::vector<std::string> labels;
  ClassifyNodesOptions classify;
  RowLabelOptions reading;
  ClassifyOutput output;
};

/// What is told of the splits of a share, and how to take it from each of them.
struct Score {
  std::string_view name;  // in the table
  std::string_view key;   // with --json
  double (*value)(const SplitScores&);
};

constexpr std::array told_scores{
    Score{"micro-F1", "micro_f1", [](const SplitScores& split) { return split.f1.micro; }},
    Score{"macro-F1", "macro_f1", [](const SplitScores& split) { return split.f1.macro; }},
    Score{"accuracy", "accuracy", [](const SplitScores& split) { return split.accuracy; }}};

std::vector<double> values_of(const ShareScores& share, const Score& score) {
  std::vector<double> values;
  for (const SplitScores& split : share.splits) values.push_back(score.value(split));
  return values;
}

/// A row a share, a column a score.
std::string table_text(const ClassifyNodesResult& result) {
  constexpr std::string_view first = "train on";
  const std::size_t width = result.shares.front().splits.size() == 1 ? 8 : 15;  // of "0.1234 ± 0.0123"
  std::string text(first);
  for (const Score& score : told_scores) text += fmt::format("  {:<{}}", score.name, width);
  text.resize(text.find_last_not_of(' ') + 1);
  text += '\n';
  for (const ShareScores& share : result.shares) {
    std::string line = fmt::format("{:<{}}", format_number(share.share), first.size());
    for (const Score& score : told_scores)
      line += fmt::format("  {:<{}}", mean_sd_text(values_of(share, score)), width);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

/// A line a labelled node: its name, and T or E for each split.
class SplitTable {
 public:
  SplitTable(Session& session, const ClassifyState& state, const NodeIndex& nodes, const CsrView& labels)
      : nodes_(nodes), labelled_(labelled_nodes(labels)), parts_(labelled_.size()) {
    header_ = "node";
    for (const float share : state.classify.shares) {
      for (int repeat = 0; repeat < state.classify.repeats; ++repeat) {
        header_ += fmt::format("\t{}/{}", format_number(share), repeat + 1);
        add(classification_split(session.context(), nodes, labelled_, share, static_cast<std::uint32_t>(repeat)));
      }
    }
  }

  void write(OutputFile& file) const {
    file.write(header_ + "\n");
    for (std::size_t i = 0; i < labelled_.size(); ++i) file.write(nodes_.name(labelled_[i]) + parts_[i] + "\n");
  }

 private:
  void add(const NodeSplit& split) {
    for (std::size_t i = 0; i < labelled_.size(); ++i) {
      parts_[i] += std::ranges::binary_search(split.training, labelled_[i]) ? "\tT" : "\tE";
    }
  }

  const NodeIndex& nodes_;
  std::vector<NodeId> labelled_;
  std::string header_;
  std::vector<std::string> parts_;
};

struct ClassifyReport {
  const ClassifyNodesResult& result;
  const NodeLabels& labels;
  const std::vector<std::string>& files;

  Json json() const {
    Json shares = Json::array();
    for (const ShareScores& share : result.shares) {
      // Through text, so that 0.1 stays 0.1.
      Json row{{"share", Json::parse(format_number(share.share))},
               {"training_count", share.training_count},
               {"test_count", share.test_count}};
      for (const Score& score : told_scores) row[std::string(score.key)] = mean_sd_json(values_of(share, score));
      shares.push_back(std::move(row));
    }
    return Json{{"labelled_nodes", result.labelled_count},
                {"unlabelled_nodes", labels.of_node.view().row_count() - result.labelled_count},
                {"classes", labels.names.size()},
                {"one_label", result.one_label},
                {"shares", shares},
                {"not_converged", result.not_converged},
                {"record", Json::parse(to_json(result.record))},
                {"files", files}};
  }

  std::string text() const {
    const double each = static_cast<double>(labels.of_node.view().nonzero_count()) /
                        static_cast<double>(std::max<std::uint64_t>(1, result.labelled_count));
    return fmt::format("{}\n{}, {}, {} each; {} a share\n", table_text(result),
                       counted(result.labelled_count, "labelled node", "labelled nodes"),
                       counted(labels.names.size(), "kind of label", "kinds of labels"),
                       result.one_label ? "one" : fmt::format("{:.2f}", each),
                       counted(result.shares.front().splits.size(), "split", "splits"));
  }
};

void check(const ClassifyState& state) {
  validate(state.classify);
  if (state.embedding.front() == "-" && state.labels.front() == "-") {
    throw InvalidOption("EMBEDDING and LABELS cannot both be standard input");
  }
  if (state.output.splits == "-") throw InvalidOption("--splits needs a file; standard output is for the scores");
}

void run_classify(Session& session, const ClassifyState& state) {
  check(state);
  const std::string& splits = state.output.splits;
  std::vector<OutputFile> files;
  std::vector<std::string> written;
  if (!splits.empty() && !session.options().estimate) {
    written = {splits, splits + ".run.json"};
    for (const std::string& path : written) files.emplace_back(path);
  }
  const NamedRows rows = read_named_rows(session, state.embedding.front());
  const NodeLabels labels = read_row_labels(session, state.labels.front(), state.reading, rows);
  const std::uint64_t estimate =
      estimate_classify_nodes_memory(rows.values.columns(), labels.of_node.view(), state.classify);
  if (session.only_estimate(std::max(peak_resident_bytes(), resident_bytes() + estimate))) return;
  const ClassifyNodesResult result =
      classify_nodes(session.context(), rows.values.view(), *rows.nodes, labels.of_node.view(), state.classify);
  if (!files.empty()) {
    SplitTable(session, state, *rows.nodes, labels.of_node.view()).write(files[0]);
    files[1].write(to_json(result.record) + "\n");
    commit_together(files);
  }
  const ClassifyReport report{result, labels, written};
  if (session.options().json) {
    session.print(report.json().dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return;
  }
  if (result.not_converged > 0) {
    session.note(fmt::format("in {} the regression of some class was stopped before it had converged",
                             counted(result.not_converged, "split", "splits")));
  }
  session.note(fmt::format("time: {}", stages_phrase(result.record)));
  if (!splits.empty()) session.note("wrote " + splits);
  session.print(report.text());
}

}  // namespace

Command classify_command() {
  const auto state = std::make_shared<ClassifyState>();
  Command command;
  command.name = "classify";
  command.summary = "say how well an embedding tells the labels of nodes";
  command.description =
      "Trains a classifier on the vectors of a share of the labelled nodes, and prints how well it tells the labels of "
      "the others: micro- and macro-F1, and the share of nodes whose labels are all right, as mean and standard "
      "deviation over random splits. The classifier is an L2-regularised logistic regression for each label; a node is "
      "given as many labels as it has, those with the highest scores. That is how the papers of DeepWalk, node2vec, "
      "ProNE and FastRP compare embeddings, which this command does not change. Splits depend on the seed and the "
      "names of nodes only, so that two embeddings of a graph are judged on the same ones. A line of LABELS is a node "
      "and a label; a node may have several lines.";
  command.positionals = {
      {"EMBEDDING", "a file that adjoin embed or another program wrote; - is standard input", &state->embedding},
      {"LABELS", "labels of nodes, one a line: the node, then the label", &state->labels}};
  command.groups = {{"Classification", bind_options(state->classify)},
                    {"Reading labels", bind_options(state->reading)},
                    {"Output", bind_options(state->output)}};
  command.examples = {
      {"classify karate.npy data/karate/factions.txt", "after: adjoin embed data/karate/edges.txt -o karate.npy"},
      {"classify karate.npy data/karate/factions.txt --shares 0.2,0.5 --repeats 20 --splits splits.tsv",
       "two shares, and the splits for another program"}};
  command.run = [state](Session& session) { run_classify(session, *state); };
  return command;
}

}  // namespace adjoin::cli
