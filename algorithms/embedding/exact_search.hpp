// Exact search for nearest rows, kept ready for many calls on one embedding.
//
// Method.  Queries are packed side by side in panels, rows are swept in tiles that stay in the cache, and each query
//          keeps a heap of its nearest rows. A row goes to the heaps only if it passes a bound that is checked for all
//          queries of a panel at once (engine/dense/panel_products.hpp). A run with a GPU compares there, with up to
//          4096 neighbours and as far as its memory allows (engine/dense/cuda/top_rows.hpp): similarities may differ
//          in their last bits, also with how many queries are asked at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <adjoin/algorithms/embedding/nearest.hpp>
#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// Looks at the embedding it is given, which must live as long as it does and stay as it is; holds 4 bytes a row beside
/// it. On a GPU the rows stay in its memory from one search to the next, so a search there is for one thread at a time.
class ExactSearch {
 public:
  /// embedding: n x d, finite. InvalidData for a row so long (above 1e38, for dot products 1e19) that products would
  /// leave the range of a float. Reads 4*n*d bytes.
  ExactSearch(RunContext& context, MatrixView<const float> embedding, Similarity similarity);

  MatrixView<const float> embedding() const noexcept { return x_; }
  bool is_zero_row(NodeId node) const noexcept { return lengths_[index(node)] == 0; }

  /// As adjoin::nearest, a list a query. The stage in progress moves on by queries * n. InvalidOption for a row that is
  /// not there.
  NeighborLists nearest(RunContext& context, std::span<const NodeId> queries, std::size_t top) const;
  /// The same for vectors that are no rows of the embedding: q x d (InvalidOption for another d).
  NeighborLists nearest(RunContext& context, MatrixView<const float> vectors, std::size_t top) const;

  /// A query as the search sees it: what it is compared with, its length, and the row that it is, to be left out.
  struct Query {
    static constexpr std::size_t no_row = ~std::size_t{0};
    std::span<const float> vector;
    float length = 1;  // infinite for a zero vector under cosine, whose products are then 0
    std::size_t row = no_row;
  };
  Query make_query(NodeId row) const noexcept;
  std::vector<Query> make_queries(std::span<const NodeId> rows) const;
  std::vector<Query> make_queries(MatrixView<const float> vectors) const;
  NeighborLists search(RunContext& context, std::span<const Query> queries, std::size_t top) const;

  /// The nearest `top` of some rows, with the numbers that a full search gives them. panel: size panel_width * d.
  std::vector<Neighbor> rank(const Query& query, std::span<const NodeId> rows, std::size_t top,
                             std::span<float> panel) const;

 private:
  class Pass;
  float similarity(float product, std::size_t row) const noexcept;

  MatrixView<const float> x_;
  bool cosine_;
  Array<float> lengths_;                    // of the rows; 1 for dot products
  mutable std::shared_ptr<void> resident_;  // the rows on a GPU, once one has searched them
};

/// Bytes that an exact search takes beyond the embedding and the lists it returns, and those of the lists.
std::uint64_t estimate_exact_search_memory(std::uint64_t rows, std::uint64_t columns, std::uint64_t queries,
                                           std::uint64_t top);
std::uint64_t estimate_neighbor_lists_memory(std::uint64_t rows, std::uint64_t queries, std::uint64_t top);

}  // namespace adjoin
