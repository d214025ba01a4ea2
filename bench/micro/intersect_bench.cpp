// The number of common elements of two sorted sets, by each method and by the standard library, over ratios of their
// lengths. The shorter set has 1000 elements; about half of them are in the longer one (hits:1), or few are (hits:0).
//   intersect_bench --benchmark_repetitions=7 --benchmark_enable_random_interleaving=true
// items_per_second: elements of the shorter set.
#include <algorithm>
#include <iterator>
#include <vector>

#include <benchmark/benchmark.h>

#include <adjoin/engine/runtime/cpu_features.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/sparse/intersect.hpp>

using namespace adjoin;
using detail::IntersectMethod;

namespace {

constexpr std::size_t short_length = 1000;
/// Different ones, so that no branch is learnt by heart, but not more than a cache holds.
std::size_t pair_count(std::size_t ratio) {
  return std::clamp<std::size_t>(1024 / ratio, 4, 64);
}

struct Pair {
  std::vector<NodeId> few;
  std::vector<NodeId> many;
};

/// Every node below `bound` with probability `share`.
std::vector<NodeId> draw(std::size_t bound, double share, RandomSequence& random) {
  std::vector<NodeId> nodes;
  for (std::size_t node = 0; node < bound; ++node) {
    if (random.next_uniform() < share) nodes.push_back(node_id(node));
  }
  return nodes;
}

std::vector<Pair> draw_pairs(std::size_t ratio, bool hits) {
  RandomSequence random(1, RandomStream::tests, ratio);
  const std::size_t bound = short_length * ratio * (hits ? 2 : 32);
  const auto share = [&](std::size_t length) { return static_cast<double>(length) / static_cast<double>(bound); };
  std::vector<Pair> drawn(pair_count(ratio));
  for (Pair& pair : drawn) {
    pair.few = draw(bound, share(short_length), random);
    pair.many = draw(bound, share(short_length * ratio), random);
  }
  return drawn;
}

template <class Count>
void count_pairs(benchmark::State& state, Count&& count) {
  select_cpu_level();
  const std::vector<Pair> drawn = draw_pairs(static_cast<std::size_t>(state.range(0)), state.range(1) != 0);
  std::size_t elements = 0;
  for (const Pair& pair : drawn) elements += pair.few.size();
  for (auto _ : state) {
    for (const Pair& pair : drawn) benchmark::DoNotOptimize(count(pair.few, pair.many));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(elements) * state.iterations());
}

void standard_library(benchmark::State& state) {
  std::vector<NodeId> common;
  count_pairs(state, [&](const std::vector<NodeId>& few, const std::vector<NodeId>& many) {
    common.clear();
    std::set_intersection(few.begin(), few.end(), many.begin(), many.end(), std::back_inserter(common));
    return common.size();
  });
}

template <IntersectMethod method>
void count_by(benchmark::State& state) {
  count_pairs(state, [](const std::vector<NodeId>& few, const std::vector<NodeId>& many) {
    return detail::intersection_size(few, many, method);
  });
}

void visit(benchmark::State& state) {
  count_pairs(state, [](const std::vector<NodeId>& few, const std::vector<NodeId>& many) {
    std::size_t sum = 0;
    visit_intersection(few, many, [&](NodeId node) { sum += index(node); });
    return sum;
  });
}

void ratios(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"ratio", "hits"})->ArgsProduct({{1, 4, 16, 64, 256, 1024}, {0, 1}});
}

}  // namespace

BENCHMARK(standard_library)->Apply(ratios);
BENCHMARK(count_by<IntersectMethod::by_length>)->Apply(ratios);
BENCHMARK(count_by<IntersectMethod::one_by_one>)->Apply(ratios);
BENCHMARK(count_by<IntersectMethod::vectors>)->Apply(ratios);
BENCHMARK(count_by<IntersectMethod::search>)->Apply(ratios);
BENCHMARK(visit)->Apply(ratios);

BENCHMARK_MAIN();
