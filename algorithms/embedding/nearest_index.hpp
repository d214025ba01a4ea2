// An index for nearest rows that answers without comparing everything: most of the nearest rows, for a fraction of the
// comparisons. Worth building for very many queries only.
//
// Source.  Malkov, Yashunin: Efficient and robust approximate nearest neighbor search using Hierarchical Navigable
//          Small World graphs, IEEE TPAMI 42(4), 2020; the library hnswlib, with adjoin's dot product.
// Method.  Rows are inserted one after another, by one thread and in an order drawn from the seed, into a graph of near
//          rows with coarser graphs above it; a query walks down to the rows near it and keeps the ef nearest that it
//          meets. These are ranked once more with the numbers of ExactSearch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <adjoin/algorithms/embedding/exact_search.hpp>
#include <adjoin/algorithms/embedding/nearest.hpp>
#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

struct NearestIndexOptions {
  int links = 16;
  int ef_construction = 200;
  int ef_search = 100;

  static constexpr auto fields() {
    using O = NearestIndexOptions;
    return std::tuple{
        option_field("links", &O::links, {4, 128},
                     "links of a row in the index, twice as many in its lowest layer; more find more and take memory",
                     "M in Malkov, Yashunin 2020, section 4.1"),
        option_field("ef-construction", &O::ef_construction, {8, 10'000},
                     "rows kept in view while a row is inserted; more build a better index, more slowly",
                     "efConstruction in Malkov, Yashunin 2020"),
        option_field("ef-search", &O::ef_search, {8, 1'000'000},
                     "rows kept in view by a query, at least the number asked for; more find more, more slowly",
                     "ef in Malkov, Yashunin 2020")};
  }
};

/// Looks at the embedding it is given, which must live as long as it does, and holds a copy of its rows, of length one
/// for cosine. Zero rows are not in the graph: under cosine they are as near to every query, and are put where they
/// belong.
class NearestIndex {
 public:
  /// embedding: n x d, finite, n < 2^31. Stage "index". The cost grows a little faster than n. Dot products are no
  /// metric, and rows of very different lengths are found less often with them: measure_recall tells.
  /// Errors.  InvalidOption, BudgetExceeded, Cancelled.
  /// Repeat.  Same seed and embedding: the same answers at one instruction level, with one build, for any number of
  ///          threads. Layers are drawn by the C++ library's default_random_engine, so with another C++ library the
  ///          answers may differ.
  NearestIndex(RunContext& context, MatrixView<const float> embedding, Similarity similarity,
               const NearestIndexOptions& options);
  ~NearestIndex();
  NearestIndex(NearestIndex&&) noexcept;
  NearestIndex& operator=(NearestIndex&&) noexcept;

  /// As ExactSearch::nearest, but a near row may be missed; the similarities are those that it gives. Lists are never
  /// shorter than its lists. The stage in progress moves on by the number of queries.
  NeighborLists nearest(RunContext& context, std::span<const NodeId> queries, std::size_t top) const;
  NeighborLists nearest(RunContext& context, MatrixView<const float> vectors, std::size_t top) const;

  const ExactSearch& exact() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Bytes that an index takes beyond the embedding, with what a search of `threads` threads holds.
std::uint64_t estimate_nearest_index_memory(std::uint64_t rows, std::uint64_t columns, int threads,
                                            const NearestIndexOptions& options);

/// Whether building an index and asking it is faster than comparing everything on up to seven threads
/// (docs/decisions/0007). A function of the data alone, so that the choice is the same for any number of threads.
bool index_is_faster(std::uint64_t rows, std::uint64_t queries) noexcept;

struct Recall {
  std::size_t sampled = 0;  // queries
  double recall = 1;        // share of the nearest rows that the index found, 0 to 1
};

/// Compares the index with exact search on `sample` rows drawn without repetition (RandomStream::nearest_sample), or on
/// all if there are no more. A row found counts if it is at least as near as the farthest that exact search names, so
/// that it does not matter which of several equally near rows was found. The stage in progress moves on by
/// sample * (n + 1).
Recall measure_recall(RunContext& context, const NearestIndex& index, std::size_t sample, std::size_t top);

}  // namespace adjoin
