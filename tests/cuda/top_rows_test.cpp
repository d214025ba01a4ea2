// Exact nearest-row search on a GPU against a plain loop and against the CPU's search. Similarities may differ by the
// rounding of floats (1e-5 of the lengths); rows that are farther apart than that come in the same order.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/algorithms/embedding/exact_search.hpp>
#include <adjoin/engine/dense/cuda/top_rows.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/random.hpp>

#include "gpu.hpp"

using namespace adjoin;

namespace {

Matrix random_rows(std::size_t rows, std::size_t columns) {
  Matrix x(rows, columns);
  RandomSequence random(11, RandomStream::tests, rows * 1000 + columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (float& value : x.row(i)) value = static_cast<float>(random.next_normal());
  }
  return x;
}

/// Small whole numbers: products and sums of them are exact in floats, and the same on both sides bit for bit.
Matrix whole_rows(std::size_t rows, std::size_t columns) {
  Matrix x(rows, columns);
  RandomSequence random(12, RandomStream::tests, rows * 1000 + columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (float& value : x.row(i)) value = static_cast<float>(random.next_below(5)) - 2.0F;
  }
  return x;
}

void copy_row(Matrix& x, std::size_t from, std::size_t to) {
  std::ranges::copy(x.row(from), x.row(to).begin());
}

/// Rows of all kinds: some equal, some zero, some of other lengths.
Matrix mixed_rows(std::size_t rows, std::size_t columns) {
  Matrix x = random_rows(rows, columns);
  for (std::size_t i = 7; i < rows; i += 7) copy_row(x, i - 7, i);
  for (std::size_t i = 5; i < rows; i += 11) std::ranges::fill(x.row(i), 0.0F);
  for (std::size_t i = 3; i < rows; i += 13) {
    for (float& value : x.row(i)) value *= 100.0F;
  }
  return x;
}

std::vector<NodeId> some_queries(std::size_t rows, std::size_t count) {
  std::vector<NodeId> queries;
  for (std::size_t q = 0; q < std::min(rows, count); ++q) queries.push_back(node_id(q * 37 % rows));
  return queries;
}

/// The similarity of two rows in double, and what its rounding in floats may come to.
struct Exact {
  double similarity;
  double tolerance;
};
Exact similarity_of(const Matrix& x, std::size_t a, std::size_t b, Similarity similarity) {
  double dot = 0;
  double squares_a = 0;
  double squares_b = 0;
  for (std::size_t j = 0; j < x.columns(); ++j) {
    const double u = x(a, j);
    const double v = x(b, j);
    dot += u * v;
    squares_a += u * u;
    squares_b += v * v;
  }
  const double lengths = std::sqrt(squares_a * squares_b);
  if (similarity == Similarity::dot) return {dot, 1e-5 * lengths + 1e-12};
  return {lengths > 0 ? dot / lengths : 0.0, 1e-5};
}

/// Every place holds the similarity that a full ranking has there, and a row that has it.
void check_against_ranking(const Matrix& x, std::span<const NodeId> queries, std::size_t top, Similarity similarity,
                           const NeighborLists& found) {
  REQUIRE(found.size() == queries.size());
  std::size_t wrong = 0;
  for (std::size_t q = 0; q < queries.size(); ++q) {
    std::vector<Exact> all;
    double most = 0;
    for (std::size_t i = 0; i < x.rows(); ++i) {
      if (i == index(queries[q])) continue;
      all.push_back(similarity_of(x, index(queries[q]), i, similarity));
      most = std::max(most, all.back().tolerance);
    }
    std::ranges::sort(all, [](const Exact& a, const Exact& b) { return a.similarity > b.similarity; });
    REQUIRE(found[q].size() == std::min(top, all.size()));
    for (std::size_t k = 0; k < found[q].size(); ++k) {
      const Neighbor& neighbor = found[q][k];
      const Exact own = similarity_of(x, index(queries[q]), index(neighbor.node), similarity);
      if (!(std::abs(static_cast<double>(neighbor.similarity) - all[k].similarity) <= most)) ++wrong;
      if (!(std::abs(static_cast<double>(neighbor.similarity) - own.similarity) <= own.tolerance)) ++wrong;
      if (neighbor.node == queries[q]) ++wrong;
      if (k > 0 && !nearer(found[q][k - 1], neighbor)) ++wrong;
    }
  }
  CHECK(wrong == 0);
}

/// As the CPU's: the same similarities place by place, and the same rows where they are apart from their neighbours.
void check_against(const NeighborLists& expected, const NeighborLists& found, float scale) {
  REQUIRE(found.size() == expected.size());
  std::size_t wrong = 0;
  for (std::size_t q = 0; q < found.size(); ++q) {
    REQUIRE(found[q].size() == expected[q].size());
    const std::vector<Neighbor>& list = expected[q];
    const float tolerance = 1e-5F * scale;
    for (std::size_t k = 0; k < list.size(); ++k) {
      if (!(std::abs(found[q][k].similarity - list[k].similarity) <= tolerance)) ++wrong;
      const bool apart = (k == 0 || list[k - 1].similarity - list[k].similarity > 2 * tolerance) &&
                         k + 1 < list.size() && list[k].similarity - list[k + 1].similarity > 2 * tolerance;
      if (apart && found[q][k].node != list[k].node) ++wrong;
    }
  }
  CHECK(wrong == 0);
}

void check_same(const NeighborLists& a, const NeighborLists& b) {
  REQUIRE(a.size() == b.size());
  std::size_t different = 0;
  for (std::size_t q = 0; q < a.size(); ++q) {
    REQUIRE(a[q].size() == b[q].size());
    for (std::size_t k = 0; k < a[q].size(); ++k) {
      if (a[q][k].node != b[q][k].node || a[q][k].similarity != b[q][k].similarity) ++different;
    }
  }
  CHECK(different == 0);
}

NeighborLists search(RunContext& context, const Matrix& x, std::span<const NodeId> queries, std::size_t top,
                     Similarity similarity) {
  return ExactSearch(context, x.view(), similarity).nearest(context, queries, top);
}

}  // namespace

