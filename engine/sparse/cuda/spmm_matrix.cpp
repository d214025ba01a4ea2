#include <adjoin/engine/sparse/cuda/spmm.hpp>

namespace adjoin {

CudaSpmmMatrix::CudaSpmmMatrix(CudaContext& context, const Threads& threads, const CsrView& a, std::size_t hot_columns)
    : row_count(a.row_count()),
      column_count(a.column_count),
      targets(context, threads, a.targets),
      weights(context, threads, a.weights),
      items(context, threads, a) {
  if (hot_columns == 0 || column_count > HotColumns::mark) return;
  hot = HotColumns(context, threads, most_named_columns(a, hot_columns));
  hot.mark_targets(context, column_count, targets);
}

}  // namespace adjoin
