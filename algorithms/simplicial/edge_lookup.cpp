#include <adjoin/algorithms/simplicial/edge_lookup.hpp>
#include <adjoin/engine/sparse/intersect.hpp>

namespace adjoin::detail {

Array<std::uint32_t> common_neighbors_of_entries(RunContext& context, const CsrView& a) {
  constexpr std::size_t nodes_per_chunk = 1 << 8;
  Array<std::uint32_t> common(a.nonzero_count());
  context.begin_stage("common neighbors", "nodes", a.row_count());
  context.for_chunks(a.row_count(), nodes_per_chunk, [&](Chunk chunk) {
    for (std::size_t u = chunk.begin; u < chunk.end; ++u) {
      for (std::size_t entry = a.row_begin(u); entry < a.row_end(u); ++entry) {
        const std::size_t shared = intersection_size(a.row_targets(u), a.row_targets(index(a.targets[entry])));
        common[entry] = static_cast<std::uint32_t>(shared);
      }
    }
  });
  context.end_stage();
  return common;
}

}  // namespace adjoin::detail
