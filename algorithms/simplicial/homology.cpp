#include <algorithm>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <adjoin/algorithms/simplicial/homology.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace {

bool is_prime(std::uint32_t number) noexcept {
  if (number < 2) return false;
  for (std::uint64_t divisor = 2; divisor * divisor <= number; ++divisor) {
    if (number % divisor == 0) return false;
  }
  return true;
}

/// Whole numbers modulo a prime below 2^31.
class PrimeField {
 public:
  explicit PrimeField(std::uint32_t prime) : prime_(prime) {}

  std::uint32_t of_sign(float sign) const noexcept { return sign > 0 ? 1 : prime_ - 1; }
  std::uint32_t add(std::uint32_t a, std::uint32_t b) const noexcept {
    return static_cast<std::uint32_t>((std::uint64_t{a} + b) % prime_);
  }
  std::uint32_t multiply(std::uint32_t a, std::uint32_t b) const noexcept {
    return static_cast<std::uint32_t>(std::uint64_t{a} * b % prime_);
  }
  std::uint32_t negate(std::uint32_t a) const noexcept { return a == 0 ? 0 : prime_ - a; }
  /// a^(p - 2), by Fermat.
  std::uint32_t inverse(std::uint32_t a) const noexcept {
    std::uint32_t result = 1;
    for (std::uint32_t exponent = prime_ - 2; exponent > 0; exponent >>= 1) {
      if ((exponent & 1) != 0) result = multiply(result, a);
      a = multiply(a, a);
    }
    return result;
  }

 private:
  std::uint32_t prime_;
};

/// The trees that edges have joined so far.
class Forest {
 public:
  explicit Forest(std::size_t nodes) : parents_(nodes) {
    for (std::size_t v = 0; v < nodes; ++v) parents_[v] = node_id(v);
  }
  /// Whether the ends were apart; they are not afterwards.
  bool join(Edge edge) noexcept {
    const NodeId a = root(edge.source);
    const NodeId b = root(edge.target);
    parents_[index(std::max(a, b))] = std::min(a, b);
    return a != b;
  }

 private:
  NodeId root(NodeId node) noexcept {
    while (parents_[index(node)] != node) {
      NodeId& parent = parents_[index(node)];
      parent = parents_[index(parent)];  // halves the path
      node = parent;
    }
    return node;
  }

  Array<NodeId> parents_;
};

struct Entry {
  std::uint32_t triangle;
  std::uint32_t value;
};

/// A row that others are added to, which gives its entries from the first triangle on.
class WorkingRow {
 public:
  explicit WorkingRow(std::size_t triangles, PrimeField field)
      : field_(field), values_(triangles, 0U), waiting_(triangles, std::uint8_t{0}) {}

  void add(std::uint32_t triangle, std::uint32_t value) {
    values_[triangle] = field_.add(values_[triangle], value);
    if (waiting_[triangle] != 0) return;
    waiting_[triangle] = 1;
    heap_.push_back(triangle);
    std::ranges::push_heap(heap_, std::greater{});
  }

  /// Its first entry that is not 0; false if there is none.
  bool first(Entry& entry) {
    while (!heap_.empty()) {
      const std::uint32_t triangle = heap_.front();
      if (values_[triangle] != 0) {
        entry = {triangle, values_[triangle]};
        return true;
      }
      std::ranges::pop_heap(heap_, std::greater{});
      heap_.pop_back();
      waiting_[triangle] = 0;
    }
    return false;
  }

  /// All entries that are not 0, in any order; the row is empty afterwards.
  std::vector<Entry> take() {
    std::vector<Entry> entries;
    for (const std::uint32_t triangle : heap_) {
      if (values_[triangle] != 0) entries.push_back({triangle, values_[triangle]});
      values_[triangle] = 0;
      waiting_[triangle] = 0;
    }
    heap_.clear();
    entries.shrink_to_fit();
    return entries;
  }

 private:
  PrimeField field_;
  Array<std::uint32_t> values_;
  Array<std::uint8_t> waiting_;
  std::vector<std::uint32_t> heap_;
};

