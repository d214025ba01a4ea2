// What makes results on a split comparable and true: that nothing held out is known in training, and a number that says
// which split it was.
//
// The ways in which it goes wrong are those reported of other libraries: held-out edges or their reverses left in the
// training graph, negatives that are edges, the same pair on both sides, or in two stages as (a, b) and (b, a).
#pragma once

#include <cstdint>

#include <adjoin/algorithms/evaluate/split.hpp>

namespace adjoin {

/// InvalidData, naming the pair, for the first fault: a pair whose larger node comes first, of a node with itself or of
/// a node that is not there; one that stands twice, in one part or in two of validation, test and their negatives; one
/// that has an edge in the training graph, in either direction. split_edges keeps all of this; splits from files may
/// not. O(k log k + k log d) for k pairs held out.
void check_edge_split(const EdgeSplit& split);

/// A hash of the names of the pairs of every part, the training graph among them: the same for the same split, whatever
/// the order of pairs and the numbers of nodes. O(m log m).
std::uint64_t hash_of(const EdgeSplit& split);

}  // namespace adjoin
