#include <vector>

#include <fmt/format.h>

#include <adjoin/algorithms/simplicial/open_triangles.hpp>
#include <adjoin/algorithms/simplicial/triangle_visitor.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace {

struct TaskCounts {
  std::size_t open = 0;
  std::uint64_t closed = 0;
};

bool is_positive(const detail::WeightedTriangle& t, ClosureLabels labels) noexcept {
  return t.closed_later && (labels == ClosureLabels::correct || (t.u < t.v && t.u < t.w));
}

}  // namespace

OpenTriangles open_triangles(RunContext& context, const Projection& projection, const Incidence& later,
                             ClosureLabels labels) {
  detail::require_counts(projection);
  if (projection.incidence.node_count() != later.node_count()) {
    throw InvalidData(fmt::format("the first simplices are of {} nodes and the later ones of {}",
                                  projection.incidence.node_count(), later.node_count()));
  }
  const std::uint64_t visit = detail::estimate_triangle_visit_memory(projection.graph, context.threads().count());
  const std::string knob = "lower --threads or raise --memory";
  context.require_memory(resident_bytes() + visit, knob);
  const detail::NeighborsAbove ranked(context, projection.graph);
  const std::size_t tasks = detail::triangle_task_count(ranked.above.view());
  std::vector<TaskCounts> counts(tasks);
  context.begin_stage("count open triangles", "tasks", tasks);
  context.for_tasks(tasks, [&](std::size_t task) {
    TaskCounts mine;
    detail::visit_triangles(projection, ranked, nullptr, task, tasks,
                            [&](const detail::WeightedTriangle& t) { t.closed ? ++mine.closed : ++mine.open; });
    counts[task] = mine;
  });
  context.end_stage();
  OpenTriangles result;
  std::vector<std::size_t> begins(tasks + 1, 0);
  for (std::size_t task = 0; task < tasks; ++task) {
    begins[task + 1] = begins[task] + counts[task].open;
    result.closed += counts[task].closed;
  }
  context.require_memory(resident_bytes() + visit + begins[tasks] * (sizeof(NodeTriple) + 1), "raise --memory");
  result.triples = Array<NodeTriple>(begins[tasks]);
  result.closes = Array<std::uint8_t>(begins[tasks]);
  context.begin_stage("list open triangles", "tasks", tasks);
  context.for_tasks(tasks, [&](std::size_t task) {
    std::size_t at = begins[task];
    detail::visit_triangles(projection, ranked, &later, task, tasks, [&](const detail::WeightedTriangle& t) {
      if (t.closed) return;
      result.triples[at] = {t.u, t.v, t.w};
      result.closes[at++] = is_positive(t, labels) ? 1 : 0;
    });
  });
  context.end_stage();
  for (const std::uint8_t closes : result.closes) result.positives += closes;
  return result;
}

}  // namespace adjoin
