// Open triangles to learn from: those that close by a later time, and as many of the others as there is room for.
#pragma once

#include <cstdint>
#include <memory>

#include <adjoin/algorithms/simplicial/triple_training.hpp>

namespace adjoin {

/// Triangles that are open in the simplices up to a time. Those that close count 1, the others `negative_weight` each,
/// which makes up for those left out.
struct TripleSample {
  Array<NodeTriple> triples;
  Array<std::uint8_t> closes;
  std::uint64_t positives = 0;
  double negative_weight = 1;
};

/// All open triangles of a projection if there are at most `most`. Else, where they are more than half of it, those
/// that close are a sample too, and each of the others is taken with the chance that fills the rest, by draws of
/// RandomStream::triple_sample and the run's seed.
/// Cost.    Two visits of all triangles; 13 bytes a triangle taken, twice.
/// Errors.  As open_triangles; Cancelled.
/// Repeat.  The same for any number of threads.
TripleSample sample_open_triangles(RunContext& context, const Projection& projection, const Incidence& later,
                                   ClosureLabels labels, std::uint64_t most);

}  // namespace adjoin
