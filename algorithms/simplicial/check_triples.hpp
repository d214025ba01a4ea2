// Whether triples of nodes are some. For algorithms.
#pragma once

#include <cstddef>
#include <span>

#include <adjoin/algorithms/simplicial/triple_scores.hpp>

namespace adjoin::detail {

/// InvalidData, with the triple's place, for a node that is not below node_count or stands twice in a triple.
void check_triples(std::span<const NodeTriple> triples, std::size_t node_count);

}  // namespace adjoin::detail
