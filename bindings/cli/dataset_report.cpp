#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <adjoin/bindings/cli/dataset_report.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {
namespace {

std::string span_phrase(std::span<const Time> times, int decimals) {
  if (times.empty()) return "";
  return fmt::format(", from {} to {}", format_time(times.front(), decimals), format_time(times.back(), decimals));
}

std::size_t largest_simplex(const SimplexView& simplices) {
  std::size_t largest = 0;
  for (std::size_t i = 0; i < simplices.size(); ++i) largest = std::max(largest, simplices.simplex(i).size());
  return largest;
}

std::size_t feature_columns(const Dataset& dataset) {
  return dataset.sparse_features ? dataset.sparse_features->column_count : dataset.features.columns();
}

}  // namespace

std::vector<std::pair<std::string, std::string>> parts_rows(const Dataset& dataset) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const EdgeType& type : dataset.edge_types) {
    rows.emplace_back("edges " + type.name, format_count(type.graph.view().edge_count()));
  }
  if (dataset.events) {
    const EventView events = dataset.events->view();
    std::string text = format_count(events.size()) + span_phrase(events.times, events.decimals);
    if (!events.weights.empty()) text += ", with weights";
    if (!events.labels.empty()) text += ", with labels";
    if (events.features.columns() > 0)
      text += fmt::format(", with {} features", format_count(events.features.columns()));
    rows.emplace_back("events", text);
  }
  if (dataset.simplices) {
    const SimplexView simplices = dataset.simplices->view();
    rows.emplace_back("simplices",
                      fmt::format("{}, the largest with {} nodes{}", format_count(simplices.size()),
                                  largest_simplex(simplices), span_phrase(simplices.times, simplices.decimals)));
  }
  if (feature_columns(dataset) > 0) {
    rows.emplace_back("features", fmt::format("{} a node, {}", format_count(feature_columns(dataset)),
                                              dataset.sparse_features ? "sparse" : "dense"));
  }
  if (dataset.labels) {
    const CsrView labels = dataset.labels->of_node.view();
    rows.emplace_back("labels", fmt::format("{} of {} kinds", format_count(labels.nonzero_count()),
                                            format_count(dataset.labels->names.size())));
  }
  for (const auto& [key, value] : dataset.metadata) rows.emplace_back(key, value);
  return rows;
}

Json parts_json(const Dataset& dataset) {
  Json json = Json::object();
  for (const EdgeType& type : dataset.edge_types) json["edge_types"][type.name] = type.graph.view().edge_count();
  if (dataset.events) {
    const EventView events = dataset.events->view();
    json["events"] = {{"count", events.size()},
                      {"weighted", !events.weights.empty()},
                      {"labels", !events.labels.empty()},
                      {"features", events.features.columns()}};
    if (events.size() > 0) {
      json["events"]["first_time"] = format_time(events.times.front(), events.decimals);
      json["events"]["last_time"] = format_time(events.times.back(), events.decimals);
    }
  }
  if (dataset.simplices) {
    const SimplexView simplices = dataset.simplices->view();
    json["simplices"] = {{"count", simplices.size()}, {"largest", largest_simplex(simplices)}};
    if (simplices.size() > 0) {
      json["simplices"]["first_time"] = format_time(simplices.times.front(), simplices.decimals);
      json["simplices"]["last_time"] = format_time(simplices.times.back(), simplices.decimals);
    }
  }
  if (feature_columns(dataset) > 0) {
    json["features"] = {{"columns", feature_columns(dataset)}, {"sparse", dataset.sparse_features.has_value()}};
  }
  if (dataset.labels) {
    json["labels"] = {{"count", dataset.labels->of_node.view().nonzero_count()},
                      {"kinds", dataset.labels->names.size()}};
  }
  if (!dataset.metadata.empty()) json["metadata"] = dataset.metadata;
  return json;
}

std::string dataset_phrase(const Dataset& dataset) {
  std::string text =
      dataset.graph ? graph_phrase(dataset.graph->view()) : counted(dataset.nodes->size(), "node", "nodes");
  if (!dataset.edge_types.empty()) text += ", " + counted(dataset.edge_types.size(), "type of edge", "types of edges");
  if (dataset.events) text += ", " + counted(dataset.events->size(), "event", "events");
  if (dataset.simplices) text += ", " + counted(dataset.simplices->size(), "simplex", "simplices");
  if (feature_columns(dataset) > 0) text += ", " + counted(feature_columns(dataset), "feature", "features");
  if (dataset.labels) text += ", " + counted(dataset.labels->names.size(), "kind of label", "kinds of labels");
  return text;
}

}  // namespace adjoin::cli
