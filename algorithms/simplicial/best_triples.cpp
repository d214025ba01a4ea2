#include <algorithm>

#include <adjoin/algorithms/simplicial/best_triples.hpp>
#include <adjoin/algorithms/simplicial/triangle_candidates.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {

BestTriples best_open_triangles(RunContext& context, const Projection& projection, const TripleScoring& scoring,
                                std::size_t count) {
  const detail::TriangleCandidates candidates(context, projection, nullptr, ClosureLabels::correct);
  const auto counts = detail::sum_of(detail::count_candidates(context, candidates.tasks(), candidates));
  const auto best = detail::best_candidates(context, candidates.tasks(), candidates, scoring,
                                            static_cast<std::size_t>(std::min<std::uint64_t>(count, counts.open)));
  BestTriples result;
  result.open_triangles = counts.open;
  result.closed_triangles = counts.closed;
  for (const auto& of_score : best) {
    std::vector<ScoredTriple>& list = result.best.emplace_back();
    for (const auto& [triple, score] : of_score) list.push_back({triple, score});
  }
  return result;
}

std::uint64_t estimate_best_triples_memory(GraphView graph, std::size_t score_count, std::size_t count,
                                           int threads) noexcept {
  return detail::estimate_triangle_visit_memory(graph, threads) +
         detail::estimate_best_memory<NodeTriple>(score_count, count, threads);
}

}  // namespace adjoin
