// Katz's index: all walks from one node to the other, longer ones counting less.
//
// Source.  Katz: A new status index derived from sociometric analysis, Psychometrika 18 (1953); for links:
//          Liben-Nowell, Kleinberg, CIKM 2003, section 3.
// Method.  s(x, y) = sum over l >= 1 of beta^l (A^l)_xy = ((I - beta A)^-1 - I)_xy.
//          truncated: the terms up to some length; the row of x is carried from hop to hop.
//          exact: the matrix is factorised once (LU), and each source is one solve.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/graph/neighbors.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

enum class KatzMethod : std::uint8_t { truncated, exact };

template <>
struct EnumNames<KatzMethod> {
  static constexpr std::array<std::pair<KatzMethod, std::string_view>, 2> names{
      {{KatzMethod::truncated, "truncated"}, {KatzMethod::exact, "exact"}}};
};

/// Exact scores hold n^2 numbers and take n^3 / 3 products: graphs beyond this are refused.
inline constexpr std::size_t most_nodes_of_exact_katz = 4096;

struct KatzOptions {
  double beta = 0.001;
  KatzMethod method = KatzMethod::truncated;
  int max_length = 12;
  bool use_weights = false;
  NeighborDirection direction = NeighborDirection::out;

  static constexpr auto fields() {
    using O = KatzOptions;
    return std::tuple{
        option_field("beta", &O::beta, {1e-12, 1.0}, "what each further edge of a walk multiplies its count by",
                     "Zhang, Chen 2018 take 0.001"),
        option_field("method", &O::method,
                     "truncated: walks up to the length of max-length; exact: walks of any length, on small graphs"),
        option_field("max-length", &O::max_length, {1, 1000}, "edges of the longest walks that truncated scores count"),
        option_field("use-weights", &O::use_weights, "count a walk by the product of its edges' weights"),
        option_field("direction", &O::direction,
                     "edges of a directed graph that a walk follows from the first node of a pair: out, in, or both")};
  }
};

/// Value i is the index of pairs[i], summed in double.
/// Input.   Any graph; a self-loop is a step that stays, which walks may take.
/// Cost.    Truncated: O(max_length m) a distinct source, less while its walks reach little; 24 bytes a node and
///          thread. Exact: O(n^3), which is not interrupted, then O(n^2) a distinct source; 8 n^2 bytes.
/// Errors.  InvalidOption, with `exact` also for a beta at or above 1 / spectral radius of the matrix, where the sum
///          has no end, and for more than most_nodes_of_exact_katz nodes; InvalidData for a pair of a node with itself,
///          of an id that the graph does not have, or with a score that a float cannot hold; BudgetExceeded, Cancelled.
/// Repeat.  The same bits for any number of threads and any order of the pairs.
Array<float> katz_scores(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                         const KatzOptions& options = {});

/// The most that a truncated score, before it is rounded, can lie below the exact one, for any pair: no entry of A^l
/// is above D^l, with D the smaller of the largest row sum and the largest column sum of A, so that what is left out
/// is at most (beta D)^(L+1) / (1 - beta D). Infinite if beta D >= 1, though the sum may have an end even then. O(m).
double katz_truncation_bound(RunContext& context, GraphView graph, const KatzOptions& options = {});

/// Bytes that katz_scores takes at its peak beyond the graph and the pairs, on `threads` threads.
std::uint64_t estimate_katz_memory(GraphView graph, std::size_t pair_count, const KatzOptions& options, int threads);

}  // namespace adjoin
