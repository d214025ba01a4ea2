// Intersections of rows on a GPU against those of the standard library, sums to 1e-12.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <span>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/sparse/cuda/intersect.hpp>

#include "gpu.hpp"
#include "random_graphs.hpp"

using namespace adjoin;

namespace {

struct Found {
  std::vector<std::uint32_t> all;
  std::vector<std::uint32_t> others;
  std::vector<double> shares;
  std::vector<double> first;
  std::vector<double> second;
  bool operator==(const Found&) const = default;
};

template <class Value>
std::vector<Value> random_values(std::size_t size, std::uint64_t seed) {
  RandomSequence random(seed, RandomStream::tests, 5);
  std::vector<Value> values(size);
  for (Value& value : values) value = static_cast<Value>(random.next_uniform());
  return values;
}

/// What the device finds: all sums, or without sums the sizes alone.
template <class Value>
Found on_gpu(RunContext& context, const CsrView& a, const std::vector<RowPair>& pairs, const std::vector<Value>& first,
             const std::vector<Value>& second, bool use_weights, bool with_sums = true) {
  CudaContext& device = CudaContext::of(context);
  const Threads& threads = context.threads();
  const std::size_t count = pairs.size();
  const CudaCsr there(device, threads, a);
  const DeviceArray<RowPair> pairs_there(device, threads, std::span<const RowPair>(pairs));
  const DeviceArray<Value> first_there(device, threads, std::span<const Value>(first));
  const DeviceArray<Value> second_there(device, threads, std::span<const Value>(second));
  const std::vector<RowOverlap> no_overlaps(count, RowOverlap{0xdeadbeef, 0xdeadbeef});
  const std::vector<double> no_sums(with_sums ? count : 0, std::numeric_limits<double>::quiet_NaN());
  DeviceArray<RowOverlap> overlaps(device, threads, std::span<const RowOverlap>(no_overlaps));
  DeviceArray<double> shares(device, threads, std::span<const double>(no_sums));
  DeviceArray<double> first_sums(device, threads, std::span<const double>(no_sums));
  DeviceArray<double> second_sums(device, threads, std::span<const double>(no_sums));
  OverlapSums<Value> sums;
  sums.use_weights = use_weights;
  if (with_sums) {
    sums.shares = shares.data();
    sums.first_values = first_there.data();
    sums.first = first_sums.data();
    sums.second_values = second_there.data();
    sums.second = second_sums.data();
  }
  intersect_rows(device, there, pairs_there.data(), count, overlaps.data(), sums);
  Found found;
  for (const RowOverlap& overlap : overlaps.download(threads)) {
    found.all.push_back(overlap.all);
    found.others.push_back(overlap.others);
  }
  const auto values = [&](const DeviceArray<double>& array) {
    const Array<double> back = array.download(threads);
    return std::vector<double>(back.begin(), back.end());
  };
  found.shares = values(shares);
  found.first = values(first_sums);
  found.second = values(second_sums);
  return found;
}

bool close(const std::vector<double>& a, const std::vector<double>& b) {
  return std::ranges::equal(a, b, [](double x, double y) { return std::abs(x - y) <= 1e-12 * std::max(1.0, y); });
}

template <class Value>
void check_pairs(RunContext& context, const CsrView& a, const std::vector<RowPair>& pairs, bool use_weights) {
  const std::vector<Value> first = random_values<Value>(a.column_count, 1);
  const std::vector<Value> second = random_values<Value>(a.column_count, 2);
  Found expected;
  for (const auto& [u, v] : pairs) {
    std::uint32_t all = 0;
    std::uint32_t others = 0;
    double shares = 0;
    double first_sum = 0;
    double second_sum = 0;
    std::size_t at_u = a.row_begin(index(u));
    std::size_t at_v = a.row_begin(index(v));
    while (at_u < a.row_end(index(u)) && at_v < a.row_end(index(v))) {
      const NodeId of_u = a.targets[at_u];
      const NodeId of_v = a.targets[at_v];
      if (of_u == of_v) {
        ++all;
        if (of_u != u && of_u != v) {
          double share = use_weights ? 2 : 1;
          if (use_weights && a.weighted()) share = double{a.weights[at_u]} + double{a.weights[at_v]};
          ++others;
          shares += share;
          first_sum += share * double{first[index(of_u)]};
          second_sum += share * double{second[index(of_u)]};
        }
      }
      at_u += of_u <= of_v ? 1 : 0;
      at_v += of_v <= of_u ? 1 : 0;
    }
    expected.all.push_back(all);
    expected.others.push_back(others);
    expected.shares.push_back(shares);
    expected.first.push_back(first_sum);
    expected.second.push_back(second_sum);
  }
  const Found found = on_gpu(context, a, pairs, first, second, use_weights);
  CHECK(found.all == expected.all);
  CHECK(found.others == expected.others);
  CHECK(close(found.shares, expected.shares));
  CHECK(close(found.first, expected.first));
  CHECK(close(found.second, expected.second));
  std::vector<RowPair> turned = pairs;
  for (RowPair& pair : turned) std::swap(pair.first, pair.second);
  CHECK(found == on_gpu(context, a, turned, first, second, use_weights));
  const Found sizes = on_gpu(context, a, pairs, first, second, use_weights, false);
  CHECK(sizes.all == expected.all);
  CHECK(sizes.others == expected.others);
}

/// A square matrix of `nodes` rows, of which those given are not empty.
Csr with_rows(std::size_t nodes, const std::map<std::size_t, std::vector<NodeId>>& rows, bool weighted) {
  std::vector<EdgeOffset> offsets{EdgeOffset{0}};
  std::vector<NodeId> targets;
  for (std::size_t row = 0; row < nodes; ++row) {
    if (const auto found = rows.find(row); found != rows.end()) {
      targets.insert(targets.end(), found->second.begin(), found->second.end());
    }
    offsets.push_back(edge_offset(targets.size()));
  }
  const std::vector<float> weights = weighted ? random_values<float>(targets.size(), 3) : std::vector<float>{};
  return {nodes, test::to_array(offsets), test::to_array(targets), test::to_array(weights)};
}

/// `size` of the columns [begin, end), about evenly.
std::vector<NodeId> spread(std::size_t size, std::size_t begin, std::size_t end, std::uint64_t seed) {
  RandomSequence random(seed, RandomStream::tests, 9);
  std::vector<NodeId> row;
  for (std::size_t column = begin, left = size; left > 0; ++column) {
    if (random.next_below(end - column) >= left) continue;
    row.push_back(node_id(column));
    --left;
  }
  return row;
}

std::vector<RowPair> pairs_among(const std::vector<std::size_t>& rows) {
  std::vector<RowPair> pairs;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t k = i + 1; k < rows.size(); ++k) pairs.push_back({node_id(rows[i]), node_id(rows[k])});
  }
  return pairs;
}

}  // namespace

