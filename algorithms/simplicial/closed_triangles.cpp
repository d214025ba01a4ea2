#include <algorithm>
#include <bit>

#include <adjoin/algorithms/simplicial/closed_triangles.hpp>

namespace adjoin::detail {

ClosedTriangles::ClosedTriangles(RunContext& context, const Projection& projection, const NeighborsAbove& ranked,
                                 Array<std::uint64_t> offsets)
    : offsets_(std::move(offsets)), thirds_(offsets_[offsets_.size() - 1]), strong_(offsets_[offsets_.size() - 1]) {
  const CsrView above = ranked.above.view();
  const std::size_t tasks = triangle_task_count(above);
  context.begin_stage("closed triangles", "tasks", tasks);
  context.for_tasks(tasks, [&](std::size_t task) {
    BitRows once;
    BitRows twice;
    for_nodes_of(projection, ranked, task, tasks, 2, [&](const LowestNode& u) {
      const std::size_t begin = above.row_begin(index(u.node));
      once.reset(u.row.size());
      twice.reset(u.row.size());
      u.simplices.mark_pairs(once, twice);
      for (std::size_t i = 0; i < u.row.size(); ++i) {
        std::size_t at = offsets_[begin + i];
        for (std::size_t word = 0; word < once.words_per_row(); ++word) {
          for (std::uint64_t bits = once.row(i)[word]; bits != 0; bits &= bits - 1) {
            const std::size_t k = 64 * word + static_cast<std::size_t>(std::countr_zero(bits));
            thirds_[at] = u.row[k];
            strong_[at++] = twice.has(i, k) ? 1 : 0;
          }
        }
      }
    });
  });
  context.end_stage();
}

TriangleTie ClosedTriangles::tie(std::size_t entry, NodeId third, const Array<std::uint32_t>& ranks) const noexcept {
  const auto nodes = thirds(entry);
  const auto rank_of = [&](NodeId node) { return ranks[index(node)]; };
  const auto at = std::ranges::lower_bound(nodes, rank_of(third), {}, rank_of);
  if (at == nodes.end() || *at != third) return TriangleTie::open;
  return strong(entry)[static_cast<std::size_t>(at - nodes.begin())] != 0 ? TriangleTie::strong : TriangleTie::weak;
}

}  // namespace adjoin::detail
