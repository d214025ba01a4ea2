// Golden values: Betti numbers of surfaces, from textbooks and the same from gudhi 3.13; ranks of email-Enron by
// NumPy's SVD; else Gaussian elimination of the dense matrices.
#include <stop_token>

#include <adjoin/algorithms/simplicial/homology.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include "complex_support.hpp"

using namespace adjoin;

namespace {

using Betti = std::array<std::uint64_t, 3>;

Homology homology_of(std::size_t nodes, const test::Simplices& simplices,
                     std::uint32_t prime = largest_homology_prime) {
  RunContext context = test::with_threads(1);
  return homology(context, test::complex_of(nodes, simplices), prime);
}

Betti betti_of(std::size_t nodes, const test::Simplices& simplices, std::uint32_t prime = largest_homology_prime) {
  return homology_of(nodes, simplices, prime).betti;
}

/// Gaussian elimination modulo a prime.
std::uint64_t slow_rank(const test::DenseMatrix& matrix, std::int64_t prime) {
  std::vector<std::vector<std::int64_t>> rows;
  for (const auto& row : matrix) {
    auto& copy = rows.emplace_back();
    for (const double value : row) copy.push_back((static_cast<std::int64_t>(value) + prime) % prime);
  }
  const auto inverse = [&](std::int64_t value) {
    std::int64_t result = 1;
    for (std::int64_t k = 0; k < prime - 2; ++k) result = result * value % prime;
    return result;
  };
  std::uint64_t rank = 0;
  const std::size_t columns = rows.empty() ? 0 : rows[0].size();
  for (std::size_t column = 0; column < columns && rank < rows.size(); ++column) {
    std::size_t pivot = rank;
    while (pivot < rows.size() && rows[pivot][column] == 0) ++pivot;
    if (pivot == rows.size()) continue;
    std::swap(rows[pivot], rows[rank]);
    for (std::size_t row = rank + 1; row < rows.size(); ++row) {
      const std::int64_t factor = rows[row][column] * inverse(rows[rank][column]) % prime;
      for (std::size_t k = column; k < columns; ++k) {
        rows[row][k] = (rows[row][k] + (prime - factor) * rows[rank][k]) % prime;
      }
    }
    ++rank;
  }
  return rank;
}

}  // namespace

TEST_CASE("circle, sphere, torus, projective plane and Klein bottle have the Betti numbers of textbooks") {
  for (const std::uint32_t prime : {2U, 3U, 5U, largest_homology_prime}) {
    CAPTURE(prime);
    CHECK(betti_of(6, test::hexagon(), prime) == Betti{1, 1, 0});
    CHECK(betti_of(6, test::octahedron(), prime) == Betti{1, 0, 1});
    CHECK(betti_of(7, test::torus(), prime) == Betti{1, 2, 1});
    // Their torsion is that of 2.
    CHECK(betti_of(6, test::projective_plane(), prime) == (prime == 2 ? Betti{1, 1, 1} : Betti{1, 0, 0}));
    CHECK(betti_of(16, test::klein_bottle(), prime) == (prime == 2 ? Betti{1, 2, 1} : Betti{1, 1, 0}));
  }
  CHECK(betti_of(3, {{0, 1, 2}}) == Betti{1, 0, 0});
  CHECK(betti_of(5, {{0}, {2}, {2, 3}}) == Betti{2, 0, 0});  // two nodes are in nothing, and no vertices
  CHECK(betti_of(4, {{0, 1, 2, 3}}) == Betti{1, 0, 1});      // the complex ends at triangles
  CHECK(betti_of(4, {}) == Betti{0, 0, 0});
}

TEST_CASE("ranks of drawn complexes are those of Gaussian elimination") {
  CHECK(rc::check([] {
    const auto nodes = *rc::gen::inRange<std::size_t>(3, 11);
    test::Simplices simplices;
    const auto count = *rc::gen::inRange<std::size_t>(0, 60);
    for (std::size_t i = 0; i < count; ++i) {
      std::set<std::size_t> members;
      const auto size = *rc::gen::inRange<std::size_t>(2, 4);
      for (std::size_t k = 0; k < size; ++k) members.insert(*rc::gen::inRange<std::size_t>(0, nodes));
      simplices.emplace_back(members.begin(), members.end());
    }
    const test::SlowComplex slow = test::slow_complex(nodes, simplices);
    for (const std::uint32_t prime : {2U, 3U, 101U}) {
      const Homology found = homology_of(nodes, simplices, prime);
      RC_ASSERT(found.ranks[0] == slow_rank(slow.edge_boundary, prime));
      RC_ASSERT(found.ranks[1] == slow_rank(slow.triangle_boundary, prime));
      const auto& [b0, b1, b2] = found.betti;
      const auto& [vertices, edges, triangles] = found.simplices;
      RC_ASSERT(b0 + b2 + edges == b1 + vertices + triangles);  // Euler, Poincare
    }
  }));
}

TEST_CASE("Betti numbers of complexes beside one another add up") {
  test::Simplices both = test::torus();
  for (auto simplex : test::projective_plane()) {
    for (std::size_t& node : simplex) node += 7;
    both.push_back(simplex);
  }
  CHECK(betti_of(13, both) == Betti{2, 2, 1});
  CHECK(betti_of(13, both, 2) == Betti{2, 3, 2});
}

TEST_CASE("email-Enron's first four fifths have the ranks that NumPy finds") {
  const auto data = test::public_set("email-Enron");
  if (!data) return;
  const SimplexView simplices = data->simplices->view();
  RunContext context = test::with_threads(2);
  const Homology found = homology(context, test::complex_of(simplices_until(simplices, time_quantile(simplices, 0.8))));
  CHECK(found.simplices == std::array<std::uint64_t, 3>{140, 1607, 5517});
  CHECK(found.ranks == std::array<std::uint64_t, 2>{139, 1243});
  CHECK(found.betti == Betti{1, 225, 4274});
}

TEST_CASE("homology modulo what is no prime is refused, and so is too little memory; it stops when asked") {
  for (const std::uint32_t number : {0U, 1U, 4U, 2'147'483'646U, 4'294'967'291U}) {
    CHECK_THROWS_AS(homology_of(3, {{0, 1, 2}}, number), InvalidOption);
  }
  const SimplicialComplex complex = test::complex_of(7, test::torus());
  RunSettings settings;
  settings.memory_budget = 1;
  RunContext small(settings);
  CHECK_THROWS_AS(homology(small, complex), BudgetExceeded);
  std::stop_source stop;
  settings = {};
  settings.stop = stop.get_token();
  settings.on_progress = [&](const Progress& progress) {
    if (progress.stage == "reduce rows") stop.request_stop();
  };
  RunContext stopped(settings);
  CHECK_THROWS_AS(homology(stopped, complex), Cancelled);
}
