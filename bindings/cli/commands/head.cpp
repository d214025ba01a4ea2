#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/dataset_report.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {
namespace {

struct HeadOptions {
  int lines = 10;
  static constexpr auto fields() {
    return std::tuple{option_field("lines", &HeadOptions::lines, {1, 1'000'000}, "how much of each part to show")};
  }
};

struct HeadState {
  std::vector<std::string> input;
  HeadOptions head;
  ReadOptions read;
  BuildOptions build;
};

using Rows = std::vector<std::vector<std::string>>;

struct Part {
  std::string name;
  std::size_t total = 0;
  std::vector<std::string> columns;
  Rows rows;
};

Part edges_part(GraphView graph, std::size_t most) {
  Part part{"edges", graph.edge_count(), {"source", "target"}, {}};
  if (graph.weighted()) part.columns.emplace_back("weight");
  const CsrView a = graph.out();
  for (std::size_t row = 0; row < a.row_count() && part.rows.size() < most; ++row) {
    for (std::size_t e = a.row_begin(row); e < a.row_end(row) && part.rows.size() < most; ++e) {
      if (!graph.directed() && index(a.targets[e]) < row) continue;
      part.rows.push_back({graph.nodes().name(node_id(row)), graph.nodes().name(a.targets[e])});
      if (a.weighted()) part.rows.back().push_back(format_number(a.weights[e]));
    }
  }
  return part;
}

Part events_part(const EventView& events, const NodeIndex& nodes, std::size_t most) {
  Part part{"events", events.size(), {"time", "source", "target"}, {}};
  if (!events.weights.empty()) part.columns.emplace_back("weight");
  if (!events.labels.empty()) part.columns.emplace_back("label");
  for (std::size_t i = 0; i < std::min(most, events.size()); ++i) {
    part.rows.push_back(
        {format_time(events.times[i], events.decimals), nodes.name(events.sources[i]), nodes.name(events.targets[i])});
    if (!events.weights.empty()) part.rows.back().push_back(format_number(events.weights[i]));
    if (!events.labels.empty()) part.rows.back().push_back(std::to_string(events.labels[i]));
  }
  return part;
}

Part simplices_part(const SimplexView& simplices, const NodeIndex& nodes, std::size_t most) {
  Part part{"simplices", simplices.size(), {"time", "nodes"}, {}};
  for (std::size_t i = 0; i < std::min(most, simplices.size()); ++i) {
    std::string members;
    for (const NodeId node : simplices.simplex(i)) members += (members.empty() ? "" : ", ") + nodes.name(node);
    part.rows.push_back({format_time(simplices.times[i], simplices.decimals), members});
  }
  return part;
}

/// Labels of the first nodes that have any.
Part labels_part(const NodeLabels& labels, const NodeIndex& nodes, std::size_t most) {
  const CsrView a = labels.of_node.view();
  Part part{"labels", a.nonzero_count(), {"node", "labels"}, {}};
  for (std::size_t row = 0; row < a.row_count() && part.rows.size() < most; ++row) {
    std::string names;
    for (const NodeId label : a.row_targets(row)) names += (names.empty() ? "" : ", ") + labels.names.name(label);
    if (!names.empty()) part.rows.push_back({nodes.name(node_id(row)), names});
  }
  return part;
}

/// The first numbers of each of the first nodes; of sparse ones "column: value".
Part features_part(const Dataset& dataset, std::size_t most) {
  constexpr std::size_t most_columns = 6;
  const bool sparse = dataset.sparse_features.has_value();
  const std::size_t columns = sparse ? dataset.sparse_features->column_count : dataset.features.columns();
  Part part{"features", columns, {"node", "features"}, {}};
  for (std::size_t row = 0; row < std::min(most, dataset.nodes->size()); ++row) {
    std::string text;
    std::size_t there = columns;
    if (sparse) {
      const CsrView a = dataset.sparse_features->view();
      there = a.row_size(row);
      for (std::size_t e = a.row_begin(row); e < a.row_begin(row) + std::min(there, most_columns); ++e) {
        text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", index(a.targets[e]),
                            a.weighted() ? format_number(a.weights[e]) : "1");
      }
    } else {
      for (std::size_t j = 0; j < std::min(columns, most_columns); ++j) {
        text += (text.empty() ? "" : ", ") + format_number(dataset.features(row, j));
      }
    }
    if (there > most_columns) text += ", ...";
    part.rows.push_back({dataset.nodes->name(node_id(row)), text});
  }
  return part;
}

