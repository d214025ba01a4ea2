#include <algorithm>

#include <adjoin/engine/sparse/cuda/hot_columns.hpp>

namespace adjoin {

std::vector<std::uint32_t> most_named_columns(const CsrView& a, std::size_t count) {
  constexpr std::size_t most_sampled = std::size_t{1} << 19;
  constexpr std::size_t least_named = 2;
  const std::size_t step = std::max<std::size_t>(1, a.nonzero_count() / most_sampled);
  std::vector<std::uint32_t> sample;
  sample.reserve(a.nonzero_count() / step + 1);
  // One of every `step` entries, now here and now there: rows of one length would meet a fixed step at one place.
  for (std::size_t e = 0; e < a.nonzero_count(); e += step) {
    const std::size_t place = e + (e / step * 0x9e3779b97f4a7c15ULL >> 32) % step;
    if (place < a.nonzero_count()) sample.push_back(static_cast<std::uint32_t>(index(a.targets[place])));
  }
  std::sort(sample.begin(), sample.end());

  struct Named {
    std::uint32_t column;
    std::size_t times;
  };
  std::vector<Named> all;
  for (auto first = sample.begin(); first != sample.end();) {
    const auto last = std::upper_bound(first, sample.end(), *first);
    const auto times = static_cast<std::size_t>(last - first);
    if (times >= least_named) all.push_back({*first, times});
    first = last;
  }
  const std::size_t taken = std::min(count, all.size());
  std::partial_sort(
      all.begin(), all.begin() + static_cast<std::ptrdiff_t>(taken), all.end(),
      [](const Named& x, const Named& y) { return x.times != y.times ? x.times > y.times : x.column < y.column; });
  std::vector<std::uint32_t> columns(taken);
  std::transform(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(taken), columns.begin(),
                 [](const Named& named) { return named.column; });
  return columns;
}

}  // namespace adjoin
