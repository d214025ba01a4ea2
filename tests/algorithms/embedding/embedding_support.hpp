// What the tests of embeddings share: the karate club, golden rows, comparison.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/graph/graph_builder.hpp>
#include <adjoin/engine/graph/renumber.hpp>

#include "matrices.hpp"
#include "repository.hpp"

namespace adjoin::test {

struct NamedLine {
  std::string source;
  std::string target;
  float weight = 1;
};

inline Graph build(const std::vector<NamedLine>& lines, bool weighted = false, BuildOptions options = {},
                   const std::vector<std::string>& more_nodes = {}) {
  GraphBuilder builder(options);
  for (const auto& [source, target, weight] : lines) {
    if (weighted) {
      builder.add_edge(source, target, weight);
    } else {
      builder.add_edge(source, target);
    }
  }
  for (const std::string& node : more_nodes) builder.add_node(node);
  RunContext context;
  return builder.build(context).graph;
}

inline BuildOptions directed() {
  BuildOptions options;
  options.directed = true;
  return options;
}

/// Zachary's karate club, from the data that ships, each edge from the smaller to the larger number; weights 1..5 as
/// the golden scripts set them.
inline std::vector<NamedLine> karate(const std::string& prefix = "") {
  std::ifstream file(test::repository() / "data/karate/edges.txt");
  std::vector<NamedLine> lines;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    int source = 0;
    int target = 0;
    if (line.starts_with('#') || !(fields >> source >> target)) continue;
    if (source > target) std::swap(source, target);
    lines.push_back({prefix + std::to_string(source), prefix + std::to_string(target),
                     static_cast<float>(1 + (source + target - 2) % 5)});
  }
  REQUIRE(lines.size() == 78);
  return lines;
}

/// The rows of tests/golden/NAME.tsv, of the nodes 1, 2, 3, ...
inline std::vector<std::vector<float>> golden_rows(const std::string& name) {
  std::ifstream file(test::repository() / "tests/golden" / (name + ".tsv"));
  REQUIRE(file);
  std::vector<std::vector<float>> rows;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string node;
    fields >> node;
    CHECK(node == std::to_string(rows.size() + 1));
    rows.emplace_back();
    for (double value = 0; fields >> value;) rows.back().push_back(static_cast<float>(value));
  }
  return rows;
}

/// Each entry within `tolerance` times the largest entry of its golden file.
inline void check_golden(const Matrix& embedding, const std::string& name, double tolerance) {
  const auto expected = golden_rows(name);
  REQUIRE(expected.size() == embedding.rows());
  double largest = 0;
  for (const auto& row : expected) {
    for (const float value : row) largest = std::max(largest, std::abs(double{value}));
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    REQUIRE(expected[i].size() == embedding.columns());
    for (std::size_t j = 0; j < expected[i].size(); ++j) {
      CAPTURE(i);
      CAPTURE(j);
      CHECK(std::abs(double{embedding(i, j)} - double{expected[i][j]}) <= tolerance * largest);
    }
  }
}

inline bool all_zero(std::span<const float> row) {
  return std::all_of(row.begin(), row.end(), [](float value) { return value == 0; });
}

inline bool all_finite(const Matrix& x) {
  const std::span<const float> values{x.view().data(), x.rows() * x.columns()};
  return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

inline Graph rmat(int scale) {
  RunContext context;
  RmatOptions options;
  options.scale = scale;
  return generate_rmat(context, options).graph;
}

/// The same graph with ids by falling degree.
inline Dataset by_degree(Graph graph) {
  RunContext context;
  Dataset data;
  data.nodes = graph.view().shared_nodes();
  data.graph = std::move(graph);
  return in_order(context, std::move(data), NodeOrder::degree);
}

/// The largest difference between the vectors that two graphs' nodes of one name have.
inline float largest_difference_by_name(GraphView a, const Matrix& x, GraphView b, const Matrix& y) {
  float largest = 0;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    const auto other = b.nodes().find(a.nodes().name(node_id(i)));
    REQUIRE(other);
    for (std::size_t j = 0; j < x.columns(); ++j) {
      largest = std::max(largest, std::abs(x(i, j) - y(index(*other), j)));
    }
  }
  return largest;
}

}  // namespace adjoin::test
