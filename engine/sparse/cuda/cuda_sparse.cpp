#include <algorithm>

#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/sparse/cuda/cuda_sparse.hpp>

namespace adjoin {
namespace {

/// Rows [first, last) as a matrix of their own, whose offsets begin at 0 in `offsets`.
CsrView panel_of(const CsrView& a, std::size_t first, std::size_t last, Array<EdgeOffset>& offsets) {
  const std::size_t before = a.row_begin(first);
  const std::size_t count = a.row_begin(last) - before;
  offsets = Array<EdgeOffset>(last - first + 1);
  for (std::size_t i = 0; i < offsets.size(); ++i) offsets[i] = edge_offset(index(a.offsets[first + i]) - before);
  return {a.column_count, offsets.span(), a.targets.subspan(before, count),
          a.weighted() ? a.weights.subspan(before, count) : a.weights};
}

/// Panels of at most `bytes` bytes on the device, or of one row.
std::vector<std::size_t> cut(const CsrView& a, std::uint64_t bytes) {
  const std::uint64_t entry_bytes = sizeof(NodeId) + (a.weighted() ? sizeof(float) : 0);
  std::vector<std::size_t> begins{0};
  while (begins.back() < a.row_count()) {
    const std::size_t first = begins.back();
    std::size_t last = first + 1;
    std::size_t beyond = a.row_count() + 1;
    while (beyond - last > 1) {  // the last row with which it still fits, by bisection
      const std::size_t middle = last + (beyond - last) / 2;
      const std::uint64_t entries = a.row_begin(middle) - a.row_begin(first);
      (entries * entry_bytes + (middle - first) * sizeof(RowItem) <= bytes ? last : beyond) = middle;
    }
    begins.push_back(last);
  }
  return begins;
}

}  // namespace

CudaSparse::CudaSparse(CudaContext& context, const Threads& threads, const CsrView& a) : host_(a) {
  if (CudaSpmmMatrix::bytes_of(a) <= context.free_bytes() / 2) {
    resident_.emplace(context, threads, a);
  } else {
    panel_begin_ = cut(a, context.free_bytes() / 8);
  }
}

void CudaSparse::for_each_panel(CudaContext& context, const Threads& threads, std::size_t most_rows, Body body) const {
  if (resident_) {
    for (std::size_t first = 0; first < row_count(); first += most_rows) {
      body(*resident_, first, first, std::min(most_rows, row_count() - first));
    }
    return;
  }
  for (std::size_t p = 0; p + 1 < panel_begin_.size(); ++p) {
    Array<EdgeOffset> offsets;
    const std::size_t begin = panel_begin_[p];
    const std::size_t rows = panel_begin_[p + 1] - begin;
    const CudaSpmmMatrix part(context, threads, panel_of(host_, begin, panel_begin_[p + 1], offsets));
    for (std::size_t first = 0; first < rows; first += most_rows) {
      body(part, begin + first, first, std::min(most_rows, rows - first));
    }
  }
}

}  // namespace adjoin
