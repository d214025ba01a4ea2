// The neighbours that three nodes have in common, for triples that come one after another. Private to scores.
//
// Lists of triples, and visits of triangles, keep their first node for a while. From the second triple of a first node
// on, each of its neighbours gets a set of bits, made once: which of the first node's neighbours are its own as well.
// Two such sets have in common what is asked for, 64 neighbours at a time.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <adjoin/algorithms/simplicial/triple_scores.hpp>
#include <adjoin/engine/runtime/bits.hpp>
#include <adjoin/engine/sparse/csr_view.hpp>
#include <adjoin/engine/sparse/intersect.hpp>

namespace adjoin::detail {

class CommonNeighbors {
 public:
  explicit CommonNeighbors(const CsrView& a) : a_(a) {}

  std::size_t count(const NodeTriple& triple) {
    if (!turn_to(triple)) return intersection_size(of_two_, row(triple.c));
    std::size_t found = 0;
    for (std::size_t i = 0; i < words_; ++i) found += count_bits(bits_[b_ + i] & bits_[c_ + i]);
    return found;
  }

  /// Calls visit(node) for each of them, by rising id.
  template <class Visit>
  void visit(const NodeTriple& triple, Visit&& visit) {
    if (!turn_to(triple)) {
      visit_intersection(of_two_, row(triple.c), visit);
      return;
    }
    const auto first = row(first_);
    for (std::size_t i = 0; i < words_; ++i) {
      for (std::uint64_t word = bits_[b_ + i] & bits_[c_ + i]; word != 0; word &= word - 1) {
        visit(first[i * 64 + static_cast<std::size_t>(std::countr_zero(word))]);
      }
    }
  }

 private:
  /// A first node of more has sets so long that the neighbours of two are sooner looked for in those of the third.
  static constexpr std::size_t most_bits = 1 << 12;
  static constexpr std::size_t not_made = std::numeric_limits<std::size_t>::max();

  std::span<const NodeId> row(NodeId node) const noexcept { return a_.row_targets(index(node)); }

  /// Whether there are bits of the triple's second and third node; else of_two_ has what the first two share.
  bool turn_to(const NodeTriple& triple) {
    if (triple.a != first_) {
      first_ = triple.a;
      second_ = no_node;
      begins_.clear();
    } else if (row(first_).size() <= most_bits && turn_to_bits(triple)) {
      return true;
    }
    if (triple.b != second_) {
      second_ = triple.b;
      of_two_.clear();
      visit_intersection(row(first_), row(second_), [&](NodeId node) { of_two_.push_back(node); });
    }
    return false;
  }

  bool turn_to_bits(const NodeTriple& triple) {
    const std::size_t b = place_of(triple.b);
    const std::size_t c = place_of(triple.c);
    if (b == not_made || c == not_made) return false;
    if (begins_.empty()) {
      begins_.assign(row(first_).size(), not_made);
      words_ = row(first_).size() / 64 + 1;
      bits_.clear();
    }
    b_ = begin_of(b);
    c_ = begin_of(c);
    return true;
  }

  /// Among the neighbours of the first node.
  std::size_t place_of(NodeId node) const noexcept {
    const auto first = row(first_);
    const auto at = std::ranges::lower_bound(first, node);
    return at == first.end() || *at != node ? not_made : static_cast<std::size_t>(at - first.begin());
  }

  /// Where the bits of that neighbour begin.
  std::size_t begin_of(std::size_t place) {
    std::size_t& begin = begins_[place];
    if (begin != not_made) return begin;
    begin = bits_.size();
    bits_.resize(begin + words_, 0);
    const auto first = row(first_);
    std::size_t at = 0;
    visit_intersection(first, row(first[place]), [&](NodeId node) {
      while (first[at] != node) ++at;
      bits_[begin + at / 64] |= std::uint64_t{1} << (at % 64);
    });
    return begin;
  }

  CsrView a_;
  NodeId first_ = no_node;
  NodeId second_ = no_node;
  std::vector<NodeId> of_two_;
  std::vector<std::size_t> begins_;  // of each neighbour of the first node; empty until its second triple
  std::vector<std::uint64_t> bits_;
  std::size_t words_ = 0;
  std::size_t b_ = 0;
  std::size_t c_ = 0;
};

}  // namespace adjoin::detail
