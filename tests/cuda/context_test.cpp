// The way to a GPU and back, and what it says when there is no room.
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/engine/dense/cuda/cuda_matrix.hpp>
#include <adjoin/engine/runtime/cuda/device_array.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "gpu.hpp"

using namespace adjoin;

TEST_CASE("values come back from a GPU as they went, whatever their number") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  CudaContext& device = CudaContext::of(context);
  for (const std::size_t size : {0UL, 1UL, 1000UL, (1UL << 22) + 7, (1UL << 25) + 13}) {
    CAPTURE(size);
    std::vector<std::uint32_t> values(size);
    std::iota(values.begin(), values.end(), 3U);
    const DeviceArray<std::uint32_t> there(device, context.threads(), std::span<const std::uint32_t>(values));
    const Array<std::uint32_t> back = there.download(context.threads());
    REQUIRE(back.size() == size);
    CHECK(std::equal(values.begin(), values.end(), back.begin()));
  }
}

TEST_CASE("rows come back from a GPU as they went, whatever their width") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  CudaContext& device = CudaContext::of(context);
  for (const std::size_t columns : {1UL, 31UL, 33UL, 128UL, 1000UL}) {
    for (const std::size_t rows : {0UL, 1UL, 20'001UL}) {
      CAPTURE(columns);
      CAPTURE(rows);
      std::vector<float> values(rows * columns);
      std::iota(values.begin(), values.end(), 0.0F);
      CudaMatrix there(device, rows, columns);
      const std::size_t stride = there.view().stride() * sizeof(float);
      device.upload(context.threads(), values.data(), there.view().data(), rows, columns * sizeof(float), stride);
      std::vector<float> back(values.size(), -1.0F);
      device.download(context.threads(), there.view().data(), back.data(), rows, columns * sizeof(float), stride);
      CHECK(values == back);
    }
  }
}

TEST_CASE("memory beyond a run's share of the GPU is refused with what there is, and given back when let go") {
  if (!test::has_gpu()) return;
  RunSettings settings = test::on_gpu();
  settings.device_memory = 1 << 20;
  RunContext context(settings);
  CudaContext& device = CudaContext::of(context);
  CHECK(device.free_bytes() == 1 << 20);
  {
    const DeviceArray<float> half(device, 1 << 17);
    CHECK(device.used_bytes() == 1 << 19);
    CHECK_THROWS_WITH_AS(DeviceArray<float>(device, 1 << 18),
                         doctest::Contains("needs 1.00 MiB more of the GPU's memory and has 512 KiB of 1.00 MiB left"),
                         DeviceFailure);
  }
  CHECK(device.used_bytes() == 0);
  CHECK(device.peak_bytes() == 1 << 19);
}
