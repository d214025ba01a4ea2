// How sets of three nodes come about: the configurations that each triangle went through, one simplex after another,
// and whether its edges were active at the same time.
//
// Source.  Benson, Abebe, Schaub, Jadbabaie, Kleinberg: Simplicial closure and higher-order link prediction, PNAS 2018,
//          section 3 (lifecycles) and the supplement (temporal asynchronicity: the overlaps). For these the program
//          released with the paper adds up the first and last times of each run of a pair in its table of pairs, and
//          takes 0 for a pair that no simplex lists in one of its two orders. So it finds shares of .008, .130, .151
//          and .711 for email-Enron; by the definition they are .224, .316, .224 and .236.
// Method.  The simplices of each edge are listed once, in the order of time. Before a triangle closes, no simplex has
//          more than one of its edges, so only the first two of each edge change its state: the others are counted in
//          the state that they find, by binary search, and edges that many simplices have cost no more than others.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <tuple>

#include <adjoin/algorithms/simplicial/configurations.hpp>

namespace adjoin {

/// The states of three nodes: their configurations (tie_configuration_names), and closed.
inline constexpr std::array<std::string_view, 11> lifecycle_state_names{"000", "001", "002", "011", "012",   "022",
                                                                        "111", "112", "122", "222", "closed"};
inline constexpr std::size_t closed_state = 10;

/// At [to][from] how often a simplex took three nodes from one state to another, or left them in it.
using LifecycleTransitions =
    std::array<std::array<std::uint64_t, lifecycle_state_names.size()>, lifecycle_state_names.size()>;

struct LifecycleOptions {
  int max_size = default_max_simplex_size;

  static constexpr auto fields() {
    return std::tuple{option_field("max-size", &LifecycleOptions::max_size, {1, 1'000'000},
                                   "simplices of more nodes are left out", "Benson et al. 2018, section 2")};
  }
};

struct Lifecycles {
  LifecycleTransitions closing{};  // of the triangles that close: up to the first simplex that has all three nodes
  LifecycleTransitions open{};     // of those that do not
  std::uint64_t closed_triangles = 0;
  std::uint64_t open_triangles = 0;
  /// Open triangles by how many pairs of their three edges overlap in time: an edge is active from its first simplex to
  /// its last, both included.
  std::array<std::uint64_t, 4> overlaps{};
  RunRecord record;
};

/// The share of what leaves or stays in a state that goes to another; 0 if nothing does.
double transition_probability(const LifecycleTransitions& transitions, std::size_t to, std::size_t from) noexcept;

/// Of all triangles of the projection of these simplices. Those of the same time come in the order of the log.
/// Cost.    O(t log w + sum of k^2) time over t triangles of weights w and simplices of k nodes; 4 bytes for each pair
///          of nodes of a simplex, 16 an edge, and for each thread 4 bytes a node and two bits for each pair of the
///          neighbours above a node.
/// Errors.  InvalidOption, InvalidData if nodes are not as many as the log's; BudgetExceeded, Cancelled.
/// Repeat.  The same for any number of threads.
Lifecycles lifecycles(RunContext& context, const SimplexView& simplices, std::shared_ptr<const NodeIndex> nodes,
                      const LifecycleOptions& options = {});

/// Bytes that lifecycles takes at its peak beyond the simplices, at most.
std::uint64_t estimate_lifecycles_memory(const SimplexView& simplices, const LifecycleOptions& options, int threads);

}  // namespace adjoin
