// A private part of gnn: what a layer works on, a matrix on a tape or sparse features as they are.
#pragma once

#include <cstddef>
#include <optional>

#include <adjoin/algorithms/gnn/node_features.hpp>
#include <adjoin/engine/learn/parameter.hpp>
#include <adjoin/engine/learn/tape.hpp>

namespace adjoin::gnn {

class LayerInput {
 public:
  explicit LayerInput(learn::Tensor dense, learn::Shape shape) : dense_(dense), shape_(shape) {}
  /// Puts the features on the tape.
  LayerInput(learn::Tape& tape, const NodeFeatures& features);

  bool is_sparse() const noexcept { return sparse_ != nullptr; }
  /// Of an input that is not sparse.
  learn::Tensor dense() const noexcept { return dense_; }
  std::size_t rows() const noexcept { return shape_.rows; }
  std::size_t columns() const noexcept { return shape_.columns; }

  /// With dropout; of sparse features, entries are dropped.
  LayerInput dropped(learn::Tape& tape, double rate) const;
  /// The rows [first, first + count).
  LayerInput part(learn::Tape& tape, std::size_t first, std::size_t count) const;
  /// The product with a matrix of weights. 2 * entries * columns operations if sparse.
  learn::Tensor times(learn::Tape& tape, learn::Parameter& weight) const;

 private:
  learn::Tensor dense_{};
  const learn::SparseOperand* sparse_ = nullptr;
  std::optional<learn::Tensor> values_;  // of sparse entries, if some were dropped
  std::size_t first_ = 0;                // of sparse rows
  learn::Shape shape_;
};

/// The rows [first, first + count) of x; x itself if that is all of it.
learn::Tensor rows_of(learn::Tape& tape, learn::Tensor x, std::size_t first, std::size_t count);

}  // namespace adjoin::gnn
