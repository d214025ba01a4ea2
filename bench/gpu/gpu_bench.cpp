// What the GPU side reaches: a JSON line for each thing measured (README.md, "On a GPU").
//
//   gpu_bench --graph rmat|uniform --scale S [--seed 1]   2^S nodes, 16 * 2^S edges drawn, both directions stored
//     --tasks copy,gather,spmm      or some of them; also those below; none: the graph alone
//     --columns 128,256  --precisions float32,bf16
//     --slices 0                    bytes of a row that a slice of adjoin's product takes; 0: its own choice
//     --hot-slices none             likewise, of products that keep hot rows at hand: 64,128,256
//     --cache BYTES                 of the model; 0: the device's
//     --warmups 3  --runs 11        of what the device times; medians are told
//     --devices cuda,cpu            that calls of the library are made on: spmv, pairs, triangles, nearest, spmm-cpu
//     --call-runs 5  --cpu-runs 3   of such a call after the first, by the wall clock
//     --call-seconds 15             after which no further one is begun
//     --threads 0                   that make the graph, and of calls
//     --write FOLDER                the graph as offsets.npy (int64) and targets.npy (int32), for peers.py; with
//                                   the task pairs also pairs.npy (int32), with nearest rows.npy and queries.npy
//     --store FILE.adjoin           the graph as a store, for the command
//
// copy:      4 GiB within the device, bytes read and written.
// gather:    rows drawn from a matrix much larger than the cache: the ceiling of random gathers.
// spmm:      Y = A X, adjoin's and cuSPARSE's. gathered_bytes are those of X that non-zeros name; model_bytes what
//            is left to read and write if the cache held the most used rows; sliced_model_bytes the same where it
//            holds slices of 128 bytes of them, one slice after the other. *_of_copy is their rate over the copy's of
//            the same run. difference is the largest relative one from the first result of adjoin's.
// model:     those bytes alone; needs no GPU if --cache is given.
// spmm-cpu:  the same product by adjoin on the processor, float32, beside the device's result.
// spmv:      y = A x, adjoin's, cuSPARSE's, and adjoin's on the processor.
// resident:  FastRP with its vectors left on the device and brought down; --dim 256.
// triangles: their number.
// pairs:     scores of --pairs 4000000 drawn pairs by what their neighbourhoods share.
// nearest:   the --top 10 of --vectors 1048576 rows of --width 128 for each of --queries 4096, by cosine; without
//            a graph.
#include <array>
#include <exception>
#include <filesystem>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <adjoin/engine/graph/dataset.hpp>
#include <adjoin/engine/graph/generators.hpp>
#include <adjoin/engine/runtime/cuda/devices.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/io/dataset_file.hpp>

#include "arguments.hpp"
#include "cache_model.hpp"
#include "device_peak.hpp"
#include "drawn_pairs.hpp"
#include "driver.hpp"
#include "host_product_task.hpp"
#include "memory_tasks.hpp"
#include "nearest_task.hpp"
#include "npy_file.hpp"
#include "pairs_task.hpp"
#include "product_task.hpp"
#include "records.hpp"
#include "resident_task.hpp"
#include "sides.hpp"
#include "spmv_task.hpp"
#include "triangles_task.hpp"

namespace {

using namespace adjoin;
using namespace gpu_bench;

RunSettings run_settings(const Settings& settings, DeviceKind device) {
  RunSettings run;
  run.device = {device, 0};
  run.seed = settings.seed;
  run.threads = static_cast<int>(settings.threads);
  return run;
}

Dataset drawn_graph(RunContext& context, const Settings& settings) {
  Dataset dataset;
  if (settings.graph == "rmat") {
    RmatOptions options;
    options.scale = static_cast<int>(settings.scale);
    dataset.graph = generate_rmat(context, options).graph;
  } else {
    ErdosRenyiOptions options;
    options.nodes = std::uint64_t{1} << settings.scale;
    options.edges = 16 * options.nodes;
    dataset.graph = generate_erdos_renyi(context, options).graph;
  }
  dataset.nodes = dataset.graph->view().shared_nodes();
  return dataset;
}

void write_arrays(const Threads& threads, const CsrView& a, const std::string& folder) {
  std::filesystem::create_directories(folder);
  Array<std::int64_t> offsets(a.offsets.size());
  Array<std::int32_t> targets(a.targets.size());
  const std::size_t grain = std::size_t{1} << 18;
  threads.for_chunks(offsets.size(), grain, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) offsets[i] = static_cast<std::int64_t>(index(a.offsets[i]));
  });
  threads.for_chunks(targets.size(), grain, [&](Chunk chunk) {
    for (std::size_t e = chunk.begin; e < chunk.end; ++e) targets[e] = static_cast<std::int32_t>(index(a.targets[e]));
  });
  peers::write_graph(folder, offsets.span(), targets.span());
}

