// Files made of text in a test, what reading them gives, and what it complains of.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <tuple>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>
#include <adjoin/io/dataset_file.hpp>

#include "temporary_folder.hpp"

namespace adjoin::test {

using NamedEdges = std::set<std::tuple<std::string, std::string, std::string>>;

/// Source, target and weight of each edge, by name.
inline NamedEdges edges_of(GraphView graph) {
  NamedEdges edges;
  const CsrView a = graph.out();
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
      if (!graph.directed() && index(a.targets[e]) < row) continue;
      edges.insert({graph.nodes().name(node_id(row)), graph.nodes().name(a.targets[e]),
                    a.weighted() ? format_number(a.weights[e]) : ""});
    }
  }
  return edges;
}

inline GraphFile read_text(const std::string& name, const std::string& text, const ReadOptions& read = {},
                           const BuildOptions& build = {}) {
  const TemporaryFolder folder;
  RunContext context;
  return read_graph(context, folder.write(name, text), read, build);
}

inline DatasetFile read_data(const std::string& name, const std::string& text, const ReadOptions& read = {}) {
  const TemporaryFolder folder;
  RunContext context;
  return read_dataset(context, folder.write(name, text), read, {});
}

/// The message from the file's name on.
inline std::string complaint(const std::string& name, const std::string& text, const ReadOptions& read = {}) {
  try {
    read_data(name, text, read);
  } catch (const Error& error) {
    const std::string message = error.what();
    return message.substr(std::min(message.find(name), message.size()));
  }
  return "no complaint";
}

}  // namespace adjoin::test
