// What makes results on a split comparable and true: that nothing held out is known in training, and a number that says
// which split it was.
//
// The ways in which it goes wrong are those reported of other libraries: held-out edges or their reverses left in the
// training graph, negatives that are edges, the same pair on both sides, or in two stages as (a, b) and (b, a).
#pragma once

#include <cstdint>

#include <adjoin/algorithms/evaluate/split.hpp>
#include <adjoin/algorithms/evaluate/split_events.hpp>

namespace adjoin {

/// InvalidData, naming the pair, for the first fault: a pair whose larger node comes first, of a node with itself or of
/// a node that is not there; one that stands twice, in one part or in two of validation, test and their negatives; one
/// that has an edge in the training graph, in either direction. split_edges keeps all of this; splits from files may
/// not. repeated: `keep` of a split by time lets a held-out pair, but no negative, be in earlier parts too.
/// O(k log k + k log d) for k pairs held out.
void check_edge_split(const EdgeSplit& split, RepeatedPairs repeated = RepeatedPairs::drop);

/// The same, and that training and held-out pairs are those of the whole graph: none is lost, none made up, and no
/// negative is an edge of it. InvalidData if not, or if the graphs have other numbers of nodes. O(m log d).
void check_edge_split(RunContext& context, const EdgeSplit& split, GraphView whole,
                      RepeatedPairs repeated = RepeatedPairs::drop);

/// A hash of the names of the pairs of every part, the training graph among them: the same for the same split, whatever
/// the order of pairs and the numbers of nodes. O(m log m).
std::uint64_t hash_of(const EdgeSplit& split);

/// Peak bytes of split_edges, then check_edge_split and hash_of, beyond the graph.
std::uint64_t estimate_checked_split_memory(GraphView graph, const EdgeSplitOptions& options);

}  // namespace adjoin
