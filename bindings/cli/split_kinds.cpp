#include <algorithm>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/check_split.hpp>
#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/pairs_in_graph.hpp>
#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/bindings/cli/split_kinds.hpp>
#include <adjoin/engine/graph/as_graph.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/engine/sparse/from_dense.hpp>
#include <adjoin/io/node_table.hpp>

namespace adjoin::cli {
namespace {

constexpr std::array<std::pair<std::string_view, HeartMode>, 2> heart_words{
    {{"heart-intended", HeartMode::intended}, {"heart-released", HeartMode::released}}};

struct GivenPart {
  std::vector<Edge> edges;
  std::vector<Edge> negatives;
};

/// The pairs of a table; in one with a column label, as adjoin split writes it, those of label 0 are negatives.
GivenPart read_part(Session& session, const std::string& path, const NodeIndex& nodes) {
  if (path.empty()) return {};
  RunContext& context = session.context();
  PairTable table = read_pairs(context, path, Separator::automatic);
  if (table.has_label_column) table = read_pair_labels(context, path, Separator::automatic);
  session.note(fmt::format("{}: {}", path, table.read_as));
  const std::vector<Edge> pairs = pairs_in_graph(table, nodes);
  GivenPart part;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    (table.has_label_column && table.labels[i] == 0 ? part.negatives : part.edges).push_back(pairs[i]);
  }
  return part;
}

/// Edges and negatives of a part, the latter from a file of their own or from the table of the edges.
GivenPart read_given(Session& session, const std::string& edges, const std::string& negatives, const NodeIndex& nodes) {
  GivenPart part = read_part(session, edges, nodes);
  if (negatives.empty()) return part;
  if (!part.negatives.empty()) {
    throw InvalidOption(
        fmt::format("{} has negatives, of label 0, and {} is given too; leave one of them out", edges, negatives));
  }
  GivenPart others = read_part(session, negatives, nodes);
  // In a table without labels all pairs are of one kind, which here is negatives.
  part.negatives = others.negatives.empty() ? std::move(others.edges) : std::move(others.negatives);
  return part;
}

/// Of nodes that features name and the graph does not know, nothing is kept: the graph is fixed.
void read_features(Session& session, const std::string& path, DatasetFile& file) {
  NodeFileOptions nodes;
  nodes.features = path;
  nodes.unknown_nodes = UnknownNodes::error;
  read_node_files(session.context(), nodes, file.data);
}

Csr take_features(RunContext& context, Dataset& data) {
  if (data.sparse_features) return *std::move(data.sparse_features);
  if (data.features.columns() == 0) return {};
  return sparse_of(context, data.features.view());
}

}  // namespace

SplitChoice::SplitChoice() : flags_("by") {
  flags_.add("random", with_heart(bind_options(random)));
  flags_.add("time", with_heart(bind_options(time)));
  flags_.add("files", with_heart(bind_options(files)));
}

/// Negatives may also be HeaRT's; then the split draws none itself.
std::vector<Option> SplitChoice::with_heart(std::vector<Option> options) {
  Option& negatives = *std::ranges::find(options, "negatives", &Option::name);
  negatives.help += "; heart-intended and heart-released: hard ones, of each edge's own";
  for (const auto& [word, mode] : heart_words) negatives.choices.emplace_back(word);
  negatives.assign = [this, assign = negatives.assign](std::string_view text) {
    const auto* const heart_word = std::ranges::find(heart_words, text, [](const auto& word) { return word.first; });
    if (heart_word == heart_words.end()) return assign(text);
    heart_mode = heart_word->second;
    assign("none");
  };
  return options;
}

std::vector<Option> SplitChoice::split_flags() {
  return joined(bind_options(kind), flags_.flags());
}

std::vector<Option> SplitChoice::heart_flags() {
  std::vector<Option> options = bind_options(heart);
  std::erase_if(options, [](const Option& option) { return option.name == "mode"; });
  return joined(std::move(options), bind_options(features));
}

