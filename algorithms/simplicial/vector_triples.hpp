// Scores of three nodes by their vectors, learned elsewhere.
#pragma once

#include <memory>
#include <string>

#include <adjoin/algorithms/simplicial/triple_scores.hpp>
#include <adjoin/engine/dense/matrix.hpp>

namespace adjoin {

/// The mean of the cosines of the three pairs; a pair of which a vector is zero gives 0.
/// Input.   vectors: a row a node, finite. They become unit vectors here.
/// Cost.    12 * d bytes read a triple.
/// Errors.  InvalidData if a value is not finite.
/// Repeat.  The same bits for any number of threads, at one instruction level; and for any order of the three nodes.
TripleScoring prepare_vector_scores(RunContext& context, std::string name, Matrix vectors);

}  // namespace adjoin
