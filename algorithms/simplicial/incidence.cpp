#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <adjoin/algorithms/simplicial/incidence.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/transpose.hpp>

namespace adjoin {
namespace {

constexpr std::size_t simplices_per_chunk = 1 << 14;

SimplexView from_place(const SimplexView& simplices, std::size_t begin, std::size_t end) noexcept {
  SimplexView part = simplices;
  part.offsets = simplices.offsets.subspan(begin, end - begin + 1);
  part.times = simplices.times.subspan(begin, end - begin);
  return part;
}

/// How many simplices have a time of at most `until`.
std::size_t count_until(const SimplexView& simplices, Time until) noexcept {
  return static_cast<std::size_t>(std::ranges::upper_bound(simplices.times, until) - simplices.times.begin());
}

}  // namespace

Incidence incidence_of(RunContext& context, const SimplexView& simplices, int max_size) {
  if (max_size < 1) throw InvalidOption(fmt::format("the largest size of a simplex is {}; it is 1 or more", max_size));
  if (simplices.size() >= max_node_count) {
    throw InvalidData(fmt::format("there are {} simplices, and at most {} can be looked at together; cut the time",
                                  simplices.size(), max_node_count - 1));
  }
  context.require_memory(resident_bytes() + estimate_incidence_memory(simplices), "raise --memory");
  const auto limit = static_cast<std::size_t>(max_size);
  Incidence incidence;
  Array<EdgeOffset> offsets(simplices.size() + 1);
  std::size_t kept = 0;
  std::size_t end = 0;
  Array<NodeId> from(simplices.size());  // the simplex of each row
  offsets[0] = EdgeOffset{0};
  for (std::size_t i = 0; i < simplices.size(); ++i) {
    const std::size_t size = simplices.simplex(i).size();
    if (size > limit) continue;
    end += size;
    from[kept] = node_id(i);
    offsets[++kept] = edge_offset(end);
  }
  offsets.shrink(kept + 1);
  incidence.too_large = simplices.size() - kept;
  Csr& rows = incidence.nodes_of;
  rows.column_count = simplices.node_count;
  rows.offsets = std::move(offsets);
  rows.targets = Array<NodeId>(end);
  context.begin_stage("incidence", "simplices", kept);
  context.for_chunks(kept, simplices_per_chunk, [&](Chunk chunk) {
    for (std::size_t row = chunk.begin; row < chunk.end; ++row) {
      std::ranges::copy(simplices.simplex(index(from[row])), rows.targets.data() + index(rows.offsets[row]));
    }
  });
  context.end_stage();
  incidence.simplices_of = transpose(context, rows.view());
  return incidence;
}

std::uint64_t estimate_incidence_memory(const SimplexView& simplices) noexcept {
  const std::size_t n = simplices.size();
  const std::size_t entries = index(simplices.offsets[n]) - index(simplices.offsets[0]);
  return 2 * entries * sizeof(NodeId) + n * (sizeof(EdgeOffset) + sizeof(NodeId)) +
         3 * simplices.node_count * sizeof(EdgeOffset);
}

SimplexView simplices_between(const SimplexView& simplices, Time after, Time until) noexcept {
  const std::size_t begin = count_until(simplices, after);
  return from_place(simplices, begin, std::max(begin, count_until(simplices, until)));
}

SimplexView simplices_until(const SimplexView& simplices, Time until) noexcept {
  return from_place(simplices, 0, count_until(simplices, until));
}

Time time_quantile(const SimplexView& simplices, double q) {
  if (!(q >= 0 && q <= 1)) throw InvalidOption(fmt::format("the share of simplices is {}; it is from 0 to 1", q));
  if (simplices.size() == 0) throw InvalidData("there are no simplices, so no share of them has a time");
  const double place = q * static_cast<double>(simplices.size() - 1);
  const auto lower = static_cast<std::size_t>(place);
  const std::size_t upper = std::min(lower + 1, simplices.size() - 1);
  const double fraction = place - static_cast<double>(lower);
  // From the lower time on, as the times themselves may have more digits than a double.
  const double steps = static_cast<double>(simplices.times[upper] - simplices.times[lower]) * fraction;
  const double floor = std::floor(steps);
  const Time below = simplices.times[lower] + static_cast<Time>(floor);
  const double rest = steps - floor;
  const bool up = rest > 0.5 || (rest == 0.5 && below % 2 != 0);
  return below + (up ? 1 : 0);
}

}  // namespace adjoin
