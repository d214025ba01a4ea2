// The nearest rows of an embedding, exactly: every row is compared with every query, in blocks. For the same embedding
// asked many times there is ExactSearch, and for very many queries NearestIndex, which does not compare everything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/ids.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

enum class Similarity : std::uint8_t { cosine, dot };
template <>
struct EnumNames<Similarity> {
  static constexpr std::array<std::pair<Similarity, std::string_view>, 2> names{
      {{Similarity::cosine, "cosine"}, {Similarity::dot, "dot"}}};
};

struct NearestOptions {
  int top = 10;
  Similarity similarity = Similarity::cosine;

  static constexpr auto fields() {
    return std::tuple{
        option_field("top", &NearestOptions::top, {1, 1'000'000}, "how many nearest nodes to name"),
        option_field("similarity", &NearestOptions::similarity, "cosine of the angle, or the dot product")};
  }
};

struct Neighbor {
  NodeId node;
  float similarity;
};

using NeighborLists = std::vector<std::vector<Neighbor>>;

/// The order of every list: most similar first, ties by id.
constexpr bool nearer(const Neighbor& a, const Neighbor& b) noexcept {
  return a.similarity != b.similarity ? a.similarity > b.similarity : a.node < b.node;
}

struct NearestResult {
  NeighborLists neighbors;  // one list a query, most similar first, ties by id, the query left out
  RunRecord record;
};

/// For each query row the `top` most similar other rows. A zero row has cosine 0 with every row.
/// Input.   embedding: n x d, finite; queries: row numbers < n (InvalidOption otherwise).
/// Cost.    2 q n d operations; one pass over the embedding for each block of queries.
/// Repeat.  the same result for any number of threads, and for a query whichever others are asked with it, at one
///          instruction level. On a GPU the same result every time for the same queries.
NearestResult nearest(RunContext& context, MatrixView<const float> embedding, std::span<const NodeId> queries,
                      const NearestOptions& options);

}  // namespace adjoin
