#include <algorithm>
#include <vector>

#include <adjoin/algorithms/simplicial/triangle_candidates.hpp>
#include <adjoin/algorithms/simplicial/triple_sample.hpp>
#include <adjoin/engine/runtime/random.hpp>

namespace adjoin {
namespace {

struct Chances {
  double positive = 1;
  double negative = 1;
};

Chances chances_of(const detail::CandidateCounts& counts, std::uint64_t most) noexcept {
  if (counts.open <= most) return {};
  const auto room = static_cast<double>(most);
  const auto positives = static_cast<double>(counts.positives);
  Chances chances;
  chances.positive = positives > room / 2 ? room / 2 / positives : 1;
  const double rest = room - chances.positive * positives;
  chances.negative = std::min(1.0, rest / static_cast<double>(counts.open - counts.positives));
  return chances;
}

struct Taken {
  NodeTriple triple;
  bool closes;
};

}  // namespace

TripleSample sample_open_triangles(RunContext& context, const Projection& projection, const Incidence& later,
                                   ClosureLabels labels, std::uint64_t most) {
  const detail::TriangleCandidates candidates(context, projection, &later, labels);
  const std::size_t tasks = candidates.tasks();
  const auto counts = detail::sum_of(detail::count_candidates(context, tasks, candidates));
  const Chances chances = chances_of(counts, most);
  context.require_memory(resident_bytes() + 2 * std::min(counts.open, most) * sizeof(Taken), "raise --memory");
  std::vector<std::vector<Taken>> taken(tasks);
  context.begin_stage("sample open triangles", "tasks", tasks);
  context.for_tasks(tasks, [&](std::size_t task) {
    RandomSequence random(context.seed(), RandomStream::triple_sample, task);
    candidates(task, [&](const NodeTriple& triple, detail::Fate fate) {
      if (fate == detail::Fate::closed) return;
      const bool closes = fate == detail::Fate::closes;
      const double chance = closes ? chances.positive : chances.negative;
      if (chance < 1 && random.next_uniform() >= chance) return;
      taken[task].push_back({triple, closes});
    });
  });
  context.end_stage();
  std::size_t size = 0;
  for (const auto& of_task : taken) size += of_task.size();
  TripleSample sample{Array<NodeTriple>(size), Array<std::uint8_t>(size)};
  std::size_t at = 0;
  for (const auto& of_task : taken) {
    for (const Taken& one : of_task) {
      sample.triples[at] = one.triple;
      sample.closes[at++] = one.closes ? 1 : 0;
      sample.positives += one.closes ? 1 : 0;
    }
  }
  sample.negative_weight = chances.positive / chances.negative;
  return sample;
}

}  // namespace adjoin
