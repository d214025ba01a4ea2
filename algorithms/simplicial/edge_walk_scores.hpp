// What walks of any length say of the two ends of an edge: one number for each edge of a graph, of which scores of
// three nodes are sums.
//
// Source.  Benson, Abebe, Schaub, Jadbabaie, Kleinberg: Simplicial closure and higher-order link prediction, PNAS 2018,
//          supplement, section on score functions ("Katz", "personalized PageRank"); parameters as in the program that
//          was released with the paper.
// Method.  katz:     S = (I - beta W)^-1 - I, with beta = 1/4 / the largest eigenvalue of W, at most 1/2.
//          pagerank: S = (1 - alpha) (I - alpha W D^-1)^-1, with D the row sums of W: S_ij is how often a walk from j,
//                    which begins anew with probability 1 - alpha, is at i.
//          The number of an edge is S_ij + S_ji. Both inverses are, but for scales on the left and right, (I - gamma
//          A)^-1 of a symmetric matrix A without eigenvalues outside [-1, 1]: W over its largest, or D^-1/2 W D^-1/2.
//          Columns of it are made together, to an error known beforehand (resolvent.hpp), and only those of a set of
//          nodes that has an end of every edge.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>

#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

enum class EdgeWalk : std::uint8_t { katz, pagerank };
template <>
struct EnumNames<EdgeWalk> {
  static constexpr std::array<std::pair<EdgeWalk, std::string_view>, 2> names{
      {{EdgeWalk::katz, "katz"}, {EdgeWalk::pagerank, "pagerank"}}};
};

struct EdgeWalkOptions {
  EdgeWalk walk = EdgeWalk::katz;
  bool use_weights = false;
  double katz_share = 0.25;
  double katz_limit = 0.5;
  double alpha = 0.85;
  double error = 1e-13;

  static constexpr auto fields() {
    using O = EdgeWalkOptions;
    return std::tuple{
        option_field("walk", &O::walk, "katz or pagerank"),
        option_field("use-weights", &O::use_weights, "W is the weights of the edges, else 1 for each"),
        option_field("katz-share", &O::katz_share, {1e-6, 0.999},
                     "katz: beta as a share of 1 / the largest eigenvalue of W, from which on the sum has no end",
                     "the released program"),
        option_field("katz-limit", &O::katz_limit, {1e-12, 1.0}, "katz: beta is at most this", "the released program"),
        option_field("alpha", &O::alpha, {0.0, 0.999}, "pagerank: probability that a walk goes on",
                     "the released program"),
        option_field("error", &O::error, {1e-15, 0.1},
                     "an entry of (I - gamma A)^-1, of which the diagonal is 1 or more, may be this far off")};
  }
};

struct EdgeWalkScores {
  Array<double> values;  // of each entry of graph.out(): both of an edge have the same
  double beta = 0;       // of Katz
  double gamma = 0;      // of (I - gamma A)^-1
  /// No entry of (I - gamma A)^-1 is further off than this, but for rounding. For katz a value is then within twice
  /// that, for pagerank within (1 - alpha) (sqrt(D_i / D_j) + sqrt(D_j / D_i)) of it; both are then rounded to 40
  /// binary digits, so that edges that are alike in every way are tied.
  double error = 0;
  RunRecord record;
};

/// Input.   An undirected graph without self-loops; weights above 0.
/// Cost.    About log(1 / error) / sqrt(1 - gamma) products of W with n numbers for each column: 15 terms for katz and
///          55 for pagerank as preset. Columns are at most n. 16 bytes an entry of W, and 256 a node and thread.
/// Errors.  InvalidOption; InvalidData for a directed graph, a self-loop or a weight that is not above 0;
///          BudgetExceeded, Cancelled.
/// Repeat.  The same bits for any number of threads. PageRank has the same bits in any company of other components.
EdgeWalkScores edge_walk_scores(RunContext& context, GraphView graph, const EdgeWalkOptions& options = {});

/// Bytes that it takes at its peak beyond the graph, on so many threads.
std::uint64_t estimate_edge_walk_memory(GraphView graph, int threads) noexcept;

}  // namespace adjoin
