#include "nearest_task.hpp"

#include <array>
#include <filesystem>
#include <span>

#include <adjoin/algorithms/embedding/exact_search.hpp>
#include <adjoin/engine/runtime/cuda/devices.hpp>
#include <adjoin/engine/runtime/random.hpp>

#include "device_peak.hpp"
#include "npy_file.hpp"

namespace gpu_bench {

using namespace adjoin;

namespace {

constexpr std::size_t rows_per_chunk = std::size_t{1} << 12;

/// Standard normal numbers, a sequence a row: the first of them are the same however many there are.
Matrix drawn_rows(const Threads& threads, std::uint64_t seed, std::uint64_t first_key, std::size_t rows,
                  std::size_t columns) {
  Matrix x(rows, columns);
  threads.for_chunks(rows, rows_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      RandomSequence random(seed, RandomStream::tests, first_key + i);
      for (float& value : x.row(i)) value = static_cast<float>(random.next_normal());
    }
  });
  return x;
}

void write_rows(const std::string& path, const Matrix& x) {
  const std::array<std::size_t, 2> shape{x.rows(), x.columns()};
  write_npy(path, "<f4", shape, std::span<const float>(x.view().data(), x.rows() * x.columns()));
}

/// Similarities at the same places of the lists: ties may be in another order, and nothing is wrong with that.
double largest_difference(const NeighborLists& a, const NeighborLists& b) {
  double most = 0;
  for (std::size_t q = 0; q < a.size(); ++q) {
    if (a[q].size() != b[q].size()) return INFINITY;
    for (std::size_t k = 0; k < a[q].size(); ++k) {
      most = std::fmax(
          most, relative_difference(static_cast<double>(a[q][k].similarity), static_cast<double>(b[q][k].similarity)));
    }
  }
  return most;
}

double peak_of(RunContext& context) {
  const CudaContext& device = CudaContext::of(context);
  return float32_peak(device, cuda::devices()[static_cast<std::size_t>(device.ordinal())].compute_capability);
}

}  // namespace

void nearest_task(const Sides& sides, const NearestSettings& settings) {
  const Threads& threads = sides.any().threads();
  const Matrix rows = drawn_rows(threads, settings.seed, 0, settings.vectors, settings.width);
  const Matrix queries = drawn_rows(threads, settings.seed, settings.vectors, settings.queries, settings.width);
  if (!settings.write.empty()) {
    std::filesystem::create_directories(settings.write);
    write_rows(settings.write + "/rows.npy", rows);
    write_rows(settings.write + "/queries.npy", queries);
  }
  NeighborLists first;
  sides.for_each([&](const Side& side) {
    Json record;
    record["task"] = "nearest";
    tell_side(record, side);
    record["vectors"] = settings.vectors;
    record["width"] = settings.width;
    record["queries"] = settings.queries;
    record["top"] = settings.top;
    print_measured(record, [&](Json& measured) {
      RunContext& context = *side.context;
      const std::uint64_t pairs = std::uint64_t{settings.vectors} * settings.queries;
      context.begin_stage("lengths", "rows", settings.vectors);
      const ExactSearch search(context, rows.view(), Similarity::cosine);
      NeighborLists lists;
      const CallTimes calls = measure_calls(
          context, side.repeats, [&] { lists = {}; },
          [&] {
            context.begin_stage("compare", "pairs", pairs);
            lists = search.nearest(context, queries.view(), settings.top);
            context.end_stage();
          });
      tell_calls(measured, calls);
      const double rate = 2.0 * static_cast<double>(pairs) * static_cast<double>(settings.width) / calls.times.median();
      measured["operations_per_second"] = rate;
      if (side.is_gpu()) {
        if (const double peak = peak_of(context); peak > 0) {
          measured["peak_operations_per_second"] = peak;
          measured["of_peak"] = rate / peak;
        }
      }
      if (first.empty()) {
        first = std::move(lists);
      } else {
        measured["difference"] = number(largest_difference(first, lists));
      }
    });
  });
}

}  // namespace gpu_bench
