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
#include <adjoin/engine/dense/resident_matrix.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/graph/neighbors.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// What goes by the name of FastRP; docs/fastrp-dialects.md has a table. Every one of them differs in its steps and
/// takes the same options. adjoin:     the steps of gtmac with s = 3, so that no node starts from an empty vector
/// however large the graph. paper:      the formula of the article: L = diag((degree / 2m)^beta), s = sqrt(m), hops
/// added as they are. gtmac:      the authors' program: L = diag(degree^beta), s = sqrt(n), every hop scaled to rows of
///             length one before it is added, and at the end every column of the sum to mean 0 and variance 1.
/// gds:        Neo4j Graph Data Science 2.x: s = 3, degrees and means count neighbours even where edges have weights,
///             every hop scaled to rows of length one before it is added, nothing done to the sum.
/// tigergraph: tg_fastRP: L = diag((degree / 2m)^beta), s = 3; the random vectors are gathered once before the first
///             hop; in a hop a node adds its own vector to its neighbours' and the sum is scaled to length one, which
///             goes on into the next hop; the result is divided by the number of weights.
/// fastrp-rs:  the Rust crate fastrp: s = 3, no scaling by degree (beta is not used), means over the number of
///             neighbours, hops added as they are; the first weight belongs to the random vectors themselves.
enum class FastRPDialect : std::uint8_t { adjoin, paper, gtmac, gds, tigergraph, fastrp_rs };
/// The row of a node without neighbours: zeros, or what the node would get as its own only neighbour.
enum class FastRPIsolated : std::uint8_t { zero, own };
/// What the hops are kept in between products. Sums are floats in either case, and so is the result.
enum class FastRPPrecision : std::uint8_t { float32, bf16 };

template <>
struct EnumNames<FastRPDialect> {
  static constexpr std::array<std::pair<FastRPDialect, std::string_view>, 6> names{
      {{FastRPDialect::adjoin, "adjoin"},
       {FastRPDialect::paper, "paper"},
       {FastRPDialect::gtmac, "gtmac"},
       {FastRPDialect::gds, "gds"},
       {FastRPDialect::tigergraph, "tigergraph"},
       {FastRPDialect::fastrp_rs, "fastrp-rs"}}};
};
template <>
struct EnumNames<FastRPPrecision> {
  static constexpr std::array<std::pair<FastRPPrecision, std::string_view>, 2> names{
      {{FastRPPrecision::float32, "float32"}, {FastRPPrecision::bf16, "bf16"}}};
};
template <>
struct EnumNames<FastRPIsolated> {
  static constexpr std::array<std::pair<FastRPIsolated, std::string_view>, 2> names{
      {{FastRPIsolated::zero, "zero"}, {FastRPIsolated::own, "own"}}};
};

/// The defaults are a configuration published with the authors' program (BlogCatalog notebook: weights 0,0,1,6.67, beta
/// -0.64, 512 columns). Its authors chose it on that data set; bench/README.md says what it reaches.
struct FastRPOptions {
  int dim = 512;
  std::vector<float> weights{0, 0, 1, 6.67F};
  float beta = -0.64F;
  FastRPDialect dialect = FastRPDialect::adjoin;
  NeighborMatrix matrix = NeighborMatrix::transition;
  float sparsity = 0;
  float self_influence = 0;
  NeighborDirection direction = NeighborDirection::out;
  FastRPIsolated isolated = FastRPIsolated::zero;
  float property_ratio = 0;
  FastRPPrecision precision = FastRPPrecision::float32;
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
            "whose steps to take: adjoin (the tuned default), paper (the formula of the article), gtmac (the authors' "
            "program), gds (Neo4j), tigergraph, or fastrp-rs (the Rust crate)"),
        option_field("matrix", &O::matrix,
                     "multiply by the transition matrix (mean over neighbours) or the adjacency matrix (sum)"),
        option_field("sparsity", &O::sparsity, {0.0F, 2.0e9F},
                     "one entry in s of the random matrix is not zero (1 or more); 0 takes the dialect's s: 3, or "
                     "sqrt(m) for paper, sqrt(n) for gtmac",
                     "Li, Hastie, Church 2006"),
        option_field("self-influence", &O::self_influence, {-1e6F, 1e6F},
                     "weight of the node's own random vector in the sum"),
        option_field("direction", &O::direction,
                     "neighbours that a node of a directed graph gathers from: out, in, or both"),
        option_field("isolated", &O::isolated,
                     "row of a node without neighbours: zero, or own, what it would get as its own only neighbour"),
        option_field("property-ratio", &O::property_ratio, {0.0F, 1.0F},
                     "share of the columns that start from the nodes' features instead of random numbers",
                     "Neo4j Graph Data Science, propertyRatio"),
        option_field("precision", &O::precision,
                     "what hops are kept in: float32, or bf16, which halves the bytes that a hop moves and rounds "
                     "every number to 8 bits"),
        option_field(
            "concatenate", &O::concatenate,
            "put the hops side by side, each times its weight, instead of adding them; hops of weight 0 are left out")};
  }
};

/// What a run may be given beside the graph.
struct FastRPInputs {
  /// n x f features of the nodes, for property_ratio: the last round-down(ratio * dim) columns of a node's start vector
  /// are the sum over its features of value * that feature's random vector.
  CsrView features = {};
  /// n x dim vectors to propagate instead of L R, as they are; empty for L R.
  MatrixView<const float> start = {};
  /// Which random matrix R is drawn: runs with different numbers are independent. 0 is the one of every other run.
  std::uint64_t projection = 0;
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
///          self_influence, for the first of four hops or more, or for isolated nodes' own rows (a whole buffer if
///          start vectors are features or given); a third buffer where a hop between the first and the last three has a
///          weight, and in the dialect tigergraph.
/// Errors.  InvalidOption (also: no hop has a weight; inputs of another shape), InvalidData (weights of a node that add
///          up to infinity), BudgetExceeded, DeviceError, Cancelled.
/// Repeat.  Same seed and names: same bits for any number of threads and any order of the input, at one instruction
///          level.
FastRPResult fastrp(RunContext& context, GraphView graph, const FastRPOptions& options,
                    const FastRPInputs& inputs = {});

struct FastRPResidentResult {
  ResidentMatrix embedding;
  RunRecord record;
};

/// The same vectors, left where the run made them: in a GPU's memory for a program that goes on there, in the host's if
/// the run was on the processor.
/// Errors.  As fastrp; and DeviceError where a GPU asked for by name has no room for whole matrices, since blocks of
///          columns meet in the host's memory alone.
FastRPResidentResult fastrp_resident(RunContext& context, GraphView graph, const FastRPOptions& options,
                                     const FastRPInputs& inputs = {});

/// Bytes that fastrp takes at its peak beyond the graph and the inputs it is given.
std::uint64_t estimate_fastrp_memory(GraphView graph, const FastRPOptions& options, const FastRPInputs& inputs = {});

}  // namespace adjoin
