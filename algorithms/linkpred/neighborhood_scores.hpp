// Scores of a link between two nodes by what their neighbourhoods share.
//
// Source.  Liben-Nowell, Kleinberg: The Link-Prediction Problem for Social Networks, CIKM 2003; Lü, Zhou: Link
//          prediction in complex networks: a survey, Physica A 390 (2011), section 3; weights: Lü, Zhou: Link
//          prediction in weighted networks: the role of weak ties, EPL 89 (2010).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/graph/graph.hpp>
#include <adjoin/engine/graph/neighbors.hpp>
#include <adjoin/engine/runtime/options.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin {

/// With N(x) the neighbours of x, k(x) their number, C = N(x) and N(y) have in common without x and y themselves, and
/// c its size; 0 where a denominator is 0.
/// common_neighbors:        c
/// jaccard:                 c / |N(x) or N(y)|                    (Jaccard 1901)
/// salton:                  c / sqrt(k(x) k(y)), the cosine       (Salton, McGill 1983)
/// sorensen:                2 c / (k(x) + k(y))                   (Sørensen 1948)
/// hub_promoted:            c / min(k(x), k(y))                   (Ravasz et al. 2002)
/// hub_depressed:           c / max(k(x), k(y))                   (Lü, Zhou 2011)
/// leicht_holme_newman:     c / (k(x) k(y))                       (Leicht, Holme, Newman 2006)
/// adamic_adar:             sum over z in C of 1 / log k'(z)      (Adamic, Adar 2003)
/// resource_allocation:     sum over z in C of 1 / k'(z)          (Zhou, Lü, Zhang 2009)
/// preferential_attachment: k(x) k(y)                             (Barabási, Albert 1999)
/// k'(z) counts the nodes whose neighbour z is, which is k(z) unless the graph is directed and only one direction
/// counts.
enum class NeighborhoodScore : std::uint8_t {
  common_neighbors,
  jaccard,
  salton,
  sorensen,
  hub_promoted,
  hub_depressed,
  leicht_holme_newman,
  adamic_adar,
  resource_allocation,
  preferential_attachment
};
template <>
struct EnumNames<NeighborhoodScore> {
  static constexpr std::array<std::pair<NeighborhoodScore, std::string_view>, 10> names{
      {{NeighborhoodScore::common_neighbors, "common-neighbors"},
       {NeighborhoodScore::jaccard, "jaccard"},
       {NeighborhoodScore::salton, "salton"},
       {NeighborhoodScore::sorensen, "sorensen"},
       {NeighborhoodScore::hub_promoted, "hub-promoted"},
       {NeighborhoodScore::hub_depressed, "hub-depressed"},
       {NeighborhoodScore::leicht_holme_newman, "leicht-holme-newman"},
       {NeighborhoodScore::adamic_adar, "adamic-adar"},
       {NeighborhoodScore::resource_allocation, "resource-allocation"},
       {NeighborhoodScore::preferential_attachment, "preferential-attachment"}}};
};

struct NeighborhoodOptions {
  NeighborDirection direction = NeighborDirection::out;
  bool use_weights = false;

  static constexpr auto fields() {
    using O = NeighborhoodOptions;
    return std::tuple{
        option_field("direction", &O::direction, "whose nodes of a directed graph are neighbours: out, in, or both"),
        option_field("use-weights", &O::use_weights,
                     "count a common neighbour by the sum of its two weights, and degrees by weights; for "
                     "common-neighbors, adamic-adar (1 / log(1 + degree)), resource-allocation and "
                     "preferential-attachment",
                     "Lü, Zhou 2010")};
  }
};

/// Row i has the scores of pairs[i], in the order of `scores`: pairs x scores, all finite. The order of a pair's two
/// nodes does not matter.
/// Input.   Any graph; a self-loop makes a node its own neighbour, which counts in k but never in C.
/// Cost.    O(k(x) + k(y)) a pair, or O(s log(l / s)) where the longer list l is much longer than the shorter s.
///          Memory beyond the result: 4 to 8 bytes a node, and what gathered_neighbors takes; with a GPU at most 32 MiB
///          more, and on it the neighbours, 8 bytes a node and at most 40 MiB.
/// Errors.  InvalidOption for use_weights with other scores; InvalidData for a pair of a node with itself, or of nodes
///          that the graph does not have; Cancelled, BudgetExceeded.
/// Repeat.  The same bits for any number of threads. A GPU, if the run has one with room for the graph, gives the same
///          again, but for the last bit of sums (adamic_adar, resource_allocation, and what counts weights).
Matrix neighborhood_scores(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                           std::span<const NeighborhoodScore> scores, const NeighborhoodOptions& options = {});

/// Bytes that neighborhood_scores takes at its peak beyond the graph and the pairs, the result among them.
std::uint64_t estimate_neighborhood_memory(GraphView graph, std::size_t pair_count, std::size_t score_count,
                                           const NeighborhoodOptions& options = {});

}  // namespace adjoin
