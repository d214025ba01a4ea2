// A product's job as the host makes it. For .cu files only.
#pragma once

#include <cstddef>
#include <cstdint>

#include <adjoin/engine/sparse/cuda/spmm.hpp>
#include <adjoin/engine/sparse/cuda/spmm_items_inl.cuh>

namespace adjoin::cuda::detail {

inline unsigned parts_of(std::size_t all, std::size_t part) {
  return static_cast<unsigned>((all + part - 1) / part);
}

/// The job of spmm(a, ..., y, first_row), y not empty, and the memory that it needs.
template <class Out>
struct Work {
  RowItems::Range range;
  std::size_t partial_stride;
  DeviceArray<float> partial;  // sums of segments
  Job<Out> job{};

  Work(CudaContext& context, const CudaSpmmMatrix& a, const float* row_scale, MatrixView<Out, Cuda> y,
       std::size_t first_row)
      : range(a.items.in_rows(first_row, first_row + y.rows())),
        partial_stride(CudaMatrix::stride_of(y.columns())),
        partial(context, range.segment_count * partial_stride) {
    job.targets = reinterpret_cast<const std::uint32_t*>(a.targets.data());
    job.hot_columns = a.hot.columns();
    job.weights = a.weights.data();
    job.row_scale = row_scale;
    job.wide = range.wide.items;
    job.narrow = range.narrow.items;
    job.wide_count = static_cast<std::uint32_t>(range.wide.count);
    job.narrow_count = static_cast<std::uint32_t>(range.narrow.count);
    job.y = y.data();
    job.y_stride = y.stride();
    job.columns = static_cast<std::uint32_t>(y.columns());
    job.first_row = static_cast<std::uint32_t>(first_row);
    job.first_segment = static_cast<std::uint32_t>(range.first_segment);
    job.partial = partial.data();
    job.partial_stride = partial_stride;
  }

  /// As sum_task counts them.
  std::size_t tasks(int lanes_per_row) const {
    return range.wide.count + parts_of(range.narrow.count, static_cast<std::size_t>(warp_size / lanes_per_row));
  }
};

/// Adds up the segments of long rows, once all items are summed.
template <class Out>
void add_long_rows(CudaContext& context, const Work<Out>& work);

}  // namespace adjoin::cuda::detail
