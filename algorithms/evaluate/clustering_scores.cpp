#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/clustering_scores.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace {

/// How many items each part has that has any; `parts` is sorted for it.
template <class Part>
std::vector<double> part_sizes(std::vector<Part> parts) {
  std::ranges::sort(parts);
  std::vector<double> sizes;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i == 0 || parts[i] != parts[i - 1]) sizes.push_back(0);
    ++sizes.back();
  }
  return sizes;
}

/// The sizes of the parts of two partitions, and of what each part of one shares with each of the other.
struct PartSizes {
  PartSizes(std::span<const std::uint32_t> first, std::span<const std::uint32_t> second) {
    if (first.size() != second.size()) {
      throw InvalidData(fmt::format("one partition is of {} items and the other of {}", first.size(), second.size()));
    }
    std::vector<std::uint64_t> pairs(first.size());
    for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = std::uint64_t{first[i]} << 32 | second[i];
    a = part_sizes(std::vector<std::uint32_t>(first.begin(), first.end()));
    b = part_sizes(std::vector<std::uint32_t>(second.begin(), second.end()));
    both = part_sizes(std::move(pairs));
  }

  std::vector<double> a;
  std::vector<double> b;
  std::vector<double> both;
};

double entropy(std::span<const double> sizes, double items) {
  double sum = 0;
  for (const double size : sizes) sum -= size / items * std::log(size / items);
  return sum;
}

double pair_count(std::span<const double> sizes) {
  double sum = 0;
  for (const double size : sizes) sum += size * (size - 1) / 2;
  return sum;
}

double mean_of(EntropyMean mean, double a, double b) {
  switch (mean) {
    case EntropyMean::arithmetic:
      return (a + b) / 2;
    case EntropyMean::geometric:
      return std::sqrt(a * b);
    case EntropyMean::min:
      return std::min(a, b);
    case EntropyMean::max:
      return std::max(a, b);
  }
  return 0;
}

}  // namespace

double normalized_mutual_information(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b,
                                     EntropyMean mean) {
  const PartSizes sizes(a, b);
  if (sizes.a.size() <= 1 && sizes.b.size() <= 1) return 1;
  const auto items = static_cast<double>(a.size());
  const double entropy_a = entropy(sizes.a, items);
  const double entropy_b = entropy(sizes.b, items);
  const double information = entropy_a + entropy_b - entropy(sizes.both, items);
  // Of three sums that should cancel out.
  if (information <= 4 * std::numeric_limits<double>::epsilon() * (entropy_a + entropy_b)) return 0;
  return std::min(1.0, information / mean_of(mean, entropy_a, entropy_b));
}

double adjusted_rand_index(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  const PartSizes sizes(a, b);
  const double pairs_a = pair_count(sizes.a);
  const double pairs_b = pair_count(sizes.b);
  const auto items = static_cast<double>(a.size());
  const double chance = items < 2 ? 0 : pairs_a * pairs_b / (items * (items - 1) / 2);
  const double most = (pairs_a + pairs_b) / 2;
  if (most == chance) return 1;
  return (pair_count(sizes.both) - chance) / (most - chance);
}

}  // namespace adjoin
