#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/algorithms/evaluate/link_comparison.hpp>
#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/link_methods.hpp>
#include <adjoin/bindings/cli/link_results.hpp>
#include <adjoin/bindings/cli/node_vectors.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/bindings/cli/split_kinds.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/hash.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/engine/runtime/version.hpp>
#include <adjoin/io/dataset_file.hpp>

namespace adjoin::cli {
namespace {

struct ComparisonOptions {
  std::string methods =
      "common-neighbors,jaccard,adamic-adar,resource-allocation,preferential-attachment,katz,rooted-pagerank,"
      "fastrp-cosine,combined";
  int runs = 0;
  int curves = 0;
  std::string output;

  static constexpr auto fields() {
    using O = ComparisonOptions;
    return std::tuple{
        option_field(
            "methods", &O::methods,
            "what to compare, with commas between, or all: the scores of adjoin score by name or short name; "
            "fastrp, prone, randne (the cosine of their vectors), or with -dot, and with -hadamard, -average, "
            "-l1, -l2 a logistic regression on these features of two vectors; the same of --embedding FILE as "
            "embedding-cosine and so on; feature-cosine (fc); combined, a logistic regression on all of it; and graph neural "
            "networks, trained on the training graph: mlp, gcn, sage, gat, gae, vgae, ncn, ncnc, buddy"),
        option_field("runs", &O::runs, {0, 100'000},
                     "independent splits, numbered on from round, or folds; 0 takes 10, all folds, or 1 of files"),
        option_field("curves", &O::curves, {0, 100'000},
                     "with --json and -o: points of the ROC and of the precision-recall curve to keep; 0 for none"),
        option_field("output", &O::output,
                     "a file that gets a line a result as soon as there is one, and from which the same command goes "
                     "on after it was stopped")};
  }
};

struct LinkDataOptions {
  std::string embedding;

  static constexpr auto fields() {
    return std::tuple{option_field("embedding", &LinkDataOptions::embedding,
                                   "vectors of the nodes, learned from the training graph: for embedding-cosine and "
                                   "the like, with --by files")};
  }
};

struct LinkpredState {
  std::vector<std::string> graphs;
  ComparisonOptions comparison;
  SplitChoice split;
  LinkDataOptions data;
  MetricOptions metrics;
  LinkScoreOptions scores;
  LinkLearningOptions learning;
  ReadOptions read;
  BuildOptions build;
};

constexpr int usual_runs = 10;

template <class Value>
std::uint64_t hash_of_values(std::span<const Value> values) {
  return hash_bytes(std::as_bytes(values));
}

/// Of everything that a value depends on, beside the pairs of the split, which have a hash of their own: options, the
/// seed, the version, weights of edges, features and vectors of nodes.
std::string hash_of_settings(const Session& session, const LinkpredState& state, const Dataset& data,
                             const MethodData& nodes) {
  std::string text =
      fmt::format("{} {} {}", version(), session.options().run.seed, detail::value_text(state.metrics.ties));
  for (const auto& options : {option_values(state.scores), option_values(state.learning)}) {
    for (const OptionValue& option : options) text += fmt::format(" {}={}", option.name, option.text);
  }
  const auto add = [&](std::uint64_t hash) { text += fmt::format(" {:016x}", hash); };
  if (data.graph) add(hash_of_values(data.graph->view().out().weights));
  if (data.events) add(hash_of_values(data.events->view().weights));
  add(hash_of_values(nodes.features.targets));
  add(hash_of_values(nodes.features.weights));
  add(hash_of_values(std::span<const float>(nodes.vectors.data(), nodes.vectors.rows() * nodes.vectors.columns())));
  return fmt::format("{:016x}", hash_name(text));
}

/// Tells how far the runs are, and what they say so far.
class ComparisonProgress {
 public:
  ComparisonProgress(Session& session, const LinkResults& results, std::size_t methods, int runs)
      : session_(session), results_(results), methods_(methods), runs_(runs) {}

  /// After each result, also those that were known.
  void tell() {
    if (results_.runs.size() % methods_ != 0) return;
    const auto value = [](const LinkRun& run) { return run.values.empty() ? -1 : run.values.front(); };
    const auto last = std::span(results_.runs).last(methods_);
    const auto best = std::ranges::max_element(last, {}, value);
    if (best->values.empty()) return;
    session_.note(fmt::format("run {} of {}, split {:016x}: best {} by {}, {:.4f}", best->run + 1, runs_,
                              best->split_hash, metric_name(results_.settings.metrics.front()), best->method,
                              value(*best)));
  }

 private:
  Session& session_;
  const LinkResults& results_;
  std::size_t methods_;
  int runs_;
};

class Comparison {
 public:
  Comparison(Session& session, const LinkpredState& state, std::optional<LinkResultsFile>& file)
      : session_(session),
        state_(state),
        file_(file),
        names_(parse_methods(state.comparison.methods, link_method_names())),
        metrics_(metrics_of(state.metrics, state.split.heart_mode.has_value())) {
    link_methods(names_, state.scores, state.learning, {});  // refuses options before anything is read
    check_embedding();
  }

  const std::vector<std::string>& methods() const { return names_; }

  /// Nothing if only the estimate is wanted, which estimated_peak() is then of this graph too.
  std::optional<LinkResults> run(const std::string& path) {
    DatasetFile file = read_to_split(session_, state_.split, path, state_.read, state_.build);
    SplitMaker maker(session_, state_.split, file, state_.build, use_features(names_));
    if (session_.options().estimate) {
      estimate(maker, file);
      return std::nullopt;
    }
    Matrix vectors;
    if (!state_.data.embedding.empty()) {
      vectors = read_node_vectors(session_, state_.data.embedding, file.data.graph->view().nodes());
    }
    const MethodData nodes{maker.features(), vectors.view()};
    LinkResults results;
    results.settings = {path,
                        maker.phrase(),
                        maker.negatives_phrase(),
                        hash_of_settings(session_, state_, file.data, nodes),
                        metrics_,
                        state_.comparison.curves > 0,
                        record()};
    const LinkTaskSource task_of = [&](RunContext&, int run) {
      MadeSplit made = maker.make(run);
      LinkTask task{std::move(made.edges), {}, state_.split.time.repeated};
      if (made.heart) task.own_negatives = std::move(made.heart->test);
      return task;
    };
    LinkComparisonOptions options;
    options.metrics = metrics_;
    options.ties = state_.metrics.ties;
    options.runs = runs_of(maker);
    options.curve_steps = state_.comparison.curves;
    compare(link_methods(names_, state_.scores, state_.learning, nodes), task_of, options, results);
    return results;
  }

  std::uint64_t estimated_peak() const { return std::max(peak_resident_bytes(), estimated_); }

 private:
  /// The command as run.
  RunRecord record() {
    std::vector<OptionValue> values = option_values(state_.comparison);
    for (const auto& options : {option_values(state_.metrics), state_.split.values(), option_values(state_.data),
                                option_values(state_.scores), option_values(state_.learning)}) {
      values.insert(values.end(), options.begin(), options.end());
    }
    return session_.context().record("linkpred", std::move(values));
  }

  /// Vectors from a file know what they were learned from, which for a split that is made here is the whole graph.
  void check_embedding() const {
    const bool named = std::ranges::any_of(names_, [](const std::string& name) { return is_given_embedding(name); });
    if (named == state_.data.embedding.empty()) {
      throw InvalidOption(named ? "methods of an embedding from a file are named; add --embedding FILE"
                                : "--embedding is given and no method goes by it; name embedding-cosine, say");
    }
    if (!named || state_.split.kind.by == SplitBy::files) return;
    throw InvalidOption(
        "an embedding from a file was learned before the split, from edges that it would be judged by; learn it from "
        "the training graph of adjoin split, and give that with --by files");
  }

  int runs_of(const SplitMaker& maker) const {
    const int wanted = state_.comparison.runs;
    const std::optional<int> most = maker.count();
    if (most && wanted > *most) {
      throw InvalidOption(
          fmt::format("--runs {} is more than there are splits, {}; lower it, or leave it out", wanted, *most));
    }
    return wanted > 0 ? wanted : most.value_or(usual_runs);
  }

  void estimate(const SplitMaker& maker, const DatasetFile& file) {
    std::uint64_t methods = 0;
    if (file.data.graph) {
      const GraphView graph = file.data.graph->view();
      methods = graph.bytes() + estimate_link_methods_memory(session_.context(), graph, maker.test_pairs(), names_,
                                                             state_.scores, state_.learning, {maker.features(), {}});
    }
    estimated_ = std::max(estimated_, resident_bytes() + std::max(maker.estimate(), methods));
  }

  void compare(const std::vector<LinkMethod>& methods, const LinkTaskSource& task_of,
               const LinkComparisonOptions& options, LinkResults& results) {
    ComparisonProgress progress(session_, results, methods.size(), options.runs);
    const auto take = [&](const LinkRun& run) {
      results.runs.push_back(run);
      progress.tell();
    };
    std::size_t known = 0;
    LinkComparisonSink sink;
    sink.known = [&](const std::string& method, int run, std::uint64_t hash) {
      const auto found = file_ ? file_->find(results.settings, method, run, hash) : std::nullopt;
      if (!found) return false;
      ++known;
      take(*found);
      return true;
    };
    sink.finished = [&](const LinkRun& run) {
      if (file_) file_->add(results.settings, run);
      take(run);
    };
    compare_links(session_.context(), methods, task_of, options, sink);
    if (known == 0) return;
    session_.note(fmt::format("{} of {} were in {} already", format_count(known),
                              counted(results.runs.size(), "result", "results"), state_.comparison.output));
  }

  Session& session_;
  const LinkpredState& state_;
  std::optional<LinkResultsFile>& file_;
  std::vector<std::string> names_;
  std::vector<MetricChoice> metrics_;
  std::uint64_t estimated_ = 0;
};

/// Hard negatives and rooted-pagerank are of the same walks, and have one alpha and one epsilon here.
std::vector<Option> heart_flags_beside_scores(SplitChoice& split) {
  std::vector<Option> options = split.heart_flags();
  std::erase_if(options, [](const Option& option) { return option.name == "alpha" || option.name == "epsilon"; });
  return options;
}

void run_linkpred(Session& session, LinkpredState& state) {
  state.split.settle(true);
  state.split.heart.alpha = state.scores.alpha;
  state.split.heart.epsilon = state.scores.epsilon;
  if (state.comparison.output == "-") {
    throw InvalidOption("-o is a file to go on from, which standard output is not; the table goes there anyway");
  }
  if (state.comparison.curves > 0 && state.split.heart_mode) {
    throw InvalidOption("--curves: edges that have negatives of their own make no one ranking, and so no curve");
  }
  if (state.comparison.curves > 0 && !session.options().json && state.comparison.output.empty()) {
    throw InvalidOption("--curves goes to --json or to the file of -o; add one of them");
  }
  std::optional<LinkResultsFile> file;
  if (!state.comparison.output.empty() && !session.options().estimate) file.emplace(state.comparison.output);
  Comparison comparison(session, state, file);
  Json records = Json::array();
  for (const std::string& path : state.graphs) {
    const std::optional<LinkResults> results = comparison.run(path);
    if (!results) continue;
    if (session.options().json) {
      for (Json& record : link_records(*results, comparison.methods())) records.push_back(std::move(record));
      continue;
    }
    session.print(fmt::format("{}: split {}; {} negatives; {}\n{}{}", path, results->settings.split,
                              results->settings.negatives,
                              counted(results->runs.size() / comparison.methods().size(), "run", "runs"),
                              link_table(*results, comparison.methods()), &path == &state.graphs.back() ? "" : "\n"));
  }
  if (session.only_estimate(comparison.estimated_peak())) return;
  if (session.options().json) session.print(records.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace

Command linkpred_command() {
  const auto state = std::make_shared<LinkpredState>();
  Command command;
  command.name = "linkpred";
  command.summary = "compare methods of link prediction on a graph";
  command.description =
      "Holds edges out, scores them and as many pairs without an edge by every method, and prints each metric's mean "
      "and deviation over independent splits. All methods see the same splits, each of them only the training graph; "
      "what a method learns, it learns from edges of the training graph that it holds out itself. Every split is "
      "checked for leaks, and its hash stands in every result.";
  command.positionals = {{.name = "GRAPH", .help = "graphs in any format", .values = &state->graphs, .many = true}};
  command.groups = {
      {"Comparison", joined(bind_options(state->comparison), bind_options(state->metrics))},
      {"Split", state->split.split_flags()},
      {"Nodes, and hard negatives", joined(bind_options(state->data), heart_flags_beside_scores(state->split))},
      {"Methods", joined(bind_options(state->scores), bind_options(state->learning))},
      {"Reading the graph", joined(bind_options(state->read), bind_options(state->build))}};
  command.examples = {
      {"linkpred data/borders/edges.tsv --runs 5", "the usual methods on five splits"},
      {"linkpred data/karate/edges.txt --methods cn,aa,ra,fastrp,combined --test 0.1 --validation 0 -o karate.jsonl",
       "results kept as they come; the same command goes on where it was stopped"},
      {"linkpred data/borders/edges.tsv --negatives heart-intended --negatives-per-positive 50 --metrics mrr,hits@10 "
       "--methods cn,ra,rpr,fastrp",
       "HeaRT: hard negatives of each edge's own, here 50 of them"},
      {"linkpred data/borders/edges.tsv --folds 10 --validation 0", "ten folds: each edge is tested once"}};
  command.run = [state](Session& session) { run_linkpred(session, *state); };
  return command;
}

}  // namespace adjoin::cli
