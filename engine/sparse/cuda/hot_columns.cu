#include <algorithm>

#include <adjoin/engine/runtime/cuda/check_inl.hpp>
#include <adjoin/engine/sparse/cuda/hot_columns.hpp>

namespace adjoin {
namespace {

constexpr unsigned threads_of_marking = 256;
constexpr std::uint32_t cold = 0xffffffffU;

__global__ void write_places(const std::uint32_t* columns, std::uint32_t count, std::uint32_t* places) {
  const std::uint32_t place = blockIdx.x * blockDim.x + threadIdx.x;
  if (place < count) places[columns[place]] = place;
}

__global__ void mark_targets_kernel(const std::uint32_t* places, std::uint32_t* targets, std::size_t count) {
  const std::size_t step = std::size_t{gridDim.x} * blockDim.x;
  for (std::size_t e = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x; e < count; e += step) {
    const std::uint32_t place = __ldg(places + targets[e]);
    if (place != cold) targets[e] = place | HotColumns::mark;
  }
}

unsigned blocks_for(std::size_t threads) {
  return static_cast<unsigned>((threads + threads_of_marking - 1) / threads_of_marking);
}

}  // namespace

void HotColumns::mark_targets(CudaContext& context, std::size_t column_count, DeviceArray<NodeId>& targets) const {
  if (count() == 0 || targets.empty()) return;
  DeviceArray<std::uint32_t> places(context, column_count);
  cuda::check("cudaMemsetAsync", cudaMemsetAsync(places.data(), 0xff, places.bytes(), context.stream()));
  write_places<<<blocks_for(count()), threads_of_marking, 0, context.stream()>>>(
      columns(), static_cast<std::uint32_t>(count()), places.data());
  cuda::check_launch("write_places");
  const std::size_t most_blocks = static_cast<std::size_t>(context.multiprocessors()) * 32;
  const auto blocks = static_cast<unsigned>(std::min<std::size_t>(blocks_for(targets.size()), most_blocks));
  mark_targets_kernel<<<blocks, threads_of_marking, 0, context.stream()>>>(
      places.data(), reinterpret_cast<std::uint32_t*>(targets.data()), targets.size());
  cuda::check_launch("mark_targets_kernel");
}

}  // namespace adjoin
