#include <algorithm>
#include <vector>

#include <adjoin/algorithms/simplicial/tetrahedra.hpp>
#include <adjoin/engine/runtime/bits.hpp>

namespace adjoin::detail {
namespace {

/// Bit b of word k: whether k of the three have bit b.
std::array<std::uint64_t, 4> how_many(const std::array<std::uint64_t, 3>& words) noexcept {
  const std::uint64_t odd = words[0] ^ words[1] ^ words[2];
  const std::uint64_t two = (words[0] & words[1]) | (words[0] & words[2]) | (words[1] & words[2]);
  return {~odd & ~two, odd & ~two, two & ~odd, odd & two};
}

/// Adds a set for each bit of `nodes`: a triangle that all of them share, which is the first tie, and three
/// that each makes of its own, whose ties stand in `once` and `twice`, one bit a node.
void add_sets(TetrahedronCounts& counts, std::uint64_t nodes, std::size_t tie, const std::array<std::uint64_t, 3>& once,
              const std::array<std::uint64_t, 3>& twice) noexcept {
  const std::array<std::uint64_t, 3> weak{once[0] & ~twice[0], once[1] & ~twice[1], once[2] & ~twice[2]};
  const std::array<std::uint64_t, 4> strong_triangles = how_many(twice);
  const std::array<std::uint64_t, 4> weak_triangles = how_many(weak);
  const std::size_t strong = tie == 2 ? 1 : 0;
  const std::size_t weak_first = tie == 1 ? 1 : 0;
  for (std::size_t s = 0; s <= 3; ++s) {
    const std::uint64_t some = nodes & strong_triangles[s];
    if (some == 0) continue;
    for (std::size_t w = 0; s + w <= 3; ++w) {
      counts.by_strong_and_weak[strong + s][weak_first + w] += count_bits(some & weak_triangles[w]);
    }
  }
}

/// The sets of four nodes with all edges whose lowest node is u, for one node u after another.
class TetrahedraOfNode {
 public:
  TetrahedraOfNode(const NeighborsAbove& ranked, const ClosedTriangles& closed)
      : above_(ranked.above.view()), closed_(closed) {}

  /// later: null, or the later simplices of u.
  void count(const LowestNode& u, const SimplicesAbove* later, TetrahedronTotals& totals) {
    const auto row = u.row;
    const auto& places = u.places;
    for (BitRows* rows : {&once_, &twice_, &adjacent_, &closed_with_, &later_with_}) rows->reset(row.size());
    third_once_.assign(once_.words_per_row(), 0);
    third_twice_.assign(once_.words_per_row(), 0);
    u.simplices.mark_pairs(once_, twice_);
    for (std::size_t i = 0; i < row.size(); ++i) {
      for (const NodeId neighbor : above_.row_targets(index(row[i]))) {
        if (places[index(neighbor)] > 0) adjacent_.set(i, places[index(neighbor)] - 1);
      }
    }
    for (std::size_t i = 0; i + 2 < row.size(); ++i) {
      u.simplices.mark_pairs_with(i, closed_with_);
      if (later != nullptr) later->mark_pairs_with(i, later_with_);
      const std::size_t begin = above_.row_begin(index(row[i]));
      const auto next = above_.row_targets(index(row[i]));
      for (std::size_t k = 0; k < next.size(); ++k) {
        if (places[index(next[k])] > 0) count_of_triangle(i, places[index(next[k])] - 1, begin + k, places, totals);
      }
      closed_with_.clear_touched();
      later_with_.clear_touched();
    }
  }

 private:
  /// Those that hold the triangle of u and the places i and j, whose edge is `entry`, and a place above j.
  void count_of_triangle(std::size_t i, std::size_t j, std::size_t entry, const Array<std::uint32_t>& places,
                         TetrahedronTotals& totals) {
    const std::uint64_t* const next_to_i = adjacent_.row(i);
    const std::uint64_t* const next_to_j = adjacent_.row(j);
    const std::size_t words = adjacent_.words_per_row();
    std::size_t word = j / 64;
    while (word < words && (next_to_i[word] & next_to_j[word]) == 0) ++word;
    if (word == words) return;
    const auto thirds = closed_.thirds(entry);
    const auto strong = closed_.strong(entry);
    for (std::size_t t = 0; t < thirds.size(); ++t) {
      if (places[index(thirds[t])] == 0) continue;
      const std::size_t k = places[index(thirds[t])] - 1;
      third_once_[k / 64] |= std::uint64_t{1} << (k % 64);
      third_twice_[k / 64] |= std::uint64_t{strong[t]} << (k % 64);
    }
    const std::size_t tie = (once_.has(i, j) ? 1U : 0U) + (twice_.has(i, j) ? 1U : 0U);
    for (; word < words; ++word) {
      const std::uint64_t nodes = next_to_i[word] & next_to_j[word];
      if (nodes == 0) continue;
      const std::array<std::uint64_t, 3> once{once_.row(i)[word], once_.row(j)[word], third_once_[word]};
      const std::array<std::uint64_t, 3> twice{twice_.row(i)[word], twice_.row(j)[word], third_twice_[word]};
      add_sets(totals.all, nodes, tie, once, twice);
      const std::uint64_t closed = nodes & closed_with_.row(j)[word];
      if (closed != 0) add_sets(totals.closed, closed, tie, once, twice);
      const std::uint64_t closes = nodes & later_with_.row(j)[word] & ~closed;
      if (closes != 0) add_sets(totals.open_closed_later, closes, tie, once, twice);
    }
    if (thirds.empty()) return;
    std::ranges::fill(third_once_, 0);
    std::ranges::fill(third_twice_, 0);
  }

  CsrView above_;
  const ClosedTriangles& closed_;
  BitRows once_;                           // pairs that a simplex has with u
  BitRows twice_;                          // that several have
  BitRows adjacent_;                       // pairs with an edge
  BitRows closed_with_;                    // pairs that a simplex has with u and the place in hand
  BitRows later_with_;                     // that a later one has
  std::vector<std::uint64_t> third_once_;  // places that a simplex has with both ends of the edge in hand, u or not
  std::vector<std::uint64_t> third_twice_;
};

}  // namespace

void TetrahedronCounts::operator+=(const TetrahedronCounts& other) noexcept {
  for (std::size_t s = 0; s < 5; ++s) {
    for (std::size_t w = 0; w < 5; ++w) by_strong_and_weak[s][w] += other.by_strong_and_weak[s][w];
  }
}

TetrahedronTotals count_tetrahedra(RunContext& context, const Projection& projection, const NeighborsAbove& ranked,
                                   const ClosedTriangles& closed, const Incidence* later) {
  const std::size_t tasks = clique_task_count(ranked.above.view());
  std::vector<TetrahedronTotals> parts(tasks);
  context.begin_stage("four nodes", "tasks", tasks);
  context.for_tasks(tasks, [&](std::size_t task) {
    TetrahedronTotals mine;
    TetrahedraOfNode of_node(ranked, closed);
    SimplicesAbove later_simplices;
    for_nodes_of(projection, ranked, task, tasks, 3, [&](const LowestNode& u) {
      if (later != nullptr) later_simplices.collect(*later, u.node, u.places, u.row.size());
      of_node.count(u, later == nullptr ? nullptr : &later_simplices, mine);
    });
    parts[task] = mine;
  });
  context.end_stage();
  TetrahedronTotals totals;
  for (const TetrahedronTotals& part : parts) {
    totals.all += part.all;
    totals.closed += part.closed;
    totals.open_closed_later += part.open_closed_later;
  }
  return totals;
}

}  // namespace adjoin::detail