void SplitChoice::settle(bool features_have_a_use) {
  flags_.assign_to(detail::value_text(kind.by));
  if (heart_mode) {
    heart.mode = *heart_mode;
    return;
  }
  std::vector<OptionValue> given = option_values(heart);
  std::vector<OptionValue> defaults = option_values(HeartOptions{});
  if (!features_have_a_use) {
    for (const auto& value : option_values(features)) given.push_back(value);
    for (const auto& value : option_values(HeartFeatures{})) defaults.push_back(value);
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i].text == defaults[i].text) continue;
    throw InvalidOption(
        fmt::format("--{} belongs to --negatives heart-intended and heart-released; leave it out, or take one of them",
                    given[i].name));
  }
}

std::vector<OptionValue> SplitChoice::values() const {
  std::vector<OptionValue> values = option_values(kind);
  const auto add = [&](const std::vector<OptionValue>& more) { values.insert(values.end(), more.begin(), more.end()); };
  if (kind.by == SplitBy::random) add(option_values(random));
  if (kind.by == SplitBy::time) add(option_values(time));
  if (kind.by == SplitBy::files) add(option_values(files));
  if (!heart_mode) return values;
  const auto* const word = std::ranges::find(heart_words, *heart_mode, [](const auto& known) { return known.second; });
  std::ranges::find(values, "negatives", &OptionValue::name)->text = word->first;
  for (const OptionValue& value : option_values(heart)) {
    if (value.name != "mode") values.push_back(value);
  }
  add(option_values(features));
  return values;
}

DatasetFile read_to_split(Session& session, const SplitChoice& choice, const std::string& path, const ReadOptions& read,
                          const BuildOptions& build) {
  RunContext& context = session.context();
  DatasetFile file = read_dataset(context, path, read, build);
  if (choice.kind.by != SplitBy::time && !file.data.graph) {
    BuiltGraph built = as_graph(context, file.data, build);
    file.data.graph = std::move(built.graph);
    file.build = built.report;
  }
  tell_reading(session, path, file.read, file.build.remarks());
  return file;
}

SplitMaker::SplitMaker(Session& session, const SplitChoice& choice, DatasetFile& file, const BuildOptions& build,
                       bool features_wanted)
    : context_(session.context()), choice_(choice), data_(file.data), build_(build) {
  if (features_wanted || choice.heart_mode) {
    read_features(session, choice.features.features, file);
    features_ = take_features(context_, data_);
  }
  if (choice.kind.by == SplitBy::time && !data_.events) {
    throw InvalidData("a split by time needs events, and this file has none; --time-column names their times");
  }
  if (choice.kind.by != SplitBy::files) return;
  const GivenSplitOptions& files = choice.files;
  if (files.validation_edges.empty() && files.test_edges.empty()) {
    throw InvalidOption("no file says what is held out; add --test-edges FILE");
  }
  const NodeIndex& nodes = data_.graph->view().nodes();
  GivenPart validation = read_given(session, files.validation_edges, files.validation_negatives, nodes);
  GivenPart test = read_given(session, files.test_edges, files.test_negatives, nodes);
  negatives_given_ = !test.negatives.empty();
  given_ = {std::move(validation.edges), std::move(test.edges), std::move(validation.negatives),
            std::move(test.negatives)};
}

std::uint64_t SplitMaker::estimate() const {
  if (choice_.kind.by == SplitBy::time) return estimate_event_split_memory(data_.events->view(), build_);
  const GraphView graph = data_.graph->view();
  const EdgeSplitOptions& options = choice_.random;
  const std::uint64_t held_out = most_held_out(graph, options);
  const std::uint64_t heart =
      choice_.heart_mode ? estimate_heart_memory(graph, held_out, features(), choice_.heart, context_.threads().count())
                         : 0;
  return estimate_checked_split_memory(graph, options) + heart;
}

