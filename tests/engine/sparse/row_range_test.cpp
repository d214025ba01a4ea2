#include <vector>

#include <doctest/doctest.h>

#include <adjoin/engine/sparse/row_range.hpp>
#include <adjoin/engine/sparse/select_rows.hpp>

#include "random_graphs.hpp"

using namespace adjoin;

TEST_CASE("a range of rows is what selecting them one by one gives, and copies no entry") {
  RunContext context;
  for (const bool weighted : {false, true}) {
    const Csr csr = test::random_csr(30, 20, 0.3, weighted, 4);
    const CsrView a = csr.view();
    for (const auto& [first, count] :
         std::vector<std::pair<std::size_t, std::size_t>>{{0, 30}, {7, 9}, {30, 0}, {4, 0}}) {
      const RowRange range(a, first, count);
      std::vector<NodeId> rows;
      for (std::size_t i = 0; i < count; ++i) rows.push_back(node_id(first + i));
      const Csr selected = select_rows(context, a, rows);
      const CsrView found = range.view();
      CHECK(found.column_count == a.column_count);
      CHECK(std::ranges::equal(found.offsets, selected.offsets));
      CHECK(std::ranges::equal(found.targets, selected.targets));
      CHECK(std::ranges::equal(found.weights, selected.weights));
      if (!found.targets.empty()) CHECK(found.targets.data() == a.targets.data() + a.row_begin(first));
    }
  }
}