TEST_CASE("intersections of drawn rows on a GPU are those of a merge") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  for (const std::size_t n : {2UL, 31UL, 33UL, 128UL}) {
    for (const double density : {0.0, 0.05, 0.5, 0.9}) {
      for (const bool weighted : {false, true}) {
        CAPTURE(n);
        CAPTURE(density);
        CAPTURE(weighted);
        const Csr a = test::random_csr(n, n, density, weighted, n, true);
        std::vector<std::size_t> rows;
        for (std::size_t row = 0; row < std::min(n, 50UL); ++row) rows.push_back(row);
        check_pairs<float>(context, a.view(), pairs_among(rows), weighted);
        check_pairs<double>(context, a.view(), pairs_among(rows), density > 0.1);
      }
    }
  }
  const Csr small = test::random_csr(5, 5, 0.5, false, 1);
  check_pairs<float>(context, small.view(), {}, false);
}

TEST_CASE("intersections of rows of any two lengths on a GPU are those of a merge") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  constexpr std::size_t nodes = 40'000;
  std::map<std::size_t, std::vector<NodeId>> rows;
  std::vector<std::size_t> numbers;
  for (const std::size_t size : {0UL, 1UL, 2UL, 31UL, 32UL, 33UL, 64UL, 65UL, 1000UL, 1025UL, 2047UL, 2048UL, 2049UL,
                                 5000UL, 5001UL, 20'000UL}) {
    // All over the columns, close together at the beginning, and at the end, as far as there is room.
    for (const auto& [begin, end] : {std::pair{0UL, nodes}, {0UL, 2 * size + 1}, {nodes - 1 - size, nodes}}) {
      numbers.push_back(17 * numbers.size() + 3);
      rows[numbers.back()] = spread(size, begin, std::min(end, nodes), numbers.size());
    }
  }
  for (const bool weighted : {false, true}) {
    CAPTURE(weighted);
    const Csr a = with_rows(nodes, rows, weighted);
    check_pairs<float>(context, a.view(), pairs_among(numbers), weighted);
  }
}

TEST_CASE("intersections of equal, disjoint and interleaved long rows on a GPU, and rows that name one another") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  constexpr std::size_t nodes = 20'000;
  std::map<std::size_t, std::vector<NodeId>> rows;
  for (std::size_t column = 0; column < nodes; ++column) {
    rows[0].push_back(node_id(column));
    rows[1].push_back(node_id(column));
    rows[2 + column % 2].push_back(node_id(column));
    rows[4 + column * 2 / nodes].push_back(node_id(column));
    if (column % 7 == 0) rows[6].push_back(node_id(column));
  }
  for (const std::size_t loop : {0UL, 1UL, 7UL}) rows[7].push_back(node_id(loop));
  const Csr a = with_rows(nodes, rows, true);
  const std::vector<RowPair> pairs = pairs_among({0, 1, 2, 3, 4, 5, 6, 7, 8, nodes - 1});
  check_pairs<double>(context, a.view(), pairs, true);
  check_pairs<float>(context, a.view(), pairs, false);
}

TEST_CASE("intersections of drawn pairs of drawn sizes on a GPU are those of a merge") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  CHECK(rc::check([&] {
    const auto short_size = *rc::gen::inRange<std::size_t>(0, 200);
    const auto long_size = *rc::gen::inRange<std::size_t>(0, 3000);
    const auto room = *rc::gen::element<std::size_t>(0, 1, 100, 20'000);
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const std::size_t nodes = std::max(short_size, long_size) + room + 2;
    const Csr a =
        with_rows(nodes, {{0, spread(short_size, 0, nodes, seed)}, {1, spread(long_size, 0, nodes, seed + 1)}}, false);
    check_pairs<float>(context, a.view(), {{node_id(0), node_id(1)}}, false);
  }));
}
