#include <vector>

#include <fmt/format.h>

#include <adjoin/algorithms/simplicial/open_triangles.hpp>
#include <adjoin/algorithms/simplicial/triangle_candidates.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace detail {
namespace {

/// Checks first, as it takes memory.
NeighborsAbove rank_for_triangles(RunContext& context, const Projection& projection, const Incidence* later) {
  require_counts(projection);
  if (later != nullptr && projection.incidence.node_count() != later->node_count()) {
    throw InvalidData(fmt::format("the first simplices are of {} nodes and the later ones of {}",
                                  projection.incidence.node_count(), later->node_count()));
  }
  context.require_memory(resident_bytes() + estimate_triangle_visit_memory(projection.graph, context.threads().count()),
                         "lower --threads or raise --memory");
  return {context, projection.graph};
}

}  // namespace

TriangleCandidates::TriangleCandidates(RunContext& context, const Projection& projection, const Incidence* later,
                                       ClosureLabels labels)
    : projection_(projection),
      later_(later),
      labels_(labels),
      ranked_(rank_for_triangles(context, projection, later)),
      tasks_(triangle_task_count(ranked_.above.view())) {}

}  // namespace detail

OpenTriangles open_triangles(RunContext& context, const Projection& projection, const Incidence& later,
                             ClosureLabels labels) {
  const detail::TriangleCandidates candidates(context, projection, &later, labels);
  const std::size_t tasks = candidates.tasks();
  const std::vector<detail::CandidateCounts> counts = detail::count_candidates(context, tasks, candidates);
  OpenTriangles result;
  std::vector<std::size_t> begins(tasks + 1, 0);
  for (std::size_t task = 0; task < tasks; ++task) begins[task + 1] = begins[task] + counts[task].open;
  result.closed = detail::sum_of(counts).closed;
  result.positives = detail::sum_of(counts).positives;
  context.require_memory(resident_bytes() +
                             detail::estimate_triangle_visit_memory(projection.graph, context.threads().count()) +
                             begins[tasks] * (sizeof(NodeTriple) + 1),
                         "raise --memory");
  result.triples = Array<NodeTriple>(begins[tasks]);
  result.closes = Array<std::uint8_t>(begins[tasks]);
  context.begin_stage("list open triangles", "tasks", tasks);
  context.for_tasks(tasks, [&](std::size_t task) {
    std::size_t at = begins[task];
    candidates(task, [&](const NodeTriple& triple, detail::Fate fate) {
      if (fate == detail::Fate::closed) return;
      result.triples[at] = triple;
      result.closes[at++] = fate == detail::Fate::closes ? 1 : 0;
    });
  });
  context.end_stage();
  return result;
}

}  // namespace adjoin
