// Open tetrahedra as candidates: the visit of streamed_candidates.hpp. Private to what evaluates and predicts.
//
// Method.  As triangles (triangle_visitor.hpp), a step further: from the lowest node u, for each triangle {u, i, j} the
//          nodes that make four of it are the bits that the rows of i and j share among the neighbours above u. For u
//          and i a table of bits says which pairs of the others are in a simplex with both, now and later.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <adjoin/algorithms/simplicial/group_scores.hpp>
#include <adjoin/algorithms/simplicial/streamed_candidates.hpp>
#include <adjoin/algorithms/simplicial/triangle_visitor.hpp>

namespace adjoin::detail {

/// A bit for each pair of some places.
class PlaceBits {
 public:
  void clear(std::size_t size) {
    words_ = (size + 63) / 64;
    bits_.assign(size * words_, 0);
  }
  void set(std::size_t row, std::size_t column) noexcept {
    bits_[row * words_ + column / 64] |= std::uint64_t{1} << (column % 64);
  }
  bool has(std::size_t row, std::size_t column) const noexcept {
    return (bits_[row * words_ + column / 64] >> (column % 64) & 1) != 0;
  }
  std::size_t words() const noexcept { return words_; }
  const std::uint64_t* row(std::size_t row) const noexcept { return bits_.data() + row * words_; }

 private:
  std::size_t words_ = 0;
  std::vector<std::uint64_t> bits_;
};

/// The simplices of one node u, as the places that their other nodes have among the neighbours above u.
class PlacedSimplices {
 public:
  /// places[v]: 1 + the place of v, or 0.
  void assign(const Incidence& incidence, NodeId u, const Array<std::uint32_t>& places, std::size_t size);
  /// Marks the pairs of places above `place` that some simplex has together with it.
  void mark_with(std::size_t place, PlaceBits& pairs) const;

 private:
  std::vector<std::uint32_t> members_;  // of one simplex after another, rising
  std::vector<std::size_t> ends_;       // of the members of each
  struct Spot {
    std::size_t begin;
    std::size_t end;
  };
  std::vector<std::vector<Spot>> after_;  // by place: the members after it in each simplex that has it
};

/// Whether the four triangles of a candidate have to be closed.
enum class Faces : std::uint8_t { any, closed };

class TetrahedronCandidates {
 public:
  /// As TriangleCandidates.
  TetrahedronCandidates(RunContext& context, const Projection& projection, const Incidence* later, Faces faces);

  std::size_t tasks() const noexcept { return tasks_; }

  /// take(NodeQuadruple, Fate), by degree, equal degrees by id.
  template <class Take>
  void operator()(std::size_t task, Take&& take) const {
    const CsrView above = ranked_.above.view();
    Array<std::uint32_t> places(above.row_count(), 0U);
    PlaceBits adjacent;
    PlaceBits now;
    PlaceBits then;
    PlacedSimplices simplices;
    PlacedSimplices later;
    for (std::size_t rank = task; rank < above.row_count(); rank += tasks_) {
      const NodeId u = ranked_.nodes[rank];
      const auto row = above.row_targets(index(u));
      const std::size_t size = row.size();
      if (size < 3) continue;
      for (std::size_t i = 0; i < size; ++i) places[index(row[i])] = static_cast<std::uint32_t>(i + 1);
      adjacent.clear(size);
      for (std::size_t i = 0; i < size; ++i) {
        for (const NodeId v : above.row_targets(index(row[i]))) {
          if (places[index(v)] != 0) adjacent.set(i, places[index(v)] - 1);
        }
      }
      simplices.assign(projection_.incidence, u, places, size);
      if (later_ != nullptr) later.assign(*later_, u, places, size);
      for (std::size_t i = 0; i + 2 < size; ++i) {
        now.clear(size);
        simplices.mark_with(i, now);
        if (later_ != nullptr) {
          then.clear(size);
          later.mark_with(i, then);
        }
        for (std::size_t j = i + 1; j + 1 < size; ++j) {
          if (!adjacent.has(i, j)) continue;
          for (std::size_t word = j / 64; word < adjacent.words(); ++word) {
            std::uint64_t bits = adjacent.row(i)[word] & adjacent.row(j)[word];
            for (; bits != 0; bits &= bits - 1) {
              const std::size_t k = 64 * word + static_cast<std::size_t>(std::countr_zero(bits));
              const NodeQuadruple four{u, row[i], row[j], row[k]};
              if (now.has(j, k)) {
                take(four, Fate::closed);
              } else if (faces_ == Faces::any || faces_closed(four)) {
                take(four, later_ != nullptr && then.has(j, k) ? Fate::closes : Fate::stays_open);
              }
            }
          }
        }
      }
      for (const NodeId v : row) places[index(v)] = 0;
    }
  }

 private:
  bool faces_closed(const NodeQuadruple& four) const;

  const Projection& projection_;
  const Incidence* later_;
  Faces faces_;
  NeighborsAbove ranked_;
  std::size_t tasks_;
};

/// Bytes beyond the projection, on so many threads.
std::uint64_t estimate_tetrahedron_visit_memory(const Projection& projection, int threads) noexcept;

}  // namespace adjoin::detail
