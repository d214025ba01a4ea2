// Open triangles as candidates: the visit of streamed_candidates.hpp. Private to what lists, evaluates and predicts.
#pragma once

#include <cstddef>
#include <cstdint>

#include <adjoin/algorithms/simplicial/open_triangles.hpp>
#include <adjoin/algorithms/simplicial/streamed_candidates.hpp>
#include <adjoin/algorithms/simplicial/triangle_visitor.hpp>

namespace adjoin::detail {

class TriangleCandidates {
 public:
  /// later: simplices of the same nodes that say what closes, or null. InvalidOption unless weights are counts,
  /// InvalidData if the numbers of nodes differ; BudgetExceeded, Cancelled. Keeps to both.
  TriangleCandidates(RunContext& context, const Projection& projection, const Incidence* later, ClosureLabels labels);

  std::size_t tasks() const noexcept { return tasks_; }

  /// take(NodeTriple, Fate): the node of lowest degree first, then by degree; equal degrees by id.
  template <class Take>
  void operator()(std::size_t task, Take&& take) const {
    visit_triangles(projection_, ranked_, later_, task, tasks_, [&](const WeightedTriangle& t) {
      const bool closes = t.closed_later && (labels_ == ClosureLabels::correct || (t.u < t.v && t.u < t.w));
      take(NodeTriple{t.u, t.v, t.w}, t.closed ? Fate::closed : closes ? Fate::closes : Fate::stays_open);
    });
  }

 private:
  const Projection& projection_;
  const Incidence* later_;
  ClosureLabels labels_;
  NeighborsAbove ranked_;
  std::size_t tasks_;
};

}  // namespace adjoin::detail
