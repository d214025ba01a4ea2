#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/evaluate/clustering_scores.hpp>
#include <adjoin/algorithms/evaluate/kmeans.hpp>
#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/label_file.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/output_file.hpp>

namespace adjoin::cli {
namespace {

struct RunOptions {
  int runs = 10;
  std::string output;

  static constexpr auto fields() {
    using O = RunOptions;
    return std::tuple{option_field("runs", &O::runs, {1, 10'000},
                                   "independent runs; the clusters of the smallest inertia are written"),
                      option_field("output", &O::output,
                                   "where to write a line a node, its name and the number of its cluster, with a tab "
                                   "between; - is standard output")};
  }
};

struct LabelOptions {
  std::string labels;
  EntropyMean nmi_mean = EntropyMean::arithmetic;

  static constexpr auto fields() {
    using O = LabelOptions;
    return std::tuple{
        option_field("labels", &O::labels,
                     "compare clusters with these labels: a file with a node and a label a line, one label a node"),
        option_field("nmi-mean", &O::nmi_mean, "of the two entropies that NMI divides by",
                     "arithmetic: scikit-learn's default")};
  }
};

struct ClusterState {
  std::vector<std::string> embedding;
  KMeansOptions kmeans;
  RunOptions runs;
  LabelOptions labels;
  RowLabelOptions reading;
};

/// The labelled nodes and the class of each.
struct Classes {
  std::vector<std::size_t> rows;
  std::vector<std::uint32_t> of_row;  // one for each of `rows`
  std::size_t kinds = 0;
};

Classes read_classes(Session& session, const ClusterState& state, const NamedRows& rows) {
  const NodeLabels labels = read_row_labels(session, state.labels.labels, state.reading, rows);
  const CsrView of_node = labels.of_node.view();
  Classes classes;
  classes.kinds = labels.names.size();
  for (std::size_t v = 0; v < of_node.row_count(); ++v) {
    if (of_node.row_size(v) > 1) {
      throw InvalidData(fmt::format("{}: the node {} has {} labels; clusters are compared with one label a node",
                                    state.labels.labels, quote_for_message(rows.nodes->name(node_id(v))),
                                    of_node.row_size(v)));
    }
    if (of_node.row_size(v) == 0) continue;
    classes.rows.push_back(v);
    classes.of_row.push_back(static_cast<std::uint32_t>(index(of_node.row_targets(v).front())));
  }
  if (classes.rows.empty()) {
    throw InvalidData(fmt::format("{} has a label for none of the vectors", state.labels.labels));
  }
  return classes;
}

/// What each run gave, and the best of their clusters.
struct Runs {
  KMeansResult best;
  std::vector<double> inertia;
  std::vector<double> nmi;  // empty without labels
  std::vector<double> ari;
  std::uint64_t not_converged = 0;
};

Runs run_all(RunContext& context, const ClusterState& state, const KMeansOptions& options, const NamedRows& rows,
             const std::optional<Classes>& classes) {
  Runs runs;
  for (int run = 0; run < state.runs.runs; ++run) {
    KMeansResult result = kmeans(context, rows.values.view(), options, static_cast<std::uint32_t>(run));
    if (!result.converged) ++runs.not_converged;
    if (classes) {
      std::vector<std::uint32_t> clusters;
      for (const std::size_t row : classes->rows) clusters.push_back(result.assignment[row]);
      runs.nmi.push_back(normalized_mutual_information(classes->of_row, clusters, state.labels.nmi_mean));
      runs.ari.push_back(adjusted_rand_index(classes->of_row, clusters));
    }
    runs.inertia.push_back(result.inertia);
    if (run == 0 || result.inertia < runs.best.inertia) runs.best = std::move(result);
  }
  return runs;
}

std::vector<std::size_t> sizes_of(const KMeansResult& result) {
  std::vector<std::size_t> sizes(result.centers.rows(), 0);
  for (const std::uint32_t cluster : result.assignment) ++sizes[cluster];
  return sizes;
}

/// "3 clusters of 12 to 99 nodes; inertia 12.3, the smallest of 10 runs".
std::string clusters_phrase(const Runs& runs) {
  const std::vector<std::size_t> sizes = sizes_of(runs.best);
  const auto [smallest, largest] = std::ranges::minmax(sizes);
  std::string text = fmt::format("{} of {} to {}; inertia {:.6g}", counted(sizes.size(), "cluster", "clusters"),
                                 format_count(smallest), counted(largest, "node", "nodes"), runs.best.inertia);
  if (runs.inertia.size() > 1) text += fmt::format(", the smallest of {} runs", runs.inertia.size());
  return text;
}

std::string scores_text(const Runs& runs, const Classes& classes) {
  return two_columns({{"NMI", mean_sd_text(runs.nmi)}, {"ARI", mean_sd_text(runs.ari)}}) +
         fmt::format("\n{}, {}; {}\n", counted(classes.rows.size(), "labelled node", "labelled nodes"),
                     counted(classes.kinds, "kind of label", "kinds of labels"),
                     counted(runs.nmi.size(), "run", "runs"));
}

Json report_json(const Runs& runs, const std::optional<Classes>& classes, const RunRecord& record,
                 const std::vector<std::string>& files) {
  Json json{{"nodes", runs.best.assignment.size()},
            {"sizes", sizes_of(runs.best)},
            {"best", {{"inertia", runs.best.inertia}, {"iterations", runs.best.iterations}}},
            {"inertia", mean_sd_json(runs.inertia)},
            {"not_converged", runs.not_converged}};
  if (classes) {
    json["labelled_nodes"] = classes->rows.size();
    json["classes"] = classes->kinds;
    json["nmi"] = mean_sd_json(runs.nmi);
    json["ari"] = mean_sd_json(runs.ari);
  }
  json["record"] = Json::parse(to_json(record));
  json["files"] = files;
  return json;
}

void check(const Session& session, const ClusterState& state) {
  validate(state.kmeans);
  const std::string& labels = state.labels.labels;
  if (labels.empty() && state.kmeans.k == 0) {
    throw InvalidOption("nothing says how many clusters to make; add --k N, or --labels FILE for as many as it has");
  }
  if (labels.empty() && state.runs.output.empty()) {
    throw InvalidOption("no output is named; add -o FILE, or --labels FILE to compare the clusters with");
  }
  if (labels == "-" && state.embedding.front() == "-") {
    throw InvalidOption("EMBEDDING and --labels cannot both be standard input");
  }
  check_standard_output(session, state.runs.output);
}

std::vector<std::string> output_files(const Session& session, const std::string& output) {
  if (output.empty() || session.options().estimate) return {};
  if (output == "-") return {output};
  return {output, output + ".run.json"};
}

void run_cluster(Session& session, const ClusterState& state) {
  check(session, state);
  RunContext& context = session.context();
  const std::vector<std::string> written = output_files(session, state.runs.output);
  std::vector<OutputFile> files;
  for (const std::string& path : written) files.emplace_back(path);
  const NamedRows rows = read_named_rows(session, state.embedding.front());
  std::optional<Classes> classes;
  if (!state.labels.labels.empty()) classes = read_classes(session, state, rows);
  KMeansOptions options = state.kmeans;
  if (options.k == 0) options.k = static_cast<int>(classes->kinds);
  const std::uint64_t estimate =
      estimate_kmeans_memory(rows.values.rows(), rows.values.columns(), options) +
      rows.values.rows() * 4 * sizeof(std::uint32_t);  // the best clusters, and what is compared with the labels
  if (session.only_estimate(std::max(peak_resident_bytes(), resident_bytes() + estimate))) return;

  const Runs runs = run_all(context, state, options, rows, classes);
  std::vector<OptionValue> record_options = option_values(options);
  for (const auto& more : {option_values(state.runs), option_values(state.labels), option_values(state.reading)}) {
    record_options.insert(record_options.end(), more.begin(), more.end());
  }
  const RunRecord record = context.record("cluster", std::move(record_options));
  if (!files.empty()) {
    for (std::size_t v = 0; v < rows.nodes->size(); ++v) {
      files[0].write(fmt::format("{}\t{}\n", rows.nodes->name(node_id(v)), runs.best.assignment[v]));
    }
    if (files.size() > 1) files[1].write(to_json(record) + "\n");
    commit_together(files);
  }
  if (session.options().json) {
    session.print(report_json(runs, classes, record, written).dump(2, ' ', false, Json::error_handler_t::replace) +
                  "\n");
    return;
  }
  if (runs.not_converged > 0) {
    session.note(fmt::format("{} stopped by --max-iterations",
                             runs.not_converged == 1 ? "1 run was" : format_count(runs.not_converged) + " runs were"));
  }
  session.note(clusters_phrase(runs));
  session.note(fmt::format("time: {}", stages_phrase(record)));
  if (!written.empty()) session.note("wrote " + output_phrase(state.runs.output));
  if (!classes) return;
  // Standard output may be taken by the clusters.
  if (state.runs.output == "-") {
    session.note(scores_text(runs, *classes));
  } else {
    session.print(scores_text(runs, *classes));
  }
}

}  // namespace

Command cluster_command() {
  const auto state = std::make_shared<ClusterState>();
  Command command;
  command.name = "cluster";
  command.summary = "divide the nodes of an embedding into clusters";
  command.description =
      "Divides vectors into k clusters by k-means, from k-means++ centres, and writes the number of each node's "
      "cluster. With --labels it says how far clusters and labels agree, as mean and standard deviation over runs: "
      "NMI, the normalised mutual information, and ARI, the Rand index adjusted for chance. Nodes without labels are "
      "clustered as well and left out of these scores.";
  command.positionals = {
      {"EMBEDDING", "a file that adjoin embed or another program wrote; - is standard input", &state->embedding}};
  command.groups = {{"Clusters", bind_options(state->kmeans)},
                    {"Runs and output", bind_options(state->runs)},
                    {"Comparing with labels", joined(bind_options(state->labels), bind_options(state->reading))}};
  command.examples = {
      {"cluster karate.npy --k 4 -o clusters.tsv", "after: adjoin embed data/karate/edges.txt -o karate.npy"},
      {"cluster karate.npy --labels data/karate/factions.txt", "as many clusters as factions"}};
  command.run = [state](Session& session) { run_cluster(session, *state); };
  return command;
}

}  // namespace adjoin::cli
