// Neural common neighbours: the score of a pair from the vectors of its two nodes and of those between them.
//
// Source.  Wang, Yang, Zhang: Neural common neighbor with completion for link prediction, ICLR 2024, equations 6 and 9,
//          with the layers of the program that the authors released.
// Method.  With h_i the vectors of an encoder, z_i = h_i + X(h_i), S the sum of z_w over the common neighbours w of a
//          pair (i, j), each by its weight:
//          score(i, j) = O( P(h_i * h_j) + C(S) )
//          X and C are two layers, P and O one and one more; all but the last have dropout and ReLU, the second of X
//          and C and the first of P and O layer normalisation before. Completion (NCNC) counts a node that is a
//          neighbour of one of the two by the probability of the link that it lacks, as it is here without completion.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <adjoin/engine/learn/parameter.hpp>
#include <adjoin/engine/learn/sparse_operand.hpp>
#include <adjoin/engine/learn/tape.hpp>
#include <adjoin/engine/runtime/ids.hpp>

namespace adjoin::gnn {

/// A linear map, layer normalisation if asked for, dropout and ReLU.
class DenseLayer {
 public:
  /// Adds "NAME.weight" and "NAME.shift", "NAME.norm.weight" and "NAME.norm.shift".
  DenseLayer(const std::string& name, std::size_t input_width, std::size_t output_width, bool normalized,
             double dropout, learn::Parameters& parameters, std::uint64_t seed);

  learn::Tensor record(learn::Tape& tape, learn::Tensor x) const;

 private:
  learn::Parameter* weight_;
  learn::Parameter* shift_;
  learn::Parameter* norm_weight_ = nullptr;
  learn::Parameter* norm_shift_ = nullptr;
  double dropout_;
};

class CommonNeighborHead {
 public:
  /// Adds its parameters, named "head.WHAT", drawn by the seed. width: of the nodes' vectors; hidden: of all layers.
  CommonNeighborHead(std::size_t width, std::size_t hidden, double dropout, learn::Parameters& parameters,
                     std::uint64_t seed);

  /// What a node is to the pairs that it is between: of all nodes, once. n x width to n x width.
  learn::Tensor record_between(learn::Tape& tape, learn::Tensor vectors) const;

  /// Records the scores before the sigmoid, p x 1. between: record_between; a, b: the vectors of the pairs' ends;
  /// shared: p x n, a row of a pair names its common neighbours. `shared` outlives the recording.
  learn::Tensor record(learn::Tape& tape, learn::Tensor between, learn::Tensor a, learn::Tensor b,
                       const learn::SparseOperand& shared) const;

 private:
  DenseLayer node_first_;
  DenseLayer node_second_;
  DenseLayer pair_;
  DenseLayer shared_first_;
  DenseLayer shared_second_;
  DenseLayer joined_;
  learn::Parameter* weight_;
  learn::Parameter* shift_;
};

}  // namespace adjoin::gnn
