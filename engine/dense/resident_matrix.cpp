#include <algorithm>

#include <adjoin/engine/dense/resident_matrix.hpp>

namespace adjoin {

Matrix ResidentMatrix::to_host(RunContext& context) const {
  if (there_ != nullptr) return there_->to_host(context);
  Matrix copy(here_->rows(), here_->columns());
  const std::size_t row_bytes = std::max<std::size_t>(1, copy.columns() * sizeof(float));
  context.threads().for_chunks(copy.rows(), std::max<std::size_t>(1, (std::size_t{1} << 20) / row_bytes),
                               [&](Chunk rows) {
                                 for (std::size_t i = rows.begin; i < rows.end; ++i) {
                                   std::ranges::copy(std::as_const(*here_).row(i), copy.row(i).begin());
                                 }
                               });
  return copy;
}

}  // namespace adjoin
