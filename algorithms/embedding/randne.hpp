// RandNE: node embeddings by random projection of a polynomial of the transition matrix.
//
// Source.  Zhang, Cui, Li, Wang, Zhu: Billion-scale Network Embedding with Iterative Random Projection, ICDM 2018.
// Method.  R is a matrix of normal numbers with variance 1/d, its columns made orthogonal;
//          result = w_0 R + w_1 M R + ... + w_q M^q R, with M the transition matrix D^-1 S or the adjacency matrix S.
#pragma once

#include <cstdint>
#include <vector>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/graph/neighbors.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// orthogonal: the columns of the random matrix are orthogonal and of length sqrt(n / d), so that R R^T is a projection
///             times a number (Zhang et al. 2018, section IV-B). gaussian: as drawn, which is faster.
enum class RandNEProjection : std::uint8_t { orthogonal, gaussian };

template <>
struct EnumNames<RandNEProjection> {
  static constexpr std::array<std::pair<RandNEProjection, std::string_view>, 2> names{
      {{RandNEProjection::orthogonal, "orthogonal"}, {RandNEProjection::gaussian, "gaussian"}}};
};

/// The defaults are those of the authors' program for the classification of nodes: 128 columns, order 3, the transition
/// matrix.
struct RandNEOptions {
  int dim = 128;
  std::vector<float> weights{1, 1e2F, 1e4F, 1e5F};
  NeighborMatrix matrix = NeighborMatrix::transition;
  RandNEProjection projection = RandNEProjection::orthogonal;
  NeighborDirection direction = NeighborDirection::out;

  static constexpr auto fields() {
    using O = RandNEOptions;
    return std::tuple{
        option_field("dim", &O::dim, {1, 65'536}, "columns of the embedding"),
        option_field("weights", &O::weights, {-1e9F, 1e9F},
                     "weight of each order, beginning with order 0, the node's own random vector",
                     "Zhang et al. 2018, equation 5"),
        option_field("matrix", &O::matrix,
                     "multiply by the transition matrix (mean over neighbours) or the adjacency matrix (sum)"),
        option_field("projection", &O::projection,
                     "make the columns of the random matrix orthogonal, or take them as drawn",
                     "Zhang et al. 2018, section IV"),
        option_field("direction", &O::direction,
                     "neighbours that a node of a directed graph gathers from: out, in, or both")};
  }
};

struct RandNEResult {
  Matrix embedding;  // n x dim; row i is node i
  RunRecord record;  // remarks: how many nodes have no neighbours
};

/// Input.   Directed or not, weighted (degree = sum of weights) or not; a self-loop makes a node its own neighbour.
///          With direction `both` an edge counts once for each of its ends.
/// Output.  A node without neighbours has its own random vector times the weight of order 0. Never NaN. Where columns
///          are to be orthogonal and there are fewer nodes than columns, the columns past the n-th are zero.
/// Cost.    O(q m dim) time, and n dim^2 for orthogonal columns. Peak: three n x dim buffers beside the graph, the
///          result being one of them; two up to order 2.
/// Errors.  InvalidOption (also: no order has a weight), InvalidData (weights of a node that add up to infinity, or
///          sums that leave the range of a float), BudgetExceeded, DeviceError, Cancelled.
/// Repeat.  Same seed and names: same bits for any number of threads and any order of the input, at one instruction
///          level.
RandNEResult randne(RunContext& context, GraphView graph, const RandNEOptions& options);

/// Bytes that randne takes at its peak beyond the graph it is given, on `threads` threads.
std::uint64_t estimate_randne_memory(GraphView graph, const RandNEOptions& options, int threads);

}  // namespace adjoin
