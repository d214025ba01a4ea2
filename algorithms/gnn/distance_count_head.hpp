// The score of a pair from the vectors of its two nodes and the counts of nodes around them, as BUDDY has it.
//
// Source.  Chamberlain et al.: Graph neural networks for link prediction with subgraph sketching, ICLR 2023, section
//          4.3 and appendix C.
// Method.  With a and b the vectors of an encoder and c the columns of count_columns.hpp:
//          score = O( F(a * b), S(c) )
//          F and S are a layer each with layer normalisation (the authors normalise over the batch), dropout and ReLU;
//          O is a network of the two side by side.
#pragma once

#include <cstddef>
#include <cstdint>

#include <adjoin/algorithms/gnn/common_neighbor_head.hpp>
#include <adjoin/algorithms/gnn/link_head.hpp>
#include <adjoin/engine/learn/parameter.hpp>
#include <adjoin/engine/learn/tape.hpp>

namespace adjoin::gnn {

class DistanceCountHead {
 public:
  /// Adds its parameters, named "head.WHAT", drawn by the seed. width: of the nodes' vectors; counts: their columns.
  DistanceCountHead(const LinkHeadOptions& options, std::size_t width, std::size_t counts,
                    learn::Parameters& parameters, std::uint64_t seed);

  /// Records the scores before the sigmoid, p x 1. a, b: the vectors of the ends, p x width; counts: p x the columns.
  learn::Tensor record(learn::Tape& tape, learn::Tensor a, learn::Tensor b, learn::Tensor counts) const;

 private:
  DenseLayer pair_;
  DenseLayer counts_;
  DenseLayers network_;
};

}  // namespace adjoin::gnn
