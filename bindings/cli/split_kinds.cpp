#include <algorithm>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/check_split.hpp>
#include <adjoin/algorithms/evaluate/split_given.hpp>
#include <adjoin/bindings/cli/pairs_in_graph.hpp>
#include <adjoin/bindings/cli/split_kinds.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/engine/sparse/from_dense.hpp>
#include <adjoin/io/node_table.hpp>

namespace adjoin::cli {
namespace {

constexpr std::array<std::pair<std::string_view, HeartMode>, 2> heart_words{
    {{"heart-intended", HeartMode::intended}, {"heart-released", HeartMode::released}}};

std::uint64_t peak_with(std::uint64_t more) {
  return std::max(peak_resident_bytes(), resident_bytes() + more);
}

std::vector<Edge> read_given(Session& session, const std::string& path, const NodeIndex& nodes) {
  if (path.empty()) return {};
  const PairTable table = read_pairs(session.context(), path, Separator::automatic);
  session.note(fmt::format("{}: {}", path, table.read_as));
  return pairs_in_graph(table, nodes);
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

std::uint64_t estimate_split_bytes(RunContext& context, const SplitChoice& choice, GraphView graph) {
  const EdgeSplitOptions& options = choice.random;
  const double test = options.folds > 0 ? 1.0 / options.folds : options.test;
  const auto held_out = static_cast<std::size_t>((options.validation + test) * static_cast<double>(graph.edge_count()));
  const std::uint64_t heart =
      choice.heart_mode ? estimate_heart_memory(graph, held_out, {}, choice.heart, context.threads().count()) : 0;
  return estimate_edge_split_memory(graph, options) + heart;
}

MadeSplit split_by_time(RunContext& context, const SplitChoice& choice, const Dataset& data,
                        const BuildOptions& build) {
  EventSplit split = split_events_by_time(context, data.events->view(), data.nodes, choice.time, build);
  check_edge_split(split.edges, choice.time.repeated);
  MadeSplit made{std::move(split.edges), {}, {}};
  made.events = std::move(split);
  return made;
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
  std::vector<Option> options = bind_options(kind);
  for (Option& option : flags_.flags()) options.push_back(std::move(option));
  return options;
}

std::vector<Option> SplitChoice::heart_flags() {
  std::vector<Option> options = bind_options(heart);
  std::erase_if(options, [](const Option& option) { return option.name == "mode"; });
  for (Option& option : bind_options(features)) options.push_back(std::move(option));
  return options;
}

void SplitChoice::settle() {
  flags_.assign_to(detail::value_text(kind.by));
  if (heart_mode) {
    heart.mode = *heart_mode;
    return;
  }
  std::vector<OptionValue> given = option_values(heart);
  std::vector<OptionValue> defaults = option_values(HeartOptions{});
  for (const auto& value : option_values(features)) given.push_back(value);
  for (const auto& value : option_values(HeartFeatures{})) defaults.push_back(value);
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

std::optional<MadeSplit> make_split(Session& session, const SplitChoice& choice, DatasetFile& file,
                                    const BuildOptions& build) {
  RunContext& context = session.context();
  Dataset& data = file.data;
  if (choice.heart_mode) read_features(session, choice.features.features, file);
  std::optional<MadeSplit> made;
  if (choice.kind.by == SplitBy::time) {
    if (!data.events) {
      throw InvalidData("a split by time needs events, and this file has none; --time-column names their times");
    }
    if (session.only_estimate(peak_with(estimate_event_split_memory(data.events->view(), build)))) return std::nullopt;
    made = split_by_time(context, choice, data, build);
  } else {
    const GraphView graph = data.graph->view();
    if (session.only_estimate(peak_with(estimate_split_bytes(context, choice, graph)))) return std::nullopt;
    if (choice.kind.by == SplitBy::random) {
      EdgeSplit split = split_edges(context, graph, choice.random);
      check_edge_split(context, split, graph);
      made = MadeSplit{std::move(split), {}, {}};
    } else {
      const GivenSplitOptions& files = choice.files;
      if (files.validation_edges.empty() && files.test_edges.empty()) {
        throw InvalidOption("no file says what is held out; add --test-edges FILE");
      }
      const NodeIndex& nodes = graph.nodes();
      GivenPairs given{read_given(session, files.validation_edges, nodes), read_given(session, files.test_edges, nodes),
                       read_given(session, files.validation_negatives, nodes),
                       read_given(session, files.test_negatives, nodes)};
      Graph training = *std::move(data.graph);
      data.graph.reset();
      made = MadeSplit{
          split_of_given(context, std::move(training), std::move(given), files.negatives, files.round), {}, {}};
    }
  }
  if (choice.heart_mode) {
    const Csr features = take_features(context, data);
    made->heart = heart_negatives(context, made->edges, features.view(), choice.heart);
  }
  return made;
}

}  // namespace adjoin::cli