TEST_CASE("the nearest rows that a GPU finds are those of a full ranking") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  for (const std::size_t rows : {1UL, 31UL, 1500UL}) {
    for (const std::size_t columns : {1UL, 31UL, 33UL, 128UL, 200UL}) {
      const Matrix x = mixed_rows(rows, columns);
      const std::vector<NodeId> queries = some_queries(rows, 25);
      for (const Similarity similarity : {Similarity::cosine, Similarity::dot}) {
        for (const std::size_t top : {1UL, 10UL, 100UL, 2000UL}) {
          CAPTURE(rows);
          CAPTURE(columns);
          CAPTURE(top);
          check_against_ranking(x, queries, top, similarity, search(context, x, queries, top, similarity));
        }
      }
    }
  }
}

TEST_CASE("a GPU finds the nearest rows that the CPU finds, and the same again") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  RunContext cpu(test::on_cpu());
  using Sizes = std::vector<std::size_t>;
  const std::size_t rows = test::size_on_gpu(5000UL, 1100UL);
  for (const std::size_t columns : test::size_on_gpu<Sizes>({1, 33, 128}, {33})) {
    const Matrix x = random_rows(rows, columns);
    // 1 and 300 queries are shared by several blocks of threads each, 1200 come in two tiles.
    for (const std::size_t count : test::size_on_gpu<Sizes>({1, 300, 1200}, {1, 7, 1030})) {
      const std::vector<NodeId> queries = some_queries(rows, count);
      for (const Similarity similarity : {Similarity::cosine, Similarity::dot}) {
        for (const std::size_t top : count <= 1000 ? Sizes{1, 10, 100} : test::size_on_gpu<Sizes>({1, 10, 100}, {10})) {
          CAPTURE(columns);
          CAPTURE(count);
          CAPTURE(top);
          const NeighborLists expected = search(cpu, x, queries, top, similarity);
          const NeighborLists found = search(context, x, queries, top, similarity);
          check_against(expected, found, similarity == Similarity::cosine ? 1.0F : 4.0F * static_cast<float>(columns));
          check_same(found, search(context, x, queries, top, similarity));
        }
      }
    }
  }
  CHECK(CudaContext::of(context).peak_bytes() > 0);
}

