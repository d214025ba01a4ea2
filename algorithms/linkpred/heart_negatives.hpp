// Hard negatives: for each held-out edge, pairs of its two nodes with others that heuristics hold likely to be linked.
//
// Source.  Li, Shomer, Mao, Zeng, Ma, Shah, Tang, Yin: Evaluating graph neural networks for link prediction: current
//          pitfalls and new benchmarking (HeaRT), NeurIPS 2023, section 4 and appendix; and the code that the authors
//          released, of which the benchmark's negatives come.
// Method.  An edge (a, b) gets as many negatives (a, v) as (b, v). For one end, every v is ranked by each of
//          resource allocation, personalised PageRank from that end (by push) and, if there are features, their cosine,
//          all over the training graph; its rank is the smallest of those, and the v with the smallest ranks are taken.
//          Never taken are the end, its neighbours in the training graph, for the test also those in validation, and
//          the other end. Other edges of the stage may be taken. Ranks of one score: those of the highest value have
//          rank 1; others (nodes with this value or a higher one) - (nodes with the highest) + 1; nodes of value 0 come
//          after all of these, in one rank. Equal ranks are ordered by a draw from the seed and the names of the edge.
//          Where fewer nodes than are wanted have any score above 0, the rest are drawn from those that have none.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <adjoin/algorithms/evaluate/split.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>

namespace adjoin {

/// intended: as above, each edge by itself.
/// released: what the authors' program does. It ranks features in place, in the table that all edges share. When a node
///           is an end for the second time, its row holds the ranks of the first, where the least alike node has the
///           largest number, and takes them for similarities: most alike become least alike. Nodes that were
///           masked, the other end of the last edge say, stand highest. The third time is turned round again, and so
///           on, over validation and then test, in the order of the edges. Also, what is drawn among nodes without a
///           score may come twice, and has its place only where those with a score are fewer than wanted, whose ranks
///           may tie with it. Without features the two differ in this alone.
enum class HeartMode : std::uint8_t { intended, released };
template <>
struct EnumNames<HeartMode> {
  static constexpr std::array<std::pair<HeartMode, std::string_view>, 2> names{
      {{HeartMode::intended, "intended"}, {HeartMode::released, "released"}}};
};

struct HeartOptions {
  HeartMode mode = HeartMode::intended;
  int negatives_per_positive = 500;
  double alpha = 0.15;
  double epsilon = 1e-7;

  static constexpr auto fields() {
    using O = HeartOptions;
    return std::tuple{
        option_field("mode", &O::mode,
                     "intended: each edge by itself; released: with what the authors' program does to features of a "
                     "node that is in several edges"),
        option_field("negatives-per-positive", &O::negatives_per_positive, {2, 1'000'000},
                     "half of them for each end; an even number", "Li et al. 2023: 500"),
        option_field("alpha", &O::alpha, {1e-4, 1.0}, "probability that a walk returns to its root",
                     "Li et al. 2023: 0.15"),
        option_field("epsilon", &O::epsilon, {1e-14, 1.0},
                     "the error of PageRank at a node may be this for each of its edges",
                     "Li et al. 2023: 1e-7, and 1e-5 for Pubmed and ogbl-collab")};
  }
};

/// Those of positive i stand from i * negatives_per_positive on, first the half that keeps its source. The first node
/// of each is the end that was kept.
struct HeartNegatives {
  std::vector<Edge> validation;
  std::vector<Edge> test;
  std::uint64_t without_score = 0;  // how many were drawn among nodes that no score knows
};

/// Of the held-out edges of a split; the split's own negatives play no part.
/// features: a row a node, or no rows; a cosine below 0 counts as 0.
/// Cost.    For each distinct node of the edges: its push, its two-hop neighbourhood, the nodes that share a feature
///          with it, and the sort of what they reach; and O(n) for each of its edges. Memory a node and thread: 130
///          bytes.
/// Errors.  InvalidOption for a directed graph or an odd number; InvalidData for features of another number of nodes,
///          or if an end has fewer nodes to be paired with than are wanted; BudgetExceeded, Cancelled.
/// Repeat.  The same for any number of threads.
HeartNegatives heart_negatives(RunContext& context, const EdgeSplit& split, const CsrView& features = {},
                               const HeartOptions& options = {});

/// Bytes that heart_negatives takes at its peak beyond the graph and the features, on `threads` threads.
std::uint64_t estimate_heart_memory(GraphView training, std::size_t held_out, const CsrView& features,
                                    const HeartOptions& options, int threads);

}  // namespace adjoin