std::vector<Part> parts_of(const Dataset& dataset, std::size_t most) {
  std::vector<Part> parts;
  if (dataset.graph) parts.push_back(edges_part(dataset.graph->view(), most));
  if (dataset.events) parts.push_back(events_part(dataset.events->view(), *dataset.nodes, most));
  if (dataset.simplices) parts.push_back(simplices_part(dataset.simplices->view(), *dataset.nodes, most));
  if (dataset.labels) parts.push_back(labels_part(*dataset.labels, *dataset.nodes, most));
  if (dataset.sparse_features || dataset.features.columns() > 0) parts.push_back(features_part(dataset, most));
  return parts;
}

std::string table_of(const Part& part) {
  std::vector<std::size_t> widths(part.columns.size(), 0);
  const auto measure = [&](const std::vector<std::string>& row) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  };
  measure(part.columns);
  for (const auto& row : part.rows) measure(row);
  std::string text = fmt::format("{} ({})\n", part.name, format_count(part.total));
  const auto put = [&](const std::vector<std::string>& row) {
    text += ' ';
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += i + 1 < row.size() ? fmt::format(" {:<{}}", row[i], widths[i]) : " " + row[i];
    }
    text += '\n';
  };
  put(part.columns);
  for (const auto& row : part.rows) put(row);
  return text;
}

void run_head(Session& session, const HeadState& state) {
  const std::string& input = state.input.front();
  validate(state.head);
  if (session.options().estimate) {
    session.only_estimate(resident_bytes() + estimate_read_memory(input, state.read, state.build));
    return;
  }
  const DatasetFile file = read_dataset(session.context(), input, state.read, state.build);
  tell_reading(session, input, file.read, file.build.remarks());
  const std::vector<Part> parts = parts_of(file.data, static_cast<std::size_t>(state.head.lines));
  if (session.options().json) {
    Json json{{"format", file.read.sentence()}, {"nodes", file.data.nodes->size()}};
    for (const Part& part : parts) {
      Json rows = Json::array();
      for (const auto& row : part.rows) {
        Json entry = Json::object();
        for (std::size_t i = 0; i < row.size(); ++i) entry[part.columns[i]] = row[i];
        rows.push_back(std::move(entry));
      }
      json[part.name] = {{"count", part.total}, {"first", std::move(rows)}};
    }
    session.print(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return;
  }
  std::string text;
  for (const Part& part : parts) text += (text.empty() ? "" : "\n") + table_of(part);
  session.print(text.empty() ? "nothing\n" : text);
}

}  // namespace

Command head_command() {
  const auto state = std::make_shared<HeadState>();
  Command command;
  command.name = "head";
  command.summary = "show the beginning of what a file holds";
  command.description =
      "Reads a file of any format and prints the first edges, events, simplices, labels and features in it, as adjoin "
      "understood them.";
  command.positionals = {{"FILE", "a graph, events or simplices, or a store; - is standard input", &state->input}};
  command.groups = {{"Showing", bind_options(state->head)},
                    {"Reading", joined(bind_options(state->read), bind_options(state->build))}};
  command.examples = {{"head data/borders/edges.tsv --lines 5", "five borders"}};
  command.run = [state](Session& session) { run_head(session, *state); };
  return command;
}

}  // namespace adjoin::cli
