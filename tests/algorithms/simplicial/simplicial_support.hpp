// Logs of simplices for tests: given, drawn, and of the public sets; and the slow way to ask what they share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/algorithms/simplicial/projection.hpp>
#include <adjoin/io/dataset_file.hpp>

#include "random_graphs.hpp"
#include "repository.hpp"
#include "sanitized.hpp"
#include "with_threads.hpp"

namespace adjoin::test {

using Simplices = std::vector<std::vector<std::size_t>>;

/// Simplex i at time times[i], or i without times.
inline SimplexLog log_of(std::size_t nodes, const Simplices& simplices, const std::vector<Time>& times = {}) {
  RunContext context = with_threads(1);
  std::vector<EdgeOffset> offsets{EdgeOffset{0}};
  std::vector<NodeId> members;
  std::vector<Time> when = times;
  for (const auto& simplex : simplices) {
    for (const std::size_t node : simplex) members.push_back(node_id(node));
    offsets.push_back(edge_offset(members.size()));
    if (times.empty()) when.push_back(static_cast<Time>(when.size()));
  }
  return {context, nodes, {to_array(offsets), to_array(members), to_array(when), 0}};
}

/// Pairs of random nodes, for what only their number matters to.
inline SimplexLog log_of_pairs(std::size_t nodes, std::size_t pairs) {
  RunContext context = with_threads(1);
  const std::vector<Edge> edges = random_edges(nodes, pairs, 7);
  SimplexArrays arrays{Array<EdgeOffset>(pairs + 1), Array<NodeId>(2 * pairs), {}, 0};
  for (std::size_t i = 0; i <= pairs; ++i) arrays.offsets[i] = edge_offset(2 * i);
  for (std::size_t i = 0; i < pairs; ++i) {
    arrays.nodes[2 * i] = edges[i].source;
    arrays.nodes[2 * i + 1] = edges[i].target;
  }
  return {context, nodes, std::move(arrays)};
}

/// The complex of ScHoLP's own tests, its nodes counted from 0.
inline SimplexLog scholp_example() {
  return log_of(9, {{0, 1, 2, 3}, {0, 2, 4}, {0, 5}, {1, 5}, {0, 6, 7}, {2, 8}, {4, 7}, {0, 1, 5}});
}

/// Up to 12 nodes and 40 simplices of 1 to 6 of them, some of them alike, at times that may be the same.
struct DrawnLog {
  std::size_t nodes = 0;
  Simplices simplices;  // by time, members sorted and distinct
  std::vector<Time> times;

  SimplexLog log() const { return log_of(nodes, simplices, times); }
};

inline DrawnLog draw_log() {
  DrawnLog drawn;
  drawn.nodes = *rc::gen::inRange<std::size_t>(1, 13);
  const auto count = *rc::gen::inRange<std::size_t>(0, 41);
  for (std::size_t i = 0; i < count; ++i) {
    std::set<std::size_t> members;
    const auto size = *rc::gen::inRange<std::size_t>(1, 7);
    for (std::size_t k = 0; k < size; ++k) members.insert(*rc::gen::inRange<std::size_t>(0, drawn.nodes));
    drawn.simplices.emplace_back(members.begin(), members.end());
    drawn.times.push_back(*rc::gen::inRange<Time>(0, 20));
  }
  std::ranges::sort(drawn.times);
  return drawn;
}

/// From `least` to `most` pairs of nodes, one in `triples` with a third, so many at each time.
inline DrawnLog draw_small_simplices(std::size_t nodes, std::size_t least, std::size_t most, int triples,
                                     std::size_t at_each_time) {
  DrawnLog drawn;
  drawn.nodes = nodes;
  const auto count = *rc::gen::inRange<std::size_t>(least, most + 1);
  for (std::size_t i = 0; i < count; ++i) {
    const auto first = *rc::gen::inRange<std::size_t>(0, nodes);
    const auto second = (first + *rc::gen::inRange<std::size_t>(1, nodes)) % nodes;
    std::set<std::size_t> members{first, second};
    if (*rc::gen::inRange(0, triples) == 0) members.insert(*rc::gen::inRange<std::size_t>(0, nodes));
    drawn.simplices.emplace_back(members.begin(), members.end());
    drawn.times.push_back(static_cast<Time>(i / at_each_time));
  }
  return drawn;
}

/// How many of the simplices from `begin` to `end` have all the nodes.
inline std::size_t shared(const Simplices& simplices, std::size_t begin, std::size_t end,
                          const std::vector<std::size_t>& nodes) {
  std::size_t count = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const bool all = std::ranges::all_of(
        nodes, [&](std::size_t node) { return std::ranges::find(simplices[i], node) != simplices[i].end(); });
    count += all ? 1 : 0;
  }
  return count;
}
inline std::size_t shared(const Simplices& simplices, const std::vector<std::size_t>& nodes) {
  return shared(simplices, 0, simplices.size(), nodes);
}

inline std::shared_ptr<const NodeIndex> names_of(std::size_t nodes) {
  return std::make_shared<const NodeIndex>(NodeIndex::range(nodes));
}

inline Projection project(const SimplexView& simplices, const ProjectionOptions& options = {}, int threads = 1) {
  RunContext context = with_threads(threads);
  return project_simplices(context, simplices, names_of(simplices.node_count), options);
}

/// A public set, or nothing and one line that says so.
inline std::optional<Dataset> public_set(const std::string& name) {
  const std::filesystem::path folder = data_folder() / "simplicial" / name;
  if (!std::filesystem::exists(folder)) {
    MESSAGE("skipped: no ", name, " in ", data_folder().string(), " (ADJOIN_DATA names another folder)");
    return std::nullopt;
  }
  RunContext context;
  return read_dataset(context, folder / (name + "-nverts.txt.gz"), {}, {}).data;
}

}  // namespace adjoin::test