/// The rank of the rows of B_2 that are named, in the order given.
std::uint64_t rank_of_rows(RunContext& context, const CsrView& b2, std::span<const std::uint32_t> rows,
                           PrimeField field) {
  constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  /// Entries after which the memory of reduced rows is asked for anew.
  constexpr std::uint64_t entries_per_check = 1 << 20;
  Array<std::uint32_t> owner(b2.column_count, none);  // of each triangle, the row that begins at it
  std::vector<std::vector<Entry>> reduced(b2.row_count());
  WorkingRow working(b2.column_count, field);
  std::uint64_t rank = 0;
  std::uint64_t kept = 0;
  std::uint64_t asked = 0;
  const auto add_row = [&](std::uint32_t row, std::uint32_t factor) {
    if (!reduced[row].empty()) {
      for (const Entry& entry : reduced[row]) working.add(entry.triangle, field.multiply(factor, entry.value));
      return;
    }
    for (std::size_t e = b2.row_begin(row); e < b2.row_end(row); ++e) {
      working.add(static_cast<std::uint32_t>(b2.targets[e]), field.multiply(factor, field.of_sign(b2.weights[e])));
    }
  };
  const auto value_at = [&](std::uint32_t row, std::uint32_t triangle) {
    if (reduced[row].empty()) return field.of_sign(b2.weights[b2.row_begin(row)]);  // rows are sorted
    return std::ranges::find(reduced[row], triangle, &Entry::triangle)->value;
  };
  context.begin_stage("reduce rows", "edges", rows.size());
  for (const std::uint32_t row : rows) {
    context.advance(1);
    if (b2.row_size(row) == 0) continue;
    const auto at_once = static_cast<std::uint32_t>(b2.targets[b2.row_begin(row)]);
    if (owner[at_once] == none) {
      owner[at_once] = row;
      ++rank;
      continue;
    }
    add_row(row, 1);
    Entry first{};
    while (working.first(first) && owner[first.triangle] != none) {
      const std::uint32_t other = owner[first.triangle];
      const std::uint32_t ratio = field.multiply(first.value, field.inverse(value_at(other, first.triangle)));
      add_row(other, field.negate(ratio));
    }
    std::vector<Entry> entries = working.take();
    if (entries.empty()) continue;
    owner[first.triangle] = row;
    ++rank;
    kept += entries.size();
    reduced[row] = std::move(entries);
    if (kept >= asked + entries_per_check) {
      context.require_memory(resident_bytes() + entries_per_check * sizeof(Entry), "raise --memory");
      asked = kept;
    }
  }
  context.end_stage();
  return rank;
}

}  // namespace

Homology homology(RunContext& context, const SimplicialComplex& complex, std::uint32_t prime) {
  if (!is_prime(prime) || prime > largest_homology_prime) {
    throw InvalidOption(
        fmt::format("homology is taken modulo a prime of at most {}, and {} is none", largest_homology_prime, prime));
  }
  const Boundaries boundaries = boundaries_of(context, complex);
  const std::uint64_t m = complex.edges.size();
  const std::uint64_t t = complex.triangles.size();
  context.require_memory(resident_bytes() + t * (2 * sizeof(std::uint32_t) + sizeof(std::uint8_t)) +
                             m * (sizeof(std::uint32_t) + sizeof(std::vector<Entry>)) +
                             complex.node_count * sizeof(NodeId),
                         "raise --memory");
  Homology result;
  result.prime = prime;
  result.simplices = {complex.vertex_count, m, t};
  Forest forest(complex.node_count);
  std::vector<std::uint32_t> rows;  // of edges that close a cycle
  for (std::size_t edge = 0; edge < m; ++edge) {
    if (!forest.join(complex.edges[edge])) rows.push_back(static_cast<std::uint32_t>(edge));
  }
  std::ranges::reverse(rows);
  result.ranks[0] = m - rows.size();
  result.ranks[1] = rank_of_rows(context, boundaries.triangles.matrix.view(), rows, PrimeField(prime));
  result.betti = {complex.vertex_count - result.ranks[0], m - result.ranks[0] - result.ranks[1], t - result.ranks[1]};
  result.record = context.record("homology", {});
  return result;
}

}  // namespace adjoin
