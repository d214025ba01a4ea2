// The open triangles of a projected graph: what the prediction of simplicial closure chooses from.
#pragma once

#include <cstdint>

#include <adjoin/algorithms/simplicial/triple_scores.hpp>

namespace adjoin {

/// What counts as closing.
///   correct    a later simplex has all three nodes.
///   reference  the same, but only if the node of lowest degree, of these the one of lowest id, is also the one of
///              lowest id of the three. So the released program of Benson et al. labels triples, which looks for a
///              triple in that order among sorted ones; their published figures rest on it.
enum class ClosureLabels : std::uint8_t { correct, reference };
template <>
struct EnumNames<ClosureLabels> {
  static constexpr std::array<std::pair<ClosureLabels, std::string_view>, 2> names{
      {{ClosureLabels::correct, "correct"}, {ClosureLabels::reference, "reference"}}};
};

struct OpenTriangles {
  Array<NodeTriple> triples;    // the node of lowest degree first, then by degree; equal degrees by id
  Array<std::uint8_t> closes;   // 1 if it does later
  std::uint64_t closed = 0;     // triangles that are closed already, and so are not among them
  std::uint64_t positives = 0;  // of `closes`
};

/// All of them, in an order that the simplices decide. later: the simplices that close them, of the same nodes.
/// Cost.    Twice the visit of all triangles (count_configurations); 13 bytes an open triangle.
/// Errors.  InvalidOption unless weights are counts; InvalidData if the numbers of nodes differ; BudgetExceeded before
///          the triangles are stored; Cancelled.
/// Repeat.  The same for any number of threads.
OpenTriangles open_triangles(RunContext& context, const Projection& projection, const Incidence& later,
                             ClosureLabels labels = ClosureLabels::correct);

}  // namespace adjoin
