#include <adjoin/engine/learn/sparse_operand.hpp>
#include <adjoin/engine/sparse/transpose.hpp>

namespace adjoin::learn {

SparseOperand::SparseOperand(RunContext& context, const CsrView& matrix)
    : matrix_(matrix), transposed_(transpose(context, matrix)), origins_(matrix.nonzero_count()) {
  // Rows of a transpose are in the order of the matrix's rows, so a walk through the matrix fills each from its start.
  Array<EdgeOffset> next = transposed_.offsets.copy();
  for (std::size_t e = 0; e < matrix.nonzero_count(); ++e) {
    EdgeOffset& place = next[index(matrix.targets[e])];
    origins_[index(place)] = edge_offset(e);
    place = edge_offset(index(place) + 1);
  }
}

std::uint64_t SparseOperand::bytes(const CsrView& matrix) noexcept {
  const std::uint64_t entry = sizeof(NodeId) + (matrix.weighted() ? sizeof(float) : 0) + sizeof(EdgeOffset);
  return matrix.nonzero_count() * entry + (matrix.column_count + 1) * sizeof(EdgeOffset);
}

}  // namespace adjoin::learn
