// A split that somebody else made, as benchmarks come with theirs.
#pragma once

#include <vector>

#include <adjoin/algorithms/evaluate/split.hpp>

namespace adjoin {

/// Pairs of nodes of the training graph, in any order, either node first.
struct GivenPairs {
  std::vector<Edge> validation;
  std::vector<Edge> test;
  std::vector<Edge> validation_negatives;
  std::vector<Edge> test_negatives;
};

/// The split of a training graph and of pairs that are held out from it. Pairs keep their order and get the smaller id
/// first. A part without negatives gets those of `negatives`, none of which has an edge in training or in either part,
/// or is a negative that is given.
/// Errors.  InvalidData for a split that leaks, as check_edge_split has it, and as held_out_negatives.
/// Cost.    O((m + k) log m).
EdgeSplit split_of_given(RunContext& context, Graph training, GivenPairs given,
                         NegativeSampler negatives = NegativeSampler::uniform, int round = 0);

}  // namespace adjoin
