#include <adjoin/algorithms/gnn/variational.hpp>
#include <adjoin/engine/learn/layout.hpp>
#include <adjoin/engine/learn/normal_sample.hpp>
#include <adjoin/engine/learn/shape_error.hpp>

namespace adjoin::gnn {

VariationalVectors record_variational(learn::Tape& tape, learn::Tensor means_and_log_deviations) {
  const std::size_t columns = tape.shape(means_and_log_deviations).columns;
  learn::require_shape(columns % 2 == 0, tape, "variational", means_and_log_deviations,
                       "half of its columns are means and half are logarithms of deviations");
  const learn::Tensor means = learn::slice_columns(tape, means_and_log_deviations, 0, columns / 2);
  const learn::Tensor log_deviations = learn::slice_columns(tape, means_and_log_deviations, columns / 2, columns / 2);
  return {learn::normal_sample(tape, means, log_deviations), learn::normal_divergence(tape, means, log_deviations)};
}

}  // namespace adjoin::gnn
