// Groups of nodes in time: papers and their authors, messages and those who got them.
#pragma once

#include <cstddef>
#include <span>

#include <adjoin/engine/graph/event_log.hpp>

namespace adjoin {

/// Simplices that somebody else owns: simplex i is nodes[offsets[i] .. offsets[i+1]) at times[i]. Invariants: times
/// never fall; the nodes of a simplex are distinct, in increasing order, at least one, and below node_count.
struct SimplexView {
  std::size_t node_count = 0;
  std::span<const EdgeOffset> offsets;  // size() + 1
  std::span<const NodeId> nodes;
  std::span<const Time> times;
  int decimals = 0;

  std::size_t size() const noexcept { return times.size(); }
  std::span<const NodeId> simplex(std::size_t i) const noexcept {
    return nodes.subspan(index(offsets[i]), index(offsets[i + 1]) - index(offsets[i]));
  }
};

/// The arrays of a simplex log before they are checked and sorted. times may be empty: then every time is 0.
struct SimplexArrays {
  Array<EdgeOffset> offsets;
  Array<NodeId> nodes;
  Array<Time> times;
  int decimals = 0;
};

/// Owns simplices in the order of their times, those of the same time in the order given. Move-only.
class SimplexLog {
 public:
  SimplexLog() = default;
  /// Sorts by time, stably, unless they are sorted; sorts the nodes of each simplex and keeps each node once.
  /// InvalidData if offsets do not fit the nodes, a simplex is empty, sizes differ or a node is not below node_count.
  SimplexLog(RunContext& context, std::size_t node_count, SimplexArrays arrays);

  SimplexView view() const& noexcept;
  SimplexView view() && = delete;
  std::size_t size() const noexcept { return arrays_.times.size(); }
  std::size_t bytes() const noexcept { return arrays_.offsets.bytes() + arrays_.nodes.bytes() + arrays_.times.bytes(); }

 private:
  std::size_t node_count_ = 0;
  SimplexArrays arrays_;
};

}  // namespace adjoin
