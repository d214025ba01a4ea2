// What simplices make of nodes, on a synthetic log: simplices of 1 to 5 nodes drawn with a skew, so that some nodes and
// sets come often, half of them as one that was there before with a node exchanged.
//   simplicial_bench --benchmark_repetitions=5
// CPU is of all threads together, which hardly moves with what else the machine does. Counters: simplices a second;
// `GB/s`, the bytes that the task must read and write at least once, a second; and `of_floor`, that over what a plain
// copy in the same process reads and writes. The argument is the number of simplices.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <vector>

#include <benchmark/benchmark.h>

#include <adjoin/algorithms/simplicial/configurations.hpp>
#include <adjoin/algorithms/simplicial/four_node_configurations.hpp>
#include <adjoin/algorithms/simplicial/lifecycles.hpp>
#include <adjoin/algorithms/simplicial/open_triangles.hpp>
#include <adjoin/engine/runtime/random.hpp>

using namespace adjoin;

namespace {

RunContext& shared_context() {
  static RunContext context;
  return context;
}

struct Log {
  std::shared_ptr<const NodeIndex> nodes;
  SimplexLog simplices;
};

/// A tenth as many nodes as simplices. Node k is drawn with a probability that falls as 1 / sqrt(k).
Log make_log(std::size_t count) {
  const std::size_t nodes = std::max<std::size_t>(count / 10, 10);
  constexpr std::size_t most = 5;
  Array<EdgeOffset> offsets(count + 1);
  std::vector<NodeId> members;
  members.reserve(3 * count);
  Array<Time> times(count);
  offsets[0] = EdgeOffset{0};
  const auto draw_node = [&](RandomSequence& random) {
    const double u = random.next_uniform();
    return node_id(static_cast<std::size_t>(u * u * static_cast<double>(nodes)));
  };
  for (std::size_t i = 0; i < count; ++i) {
    RandomSequence random(42, RandomStream::plot_sample, i);
    const std::size_t size = 1 + random.next_below(most);
    if (i > 0 && random.next_below(2) == 0) {
      const std::size_t old = random.next_below(i);
      for (std::size_t k = index(offsets[old]); k < index(offsets[old + 1]); ++k) members.push_back(members[k]);
      members.back() = draw_node(random);
    } else {
      for (std::size_t k = 0; k < size; ++k) members.push_back(draw_node(random));
    }
    offsets[i + 1] = edge_offset(members.size());
    times[i] = static_cast<Time>(i);
  }
  Array<NodeId> all(members.size());
  std::copy(members.begin(), members.end(), all.begin());
  SimplexArrays arrays{std::move(offsets), std::move(all), std::move(times), 0};
  return {std::make_shared<const NodeIndex>(NodeIndex::range(nodes)),
          SimplexLog(shared_context(), nodes, std::move(arrays))};
}

const Log& shared_log(std::int64_t count) {
  static std::map<std::int64_t, Log> made;
  const auto found = made.find(count);
  return found != made.end() ? found->second
                             : made.emplace(count, make_log(static_cast<std::size_t>(count))).first->second;
}

const Projection& shared_projection(std::int64_t count) {
  static std::map<std::int64_t, Projection> made;
  const auto found = made.find(count);
  if (found != made.end()) return found->second;
  const Log& log = shared_log(count);
  return made.emplace(count, project_simplices(shared_context(), log.simplices.view(), log.nodes)).first->second;
}

/// Bytes a second that copying reads and writes, on all threads.
double copy_bytes_per_second() {
  static const double found = [] {
    constexpr std::size_t bytes = std::size_t{1} << 28;
    constexpr std::size_t grain = std::size_t{1} << 22;
    Array<std::uint8_t> from(bytes, 1);
    Array<std::uint8_t> to(bytes, 0);
    double best = 0;
    for (int round = 0; round < 5; ++round) {
      const auto began = std::chrono::steady_clock::now();
      shared_context().threads().for_chunks(bytes, grain, [&](Chunk chunk) {
        std::memcpy(to.data() + chunk.begin, from.data() + chunk.begin, chunk.size());
      });
      const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began;
      best = std::max(best, 2.0 * static_cast<double>(bytes) / taken.count());
    }
    return best;
  }();
  return found;
}

void tell(benchmark::State& state, std::size_t bytes) {
  constexpr auto rate = benchmark::Counter::kIsIterationInvariantRate;
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["GB/s"] = benchmark::Counter(static_cast<double>(bytes) / 1e9, rate);
  state.counters["of_floor"] = benchmark::Counter(static_cast<double>(bytes) / copy_bytes_per_second(), rate);
}

/// Reads the log; writes the incidence matrix, its transpose and the graph.
void project(benchmark::State& state) {
  const Log& log = shared_log(state.range(0));
  std::size_t bytes = log.simplices.bytes();
  {
    const Projection& made = shared_projection(state.range(0));
    bytes += made.incidence.bytes() + made.graph.view().bytes();
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(project_simplices(shared_context(), log.simplices.view(), log.nodes));
  }
  tell(state, bytes);
}

std::size_t bytes_of(const Projection& projection) {
  return projection.incidence.bytes() + projection.graph.view().bytes();
}

/// Reads the projection.
void census_of_three(benchmark::State& state) {
  const Projection& projection = shared_projection(state.range(0));
  ConfigurationCensus census;
  for (auto _ : state) benchmark::DoNotOptimize(census = count_configurations(shared_context(), projection));
  tell(state, bytes_of(projection));
  state.counters["triangles"] = static_cast<double>(census.open_triangles() + census.closed_triangles());
}

/// Reads the projection.
void census_of_four(benchmark::State& state) {
  const Projection& projection = shared_projection(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(count_four_node_configurations(shared_context(), projection));
  tell(state, bytes_of(projection));
}

/// Reads the projection and writes the triangles.
void open_ones(benchmark::State& state) {
  const Projection& projection = shared_projection(state.range(0));
  const Incidence none =
      incidence_of(shared_context(), simplices_until(shared_log(state.range(0)).simplices.view(), -1));
  std::size_t triangles = 0;
  for (auto _ : state) triangles = open_triangles(shared_context(), projection, none).triples.size();
  tell(state, bytes_of(projection) + triangles * (sizeof(NodeTriple) + 1));
  state.counters["open"] = static_cast<double>(triangles);
}

/// Reads the log; the projection is made on the way.
void lifecycle(benchmark::State& state) {
  const Log& log = shared_log(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(lifecycles(shared_context(), log.simplices.view(), log.nodes));
  tell(state, log.simplices.bytes());
}

void settings(benchmark::internal::Benchmark* bench) {
  bench->ArgName("simplices")->Arg(1'000'000)->Arg(10'000'000);
  bench->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();
}

}  // namespace

BENCHMARK(project)->Apply(settings);
BENCHMARK(census_of_three)->Apply(settings);
BENCHMARK(open_ones)->Apply(settings);
BENCHMARK(census_of_four)->Apply(settings);
BENCHMARK(lifecycle)->Apply(settings);

BENCHMARK_MAIN();
