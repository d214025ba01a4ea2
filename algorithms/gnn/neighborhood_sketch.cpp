#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include <adjoin/algorithms/gnn/neighborhood_sketch.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/sparse/intersect.hpp>
#include <adjoin/engine/sparse/row_chunks.hpp>

namespace adjoin::gnn {
namespace {

constexpr std::size_t hashes = NeighborhoodSketches::hash_count;
constexpr std::size_t registers = NeighborhoodSketches::register_count;
constexpr std::size_t nodes_per_chunk = 1024;
/// Ranks of a register: 0 where nothing was seen, up to one more than the bits of a word.
constexpr std::size_t highest_rank = 33;
using RankCounts = std::array<std::uint32_t, highest_rank + 1>;

/// Ertl's sigma: what registers that saw nothing add, as a share x of all.
double of_empty(double x) noexcept {
  if (x == 1) return std::numeric_limits<double>::infinity();
  double y = 1;
  double sum = x;
  for (double before = -1; sum != before;) {
    x *= x;
    before = sum;
    sum += x * y;
    y += y;
  }
  return sum;
}

/// Ertl's tau: what registers that are full add.
double of_full(double x) noexcept {
  if (x == 0 || x == 1) return 0;
  double y = 1;
  double sum = 1 - x;
  for (double before = -1; sum != before;) {
    x = std::sqrt(x);
    before = sum;
    y *= 0.5;
    sum -= (1 - x) * (1 - x) * y;
  }
  return sum / 3;
}

/// How many distinct things registers saw of which counts[k] have the rank k.
double size_of(const RankCounts& counts) noexcept {
  constexpr auto m = static_cast<double>(registers);
  double z = m * of_full(1 - counts[highest_rank] / m);
  for (std::size_t k = highest_rank - 1; k >= 1; --k) z = 0.5 * (z + counts[k]);
  z += m * of_empty(counts[0] / m);
  return m * m / (2 * std::log(2.0) * z);
}

}  // namespace

NeighborhoodSketches::NeighborhoodSketches(RunContext& context, std::size_t node_count) : within_(node_count, 0.0F) {
  for (Level* level : {&nodes_, &one_, &two_}) {
    level->minima = Array<std::uint32_t>(node_count * hashes);
    level->registers = Array<std::uint8_t>(node_count * registers, 0);
  }
  const std::uint64_t seed = context.seed();
  context.for_chunks(node_count, nodes_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      std::uint32_t* const minima = nodes_.minima.data() + i * hashes;
      std::uint32_t counter = 0;
      for (; counter < hashes / 4; ++counter) {
        std::ranges::copy(philox(seed, RandomStream::neighborhood_sketch, i, counter),
                          minima + 4 * std::size_t{counter});
      }
      const RandomWords words = philox(seed, RandomStream::neighborhood_sketch, i, counter);
      nodes_.registers[i * registers + words[0] % registers] =
          static_cast<std::uint8_t>(std::countl_zero(words[1]) + 1);
    }
  });
}

std::uint64_t NeighborhoodSketches::bytes(std::size_t node_count) noexcept {
  return node_count * (3 * (hashes * sizeof(std::uint32_t) + registers) + sizeof(float));
}

void NeighborhoodSketches::merge(RunContext& context, const Level& from, Level& to) const {
  constexpr std::size_t work_per_chunk = 4096;
  context.for_tasks(row_chunk_count(adjacency_, work_per_chunk), [&](std::size_t task) {
    const Chunk rows = row_chunk(adjacency_, work_per_chunk, task);
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      std::uint32_t* const minima = to.minima.data() + i * hashes;
      std::uint8_t* const ranks = to.registers.data() + i * registers;
      std::copy_n(from.minima.data() + i * hashes, hashes, minima);
      std::copy_n(from.registers.data() + i * registers, registers, ranks);
      for (const NodeId node : adjacency_.row_targets(i)) {
        const std::uint32_t* const other_minima = from.minima.data() + index(node) * hashes;
        const std::uint8_t* const other_ranks = from.registers.data() + index(node) * registers;
        for (std::size_t k = 0; k < hashes; ++k) minima[k] = std::min(minima[k], other_minima[k]);
        for (std::size_t k = 0; k < registers; ++k) ranks[k] = std::max(ranks[k], other_ranks[k]);
      }
    }
  });
}

