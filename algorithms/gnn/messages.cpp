#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include <adjoin/algorithms/gnn/messages.hpp>
#include <adjoin/engine/sparse/identity.hpp>
#include <adjoin/engine/sparse/scaling.hpp>
#include <adjoin/engine/sparse/spmv.hpp>
#include <adjoin/engine/sparse/sum.hpp>

namespace adjoin::gnn {
namespace {

bool has_loops(MessageForm form) {
  return form == MessageForm::symmetric_with_loops || form == MessageForm::with_loops;
}

Csr copy_of(const CsrView& a) {
  Csr result;
  result.column_count = a.column_count;
  result.offsets = Array<EdgeOffset>(a.offsets.size());
  std::ranges::copy(a.offsets, result.offsets.begin());
  result.targets = Array<NodeId>(a.targets.size());
  std::ranges::copy(a.targets, result.targets.begin());
  if (a.weighted()) {
    result.weights = Array<float>(a.weights.size());
    std::ranges::copy(a.weights, result.weights.begin());
  }
  return result;
}

/// diag(s)^-p A diag(s)^-q, s the row sums: p = q = 1/2 for symmetric, else p = 1, q = 0. 0 for a row of sum 0.
Csr divided_by_sums(RunContext& context, const CsrView& a, bool symmetric) {
  Array<float> scale(a.row_count());
  row_sums(context, a, scale.span());
  for (float& value : scale) value = value > 0 ? 1 / (symmetric ? std::sqrt(value) : value) : 0.0F;
  return scaled(context, a, scale.span(), symmetric ? std::span<const float>(scale.span()) : std::span<const float>());
}

Csr in_form(RunContext& context, const CsrView& adjacency, MessageForm form) {
  Csr with_loops;
  if (has_loops(form)) {
    const Csr loops = identity_matrix(adjacency.row_count());
    with_loops = sum(context, adjacency, loops.view());
  }
  switch (form) {
    case MessageForm::symmetric_with_loops:
      return divided_by_sums(context, with_loops.view(), true);
    case MessageForm::symmetric:
      return divided_by_sums(context, adjacency, true);
    case MessageForm::mean:
      return divided_by_sums(context, adjacency, false);
    case MessageForm::sum:
      return copy_of(adjacency);
    case MessageForm::with_loops:
      with_loops.weights = {};
      break;
  }
  return with_loops;
}

}  // namespace

Messages::Messages(RunContext& context, const CsrView& adjacency, MessageForm form)
    : Messages(context, in_form(context, adjacency, form)) {}

Messages::Messages(RunContext& context, Csr block) : csr_(std::move(block)), operand_(context, csr_.view()) {}

Messages::Messages(const Messages& all, std::size_t first, std::size_t count)
    : rows_(all.matrix(), first, count), operand_(rows_.view()), first_target_(all.first_target_ + first) {}

std::uint64_t Messages::bytes(const CsrView& adjacency, MessageForm form) noexcept {
  const std::uint64_t rows = adjacency.row_count() + 1;
  const std::uint64_t entries = adjacency.nonzero_count() + (has_loops(form) ? adjacency.row_count() : 0);
  const bool weighted = form == MessageForm::sum ? adjacency.weighted() : form != MessageForm::with_loops;
  const std::uint64_t entry = sizeof(NodeId) + (weighted ? sizeof(float) : 0);
  // The matrix, its transpose, and where entries of that come from.
  return 2 * (rows * sizeof(EdgeOffset) + entries * entry) + entries * sizeof(EdgeOffset);
}

}  // namespace adjoin::gnn
