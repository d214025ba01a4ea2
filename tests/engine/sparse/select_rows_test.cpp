#include <algorithm>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <adjoin/engine/dense/matrix.hpp>
#include <adjoin/engine/sparse/from_dense.hpp>
#include <adjoin/engine/sparse/select_rows.hpp>

#include "random_graphs.hpp"

using namespace adjoin;

TEST_CASE("selected rows are the rows, in the order asked for and as often") {
  CHECK(rc::check([] {
    const std::size_t rows = *rc::gen::inRange<std::size_t>(1, 50);
    const bool weighted = *rc::gen::arbitrary<bool>();
    const Csr a = test::random_csr(rows, 30, 0.2, weighted, *rc::gen::arbitrary<std::uint64_t>(), true);
    const auto numbers = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, rows));
    std::vector<NodeId> wanted;
    for (const std::size_t number : numbers) wanted.push_back(node_id(number));
    RunContext context;
    const Csr part = select_rows(context, a.view(), wanted);
    RC_ASSERT(part.view().row_count() == wanted.size());
    RC_ASSERT(part.column_count == 30U);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      RC_ASSERT(std::ranges::equal(part.view().row_targets(i), a.view().row_targets(index(wanted[i]))));
      RC_ASSERT(std::ranges::equal(part.view().row_weights(i), a.view().row_weights(index(wanted[i]))));
    }
  }));
}

TEST_CASE("a dense matrix and its entries are the same matrix") {
  CHECK(rc::check([] {
    const std::size_t rows = *rc::gen::inRange<std::size_t>(0, 40);
    const Csr a = test::random_csr(rows, 17, 0.3, true, *rc::gen::arbitrary<std::uint64_t>());
    Matrix dense(rows, 17, 0.0F);
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t e = a.view().row_begin(i); e < a.view().row_end(i); ++e) {
        dense(i, index(a.targets[e])) = a.weights[e];
      }
    }
    RunContext context;
    const Csr again = sparse_of(context, dense.view());
    RC_ASSERT(std::ranges::equal(again.offsets, a.offsets));
    RC_ASSERT(std::ranges::equal(again.targets, a.targets));
    RC_ASSERT(std::ranges::equal(again.weights, a.weights));
  }));
}
