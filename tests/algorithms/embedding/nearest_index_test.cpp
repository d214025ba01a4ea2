#include <algorithm>
#include <cmath>
#include <numeric>
#include <stop_token>
#include <utility>

#include <doctest/doctest.h>

#include <adjoin/algorithms/embedding/nearest_index.hpp>
#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/random.hpp>

#include "with_threads.hpp"

using namespace adjoin;
using test::with_threads;

namespace {

/// Points around `clusters` centres, as embeddings of graphs with communities are.
Matrix clustered_matrix(std::size_t rows, std::size_t columns, std::size_t clusters) {
  Matrix centres(clusters, columns);
  Matrix x(rows, columns);
  RandomSequence random(9, RandomStream::tests, 2);
  for (std::size_t i = 0; i < clusters; ++i) {
    for (float& value : centres.row(i)) value = static_cast<float>(random.next_normal());
  }
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t cluster = random.next_below(clusters);
    for (std::size_t j = 0; j < columns; ++j) {
      x(i, j) = centres(cluster, j) + 0.5F * static_cast<float>(random.next_normal());
    }
  }
  return x;
}

std::vector<NodeId> all_rows(std::size_t rows) {
  std::vector<NodeId> nodes(rows);
  for (std::size_t i = 0; i < rows; ++i) nodes[i] = node_id(i);
  return nodes;
}

bool same(const NeighborLists& a, const NeighborLists& b) {
  return std::ranges::equal(a, b, [](const auto& left, const auto& right) {
    return std::ranges::equal(left, right, [](const Neighbor& l, const Neighbor& r) {
      return l.node == r.node && l.similarity == r.similarity;
    });
  });
}

}  // namespace

TEST_CASE("a query has the same exact answer to the bit alone, among many, and as a vector of its own") {
  const Matrix x = clustered_matrix(3000, 37, 20);
  for (const Similarity similarity : {Similarity::cosine, Similarity::dot}) {
    RunContext context = with_threads(3);
    const ExactSearch search(context, x.view(), similarity);
    const NeighborLists all = search.nearest(context, all_rows(x.rows()), 7);
    for (const std::size_t row : {0UL, 31UL, 32UL, 1999UL, 2999UL}) {
      const std::vector<NodeId> one{node_id(row)};
      CHECK(same(search.nearest(context, one, 7), {all[row]}));
      const MatrixView<const float> vector(x.row(row).data(), 1, x.columns());
      auto by_vector = search.nearest(context, vector, 3000);  // the row itself is one of them, here
      REQUIRE(by_vector[0].size() == 3000);
      std::erase_if(by_vector[0], [&](const Neighbor& neighbor) { return index(neighbor.node) == row; });
      by_vector[0].resize(7);
      CHECK(same(by_vector, {all[row]}));
    }
  }
}

TEST_CASE("an index that keeps enough rows in view answers as exact search does, to the bit") {
  Matrix x = clustered_matrix(900, 24, 6);
  for (const std::size_t zero : {0UL, 17UL, 400UL}) std::ranges::fill(x.row(zero), 0.0F);
  for (std::size_t copy = 500; copy < 530; ++copy) std::ranges::copy(x.row(499), x.row(copy).begin());
  for (const Similarity similarity : {Similarity::cosine, Similarity::dot}) {
    RunContext context = with_threads(2);
    const NearestIndex nearest_index(context, x.view(), similarity,
                                     {.links = 32, .ef_construction = 900, .ef_search = 1000});
    const auto queries = all_rows(x.rows());
    for (const std::size_t top : {1UL, 10UL, 899UL, 5000UL}) {
      CAPTURE(top);
      CHECK(same(nearest_index.nearest(context, queries, top), nearest_index.exact().nearest(context, queries, top)));
    }
    const Recall recall = measure_recall(context, nearest_index, 100, 10);
    CHECK(recall.sampled == 100);
    CHECK(recall.recall == 1);
  }
}

// Under a sanitizer an index of as many rows takes minutes and shows nothing more.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr std::size_t clustered_rows = 3'000;
#else
constexpr std::size_t clustered_rows = 20'000;
#endif