void NeighborhoodSketches::assign(RunContext& context, const CsrView& adjacency) {
  adjacency_ = adjacency;
  merge(context, nodes_, one_);
  merge(context, one_, two_);
  context.for_chunks(adjacency_.row_count(), nodes_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      RankCounts counts{};
      for (std::size_t k = 0; k < registers; ++k) ++counts[two_.registers[i * registers + k]];
      within_[i] = static_cast<float>(size_of(counts));
    }
  });
}

double NeighborhoodSketches::shared(const Level& a, NodeId u, const Level& b, NodeId v) const {
  const std::uint32_t* const first_minima = a.minima.data() + index(u) * hashes;
  const std::uint32_t* const second_minima = b.minima.data() + index(v) * hashes;
  std::uint32_t equal = 0;
  for (std::size_t k = 0; k < hashes; ++k) equal += first_minima[k] == second_minima[k] ? 1 : 0;
  if (equal == 0) return 0;
  const std::uint8_t* const first_ranks = a.registers.data() + index(u) * registers;
  const std::uint8_t* const second_ranks = b.registers.data() + index(v) * registers;
  RankCounts counts{};
  for (std::size_t k = 0; k < registers; ++k) ++counts[std::max(first_ranks[k], second_ranks[k])];
  return static_cast<double>(equal) / hashes * size_of(counts);
}

DistanceCounts NeighborhoodSketches::estimate(const Edge& pair) const {
  const NodeId u = pair.source;
  const NodeId v = pair.target;
  const auto neighbors_u = adjacency_.row_targets(index(u));
  const auto neighbors_v = adjacency_.row_targets(index(v));
  const double linked = std::ranges::binary_search(neighbors_u, v) ? 1 : 0;
  const double du = static_cast<double>(neighbors_u.size()) - linked;
  const double dv = static_cast<double>(neighbors_v.size()) - linked;
  const auto both = static_cast<double>(intersection_size(neighbors_u, neighbors_v));
  // Each end is in the set of the other within two steps if they are near.
  const double near = both > 0 || linked > 0 ? 1 : 0;
  const auto most = [](double x, double bound) { return std::clamp(x, 0.0, std::max(0.0, bound)); };
  const double one_two = most(shared(one_, u, two_, v) - near - linked - both, du - both);
  const double two_one = most(shared(two_, u, one_, v) - near - linked - both, dv - both);
  const double further_u = std::max(0.0, static_cast<double>(within_[index(u)]) - 1 - du - near);
  const double further_v = std::max(0.0, static_cast<double>(within_[index(v)]) - 1 - dv - near);
  const double two_two = most(shared(two_, u, two_, v) - 2 * near - both - one_two - two_one,
                              std::min(further_u - two_one, further_v - one_two));
  return {.one_one = static_cast<float>(both),
          .one_two = static_cast<float>(one_two),
          .two_one = static_cast<float>(two_one),
          .two_two = static_cast<float>(two_two),
          .first_one = static_cast<float>(du - both - one_two),
          .first_two = static_cast<float>(most(further_u - two_one - two_two, further_u)),
          .second_one = static_cast<float>(dv - both - two_one),
          .second_two = static_cast<float>(most(further_v - one_two - two_two, further_v))};
}

Matrix NeighborhoodSketches::counts(RunContext& context, std::span<const Edge> pairs) const {
  Matrix result(pairs.size(), distance_count_columns);
  constexpr std::size_t pairs_per_chunk = 256;
  context.for_chunks(pairs.size(), pairs_per_chunk, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) put_row(estimate(pairs[i]).in_order(), result.row(i));
  });
  return result;
}

}  // namespace adjoin::gnn
