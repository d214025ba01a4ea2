// Products with blocks, the resolvent and the spectral radius against dense loops and eliminations.
#include <cmath>
#include <limits>
#include <stop_token>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/sparse/resolvent.hpp>
#include <adjoin/engine/sparse/spectral_radius.hpp>
#include <adjoin/engine/sparse/sum.hpp>
#include <adjoin/engine/sparse/transpose.hpp>

#include "dense_inverse.hpp"
#include "random_graphs.hpp"
#include "with_threads.hpp"

using namespace adjoin;
using test::with_threads;

namespace {

using Dense = test::DenseMatrix;

/// Symmetric, some rows empty, without negative entries.
Csr symmetric_csr(std::size_t n, double density, bool weighted, std::uint64_t seed) {
  RunContext context;
  const Csr half = test::random_csr(n, n, density, weighted, seed);
  const Csr other = transpose(context, half.view());
  Csr both = sum(context, half.view(), other.view());
  if (!weighted) both.weights = {};
  return both;
}

double entry(const CsrView& a, std::size_t e) {
  return a.weighted() ? static_cast<double>(a.weights[e]) : 1;
}

double largest_row_sum(const CsrView& a) {
  double largest = 0;
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    double sum = 0;
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) sum += entry(a, e);
    largest = std::max(largest, sum);
  }
  return largest;
}

/// The entries over `scale`, with signs that a symmetric matrix may have.
std::vector<double> signed_values(const CsrView& a, double scale) {
  std::vector<double> values;
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
      const double sign = (row + index(a.targets[e])) % 3 == 0 ? -1 : 1;
      values.push_back(sign * entry(a, e) / scale);
    }
  }
  return values;
}

/// The inverse of I - gamma A.
Dense slow_inverse(const CsrView& a, const std::vector<double>& values, double gamma) {
  Dense m(a.row_count(), std::vector<double>(a.row_count(), 0.0));
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    m[row][row] = 1;
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) m[row][index(a.targets[e])] -= gamma * values[e];
  }
  return test::inverse_of(m);
}

/// Row after row, the columns that are asked for.
std::vector<double> columns_of(const DoubleCsrView& a, double gamma, double error, const std::vector<NodeId>& columns,
                               int threads = 2) {
  RunContext context = with_threads(threads);
  std::vector<double> result(a.pattern.row_count() * columns.size(), std::numeric_limits<double>::quiet_NaN());
  visit_resolvent_columns(context, a, resolvent_series(gamma, error), columns,
                          [&](Chunk part, std::span<const double> block) {
                            for (std::size_t i = 0; i < a.pattern.row_count(); ++i) {
                              for (std::size_t k = 0; k < part.size(); ++k) {
                                result[i * columns.size() + part.begin + k] = block[i * block_width + k];
                              }
                            }
                          });
  return result;
}

}  // namespace

TEST_CASE("a product with a block is the sum of rows that it is by definition, also of matrices that are not square") {
  CHECK(rc::check([] {
    const auto rows = *rc::gen::inRange<std::size_t>(0, 40);
    const auto columns = *rc::gen::inRange<std::size_t>(1, 40);
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const Csr a = test::random_csr(rows, columns, 0.2, true, seed, rows > 0);
    const std::vector<double> values = signed_values(a.view(), 1);
    RandomSequence random(seed, RandomStream::tests, 0);
    std::vector<double> x(columns * block_width);
    std::vector<double> y(rows * block_width);
    for (double& value : x) value = random.next_normal();
    for (double& value : y) value = random.next_normal();
    std::vector<double> expected(y.size());
    for (std::size_t i = 0; i < y.size(); ++i) expected[i] = 0.5 * y[i];
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t e = a.view().row_begin(row); e < a.view().row_end(row); ++e) {
        for (std::size_t k = 0; k < block_width; ++k) {
          expected[row * block_width + k] += -3 * values[e] * x[index(a.targets[e]) * block_width + k];
        }
      }
    }
    multiply_block({a.view(), values}, -3, x, 0.5, y);
    for (std::size_t i = 0; i < y.size(); ++i) RC_ASSERT(std::abs(y[i] - expected[i]) <= 1e-10);
  }));
}