TEST_CASE("the defaults find 95 of 100 nearest rows in clusters, the same ones twice and for any threads" *
          doctest::test_suite("accuracy")) {
  const Matrix x = clustered_matrix(clustered_rows, 64, 100);
  NeighborLists first;
  for (const int threads : {1, 3}) {
    RunContext context = with_threads(threads);
    const NearestIndex nearest_index(context, x.view(), Similarity::cosine, {});
    const Recall recall = measure_recall(context, nearest_index, 500, 10);
    CHECK(recall.recall >= 0.95);
    CHECK(recall.recall <= 1);
    CHECK(measure_recall(context, nearest_index, 500, 10).recall == recall.recall);
    NeighborLists found = nearest_index.nearest(context, all_rows(2000), 10);
    if (threads == 1) {
      first = std::move(found);
    } else {
      CHECK(same(found, first));
    }
  }
}

TEST_CASE("rows that an index cannot reach are found all the same, ties by id, zero rows last but where they belong") {
  Matrix x(300, 2, 0.0F);
  for (std::size_t i = 0; i < 200; ++i) x(i, 0) = 1;  // many equal rows, far more than links
  for (std::size_t i = 200; i < 290; ++i) x(i, 0) = -1;
  RunContext context;
  const NearestIndex nearest_index(context, x.view(), Similarity::cosine, {.links = 4, .ef_search = 8});
  const auto queries = all_rows(x.rows());
  const NeighborLists found = nearest_index.nearest(context, queries, 299);
  CHECK(same(found, nearest_index.exact().nearest(context, queries, 299)));
  CHECK(index(found[5][0].node) == 0);
  CHECK(index(found[5][199].node) == 290);  // the zero rows, before those that point the other way
  CHECK(found[5][199].similarity == 0);
  CHECK(index(found[295][1].node) == 1);  // a zero row is as near to every row
}

TEST_CASE("an embedding of no rows, of one row and of zero rows has an index, too") {
  RunContext context;
  for (const std::size_t rows : {0UL, 1UL, 2UL}) {
    const Matrix x(rows, 3, 0.0F);
    const Matrix ones(rows, 3, 1.0F);
    for (const Matrix* matrix : {&x, &ones}) {
      const NearestIndex nearest_index(context, matrix->view(), Similarity::cosine, {});
      const NeighborLists found = nearest_index.nearest(context, all_rows(rows), 5);
      REQUIRE(found.size() == rows);
      for (const auto& list : found) CHECK(list.size() == rows - 1);
      CHECK(measure_recall(context, nearest_index, 10, 5).recall == 1);
      const Matrix query(1, 3, 1.0F);
      CHECK(nearest_index.nearest(context, query.view(), 5)[0].size() == rows);
    }
  }
}

