#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include <adjoin/engine/graph/simplex_log.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/parallel_sort.hpp>

namespace adjoin {
namespace {

void check(const SimplexArrays& arrays, std::size_t node_count) {
  const auto refuse = [](const std::string& what) { throw InvalidData("not simplices: " + what); };
  const std::size_t count = arrays.offsets.empty() ? 0 : arrays.offsets.size() - 1;
  if (arrays.times.size() != count) refuse(fmt::format("{} times for {} simplices", arrays.times.size(), count));
  if (arrays.decimals < 0 || arrays.decimals > max_time_decimals) {
    refuse(fmt::format("times have {} decimals; adjoin keeps 0 to {}", arrays.decimals, max_time_decimals));
  }
  if (count == 0) {
    if (!arrays.nodes.empty()) refuse("nodes without simplices");
    return;
  }
  if (index(arrays.offsets[0]) != 0) refuse("the first offset is not 0");
  for (std::size_t i = 0; i < count; ++i) {
    if (arrays.offsets[i] > arrays.offsets[i + 1]) refuse(fmt::format("the offsets fall at simplex {}", i + 1));
    if (arrays.offsets[i] == arrays.offsets[i + 1]) refuse(fmt::format("simplex {} has no nodes", i + 1));
  }
  if (index(arrays.offsets[count]) != arrays.nodes.size()) {
    refuse(fmt::format("the last offset is {} for {} nodes", index(arrays.offsets[count]), arrays.nodes.size()));
  }
  for (std::size_t i = 0; i < arrays.nodes.size(); ++i) {
    if (index(arrays.nodes[i]) >= node_count) {
      refuse(fmt::format("node {} is named and there are {} nodes", index(arrays.nodes[i]), node_count));
    }
  }
}

bool nodes_in_order(const SimplexArrays& arrays) {
  for (std::size_t i = 0; i + 1 < arrays.offsets.size(); ++i) {
    for (std::size_t k = index(arrays.offsets[i]) + 1; k < index(arrays.offsets[i + 1]); ++k) {
      if (arrays.nodes[k - 1] >= arrays.nodes[k]) return false;
    }
  }
  return true;
}

}  // namespace

SimplexLog::SimplexLog(RunContext& context, std::size_t node_count, SimplexArrays arrays)
    : node_count_(node_count), arrays_(std::move(arrays)) {
  if (arrays_.offsets.empty()) arrays_.offsets = Array<EdgeOffset>(1, EdgeOffset{0});
  const std::size_t count = arrays_.offsets.size() - 1;
  if (arrays_.times.empty() && count > 0) arrays_.times = Array<Time>(count, Time{0});
  check(arrays_, node_count);
  if (std::is_sorted(arrays_.times.begin(), arrays_.times.end()) && nodes_in_order(arrays_)) return;

  Array<std::uint64_t> order(count);
  std::iota(order.begin(), order.end(), std::uint64_t{0});
  parallel_sort(context.threads(), order.span(), [&](std::uint64_t a, std::uint64_t b) {
    return arrays_.times[a] != arrays_.times[b] ? arrays_.times[a] < arrays_.times[b] : a < b;
  });
  SimplexArrays sorted{Array<EdgeOffset>(count + 1), Array<NodeId>(arrays_.nodes.size()), Array<Time>(count),
                       arrays_.decimals};
  sorted.offsets[0] = EdgeOffset{0};
  NodeId* end = sorted.nodes.begin();
  for (std::size_t i = 0; i < count; ++i) {
    NodeId* const begin = end;
    end = std::copy(arrays_.nodes.begin() + index(arrays_.offsets[order[i]]),
                    arrays_.nodes.begin() + index(arrays_.offsets[order[i] + 1]), begin);
    std::sort(begin, end);
    end = std::unique(begin, end);
    sorted.offsets[i + 1] = edge_offset(static_cast<std::size_t>(end - sorted.nodes.begin()));
    sorted.times[i] = arrays_.times[order[i]];
  }
  sorted.nodes.shrink(static_cast<std::size_t>(end - sorted.nodes.begin()));
  arrays_ = std::move(sorted);
}

SimplexView SimplexLog::view() const& noexcept {
  return {node_count_, arrays_.offsets.span(), arrays_.nodes.span(), arrays_.times.span(), arrays_.decimals};
}

}  // namespace adjoin