TEST_CASE("dot products, steps and turns of a block are those of each column") {
  CHECK(rc::check([] {
    const auto rows = *rc::gen::inRange<std::size_t>(0, 30);
    const auto draw = [seed = *rc::gen::arbitrary<std::uint64_t>(), rows](std::uint64_t key) {
      RandomSequence random(seed, RandomStream::tests, key);
      std::vector<double> block(rows * block_width);
      for (double& value : block) value = random.next_normal();
      return block;
    };
    const std::vector<double> d = draw(0);
    const std::vector<double> p = draw(1);
    const std::vector<double> x = draw(2);
    const std::vector<double> r = draw(3);
    BlockNumbers factors{};
    for (std::size_t k = 0; k < block_width; ++k) factors[k] = 0.25 * static_cast<double>(k);
    std::vector<double> stepped_x = x;
    std::vector<double> stepped_r = r;
    std::vector<double> turned = d;
    const BlockNumbers dots = dot_columns(x, r);
    const BlockNumbers squares = step_block(factors, d, p, stepped_x, stepped_r);
    turn_block(factors, r, turned);
    BlockNumbers expected_dots{};
    BlockNumbers expected_squares{};
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::size_t k = i % block_width;
      RC_ASSERT(std::abs(stepped_x[i] - (x[i] + factors[k] * d[i])) < 1e-12);
      RC_ASSERT(std::abs(stepped_r[i] - (r[i] - factors[k] * p[i])) < 1e-12);
      RC_ASSERT(std::abs(turned[i] - (r[i] + factors[k] * d[i])) < 1e-12);
      expected_dots[k] += x[i] * r[i];
      expected_squares[k] += stepped_r[i] * stepped_r[i];
    }
    for (std::size_t k = 0; k < block_width; ++k) {
      RC_ASSERT(std::abs(dots[k] - expected_dots[k]) < 1e-10);
      RC_ASSERT(std::abs(squares[k] - expected_squares[k]) < 1e-10);
    }
  }));
}

TEST_CASE("columns of the resolvent are those of the inverse, within the error that is stated") {
  CHECK(rc::check([] {
    const auto n = *rc::gen::inRange<std::size_t>(1, 45);
    const bool weighted = *rc::gen::arbitrary<bool>();
    const double gamma = *rc::gen::element(0.0, 0.1, 0.25, 0.5, 0.85, 0.95);
    const double error = *rc::gen::element(1e-3, 1e-8, 1e-14);
    const Csr a = symmetric_csr(n, 0.15, weighted, *rc::gen::arbitrary<std::uint64_t>());
    const double bound = largest_row_sum(a.view());
    const std::vector<double> values = signed_values(a.view(), bound == 0 ? 1 : bound);
    const Dense inverse = slow_inverse(a.view(), values, gamma);
    const auto columns = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, n));
    std::vector<NodeId> ids;
    for (const std::size_t column : columns) ids.push_back(node_id(column));
    const double allowed = resolvent_series(gamma, error).error + 1e-12;
    RC_ASSERT(allowed <= error + 1e-12);
    const std::vector<double> found = columns_of({a.view(), values}, gamma, error, ids);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t k = 0; k < ids.size(); ++k) {
        RC_ASSERT(std::abs(found[i * ids.size() + k] - inverse[i][columns[k]]) <= allowed);
      }
    }
  }));
}

TEST_CASE("the stated error is met and not much better: a cycle, whose eigenvalues reach both ends") {
  // Of A = (left + right neighbour) / 2 on an even cycle, (I - gamma A)^-1 has the eigenvalue 1 / (1 - gamma) for the
  // vector of ones, where every T_l is 1, so that what is left out there is the whole tail.
  constexpr std::size_t n = 8;
  std::vector<EdgeOffset> offsets{EdgeOffset{0}};
  std::vector<NodeId> targets;
  for (std::size_t i = 0; i < n; ++i) {
    const auto [low, high] = std::minmax({(i + 1) % n, (i + n - 1) % n});
    targets.push_back(node_id(low));
    targets.push_back(node_id(high));
    offsets.push_back(edge_offset(targets.size()));
  }
  const Csr a{n, test::to_array(offsets), test::to_array(targets), {}};
  const std::vector<double> values(2 * n, 0.5);
  const ResolventSeries series = resolvent_series(0.85, 1e-4);
  const std::vector<double> found = columns_of({a.view(), values}, 0.85, 1e-4, {NodeId{0}});
  double sum = 0;
  for (const double value : found) sum += value;
  CHECK(series.error <= 1e-4);
  CHECK(series.error > 0.5e-4);
  CHECK(1 / (1 - 0.85) - sum == doctest::Approx(series.error).epsilon(1e-6));
}

TEST_CASE("a column has the same bits for 1, 2, 3 and 8 threads and whatever columns are beside it") {
  const Csr a = symmetric_csr(200, 0.05, true, 7);
  const std::vector<double> values = signed_values(a.view(), largest_row_sum(a.view()));
  std::vector<NodeId> all;
  for (std::size_t i = 0; i < 200; ++i) all.push_back(node_id(i));
  const std::vector<double> one = columns_of({a.view(), values}, 0.85, 1e-13, all, 1);
  for (const int threads : {2, 3, 8}) CHECK(columns_of({a.view(), values}, 0.85, 1e-13, all, threads) == one);
  const std::vector<double> alone = columns_of({a.view(), values}, 0.85, 1e-13, {node_id(117)});
  for (std::size_t i = 0; i < 200; ++i) CHECK(alone[i] == one[i * 200 + 117]);
}