TEST_CASE("hostile numbers, options and queries of an index are refused or give numbers") {
  Matrix x = clustered_matrix(64, 4, 3);
  std::ranges::fill(x.row(3), 1e18F);
  std::ranges::fill(x.row(4), 1e-40F);
  std::ranges::fill(x.row(5), -1e17F);
  RunContext context;
  for (const Similarity similarity : {Similarity::cosine, Similarity::dot}) {
    const NearestIndex nearest_index(context, x.view(), similarity, {});
    const NeighborLists found = nearest_index.nearest(context, all_rows(64), 70);
    CHECK(same(found, nearest_index.exact().nearest(context, all_rows(64), 70)));
    for (const auto& list : found) {
      CHECK(list.size() == 63);
      CHECK(std::ranges::all_of(list, [](const Neighbor& neighbor) { return std::isfinite(neighbor.similarity); }));
    }
  }
  Matrix vast(1, 4, 1e38F);
  CHECK_THROWS_AS(ExactSearch(context, vast.view(), Similarity::cosine), InvalidData);
  CHECK_THROWS_AS(ExactSearch(context, x.view(), Similarity::cosine).nearest(context, vast.view(), 1), InvalidData);
  std::ranges::fill(vast.row(0), 1e19F);
  CHECK_THROWS_WITH_AS(ExactSearch(context, vast.view(), Similarity::dot),
                       "row 0 has length 2e+19, which is too much for 32-bit floats (at most 1e+19); scale the vectors "
                       "down",
                       InvalidData);
  const auto build = [&](const NearestIndexOptions& options) {
    return NearestIndex(context, x.view(), Similarity::cosine, options);
  };
  CHECK_THROWS_WITH_AS(build({.links = 1}), "links = 1 is outside 4 to 128", InvalidOption);
  CHECK_THROWS_WITH_AS(build({.ef_construction = 0}), "ef-construction = 0 is outside 8 to 10000", InvalidOption);
  CHECK_THROWS_WITH_AS(build({.ef_search = -1}), "ef-search = -1 is outside 8 to 1000000", InvalidOption);
  const NearestIndex nearest_index = build({});
  const std::vector<NodeId> outside{node_id(64)};
  const Matrix wide(1, 5, 0.0F);
  CHECK_THROWS_WITH_AS(nearest_index.nearest(context, outside, 1), "row 64 is not in the embedding, which has 64 rows",
                       InvalidOption);
  CHECK_THROWS_WITH_AS(nearest_index.nearest(context, wide.view(), 1),
                       "the queries have 5 columns and the embedding 4; they must be equal", InvalidOption);
}

TEST_CASE("building an index tells its progress, and stops when asked or over budget") {
  const Matrix x = clustered_matrix(2000, 8, 10);
  std::stop_source source;
  RunSettings settings;
  settings.stop = source.get_token();
  std::uint64_t last = 0;
  settings.on_progress = [&](const Progress& progress) {
    CHECK(progress.stage == "index");
    CHECK(progress.done >= last);
    last = progress.done;
    if (progress.done > 3000) source.request_stop();
  };
  RunContext context(settings);
  CHECK_THROWS_AS(NearestIndex(context, x.view(), Similarity::cosine, {}), Cancelled);
  CHECK(last > 3000);
  CHECK(last < 4000);

  RunSettings poor;
  poor.memory_budget = 1;
  RunContext small(poor);
  CHECK_THROWS_AS(NearestIndex(small, x.view(), Similarity::cosine, {}), BudgetExceeded);
}

TEST_CASE("the memory estimate of an index counts vectors, links, books and what each thread has seen") {
  const auto estimate = [](std::uint64_t rows, std::uint64_t columns, int threads, int links) {
    return static_cast<double>(estimate_nearest_index_memory(rows, columns, threads, {.links = links})) / 1e6;
  };
  CHECK(estimate(1'000'000, 129, 1, 16) - estimate(1'000'000, 128, 1, 16) == doctest::Approx(4).epsilon(0.01));
  CHECK(estimate(1'000'000, 128, 2, 16) - estimate(1'000'000, 128, 1, 16) == doctest::Approx(2).epsilon(0.02));
  CHECK(estimate(1'000'000, 128, 1, 32) - estimate(1'000'000, 128, 1, 16) == doctest::Approx(8 * 16).epsilon(0.05));
  CHECK(estimate(1'000'000, 128, 1, 16) > 4 * 128 + 8 * 16);
  CHECK(estimate(1'000'000, 128, 1, 16) < 4 * 128 + 8 * 16 + 150);
  // An exact search holds little however many rows are asked for.
  CHECK(estimate_exact_search_memory(1'000'000, 128, 1'000'000, 10) < 150'000'000);
  CHECK(estimate_neighbor_lists_memory(5, 100, 10) == 100 * (sizeof(std::vector<Neighbor>) + 5 * sizeof(Neighbor)));
}

TEST_CASE("an index is taken where comparing everything would take longer, by the data alone") {
  CHECK_FALSE(index_is_faster(0, 0));
  CHECK_FALSE(index_is_faster(1'000'000, 3));
  CHECK_FALSE(index_is_faster(10'000, 10'000));
  CHECK(index_is_faster(10'000'000, 10'000'000));
}
