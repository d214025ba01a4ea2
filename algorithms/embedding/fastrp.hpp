// FastRP: node embeddings by very sparse random projection of powers of the transition matrix.
//
// Source.  Chen, Sultan, Tian, Chen, Skiena: Fast and Accurate Network Embeddings via Very Sparse Random Projection,
// CIKM 2019. Method.  N_0 = L R, with R the sparse sign matrix and L = diag(degree^beta);  N_i = M N_(i-1) for each hop
// i, with M the
//          transition matrix D^-1 S (or the adjacency matrix S);  result = sum_i weights[i-1] * N_i, each N_i first
//          scaled to rows of length one in the dialect of the authors' code.
#pragma once

#include <cstdint>
#include <vector>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// paper:  the formula of the article: L = diag((degree / 2m)^beta), s = sqrt(m), hops added as they are.
/// gtmac:  the authors' program: L = diag(degree^beta), s = sqrt(n), every hop scaled to rows of length one before it
/// is added,
///         and at the end every column to mean 0 and variance 1.
enum class FastRPDialect : std::uint8_t { paper, gtmac };
enum class FastRPMatrix : std::uint8_t { transition, adjacency };
/// Which neighbours a node of a directed graph gathers from; an undirected graph has only one kind.
enum class FastRPDirection : std::uint8_t { out, in, both };

template <>
struct EnumNames<FastRPDialect> {
  static constexpr std::array<std::pair<FastRPDialect, std::string_view>, 2> names{
      {{FastRPDialect::paper, "paper"}, {FastRPDialect::gtmac, "gtmac"}}};
};
template <>
struct EnumNames<FastRPMatrix> {
  static constexpr std::array<std::pair<FastRPMatrix, std::string_view>, 2> names{
      {{FastRPMatrix::transition, "transition"}, {FastRPMatrix::adjacency, "adjacency"}}};
};
template <>
struct EnumNames<FastRPDirection> {
  static constexpr std::array<std::pair<FastRPDirection, std::string_view>, 3> names{
      {{FastRPDirection::out, "out"}, {FastRPDirection::in, "in"}, {FastRPDirection::both, "both"}}};
};

struct FastRPOptions {
  int dim = 256;
  std::vector<float> weights{0, 0, 1, 6.67F};
  float beta = -0.64F;
  FastRPDialect dialect = FastRPDialect::gtmac;
  FastRPMatrix matrix = FastRPMatrix::transition;
  float sparsity = 0;
  float self_influence = 0;
  FastRPDirection direction = FastRPDirection::out;
  bool concatenate = false;

  static constexpr auto fields() {
    using O = FastRPOptions;
    return std::tuple{
        option_field("dim", &O::dim, {1, 65'536}, "columns of the embedding (of each hop, with --concatenate)"),
        option_field("weights", &O::weights, {-1e6F, 1e6F},
                     "weight of each hop, the first hop first; their number is the number of hops",
                     "Chen et al. 2019, section 3.3"),
        option_field("beta", &O::beta, {-10.0F, 10.0F},
                     "exponent of the degree that scales a node's random vector; below 0 hubs count less",
                     "Chen et al. 2019, section 3.2"),
        option_field("dialect", &O::dialect,
                     "the formula of the article, or the steps of the authors' program (gtmac)"),
        option_field("matrix", &O::matrix,
                     "multiply by the transition matrix (mean over neighbours) or the adjacency matrix (sum)"),
        option_field("sparsity", &O::sparsity, {0.0F, 2.0e9F},
                     "one entry in s of the random matrix is not zero; 0 takes the dialect's s",
                     "Li, Hastie, Church 2006"),
        option_field("self-influence", &O::self_influence, {-1e6F, 1e6F},
                     "weight of the node's own random vector in the sum"),
        option_field("direction", &O::direction,
                     "neighbours that a node of a directed graph gathers from: out, in, or both"),
        option_field("concatenate", &O::concatenate, "put the weighted hops side by side instead of adding them")};
  }
};

struct FastRPResult {
  Matrix embedding;  // n x dim, or n x (hops * dim) with concatenate; row i is node i
  RunRecord
      record;  // remarks: nodes without neighbours, which have zero rows (their own vector only with self-influence)
};

/// Input.   Weights >= 0 (every Graph's are). Directed and undirected, weighted (degree = sum of weights) and not;
/// self-loops
///          count as neighbours.
/// Output.  Isolated nodes: zero row, unless self_influence is not 0. Never NaN for finite options.
/// Cost.    O(hops * m * dim) time. Peak: the graph and two n x dim buffers, the result being one of them; a third when
/// four or
///          more hops are asked for and one before the last three has a weight (estimate_fastrp_memory tells).
/// Errors.  InvalidOption, BudgetExceeded, DeviceError, Cancelled.
/// Repeat.  Same seed and names: same bits for any number of threads and any order of the input, at one instruction
/// level.
FastRPResult fastrp(RunContext& context, GraphView graph, const FastRPOptions& options);

/// Bytes that fastrp takes at its peak beyond the graph it is given.
std::uint64_t estimate_fastrp_memory(std::size_t node_count, const FastRPOptions& options);

}  // namespace adjoin
