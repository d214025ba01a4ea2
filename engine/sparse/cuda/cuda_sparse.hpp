// A sparse matrix for a GPU, whether or not it fits there.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <adjoin/engine/runtime/function_ref.hpp>
#include <adjoin/engine/sparse/cuda/spmm.hpp>

namespace adjoin {

/// On the device as a whole, or, where that would take more than half of what the run may hold there, brought there
/// panel by panel of rows at every product. Looks at the host's matrix, which must live as long. Move-only.
class CudaSparse {
 public:
  CudaSparse() = default;
  CudaSparse(CudaContext& context, const Threads& threads, const CsrView& a);

  std::size_t row_count() const noexcept { return host_.row_count(); }
  bool resident() const noexcept { return resident_.has_value(); }

  /// Calls body(part, first_row, part_first_row, row_count) for runs of rows that cover the matrix, none longer than
  /// most_rows, a multiple of RowItems::rows_per_run: row part_first_row + i of `part` is row first_row + i of the
  /// matrix.
  using Body = FunctionRef<void(const CudaSpmmMatrix& part, std::size_t first_row, std::size_t part_first_row,
                                std::size_t row_count)>;
  void for_each_panel(CudaContext& context, const Threads& threads, std::size_t most_rows, Body body) const;

 private:
  CsrView host_;
  std::optional<CudaSpmmMatrix> resident_;
  std::vector<std::size_t> panel_begin_;  // of the rows, and their number at the end
};

}  // namespace adjoin
