#include <adjoin/engine/sparse/row_chunks.hpp>
#include <adjoin/engine/sparse/sum.hpp>

namespace adjoin {
namespace {

/// Walks the union of two increasing rows: visit(target, position in a or npos, position in b or npos).
constexpr std::size_t npos = static_cast<std::size_t>(-1);
template <class Visit>
void walk_union(const CsrView& a, const CsrView& b, std::size_t row, Visit&& visit) {
  std::size_t i = a.row_begin(row);
  std::size_t j = b.row_begin(row);
  while (i < a.row_end(row) || j < b.row_end(row)) {
    if (j == b.row_end(row) || (i < a.row_end(row) && a.targets[i] < b.targets[j])) {
      visit(a.targets[i], i, npos);
      ++i;
    } else if (i == a.row_end(row) || b.targets[j] < a.targets[i]) {
      visit(b.targets[j], npos, j);
      ++j;
    } else {
      visit(a.targets[i], i, j);
      ++i;
      ++j;
    }
  }
}

float entry_or_zero(const CsrView& a, std::size_t position) {
  if (position == npos) return 0;
  return a.weighted() ? a.weights[position] : 1;
}

}  // namespace

Csr sum(RunContext& context, const CsrView& a, const CsrView& b) {
  constexpr std::size_t rows_per_chunk = 4096;
  Csr result;
  result.column_count = a.column_count;
  result.offsets = Array<EdgeOffset>(a.row_count() + 1);
  result.offsets[0] = EdgeOffset{0};
  context.for_chunks(a.row_count(), rows_per_chunk, [&](Chunk rows) {
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
      std::size_t size = 0;
      walk_union(a, b, row, [&](NodeId, std::size_t, std::size_t) { ++size; });
      result.offsets[row + 1] = edge_offset(size);
    }
  });
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    result.offsets[row + 1] = edge_offset(index(result.offsets[row]) + index(result.offsets[row + 1]));
  }
  const std::size_t entries = index(result.offsets[a.row_count()]);
  const bool shared = entries < a.nonzero_count() + b.nonzero_count();
  result.targets = Array<NodeId>(entries);
  if (shared || a.weighted() || b.weighted()) result.weights = Array<float>(entries);
  context.for_chunks(a.row_count(), rows_per_chunk, [&](Chunk rows) {
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
      std::size_t out = index(result.offsets[row]);
      walk_union(a, b, row, [&](NodeId target, std::size_t i, std::size_t j) {
        result.targets[out] = target;
        if (!result.weights.empty()) result.weights[out] = entry_or_zero(a, i) + entry_or_zero(b, j);
        ++out;
      });
    }
  });
  return result;
}

}  // namespace adjoin