TEST_CASE("long lists on a GPU hold what the CPU's hold") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  RunContext cpu(test::on_cpu());
  const Matrix x = random_rows(9000, 32);
  const std::vector<NodeId> queries = some_queries(9000, 9);
  for (const std::size_t top : {1024UL, 1025UL, 3073UL, 4096UL}) {
    CAPTURE(top);
    check_against(search(cpu, x, queries, top, Similarity::cosine),
                  search(context, x, queries, top, Similarity::cosine), 1.0F);
  }
  CHECK_THROWS_WITH_AS(search(context, x, queries, 4097, Similarity::cosine),
                       "more than 4096 nearest rows are searched for on the cpu only; use --device cpu", DeviceError);
  RunContext automatic;
  check_same(search(cpu, x, queries, 4097, Similarity::cosine),
             search(automatic, x, queries, 4097, Similarity::cosine));
  CHECK(automatic.device().kind == DeviceKind::cpu);
}

TEST_CASE("ties on a GPU come in the order of rows, however many they are") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  RunContext cpu(test::on_cpu());
  Matrix x = whole_rows(20'000, 6);  // most of them stand there twice or more
  for (std::size_t i = 0; i < x.rows(); i += 50) std::ranges::fill(x.row(i), 0.0F);
  const std::vector<NodeId> queries = some_queries(x.rows(), 70);
  for (const std::size_t top : {1UL, 100UL, 1500UL}) {
    CAPTURE(top);
    check_same(search(cpu, x, queries, top, Similarity::dot), search(context, x, queries, top, Similarity::dot));
  }
  // Nothing but ties: every row equal, or every row zero.
  for (const float value : {0.0F, 2.0F}) {
    const Matrix equal(6000, 4, value);
    for (const Similarity similarity : {Similarity::cosine, Similarity::dot}) {
      const NeighborLists found = search(context, equal, queries, 50, similarity);
      check_same(search(cpu, equal, queries, 50, similarity), found);
    }
  }
}

