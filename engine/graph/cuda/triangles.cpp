#include <algorithm>
#include <span>

#include <adjoin/engine/graph/cuda/triangles.hpp>
#include <adjoin/engine/runtime/cuda/check_inl.hpp>
#include <adjoin/engine/runtime/cuda/device_array.hpp>
#include <adjoin/engine/runtime/want_of_room.hpp>
#include <adjoin/engine/sparse/cuda/cuda_csr.hpp>

namespace adjoin::cuda {
namespace {

/// Between launches a run can be stopped.
constexpr std::uint64_t edges_per_launch = std::uint64_t{1} << 25;

/// `sums` numbers, first 0, to which `add` adds the triangles of an edge after the other.
template <class Add>
std::optional<Array<std::uint64_t>> added_up(RunContext& context, const CsrView& above, std::size_t sums, Add&& add) {
  CudaContext& device = CudaContext::of(context);
  if (CudaCsr::bytes_of(above) + sums * sizeof(std::uint64_t) > device.free_bytes()) {
    use_cpu_for_want_of_room(context, "this graph", device.free_bytes());
    return std::nullopt;
  }
  const std::uint64_t edges = above.nonzero_count();
  context.begin_stage("triangles", "edges", edges);
  const CudaCsr graph(device, context.threads(), above);
  DeviceArray<std::uint64_t> counts(device, sums);
  if (sums > 0) check("cudaMemsetAsync", cudaMemsetAsync(counts.data(), 0, counts.bytes(), device.stream()));
  for (std::uint64_t first = 0; first < edges; first += edges_per_launch) {
    const std::uint64_t count = std::min(edges_per_launch, edges - first);
    add(device, graph, first, count, counts.data());
    device.wait();
    context.advance(count);
  }
  Array<std::uint64_t> result = counts.download(context.threads());
  context.end_stage();
  return result;
}

}  // namespace

std::optional<std::uint64_t> count_triangles(RunContext& context, const CsrView& above) {
  const std::optional<Array<std::uint64_t>> total = added_up(context, above, 1, add_triangles);
  return total ? std::optional((*total)[0]) : std::nullopt;
}

std::optional<Array<std::uint64_t>> triangles_of_ranks(RunContext& context, const CsrView& above) {
  return added_up(context, above, above.row_count(), add_triangles_of_ranks);
}

}  // namespace adjoin::cuda
