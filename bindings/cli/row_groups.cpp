#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include <adjoin/bindings/cli/row_groups.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin::cli {

RowGroups row_groups(const PairTable& table) {
  std::vector<std::size_t> rows(table.groups.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::ranges::sort(rows, {}, [&](std::size_t row) { return std::pair(table.groups[row], row); });
  RowGroups groups;
  std::size_t of_first = 0;
  for (std::size_t begin = 0; begin < rows.size();) {
    const std::uint64_t group = table.groups[rows[begin]];
    std::size_t end = begin;
    std::size_t positives = 0;
    for (; end < rows.size() && table.groups[rows[end]] == group; ++end) {
      const bool positive = table.labels[rows[end]] == 1;
      positives += positive ? 1 : 0;
      (positive ? groups.positives : groups.negatives).push_back(rows[end]);
    }
    const std::size_t negatives = end - begin - positives;
    if (begin == 0) of_first = negatives;
    if (positives != 1 || negatives == 0 || negatives != of_first) {
      throw InvalidData(
          fmt::format("{}: group {} has {} and {}; each has one positive, and as many negatives as the first, which is "
                      "at least one",
                      table.path.string(), group, counted(positives, "positive", "positives"),
                      counted(negatives, "negative", "negatives")));
    }
    begin = end;
  }
  return groups;
}

}  // namespace adjoin::cli