TEST_CASE("a resolvent without a bound is refused, and a run that is to stop stops") {
  for (const double gamma : {-0.1, 1.0, 2.0, std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_AS(resolvent_series(gamma, 1e-9), InvalidOption);
  }
  CHECK_THROWS_AS(resolvent_series(0.5, 0), InvalidOption);
  CHECK(resolvent_series(0, 1e-9).error == 0);
  CHECK(resolvent_series(0.25, 1e-13).coefficients.size() == 15);
  CHECK(resolvent_series(0.85, 1e-13).coefficients.size() == 55);
  const Csr a = symmetric_csr(30, 0.2, false, 3);
  const std::vector<double> values = signed_values(a.view(), 30);
  std::stop_source stop;
  stop.request_stop();
  RunSettings settings;
  settings.stop = stop.get_token();
  RunContext context(settings);
  const std::vector<NodeId> columns{NodeId{0}};
  CHECK_THROWS_AS(visit_resolvent_columns(context, {a.view(), values}, resolvent_series(0.5, 1e-9), columns,
                                          [](Chunk, std::span<const double>) {}),
                  Cancelled);
}

TEST_CASE("the spectral radius is the largest eigenvalue, also where the matrix is small, in pieces or repeats it") {
  RunContext context = with_threads(2);
  // A complete graph of k nodes has the eigenvalue k - 1; copies of it have it as often, empty rows none.
  const auto complete_graphs = [](const std::vector<std::size_t>& sizes, std::size_t empty) {
    std::vector<EdgeOffset> offsets{EdgeOffset{0}};
    std::vector<NodeId> targets;
    std::size_t first = 0;
    for (const std::size_t size : sizes) {
      for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = 0; j < size; ++j) {
          if (i != j) targets.push_back(node_id(first + j));
        }
        offsets.push_back(edge_offset(targets.size()));
      }
      first += size;
    }
    for (std::size_t i = 0; i < empty; ++i) offsets.push_back(edge_offset(targets.size()));
    return Csr{first + empty, test::to_array(offsets), test::to_array(targets), {}};
  };
  const auto radius = [&](const Csr& a) { return spectral_radius(context, a.view()); };
  CHECK(radius(complete_graphs({}, 0)) == 0);
  CHECK(radius(complete_graphs({}, 1000)) == 0);
  CHECK(radius(complete_graphs({2}, 0)) == doctest::Approx(1).epsilon(1e-13));
  CHECK(radius(complete_graphs({5, 9, 3}, 10)) == doctest::Approx(8).epsilon(1e-13));
  CHECK(radius(complete_graphs({3}, 1000)) == doctest::Approx(2).epsilon(1e-12));
  CHECK(radius(complete_graphs({40, 40, 40, 7}, 100)) == doctest::Approx(39).epsilon(1e-12));
  // A star of k leaves has sqrt(k) and -sqrt(k).
  std::vector<EdgeOffset> offsets{EdgeOffset{0}, EdgeOffset{400}};
  std::vector<NodeId> targets;
  for (std::size_t leaf = 1; leaf <= 400; ++leaf) targets.push_back(node_id(leaf));
  for (std::size_t leaf = 1; leaf <= 400; ++leaf) {
    targets.push_back(NodeId{0});
    offsets.push_back(edge_offset(targets.size()));
  }
  CHECK(radius(Csr{401, test::to_array(offsets), test::to_array(targets), {}}) == doctest::Approx(20).epsilon(1e-12));
}

TEST_CASE("the spectral radius of random matrices is what many steps of a power iteration reach") {
  RunContext context = with_threads(2);
  for (const bool weighted : {false, true}) {
    const Csr a = symmetric_csr(300, 0.03, weighted, 11);
    const CsrView view = a.view();
    std::vector<double> x(300, 1.0);
    double growth = 0;
    for (int step = 0; step < 5000; ++step) {
      std::vector<double> y(300, 0.0);
      growth = 0;
      for (std::size_t row = 0; row < 300; ++row) {
        for (std::size_t e = view.row_begin(row); e < view.row_end(row); ++e)
          y[row] += entry(view, e) * x[index(view.targets[e])];
        growth = std::max(growth, y[row]);
      }
      for (std::size_t row = 0; row < 300; ++row) x[row] = y[row] / growth;
    }
    CHECK(spectral_radius(context, view) == doctest::Approx(growth).epsilon(1e-11));
  }
}