void write_pairs(std::span<const Edge> pairs, const std::string& folder) {
  static_assert(sizeof(Edge) == 2 * sizeof(std::int32_t));
  const std::array<std::size_t, 2> shape{pairs.size(), 2};
  write_npy(folder + "/pairs.npy", "<i4", shape, pairs);
}

void tell_device(const CudaContext& device) {
  const auto info = cuda::devices()[static_cast<std::size_t>(device.ordinal())];
  print({{"task", "device"},
         {"name", info.name},
         {"compute_capability", info.compute_capability},
         {"memory_bytes", info.memory_bytes},
         {"multiprocessors", device.multiprocessors()},
         {"cache_bytes", device.cache_bytes()},
         {"clock_hertz", peak_clock(device)},
         {"float32_peak", float32_peak(device, info.compute_capability)}});
}

/// What is measured of a graph.
void run_on_graph(const Settings& settings, const Dataset& dataset, const Sides& sides, ProductSettings& products) {
  const GraphView view = dataset.graph->view();
  const CsrView a = view.out();
  if (settings.has("spmm") || settings.has("model")) {
    const CacheModel model(a);
    products.cache_bytes = settings.cache != 0 ? settings.cache : CudaContext::of(*sides.gpu->context).cache_bytes();
    if (settings.has("model")) model_task(model, products);
    if (settings.has("spmm")) {
      RunContext& gpu = *sides.gpu->context;
      product_task(CudaContext::of(gpu), gpu.threads(), a, model, products);
    }
  }
  if (settings.has("spmv")) {
    spmv_task(sides, a, {products.graph, products.copy_bytes_per_second, products.repeats});
  }
  if (settings.has("resident")) resident_task(sides, view, settings.dim, products.graph);
  if (settings.has("triangles")) triangles_task(sides, view, products.graph);
  if (settings.has("pairs")) {
    const std::vector<Edge> pairs = drawn_pairs(sides.any(), a, settings.pairs, settings.seed);
    if (!settings.write.empty()) write_pairs(pairs, settings.write);
    pairs_task(sides, view, pairs, products.graph);
  }
  if (settings.has("spmm-cpu")) host_product_task(sides, a, {products.graph, products.columns});
}

void run(const Settings& settings) {
  RunContext cpu(run_settings(settings, DeviceKind::cpu));
  std::optional<RunContext> gpu;
  Sides sides;
  ProductSettings products = settings.products;
  if (settings.needs_gpu()) {
    sides.gpu = Side{&gpu.emplace(run_settings(settings, DeviceKind::cuda)), settings.calls};
    CudaContext& device = CudaContext::of(*gpu);
    tell_device(device);
    // Shares of a copy want one of the same run, whether or not it was asked for.
    if (settings.has_any({"copy", "spmm", "spmv"}))
      products.copy_bytes_per_second = copy_task(device, products.repeats);
    if (settings.has("gather")) gather_task(device, products.repeats);
  }
  if (settings.on("cpu") || !settings.needs_gpu()) sides.cpu = Side{&cpu, settings.cpu_calls};

  if (settings.needs_graph()) {
    const peers::Stopwatch watch;
    const Dataset dataset = drawn_graph(cpu, settings);
    const CsrView a = dataset.graph->view().out();
    products.graph = {{"graph", settings.graph + "-" + std::to_string(settings.scale)},
                      {"nodes", a.row_count()},
                      {"nonzeros", a.nonzero_count()}};
    Json made = products.graph;
    made["task"] = "graph";
    made["seed"] = settings.seed;
    made["seconds"] = watch.seconds();
    print(made);
    if (!settings.write.empty()) write_arrays(cpu.threads(), a, settings.write);
    if (!settings.store.empty()) write_dataset(cpu, dataset, settings.store);
    run_on_graph(settings, dataset, sides, products);
  }
  if (settings.has("nearest")) {
    NearestSettings nearest = settings.nearest;
    nearest.seed = settings.seed;
    nearest.write = settings.write;
    nearest_task(sides, nearest);
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(parse(argc, argv));
    return 0;
  } catch (const WrongArgument& error) {
    std::cerr << "error: " << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << '\n';
    return 1;
  }
}
