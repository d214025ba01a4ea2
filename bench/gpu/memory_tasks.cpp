#include "memory_tasks.hpp"

#include <algorithm>

#include <adjoin/engine/runtime/cuda/device_array.hpp>

#include "device_kernels.hpp"
#include "records.hpp"

namespace gpu_bench {

using namespace adjoin;

namespace {

constexpr std::size_t copied_bytes = std::size_t{4} << 30;

DeviceArray<float> filled(CudaContext& device, std::size_t bytes) {
  DeviceArray<float> values(device, bytes / sizeof(float));
  fill_numbers(device, values.data(), values.size());
  return values;
}

Json record_of(const char* task, std::size_t counted_bytes, const Times& times) {
  return {{"task", task},
          {"seconds", times.median()},
          {"least_seconds", times.least()},
          {"most_seconds", times.most()},
          {"bytes", counted_bytes},
          {"bytes_per_second", static_cast<double>(counted_bytes) / times.median()}};
}

}  // namespace

double copy_task(CudaContext& device, const Repeats& repeats) {
  const DeviceArray<float> from = filled(device, std::min<std::size_t>(copied_bytes, device.free_bytes() / 16));
  DeviceArray<float> to(device, from.size());
  const Times times = measure(device, repeats, [&] {
    cuda::check("cudaMemcpyAsync",
                cudaMemcpyAsync(to.data(), from.data(), from.bytes(), cudaMemcpyDeviceToDevice, device.stream()));
  });
  const Json record = record_of("copy", 2 * from.bytes(), times);
  print(record);
  return record["bytes_per_second"];
}

void gather_task(CudaContext& device, const Repeats& repeats) {
  // The larger a matrix, the less of it is in the cache and in the tables of addresses.
  for (const std::size_t matrix_bytes : {std::size_t{1} << 30, std::size_t{4} << 30}) {
    const DeviceArray<float> rows = filled(device, matrix_bytes);
    DeviceArray<std::uint32_t> sink(device, 1);
    for (const std::size_t row_bytes : {128, 256, 512, 1024}) {
      const Times times =
          measure(device, repeats, [&] { gather_rows(device, rows.data(), rows.bytes(), row_bytes, sink.data()); });
      Json record = record_of("gather", rows.bytes(), times);
      record["row_bytes"] = row_bytes;
      record["matrix_bytes"] = matrix_bytes;
      print(record);
    }
  }
}

}  // namespace gpu_bench
