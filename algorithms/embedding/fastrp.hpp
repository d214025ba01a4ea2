// FastRP: node embeddings by very sparse random projection of powers of the transition matrix.
//
// Source.  Chen, Sultan, Tian, Chen, Skiena: Fast and Accurate Network Embeddings via Very Sparse Random Projection,
//          CIKM 2019.
// Method.  N_0 = L R, with R the sparse sign matrix and L = diag(degree^beta);  N_i = M N_(i-1) for each hop i, with M
//          the transition matrix D^-1 S (or the adjacency matrix S);  result = sum_i weights[i-1] * N_i, each N_i first
//          scaled to rows of length one in the dialect of the authors' code.
#pragma once

#include <cstdint>
#include <vector>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// adjoin: the steps of gtmac with s = 3, so that no node starts from an empty vector however large the graph.
/// paper:  the formula of the article: L = diag((degree / 2m)^beta), s = sqrt(m), hops added as they are.
/// gtmac:  the authors' program: L = diag(degree^beta), s = sqrt(n), every hop scaled to rows of length one before it
///         is added, and at the end every column of the sum to mean 0 and variance 1.
enum class FastRPDialect : std::uint8_t { adjoin, paper, gtmac };
enum class FastRPMatrix : std::uint8_t { transition, adjacency };
/// Which neighbours a node of a directed graph gathers from; an undirected graph has only one kind.
enum class FastRPDirection : std::uint8_t { out, in, both };

template <>
struct EnumNames<FastRPDialect> {
  static constexpr std::array<std::pair<FastRPDialect, std::string_view>, 3> names{
      {{FastRPDialect::adjoin, "adjoin"}, {FastRPDialect::paper, "paper"}, {FastRPDialect::gtmac, "gtmac"}}};
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

/// The defaults are a configuration published with the authors' program (BlogCatalog notebook: weights 0,0,1,6.67, beta
/// -0.64, 512 columns). Its authors chose it on that data set; bench/README.md says what it reaches.
struct FastRPOptions {
  int dim = 512;
  std::vector<float> weights{0, 0, 1, 6.67F};
  float beta = -0.64F;
  FastRPDialect dialect = FastRPDialect::adjoin;
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
        option_field(
            "dialect", &O::dialect,
            "adjoin: the tuned default; paper: the formula of the article; gtmac: the steps of the authors' program"),
        option_field("matrix", &O::matrix,
                     "multiply by the transition matrix (mean over neighbours) or the adjacency matrix (sum)"),
        option_field("sparsity", &O::sparsity, {0.0F, 2.0e9F},
                     "one entry in s of the random matrix is not zero (1 or more); 0 takes the dialect's s: 3, sqrt(m) "
                     "or sqrt(n)",
                     "Li, Hastie, Church 2006"),
        option_field("self-influence", &O::self_influence, {-1e6F, 1e6F},
                     "weight of the node's own random vector in the sum"),
        option_field("direction", &O::direction,
                     "neighbours that a node of a directed graph gathers from: out, in, or both"),
        option_field(
            "concatenate", &O::concatenate,
            "put the hops side by side, each times its weight, instead of adding them; hops of weight 0 are left out")};
  }
};

struct FastRPResult {
  Matrix embedding;  // n x dim, or n x (hops with a weight * dim) with concatenate; row i is node i
  RunRecord record;  // remarks: how many nodes have no neighbours and so a zero row
};

/// Input.   Directed or not, weighted (degree = sum of weights) or not; a self-loop makes a node its own neighbour.
///          With direction `both` an edge counts once for each of its ends.
/// Output.  A node without neighbours has a zero row, or its own random vector where self_influence is not 0.
///          Never NaN.
/// Cost.    O(hops * m * dim) time. Peak: two n x dim buffers beside the graph, the result being one of them; with
///          concatenate the result and two. A sixteenth more where the random vectors are wanted to the end, for
///          self_influence or for the first of four hops or more; a third buffer where a hop between the first and the
///          last three has a weight.
/// Errors.  InvalidOption (also: no hop has a weight), InvalidData (weights of a node that add up to infinity),
///          BudgetExceeded, DeviceError, Cancelled.
/// Repeat.  Same seed and names: same bits for any number of threads and any order of the input, at one instruction
///          level.
FastRPResult fastrp(RunContext& context, GraphView graph, const FastRPOptions& options);

/// Bytes that fastrp takes at its peak beyond the graph it is given.
std::uint64_t estimate_fastrp_memory(GraphView graph, const FastRPOptions& options);

}  // namespace adjoin
