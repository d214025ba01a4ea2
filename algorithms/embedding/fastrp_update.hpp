// FastRP of a graph that changes: what a run has to keep so that a later one recomputes only what a change can reach.
//
// Method.  FastRP is local: row v of hop i depends on what lies within i hops of v. After a change the rows of hop i
//          that differ are those whose own neighbours changed, and those with a neighbour that differs in hop i-1: the
//          cone of the change. Its rows are gathered anew from the rows kept of the hop before, everything else stays.
// Source.  The same idea for RandNE: Zhang, Cui, Li, Wang, Zhu, ICDM 2018.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <adjoin/algorithms/embedding/fastrp.hpp>

namespace adjoin {

/// A run that can be changed. Row v belongs to node v of the graph it was made of. Move-only.
struct FastRPState {
  FastRPOptions options;
  std::uint64_t seed = 0;
  /// n x (h * dim), for h hops, or one where there is none: N_1, ..., N_(h-1), not scaled to length one, then the
  /// weighted sum over all hops, columns not yet standardised.
  Matrix rows;

  std::size_t dim() const noexcept { return static_cast<std::size_t>(options.dim); }
  MatrixView<const float> hop(std::size_t i) const noexcept { return rows.view().column_block((i - 1) * dim(), dim()); }
  MatrixView<float> hop(std::size_t i) noexcept { return rows.view().column_block((i - 1) * dim(), dim()); }
  MatrixView<const float> sum() const noexcept { return rows.view().column_block(rows.columns() - dim(), dim()); }
  MatrixView<float> sum() noexcept { return rows.view().column_block(rows.columns() - dim(), dim()); }
};

/// Runs FastRP and keeps the hops. Beside the restrictions of fastrp: InvalidOption for what makes every vector depend
/// on the whole graph (dialects paper and tigergraph; gtmac unless options.sparsity is set; the adjacency matrix where
/// hops are scaled to length one), for
/// concatenate and for property_ratio; DeviceError for a device other than the cpu. Peak: h + 1 buffers of n x dim.
FastRPState fastrp_state(RunContext& context, GraphView graph, const FastRPOptions& options);

/// The embedding of the state's graph, as fastrp would make it, to rounding.
FastRPResult fastrp_embedding(RunContext& context, GraphView graph, const FastRPState& state);

struct FastRPUpdate {
  FastRPState state;
  std::uint64_t nodes_added = 0;
  std::uint64_t nodes_removed = 0;
  std::uint64_t rows_changed = 0;                // nodes whose own neighbours, weights or degree changed
  std::vector<std::uint64_t> rows_recomputed{};  // for each hop
};

/// The state of new_graph from the state of old_graph. Nodes are the same if their names are; any edges and nodes may
/// have come or gone. Equal to fastrp_state(new_graph) to rounding, property-tested to 1e-6 of a row's length.
/// Cost.    One pass over both graphs to see what changed, then O(entries of the rows of the cone * dim). If nodes came
///          or went, one copy of the state as well, whose rows move.
/// Errors.  As fastrp_state; InvalidOption if the state is not of old_graph, if one graph is directed and the other
/// not.
FastRPUpdate fastrp_update(RunContext& context, GraphView old_graph, FastRPState state, GraphView new_graph);

/// Vectors for the nodes that only new_graph has, old_graph being part of it: the rows that a full run over new_graph
/// would give them, to rounding, in the order of their ids. `state` is left as it is.
struct FastRPNewNodes {
  std::vector<NodeId> nodes;  // of new_graph
  Matrix embedding;           // a row for each
};
FastRPNewNodes fastrp_transform(RunContext& context, GraphView old_graph, const FastRPState& state,
                                GraphView new_graph);

/// Bytes that fastrp_state takes at its peak beyond the graph, and that fastrp_update takes beyond both graphs and the
/// state given, at most.
std::uint64_t estimate_fastrp_state_memory(GraphView graph, const FastRPOptions& options);
std::uint64_t estimate_fastrp_update_memory(GraphView new_graph, const FastRPState& state);

/// Options and seed as words, for whoever stores a state, and back. InvalidOption for words that are none.
std::vector<std::pair<std::string, std::string>> fastrp_state_words(const FastRPState& state);
void read_fastrp_state_words(const std::vector<std::pair<std::string, std::string>>& words, FastRPState& state);

}  // namespace adjoin
