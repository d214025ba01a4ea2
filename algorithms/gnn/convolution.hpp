// A private part of gnn: one layer of a graph neural network, in the two parts that all of them have.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>

#include <adjoin/algorithms/gnn/encoder_options.hpp>
#include <adjoin/algorithms/gnn/layer_input.hpp>
#include <adjoin/algorithms/gnn/messages.hpp>
#include <adjoin/engine/learn/parameter.hpp>
#include <adjoin/engine/learn/tape.hpp>

namespace adjoin::gnn {

/// What each node tells others: up to three matrices with a row a node.
struct Told {
  std::array<learn::Tensor, 3> parts{};
  std::size_t count = 1;
};

/// A node's new vector is made of what it and its neighbours tell, and of its own vector.
class Convolution {
 public:
  virtual ~Convolution() = default;
  Convolution(const Convolution&) = delete;
  Convolution& operator=(const Convolution&) = delete;

  /// Row by row: of every source, with nothing of its neighbours.
  virtual Told tell(learn::Tape& tape, const LayerInput& x) const = 0;
  /// The targets' new vectors. own: the rows of x that are theirs. messages: nullptr for a layer that looks at no edge.
  virtual learn::Tensor combine(learn::Tape& tape, const Told& told, const LayerInput& own,
                                const Messages* messages) const = 0;
  /// Whether combine looks at the numbers of `own`, and not only at its shape.
  virtual bool looks_at_own() const noexcept { return false; }

 protected:
  Convolution() = default;
};

/// Where the parameters of a layer go, and what they are called: PREFIX.WHAT.
struct LayerPlace {
  learn::Parameters& parameters;
  std::string prefix;
  std::uint64_t seed;
  std::size_t input_width;
  std::size_t output_width;
  double decay_share;

  /// Drawn as Glorot and Bengio do, with the seed.
  learn::Parameter& add_weight(const std::string& what, std::size_t rows, std::size_t columns) const;
  /// One row, all of one value.
  learn::Parameter& add_row(const std::string& what, std::size_t columns, double value = 0) const;
};

/// How many heads of attention, and what becomes of them.
struct AttentionHeads {
  std::size_t count = 1;
  std::size_t width = 1;  // of one
  bool averaged = false;  // else side by side
  double dropout = 0;     // of what a node heeds its neighbours by
};

/// x W + b, or x W.
std::unique_ptr<Convolution> linear_layer(const LayerPlace& place, bool with_shift = true);
/// S x W + b, S in the form symmetric_with_loops.
std::unique_ptr<Convolution> gcn_convolution(const LayerPlace& place);
/// M x W + x V + b, M in the form mean.
std::unique_ptr<Convolution> sage_convolution(const LayerPlace& place);
/// max(relu(x P + p)) W + x V + b, the maximum over neighbours; `pooled` columns of P.
std::unique_ptr<Convolution> sage_max_convolution(const LayerPlace& place, std::size_t pooled);
/// T x W + b, where T is learned at the places with_loops.
std::unique_ptr<Convolution> gat_convolution(const LayerPlace& place, const AttentionHeads& heads);
std::unique_ptr<Convolution> gatv2_convolution(const LayerPlace& place, const AttentionHeads& heads);
/// MLP((1 + e) x + A x), A in the form sum; an MLP of two layers with `hidden` numbers between.
std::unique_ptr<Convolution> gin_convolution(const LayerPlace& place, std::size_t hidden,
                                             LayerNormalization normalization, Activation activation);
/// S x, or S x + b.
std::unique_ptr<Convolution> power_step(learn::Parameter* shift = nullptr);
/// (1 - restart) S x + restart * own, with dropout of S.
std::unique_ptr<Convolution> pagerank_layer(double restart, double dropout);

/// Whether x W is to be made before neighbours' rows are added up: if it is not wider than x, or x is sparse.
inline bool multiplies_first(const LayerInput& x, const learn::Parameter& weight) {
  return x.is_sparse() || weight.value.columns() <= x.columns();
}

}  // namespace adjoin::gnn
