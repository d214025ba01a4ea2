#include <functional>

#include <fmt/format.h>

#include <adjoin/algorithms/linkpred/check_pairs.hpp>
#include <adjoin/algorithms/linkpred/source_groups.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/parallel_sort.hpp>

namespace adjoin::detail {
namespace {

constexpr std::size_t most_questions = std::size_t{1} << 32U;  // they share 64 bits with a node

std::size_t questions_of(std::size_t pairs, PairEnds ends) {
  return ends == PairEnds::both ? 2 * pairs : pairs;
}

}  // namespace

SourceGroups::SourceGroups(RunContext& context, GraphView graph, std::span<const Edge> pairs, PairEnds ends)
    : pairs_(pairs), ends_(ends) {
  check_pairs(graph, pairs);
  const std::size_t count = questions_of(pairs.size(), ends);
  if (count > most_questions) {
    throw InvalidData(fmt::format("{} pairs are more than can be scored at once; give at most {} at a time",
                                  pairs.size(), most_questions / 2));
  }
  questions_ = Array<std::uint64_t>(count);
  for (std::size_t question = 0; question < count; ++question) {
    const Edge& pair = pairs[ends == PairEnds::both ? question / 2 : question];
    const NodeId from = ends == PairEnds::both && question % 2 == 1 ? pair.target : pair.source;
    questions_[question] = std::uint64_t{index(from)} << 32U | question;
  }
  parallel_sort(context.threads(), questions_.span(), std::less<>{});
  const auto begins_group = [&](std::size_t i) { return i == 0 || questions_[i] >> 32U != questions_[i - 1] >> 32U; };
  std::size_t groups = 0;
  for (std::size_t i = 0; i < count; ++i) groups += begins_group(i) ? 1 : 0;
  begins_ = Array<std::size_t>(groups + 1);
  groups = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (begins_group(i)) begins_[groups++] = i;
  }
  begins_[groups] = count;
}

std::uint64_t SourceGroups::bytes(std::size_t pair_count, PairEnds ends) noexcept {
  const std::uint64_t questions = questions_of(pair_count, ends);
  return (2 * questions + 1) * sizeof(std::uint64_t);  // sorting takes a second copy, groups are at most as many
}

}  // namespace adjoin::detail