TEST_CASE("rows that come nearer one after the other, the worst order, are found on a GPU") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  Matrix x(30'000, 3, 0.0F);
  for (std::size_t i = 0; i < x.rows(); ++i) x(i, 0) = static_cast<float>(i);
  Matrix vectors(2, 3, 0.0F);
  vectors(0, 0) = 1.0F;
  vectors(1, 0) = -1.0F;
  const ExactSearch exact(context, x.view(), Similarity::dot);
  for (const std::size_t top : {1UL, 10UL, 4000UL}) {
    CAPTURE(top);
    const NeighborLists found = exact.nearest(context, vectors.view(), top);
    std::size_t wrong = 0;
    for (std::size_t k = 0; k < top; ++k) {
      if (index(found[0][k].node) != x.rows() - 1 - k || index(found[1][k].node) != k) ++wrong;
      if (found[1][k].similarity != -static_cast<float>(k)) ++wrong;
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("very short and very long rows keep their similarities on a GPU") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  RunContext cpu(test::on_cpu());
  Matrix x = random_rows(400, 20);
  for (std::size_t i = 0; i < x.rows(); ++i) {
    const float scale = i % 3 == 0 ? 1e-18F : i % 3 == 1 ? 1e36F : 1.0F;
    for (float& value : x.row(i)) value *= scale;
  }
  const std::vector<NodeId> queries = some_queries(x.rows(), 50);
  check_against(search(cpu, x, queries, 20, Similarity::cosine), search(context, x, queries, 20, Similarity::cosine),
                1.0F);
}

TEST_CASE("rows that do not fit on a GPU are compared block by block, or on the CPU") {
  if (!test::has_gpu()) return;
  const Matrix x = whole_rows(9001, 30);
  const std::vector<NodeId> queries = some_queries(x.rows(), 40);
  RunContext cpu(test::on_cpu());
  for (const Similarity similarity : {Similarity::cosine, Similarity::dot}) {
    RunContext roomy(test::on_gpu());
    const NeighborLists expected = search(roomy, x, queries, 20, similarity);
    CudaContext& device = CudaContext::of(roomy);
    const std::uint64_t fixed = TopRows::bytes_of(device, x.rows(), queries.size(), 20) + 40 * (32 * 4 + 4);
    for (const std::size_t rows_that_fit : {1024UL, 2500UL, 9000UL}) {
      CAPTURE(rows_that_fit);
      RunSettings settings = test::on_gpu();
      settings.device_memory = fixed + rows_that_fit * (32 * 4 + 4);
      RunContext tight(settings);
      const NeighborLists found = search(tight, x, queries, 20, similarity);
      check_against(expected, found, 1.0F);
      if (similarity == Similarity::dot) check_same(expected, found);
      CHECK(CudaContext::of(tight).peak_bytes() > fixed);
      CHECK(CudaContext::of(tight).used_bytes() == 0);
    }
    RunSettings settings = test::on_gpu();
    settings.device_memory = 100'000;
    RunContext by_name(settings);
    CHECK_THROWS_WITH_AS(search(by_name, x, queries, 20, similarity),
                         doctest::Contains("this search does not fit into the 97.7 KiB"), DeviceError);
    settings.device = {};
    RunContext none(settings);
    check_same(search(cpu, x, queries, 20, similarity), search(none, x, queries, 20, similarity));
    CHECK(CudaContext::of(none).peak_bytes() == 0);
  }
}

TEST_CASE("rows stay on a GPU from one search to the next, and go with the search") {
  if (!test::has_gpu()) return;
  const Matrix wide = random_rows(3000, 40);
  const MatrixView<const float> x = wide.view().column_block(3, 21);  // not side by side
  RunContext context(test::on_gpu());
  RunContext cpu(test::on_cpu());
  const std::vector<NodeId> queries = some_queries(3000, 30);
  const NeighborLists expected = ExactSearch(cpu, x, Similarity::cosine).nearest(cpu, queries, 10);
  CudaContext& device = CudaContext::of(context);
  {
    const ExactSearch exact(context, x, Similarity::cosine);
    check_against(expected, exact.nearest(context, queries, 10), 1.0F);
    CHECK(device.used_bytes() == CudaMatrix::bytes_of(3000, 21) + 3000 * sizeof(float));
    check_against(expected, exact.nearest(context, queries, 10), 1.0F);
    CHECK(device.used_bytes() == CudaMatrix::bytes_of(3000, 21) + 3000 * sizeof(float));
    {
      RunContext other(test::on_gpu());
      check_against(expected, exact.nearest(other, queries, 10), 1.0F);
      CHECK(device.used_bytes() == 0);
      CHECK(CudaContext::of(other).used_bytes() > 0);
    }
  }
  CHECK(device.used_bytes() == 0);
}

TEST_CASE("no rows, no queries and no columns are no matter on a GPU") {
  if (!test::has_gpu()) return;
  RunContext context(test::on_gpu());
  CHECK(search(context, Matrix(0, 5), {}, 3, Similarity::cosine).empty());
  CHECK(search(context, Matrix(4, 5, 1.0F), {}, 3, Similarity::cosine).empty());
  const std::vector<NodeId> one{node_id(0)};
  CHECK(search(context, Matrix(1, 5, 1.0F), one, 3, Similarity::cosine)[0].empty());
  CHECK(search(context, Matrix(4, 0), one, 3, Similarity::dot)[0].size() == 3);

  CudaContext& device = CudaContext::of(context);
  TopRows best(device, 0, 2, 3);
  best.begin();
  std::vector<std::uint32_t> rows(6, 7);
  std::vector<float> similarities(6, std::numeric_limits<float>::quiet_NaN());
  best.finish(context.threads(), rows, similarities);
  CHECK(rows == std::vector<std::uint32_t>(6, TopRows::no_row));
  CHECK(similarities == std::vector<float>(6, 0.0F));
}

TEST_CASE("a search on a GPU says how far it is, and stops when asked") {
  if (!test::has_gpu()) return;
  const Matrix x = random_rows(4000, 16);
  const std::vector<NodeId> queries = some_queries(4000, 1500);
  RunSettings settings = test::on_gpu();
  std::stop_source stop;
  settings.stop = stop.get_token();
  std::uint64_t last = 0;
  settings.on_progress = [&](const Progress& progress) { last = progress.done; };
  RunContext context(settings);
  const std::uint64_t total = 4000 * (1500 + 1);
  context.begin_stage("compare", "pairs", total);
  const ExactSearch exact(context, x.view(), Similarity::cosine);
  exact.nearest(context, queries, 5);
  context.end_stage();
  CHECK(last == total);
  stop.request_stop();
  CHECK_THROWS_AS(exact.nearest(context, queries, 5), Cancelled);
}
