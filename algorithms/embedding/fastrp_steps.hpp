// What the dialects of FastRP disagree about, as data: the runs look at these and never at the dialect's name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <adjoin/algorithms/embedding/fastrp.hpp>
#include <adjoin/engine/graph/node_index.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/run_context.hpp>
#include <adjoin/engine/sparse/csr.hpp>

namespace adjoin::detail {

/// How a row is brought to length one: never, in the copy that is added to the sum, or for good.
enum class UnitRows : std::uint8_t { never, when_added, always };

struct FastRPSteps {
  float start_weight = 0;          // of the start vectors in the sum
  std::vector<float> hop_weights;  // of hop 1, 2, ...; the last is not 0
  UnitRows unit_rows = UnitRows::when_added;
  bool scales_by_degree = true;      // start vectors by degree^beta
  bool relative_degree = false;      // ... of the degree divided by the sum of all degrees
  bool counts_neighbors = false;     // degrees and means go by the number of neighbours, not by weights
  bool gathers_start_first = false;  // the start vectors are gathered once before the first hop
  bool gathers_self = false;         // a hop adds a node's own vector to those of its neighbours
  bool standardizes = true;          // columns of the sum, in the end
  bool isolated_own = false;         // a node without neighbours counts as its own only one

  std::size_t hops() const noexcept { return hop_weights.size(); }
  std::size_t hops_with_weight() const noexcept;
  float weight(std::size_t hop) const noexcept { return hop_weights[hop - 1]; }
  bool adds_units() const noexcept { return unit_rows == UnitRows::when_added; }
  /// What the start vector of a node without neighbours is added with.
  float isolated_weight() const noexcept;
  /// Whether start vectors go into the sum. If not, nodes without neighbours have zero rows, which stay as they are.
  bool adds_start() const noexcept { return start_weight != 0 || isolated_own; }
  /// Whether they are wanted after the first hop.
  bool keeps_start() const noexcept { return adds_start() || repeats_first_hop(); }

  // The plain run, which fuses the last hop with the sum over hops in two buffers. See fastrp_run.hpp.
  bool fused() const noexcept { return !gathers_self && unit_rows != UnitRows::always; }
  /// Whether hop 1 is made a second time, for its weight, because nothing holds it any more at the last hop.
  bool repeats_first_hop() const noexcept;
  /// Whether a hop has a weight that neither the last pass over the graph nor a second first hop picks up.
  bool needs_third_buffer() const noexcept;
};

FastRPSteps fastrp_steps(const FastRPOptions& options);

/// s of the random matrix, and the size of its entries that are not zero. degree_sum: 2m of an undirected graph.
double projection_sparsity(const FastRPOptions& options, std::size_t node_count, double degree_sum);
double projection_magnitude(const FastRPOptions& options, double sparsity);

/// The columns that start from features.
std::size_t property_columns(const FastRPOptions& options);

/// What a run knows of each node, computed once. All of size n.
struct NodeScales {
  Array<float> start;    // scales the random vector
  Array<float> product;  // scales each product
  Array<std::uint8_t> without_neighbors;
  std::uint64_t without_neighbors_count = 0;
  double degree_sum = 0;

  static std::uint64_t bytes(std::size_t n) noexcept { return n * (2 * sizeof(float) + sizeof(std::uint8_t)); }
};

/// InvalidData for weights of a node that add up to infinity.
NodeScales node_scales(RunContext& context, const CsrView& a, const NodeIndex& nodes, const FastRPOptions& options,
                       const FastRPSteps& steps);

/// Tells the record how many nodes have no neighbours, and what their rows are.
void remark_isolated(std::uint64_t count, const FastRPSteps& steps, RunRecord& record);

/// InvalidOption for what the ranges of the options do not say.
void check_fastrp(const FastRPOptions& options, const FastRPSteps& steps);

}  // namespace adjoin::detail
