// Files that SciPy and NumPy wrote (tests/golden/make_scipy_golden.py), and hostile ones made of them.
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/io/npy.hpp>
#include <adjoin/io/zip_file.hpp>

#include "read_text.hpp"
#include "repository.hpp"

using namespace adjoin;
using namespace adjoin::test;

namespace {

const std::filesystem::path golden = test::repository() / "tests/golden/scipy";

GraphFile read_golden(const char* name, bool directed = false) {
  RunContext context;
  BuildOptions build;
  build.directed = directed;
  return read_graph(context, golden / name, {}, build);
}

template <class Value>
std::string npy(const char* type, std::vector<std::size_t> shape, const std::vector<Value>& values) {
  std::string bytes = detail::npy_header(type, shape);
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value));
  return bytes;
}

/// A 2 by 2 matrix in csr with these arrays.
std::string csr(const std::vector<std::int32_t>& starts, const std::vector<std::int32_t>& indices,
                const std::vector<double>& values, const std::vector<std::int64_t>& shape = {2, 2},
                const std::string& format = "csr") {
  return detail::zip({{"format.npy", detail::npy_header("|S3", {}) + format},
                      {"shape.npy", npy("<i8", {2}, shape)},
                      {"indptr.npy", npy("<i4", {starts.size()}, starts)},
                      {"indices.npy", npy("<i4", {indices.size()}, indices)},
                      {"data.npy", npy("<f8", {values.size()}, values)}});
}

}  // namespace

TEST_CASE("matrices that SciPy saved are read, however it saved them") {
  const NamedEdges expected{{"0", "1", "0.5"}, {"0", "3", "2"}, {"1", "0", "1"}, {"3", "0", "0.25"}, {"3", "2", "7"}};
  for (const char* const name : {"csr.npz", "csc_stored.npz", "coo.npz"}) {
    CAPTURE(name);
    const GraphFile file = read_golden(name);
    CHECK(file.graph.view().directed());
    CHECK(file.graph.view().node_count() == 4);
    CHECK(edges_of(file.graph.view()) == expected);
  }
  const GraphFile symmetric = read_golden("symmetric_int8.npz");
  CHECK_FALSE(symmetric.graph.view().directed());
  CHECK(edges_of(symmetric.graph.view()) == NamedEdges{{"0", "1", ""}, {"0", "3", ""}, {"2", "3", ""}});
  CHECK(symmetric.read.sentence() == "SciPy matrix, 4 by 4, without weights, found symmetric, so undirected");
  const GraphFile as_directed = read_golden("symmetric_int8.npz", true);
  CHECK(as_directed.graph.view().directed());
}

TEST_CASE("NumPy arrays of pairs are edges, in either order") {
  const NamedEdges expected{{"7", "9", ""}, {"9", "20", ""}, {"7", "20", ""}};
  for (const char* const name : {"pairs.npy", "pairs_across.npy", "pairs_fortran.npy"}) {
    CAPTURE(name);
    const GraphFile file = read_golden(name);
    CHECK(edges_of(file.graph.view()) == expected);
  }
}

TEST_CASE("archives that are not a graph's matrix are refused in a sentence") {
  CHECK(complaint("ok.npz", csr({0, 1, 2}, {1, 0}, {1, 1})) == "no complaint");
  CHECK_THROWS_WITH_AS(read_golden("dia.npz"),
                       (golden.string() + "/dia.npz: found a matrix in the format 'dia', expected csr, csc or coo; "
                                          "convert it with .tocsr() before saving")
                           .c_str(),
                       ParseError);
  struct Case {
    std::string bytes;
    const char* message;
  };
  const std::string good = csr({0, 1, 2}, {1, 0}, {1, 1});
  std::string flipped = good;
  flipped[good.find("NUMPY") + 100] = static_cast<char>(flipped[good.find("NUMPY") + 100] ^ 1);
  const std::vector<Case> cases{
      {good.substr(0, good.size() / 2),
       "m.npz: found a zip archive that is damaged, expected a whole one; make or fetch it again"},
      {flipped, "m.npz: found a zip archive that is damaged, expected a whole one; make or fetch it again"},
      {detail::zip({{"a.npy", ""}}),
       "m.npz: found no shape.npy in the archive, expected a matrix as scipy.sparse.save_npz writes it"},
      {csr({0, 1, 2}, {1, 2}, {1, 1}),
       "m.npz: found entry 1 at row 1, column 2, expected places inside 2 by 2, from 0"},
      {csr({0, 1, 2}, {1, -1}, {1, 1}),
       "m.npz: found entry 1 at row 1, column -1, expected places inside 2 by 2, from 0"},
      {csr({0, 1}, {1, 0}, {1, 1}), "m.npz: found indptr of 2 numbers, expected 3, one more than 2"},
      {csr({0, 9, 2}, {1, 0}, {1, 1}),
       "m.npz: found indptr[1] = 9, expected numbers that do not fall, from 0 to the 2 of indices"},
      {csr({0, 2, 1}, {1, 0}, {1, 1}),
       "m.npz: found indptr[2] = 1, expected numbers that do not fall, from 0 to the 2 of indices"},
      {csr({0, 1, 2}, {1, 0}, {1}),
       "m.npz: found data.npy: float64 array of shape (1,), expected 2 numbers, one for each entry"},
      {csr({0, 1, 2}, {1, 0}, {1, 1}, {2, 3}),
       "m.npz: found 2 rows and 3 columns, expected as many rows as columns, one for each node; features of nodes are "
       "given with --features"},
      {csr({0, 1, 2}, {1, 0}, {1, 1}, {1'000'000'000'000, 2}),
       "m.npz: found a matrix with 1000000000000 rows, expected 0 to 4,294,967,295"},
      {csr({0, 1, 2}, {1, 0}, {1, 1}, {-2, 2}), "m.npz: found a matrix with -2 rows, expected 0 to 4,294,967,295"},
  };
  for (const Case& test : cases) CHECK(complaint("m.npz", test.bytes) == std::string(test.message));
  // Weights are checked as everywhere.
  CHECK(complaint("m.npz", csr({0, 1, 2}, {1, 0}, {1, -1})) != "no complaint");
  CHECK(complaint("m.npz", csr({0, 1, 2}, {1, 0}, {1, std::numeric_limits<double>::quiet_NaN()})) != "no complaint");
  CHECK(complaint("p.npy", npy<std::int32_t>("<i4", {1, 2}, {1, -2})) ==
        "p.npy: found a negative number in edge 0, expected the numbers of nodes");
  CHECK(
      complaint("p.npy", npy<float>("<f4", {2, 2}, {0, 1, 1, 0})) ==
      "p.npy: found an float32 array of shape (2, 2), expected edges: whole numbers of shape (edges, 2) or (2, edges); "
      "a dense matrix is no graph; save a sparse one with scipy.sparse.save_npz");
  CHECK(complaint("p.npy", detail::npy_header("<i4", std::array<std::size_t, 2>{99'999'999, 2})) ==
        "p.npy: found 0 B of data for the shape (99999999, 2), expected as much as its shape says");
}
