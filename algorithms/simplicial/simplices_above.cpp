#include <algorithm>
#include <cmath>

#include <adjoin/algorithms/simplicial/simplices_above.hpp>

namespace adjoin::detail {
namespace {

double pairs_of(double n) noexcept {
  return n * (n - 1) / 2;
}

double triples_of(double n) noexcept {
  return n * (n - 1) * (n - 2) / 6;
}

/// A number of things or bytes; what is absurd stays absurd and fits.
std::uint64_t whole(double number) noexcept {
  constexpr double most = 1e17;
  return static_cast<std::uint64_t>(std::min(number, most));
}

}  // namespace

void BitRows::reset(std::size_t size) {
  words_per_row_ = (size + 63) / 64;
  bits_.assign(size * words_per_row_, 0);
  is_touched_.assign(size, 0);
  touched_.clear();
}

void BitRows::clear_touched() {
  for (const std::uint32_t i : touched_) {
    std::fill_n(row(i), words_per_row_, std::uint64_t{0});
    is_touched_[i] = 0;
  }
  touched_.clear();
}

void SimplicesAbove::collect(const Incidence& incidence, NodeId u, const Array<std::uint32_t>& places,
                             std::size_t size) {
  const CsrView nodes_of = incidence.nodes_of.view();
  members_.clear();
  begins_.assign(1, 0);
  first_of_.assign(size + 1, 0);
  for (const NodeId simplex : incidence.simplices_of.view().row_targets(index(u))) {
    for (const NodeId member : nodes_of.row_targets(index(simplex))) {
      if (places[index(member)] > 0) members_.push_back(places[index(member)] - 1);
    }
    if (members_.size() - begins_.back() < 2) {
      members_.resize(begins_.back());
      continue;
    }
    const auto begin = members_.begin() + static_cast<std::ptrdiff_t>(begins_.back());
    std::sort(begin, members_.end());
    for (auto at = begin; members_.end() - at > 2; ++at) ++first_of_[*at + 1];
    begins_.push_back(members_.size());
  }
  for (std::size_t i = 0; i < size; ++i) first_of_[i + 1] += first_of_[i];
  occurrences_.resize(first_of_[size]);
  for (std::size_t simplex = 0; simplex < simplex_count(); ++simplex) {
    for (std::size_t at = begins_[simplex]; at + 2 < begins_[simplex + 1]; ++at) {
      occurrences_[first_of_[members_[at]]++] = {at, begins_[simplex + 1]};
    }
  }
  // Filling moved each first on to the next one's.
  for (std::size_t i = size; i > 0; --i) first_of_[i] = first_of_[i - 1];
  first_of_[0] = 0;
}

void SimplicesAbove::mark_pairs(BitRows& once, BitRows& twice) const {
  for (std::size_t simplex = 0; simplex < simplex_count(); ++simplex) {
    for (std::size_t a = begins_[simplex]; a < begins_[simplex + 1]; ++a) {
      std::uint64_t* const first = once.row(members_[a]);
      std::uint64_t* const more = twice.row(members_[a]);
      for (std::size_t b = a + 1; b < begins_[simplex + 1]; ++b) {
        const std::size_t word = members_[b] / 64;
        const std::uint64_t bit = std::uint64_t{1} << (members_[b] % 64);
        more[word] |= first[word] & bit;
        first[word] |= bit;
      }
    }
  }
}

void SimplicesAbove::mark_pairs_with(std::size_t i, BitRows& rows) const {
  for (std::size_t at = first_of_[i]; at < first_of_[i + 1]; ++at) {
    for (std::size_t a = occurrences_[at].begin + 1; a + 1 < occurrences_[at].end; ++a) {
      rows.touch(members_[a]);
      for (std::size_t b = a + 1; b < occurrences_[at].end; ++b) rows.set(members_[a], members_[b]);
    }
  }
}

std::size_t clique_task_count(const CsrView& above) {
  constexpr std::size_t entries_per_task = 1 << 8;
  constexpr std::size_t most_tasks = 256;
  return std::clamp<std::size_t>(above.nonzero_count() / entries_per_task, 1, most_tasks);
}

std::uint64_t most_members(const Incidence& incidence) noexcept {
  const CsrView nodes_of = incidence.nodes_of.view();
  const CsrView simplices_of = incidence.simplices_of.view();
  std::uint64_t most = 0;
  for (std::size_t node = 0; node < simplices_of.row_count(); ++node) {
    std::uint64_t members = 0;
    for (const NodeId simplex : simplices_of.row_targets(node)) members += nodes_of.row_size(index(simplex));
    most = std::max(most, members);
  }
  return most;
}

ProjectionBounds projection_bounds(const SimplexView& simplices, int max_size) {
  double pairs = 0;
  double triples = 0;
  std::vector<std::uint64_t> members(simplices.node_count, 0);
  for (std::size_t i = 0; i < simplices.size(); ++i) {
    const auto nodes = simplices.simplex(i);
    if (nodes.size() > static_cast<std::size_t>(max_size)) continue;
    pairs += pairs_of(static_cast<double>(nodes.size()));
    triples += triples_of(static_cast<double>(nodes.size()));
    for (const NodeId node : nodes) members[index(node)] += nodes.size();
  }
  const auto n = static_cast<double>(simplices.node_count);
  return {whole(std::min(pairs, pairs_of(n))), whole(std::min(triples, triples_of(n))), whole(pairs),
          members.empty() ? 0 : *std::ranges::max_element(members)};
}

std::uint64_t estimate_ranked_visit_memory(std::uint64_t nodes, std::uint64_t edges, std::uint64_t members, int squares,
                                           int threads) noexcept {
  // No node has more than sqrt(2 m) neighbours above it.
  const double side = std::min(static_cast<double>(nodes), std::sqrt(2 * static_cast<double>(edges)) + 64);
  const std::uint64_t places = nodes * sizeof(std::uint32_t);
  const std::uint64_t a_square = whole(side * (side + 64) / 8 + side * (sizeof(std::uint8_t) + sizeof(std::uint32_t)));
  // Vectors grow by doubling.
  const std::uint64_t simplices = 2 * members * (sizeof(std::uint32_t) + 3 * sizeof(std::size_t));
  return nodes * (sizeof(NodeId) + sizeof(std::uint32_t) + sizeof(EdgeOffset)) +
         edges * (sizeof(NodeId) + sizeof(float)) +
         static_cast<std::uint64_t>(threads) * (places + static_cast<std::uint64_t>(squares) * a_square + simplices);
}

}  // namespace adjoin::detail
