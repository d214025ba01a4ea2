#include <adjoin/algorithms/gnn/layer_input.hpp>
#include <adjoin/engine/learn/dropout.hpp>
#include <adjoin/engine/learn/gather.hpp>
#include <adjoin/engine/learn/layout.hpp>
#include <adjoin/engine/learn/linear.hpp>
#include <adjoin/engine/learn/message_passing.hpp>

namespace adjoin::gnn {

using learn::Tensor;

LayerInput::LayerInput(learn::Tape& tape, const NodeFeatures& features) : shape_{features.rows(), features.columns()} {
  if (features.is_sparse()) {
    sparse_ = &features.sparse();
  } else if (features.is_learned()) {
    dense_ = tape.parameter(features.learned());
    if (features.is_picked()) dense_ = learn::gather_rows(tape, dense_, features.nodes());
  } else {
    dense_ = tape.constant("features", features.dense());
  }
}

LayerInput LayerInput::dropped(learn::Tape& tape, double rate) const {
  LayerInput result = *this;
  if (rate == 0) return result;
  if (is_sparse()) {
    result.values_ = learn::dropped_values(tape, *sparse_, rate);
  } else {
    result.dense_ = learn::dropout(tape, dense_, rate);
  }
  return result;
}

LayerInput LayerInput::part(learn::Tape& tape, std::size_t first, std::size_t count) const {
  LayerInput result = *this;
  result.shape_.rows = count;
  if (is_sparse()) {
    result.first_ += first;
  } else {
    result.dense_ = rows_of(tape, dense_, first, count);
  }
  return result;
}

Tensor LayerInput::times(learn::Tape& tape, learn::Parameter& weight) const {
  const Tensor w = tape.parameter(weight);
  if (!is_sparse()) return learn::matmul(tape, dense_, w);
  const Tensor product = values_ ? learn::spmm(tape, *sparse_, *values_, w) : learn::spmm(tape, *sparse_, w);
  return rows_of(tape, product, first_, shape_.rows);
}

Tensor rows_of(learn::Tape& tape, Tensor x, std::size_t first, std::size_t count) {
  return first == 0 && count == tape.shape(x).rows ? x : learn::slice_rows(tape, x, first, count);
}

}  // namespace adjoin::gnn
