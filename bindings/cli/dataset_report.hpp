// What a dataset holds beside its graph, for people and for --json.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <adjoin/bindings/cli/report.hpp>
#include <adjoin/engine/graph/dataset.hpp>

namespace adjoin::cli {

/// A row for each part: events, simplices, features, labels, metadata. None for the graph.
std::vector<std::pair<std::string, std::string>> parts_rows(const Dataset& dataset);

/// The same as an object.
Json parts_json(const Dataset& dataset);

/// "undirected, 34 nodes, 78 edges; 12 events; labels": what stands in a file that was written.
std::string dataset_phrase(const Dataset& dataset);

}  // namespace adjoin::cli
