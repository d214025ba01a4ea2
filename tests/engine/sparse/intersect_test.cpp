// Intersections by every method against std::set_intersection.
#include <algorithm>
#include <iterator>
#include <set>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/sparse/intersect.hpp>

using namespace adjoin;
using detail::IntersectMethod;

namespace {

constexpr IntersectMethod methods[] = {IntersectMethod::by_length, IntersectMethod::one_by_one,
                                       IntersectMethod::vectors, IntersectMethod::search};

/// `size` different nodes below `bound`, sorted.
std::vector<NodeId> random_set(std::size_t size, std::size_t bound, std::uint64_t key) {
  RandomSequence random(11, RandomStream::tests, key);
  std::set<NodeId> nodes;
  while (nodes.size() < size) nodes.insert(node_id(random.next_below(bound)));
  return {nodes.begin(), nodes.end()};
}

std::vector<NodeId> twin(const std::vector<NodeId>& a, const std::vector<NodeId>& b) {
  std::vector<NodeId> common;
  std::ranges::set_intersection(a, b, std::back_inserter(common));
  return common;
}

std::vector<NodeId> visited(const std::vector<NodeId>& a, const std::vector<NodeId>& b, IntersectMethod method) {
  std::vector<NodeId> common;
  detail::visit_intersection_runs(a, b, method, [&](std::span<const NodeId> run) {
    CHECK(!run.empty());
    common.insert(common.end(), run.begin(), run.end());
  });
  return common;
}

void check_all(const std::vector<NodeId>& a, const std::vector<NodeId>& b) {
  const std::vector<NodeId> expected = twin(a, b);
  for (const IntersectMethod method : methods) {
    CAPTURE(static_cast<int>(method));
    REQUIRE(detail::intersection_size(a, b, method) == expected.size());
    REQUIRE(detail::intersection_size(b, a, method) == expected.size());
    REQUIRE(visited(a, b, method) == expected);
    REQUIRE(visited(b, a, method) == expected);
  }
  CHECK(intersection_size(a, b) == expected.size());
  std::vector<NodeId> common;
  visit_intersection(a, b, [&](NodeId node) { common.push_back(node); });
  CHECK(common == expected);
}

}  // namespace

TEST_CASE("intersections of drawn sets of any two lengths equal the standard library's, by every method") {
  CHECK(rc::check([] {
    const auto small = *rc::gen::inRange<std::size_t>(0, 150);
    const auto ratio = *rc::gen::element<std::size_t>(1, 2, 7, 64, 200);
    const auto more = *rc::gen::inRange<std::size_t>(0, 40);
    const auto sparsity = *rc::gen::element<std::size_t>(1, 2, 10, 1000);  // 1: one of them has every node
    const auto key = *rc::gen::arbitrary<std::uint64_t>();
    const std::size_t large = small * ratio + more;
    const std::size_t bound = std::max<std::size_t>(1, large * sparsity);
    check_all(random_set(small, bound, key), random_set(large, bound, key + 1));
  }));
}

TEST_CASE("intersections are right at every pair of small lengths, where vectors begin and end") {
  for (std::size_t small = 0; small < 40; ++small) {
    for (std::size_t large = small; large < 150; large += large < 40 ? 1 : 7) {
      check_all(random_set(small, 2 * large + 1, small), random_set(large, 2 * large + 1, large + 1000));
    }
  }
}

TEST_CASE("sets that are equal, disjoint, one after the other, or hold the extreme ids") {
  const std::vector<NodeId> all = random_set(1000, 5000, 1);
  check_all(all, all);
  std::vector<NodeId> even;
  std::vector<NodeId> odd;
  for (std::size_t i = 0; i < 3000; ++i) (i % 2 == 0 ? even : odd).push_back(node_id(i));
  check_all(even, odd);
  std::vector<NodeId> later;
  for (std::size_t i = 0; i < 700; ++i) later.push_back(node_id(100'000 + i));
  check_all(even, later);
  const std::vector<NodeId> extremes{node_id(0), node_id(1), node_id(max_node_count - 1), no_node};
  check_all(extremes, extremes);
  check_all(extremes, later);
  std::vector<NodeId> high = later;
  high.push_back(node_id(max_node_count - 1));
  high.push_back(no_node);
  check_all(extremes, high);
}

TEST_CASE("a large intersection is visited in many runs") {
  std::vector<NodeId> every;
  for (std::size_t i = 0; i < 100'000; ++i) every.push_back(node_id(3 * i));
  const std::vector<NodeId> some = random_set(20'000, 300'000, 5);
  check_all(every, some);
}
