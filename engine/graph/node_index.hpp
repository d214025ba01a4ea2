// The user's names for nodes, and the dense ids that stand for them inside.
//
// Ids follow the order of the names (whole numbers by value, other names by their bytes) unless another order is asked
// for, so that they, and every sum over neighbours, do not depend on the order of an input's lines
// (docs/determinism.md, promise B).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <adjoin/engine/runtime/ids.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// n distinct names and the ids 0 .. n-1, in order. Names that are the whole numbers 0 .. n-1, or any whole numbers
/// that fit 64 bits, are kept as numbers; a name keeps its spelling in every case. Immutable, move-only, safe to read
/// from any thread.
class NodeIndex {
 public:
  /// No nodes.
  NodeIndex() = default;
  /// Names "0" .. "n-1"; takes no memory.
  static NodeIndex range(std::size_t node_count);
  /// The decimal spellings of `numbers`, which are strictly increasing.
  static NodeIndex from_numbers(Array<std::uint64_t> numbers);
  /// Name i is bytes[offsets[i] .. offsets[i+1]); names are strictly increasing by bytes. offsets: size n+1.
  static NodeIndex from_sorted_names(Array<char> bytes, Array<std::uint64_t> offsets);
  /// Any names, in any order, with repeats: sorted as above. Numbers, if every name is a whole number as adjoin would
  /// write it.
  static NodeIndex from_names(const std::vector<std::string>& names);

  /// The same names with other ids: node i gets the name in place places[i] of the names' order. InvalidData if places
  /// are not each of 0 .. n-1 once.
  NodeIndex reordered(std::span<const NodeId> places) &&;
  NodeIndex copy() const;

  std::size_t size() const noexcept { return size_; }
  std::size_t bytes() const noexcept {
    return numbers_.bytes() + name_bytes_.bytes() + name_offsets_.bytes() + places_.bytes() + ids_.bytes();
  }

  std::string name(NodeId node) const;
  /// O(log n).
  std::optional<NodeId> find(std::string_view name) const;
  /// hash_name(name(node)): what keys the node's random numbers.
  std::uint64_t name_hash(NodeId node) const noexcept;

  /// The place of each node's name in the names' order; empty where ids are these places.
  std::span<const NodeId> places() const noexcept { return places_.span(); }
  /// How the names are kept, in their order, for those who store them: nothing for 0 .. n-1, else one of the two.
  std::span<const std::uint64_t> numbers() const noexcept { return numbers_.span(); }
  std::span<const char> name_bytes() const noexcept { return name_bytes_.span(); }
  std::span<const std::uint64_t> name_offsets() const noexcept { return name_offsets_.span(); }

 private:
  std::size_t place(NodeId node) const noexcept { return index(places_.empty() ? node : places_[index(node)]); }
  NodeId at_place(std::size_t place) const noexcept { return ids_.empty() ? node_id(place) : ids_[place]; }

  enum class Kind : std::uint8_t { range, numbers, names };
  Kind kind_ = Kind::range;
  std::size_t size_ = 0;
  Array<std::uint64_t> numbers_;
  Array<char> name_bytes_;
  Array<std::uint64_t> name_offsets_;
  Array<NodeId> places_;  // by id
  Array<NodeId> ids_;     // by place
};

/// An edge of dense ids.
struct Edge {
  NodeId source;
  NodeId target;
};

/// An edge as read from a file of whole-number names (Name: std::uint32_t or std::uint64_t) or of other names
/// (std::string_view, which must outlive the call).
template <class Name>
struct NamedEdge {
  Name source;
  Name target;
};

struct IndexedEdges {
  NodeIndex nodes;
  Array<Edge> edges;  // in the order given
};

/// Gives every name its id. InvalidData if there are more than max_node_count names.
IndexedEdges index_nodes(RunContext& context, Array<NamedEdge<std::uint32_t>> edges);
IndexedEdges index_nodes(RunContext& context, Array<NamedEdge<std::uint64_t>> edges);
IndexedEdges index_nodes(RunContext& context, Array<NamedEdge<std::string_view>> edges);

}  // namespace adjoin