std::size_t SplitMaker::test_pairs() const {
  const auto share_of = [](double share, std::size_t whole) {
    return static_cast<std::size_t>(share * static_cast<double>(whole)) + 1;
  };
  std::size_t edges = given_.test.size();
  std::size_t n = 0;
  if (choice_.kind.by == SplitBy::time) {
    edges = share_of(choice_.time.test, data_.events->view().size());
    n = data_.events->view().node_count;
  } else {
    const GraphView graph = data_.graph->view();
    n = graph.node_count();
    const EdgeSplitOptions& random = choice_.random;
    if (choice_.kind.by == SplitBy::random) {
      edges = share_of(random.folds > 0 ? 1.0 / random.folds : random.test, graph.edge_count());
    }
  }
  if (choice_.heart_mode) return edges * (1 + static_cast<std::size_t>(choice_.heart.negatives_per_positive));
  if (negatives_phrase() == detail::value_text(NegativeSampler::all))
    return edges + n * (n - std::min<std::size_t>(n, 1)) / 2;
  return negatives_given_ ? edges + given_.test_negatives.size() : 2 * edges;
}

std::optional<int> SplitMaker::count() const {
  if (choice_.kind.by == SplitBy::files) return 1;
  if (choice_.kind.by == SplitBy::random && choice_.random.folds > 0) return choice_.random.folds - choice_.random.fold;
  return std::nullopt;
}

MadeSplit SplitMaker::make(int number) {
  MadeSplit made = choice_.kind.by == SplitBy::time    ? of_time(number)
                   : choice_.kind.by == SplitBy::files ? of_files()
                                                       : of_random(number);
  if (choice_.heart_mode) made.heart = heart_negatives(context_, made.edges, features(), choice_.heart);
  return made;
}

MadeSplit SplitMaker::of_random(int number) {
  EdgeSplitOptions options = choice_.random;
  (options.folds > 0 ? options.fold : options.round) += number;
  const GraphView graph = data_.graph->view();
  EdgeSplit split = split_edges(context_, graph, options);
  check_edge_split(context_, split, graph);
  return {std::move(split), {}, {}};
}

MadeSplit SplitMaker::of_time(int number) {
  EventSplitOptions options = choice_.time;
  options.round += number;
  EventSplit split = split_events_by_time(context_, data_.events->view(), data_.nodes, options, build_);
  check_edge_split(split.edges, options.repeated);
  MadeSplit made{std::move(split.edges), {}, {}};
  made.events = std::move(split);
  return made;
}

MadeSplit SplitMaker::of_files() {
  Graph training = *std::move(data_.graph);
  data_.graph.reset();
  return {
      split_of_given(context_, std::move(training), std::move(given_), choice_.files.negatives, choice_.files.round),
      {},
      {}};
}

std::string SplitMaker::phrase() const {
  if (choice_.kind.by == SplitBy::files) return "of files";
  if (choice_.kind.by == SplitBy::time) {
    const EventSplitOptions& time = choice_.time;
    const auto cut = [](const std::string& from, double share) {
      return from.empty() ? fmt::format("{:.4g}", share) : "from " + from;
    };
    return fmt::format("by time, validation {}, test {}{}", cut(time.validation_from, time.validation),
                       cut(time.test_from, time.test),
                       time.repeated == RepeatedPairs::keep ? ", repeated pairs kept" : "");
  }
  const EdgeSplitOptions& random = choice_.random;
  const std::string connected = random.keep_connected ? ", keep-connected" : "";
  if (random.folds > 0) return fmt::format("{} folds, validation {:.4g}{}", random.folds, random.validation, connected);
  return fmt::format("random {:.4g}/{:.4g}/{:.4g}{}", 1 - random.validation - random.test, random.validation,
                     random.test, connected);
}

std::string SplitMaker::negatives_phrase() const {
  if (negatives_given_) return "given";
  std::vector<OptionValue> values = choice_.values();
  return std::ranges::find(values, "negatives", &OptionValue::name)->text;
}

}  // namespace adjoin::cli
