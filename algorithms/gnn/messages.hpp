// Along what nodes tell one another their vectors: the matrix of a convolution, of a whole graph or of a sampled block.
#pragma once

#include <cstddef>
#include <cstdint>

#include <adjoin/engine/learn/sparse_operand.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr.hpp>
#include <adjoin/engine/sparse/row_range.hpp>

namespace adjoin::gnn {

/// What becomes of an adjacency matrix A, whose row i names those that tell node i. Weights of A count where it has
/// any, but for with_loops.
enum class MessageForm : std::uint8_t {
  symmetric_with_loops,  // D^-1/2 (A + I) D^-1/2, D the row sums of A + I (GCN, SGC, APPNP: Kipf, Welling 2017)
  symmetric,             // D^-1/2 A D^-1/2 (LightGCN: He et al. 2020)
  mean,                  // D^-1 A (GraphSAGE: Hamilton, Ying, Leskovec 2017)
  sum,                   // A (GIN: Xu et al. 2019)
  with_loops,            // the places of A + I, for weights that are learned (GAT: Velickovic et al. 2018)
};

/// A matrix of targets x sources with its transpose. The targets are a run of the sources, in the same order: all of
/// them for a whole graph, the first ones for a sampled block. Move-only.
class Messages {
 public:
  /// Of a whole graph: adjacency is square. Copied. O(entries).
  Messages(RunContext& context, const CsrView& adjacency, MessageForm form);
  /// Of a block whose targets are the first of its sources: values as they are, so in the form that is asked for.
  Messages(RunContext& context, Csr block);
  /// The rows [first, first + count) of others', without a transpose: for tapes without gradients. The others outlive
  /// it. O(count).
  Messages(const Messages& all, std::size_t first, std::size_t count);

  const CsrView& matrix() const noexcept { return operand_.matrix(); }
  const learn::SparseOperand& operand() const noexcept { return operand_; }
  std::size_t target_count() const noexcept { return matrix().row_count(); }
  std::size_t source_count() const noexcept { return matrix().column_count; }
  /// Which source the first target is.
  std::size_t first_target() const noexcept { return first_target_; }

  /// Bytes of those of a graph, at most.
  static std::uint64_t bytes(const CsrView& adjacency, MessageForm form) noexcept;

 private:
  Csr csr_;
  RowRange rows_;  // of messages that are a part of others
  learn::SparseOperand operand_;
  std::size_t first_target_ = 0;
};

}  // namespace adjoin::gnn
