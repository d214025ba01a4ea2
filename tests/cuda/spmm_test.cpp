// SpMM and sums of rows on a GPU against the processor's, whose own twin is a plain loop.
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include <adjoin/engine/dense/half_matrix.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/sparse/backend.hpp>
#include <adjoin/engine/sparse/cuda/cuda_backend.hpp>

#include "gpu.hpp"
#include "matrices.hpp"
#include "random_graphs.hpp"

using namespace adjoin;
using test::row_scales;
using test::same_bits;

namespace {

using Sizes = std::vector<std::size_t>;
const Sizes odd_columns{1, 2, 31, 33, 64, 128, 200, 256, 520, 1000};
constexpr float poison_value = std::numeric_limits<float>::quiet_NaN();

Matrix random_matrix(std::size_t rows, std::size_t columns, std::uint64_t key) {
  Matrix x(rows, columns);
  RandomSequence random(11, RandomStream::tests, key);
  for (std::size_t i = 0; i < rows; ++i) {
    for (float& value : x.row(i)) value = static_cast<float>(random.next_normal());
  }
  return x;
}

/// Rows of 0 to 9 entries, and among them some of 64, 65, 1024 and 1025, and one of 5000; others where runs of rows
/// end.
Csr matrix_with_hubs(std::size_t columns, bool weighted, std::uint64_t key, std::size_t rows = 203) {
  RandomSequence random(12, RandomStream::tests, key);
  std::vector<std::size_t> sizes(rows);
  for (std::size_t i = 0; i < rows; ++i) sizes[i] = random.next_below(10);
  for (const auto& [row, size] : {std::pair{5UL, 64UL},
                                  {6UL, 65UL},
                                  {7UL, 1024UL},
                                  {8UL, 1025UL},
                                  {9UL, 33UL},
                                  {200UL, 5000UL},
                                  {65'535UL, 2000UL},
                                  {65'536UL, 3000UL},
                                  {131'072UL, 70UL}}) {
    if (row < rows) sizes[row] = size;
  }
  sizes[rows - 1] = 1100;
  Csr a;
  a.column_count = columns;
  a.offsets = Array<EdgeOffset>(rows + 1);
  std::size_t total = 0;
  for (std::size_t i = 0; i <= rows; ++i) {
    a.offsets[i] = edge_offset(total);
    if (i < rows) total += std::min(sizes[i], columns);
  }
  a.targets = Array<NodeId>(total);
  a.weights = Array<float>(weighted ? total : 0);
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t size = a.view().row_size(i);
    for (std::size_t k = 0; k < size; ++k) {  // strictly increasing: one from each of `size` stretches
      const std::size_t begin = k * columns / size;
      const std::size_t end = (k + 1) * columns / size;
      a.targets[a.view().row_begin(i) + k] = node_id(begin + random.next_below(end - begin));
    }
  }
  for (float& weight : a.weights) weight = static_cast<float>(random.next_normal());
  return a;
}

void check_near(const Matrix& found, const Matrix& expected, double epsilon) {
  REQUIRE(found.rows() == expected.rows());
  REQUIRE(found.columns() == expected.columns());
  for (std::size_t i = 0; i < found.rows(); ++i) {
    for (std::size_t j = 0; j < found.columns(); ++j) {
      // Of 5000 numbers with both signs, summed in another order: the scale is their root mean square, and more.
      REQUIRE(found(i, j) == doctest::Approx(expected(i, j)).epsilon(epsilon).scale(100));
    }
  }
}

struct Both {
  RunContext gpu_context{test::on_gpu()};
  RunContext cpu_context{test::on_cpu()};
  CudaBackend gpu{gpu_context};
  CpuBackend cpu{cpu_context};
};

/// The product, and that of another run, which has to be the same to the bit.
template <class State, class Written>
Matrix product_on_gpu(Both& both, const Csr& a, std::span<const float> scale, const Matrix& x) {
  std::optional<Matrix> first;
  for (int run = 0; run < 3; ++run) {
    const CudaSparse there = both.gpu.upload(a.view());
    const CudaBackend::Vector row_scale = both.gpu.upload(scale);
    CudaMatrix floats = both.gpu.upload(x.view());
    State from = both.gpu.matrix<State>(x.rows(), x.columns());
    if constexpr (std::is_same_v<State, CudaMatrix>) {
      from = std::move(floats);
    } else {
      both.gpu.convert(floats, from);
    }
    Written y = both.gpu.matrix<Written>(a.view().row_count(), x.columns());
    both.gpu.fill(y, poison_value);
    both.gpu.spmm(there, row_scale, from, y);
    Matrix found = both.gpu.download(std::move(y));
    if (first) REQUIRE(same_bits(found, *first));
    first = std::move(found);
  }
  return std::move(*first);
}

Matrix rounded_to_halves(RunContext& context, const Matrix& x) {
  HalfMatrix halves(x.rows(), x.columns());
  Matrix floats(x.rows(), x.columns());
  convert(context, x.view(), halves.view());
  convert(context, std::as_const(halves).view(), floats.view());
  return floats;
}

}  // namespace

TEST_CASE("SpMM on a GPU equals the processor's at every width, with hubs, weighted or not, scaled or not") {
  if (!test::has_gpu()) return;
  Both both;
  for (const std::size_t columns : test::size_on_gpu<Sizes>(odd_columns, {1, 2, 31, 33, 128, 200})) {
    for (const bool weighted : {false, true}) {
      CAPTURE(columns);
      CAPTURE(weighted);
      const Csr a = matrix_with_hubs(6000, weighted, columns);
      const Matrix x = random_matrix(6000, columns, columns);
      const std::vector<float> scale = weighted ? row_scales(a.view().row_count()) : std::vector<float>{};
      Matrix expected(a.view().row_count(), columns);
      spmm(both.cpu_context, a.view(), scale, x.view(), expected.view());
      check_near(product_on_gpu<CudaMatrix, CudaMatrix>(both, a, scale, x), expected, 1e-5);
      check_near(product_on_gpu<CudaMatrix, CudaHalfMatrix>(both, a, scale, x), expected, 5e-3);
      const Matrix rounded = rounded_to_halves(both.cpu_context, x);
      spmm(both.cpu_context, a.view(), scale, rounded.view(), expected.view());
      check_near(product_on_gpu<CudaHalfMatrix, CudaMatrix>(both, a, scale, x), expected, 1e-5);
      check_near(product_on_gpu<CudaHalfMatrix, CudaHalfMatrix>(both, a, scale, x), expected, 5e-3);
    }
  }
}

TEST_CASE("SpMM on a GPU in slices of any width gives the same product") {
  if (!test::has_gpu()) return;
  Both both;
  const Csr a = matrix_with_hubs(6000, true, 3);
  const Matrix x = random_matrix(6000, 200, 3);
  const std::size_t rows = a.view().row_count();
  Matrix expected(rows, 200);
  spmm(both.cpu_context, a.view(), {}, x.view(), expected.view());
  CudaContext& device = CudaContext::of(both.gpu_context);
  const CudaSpmmMatrix there(device, both.gpu_context.threads(), a.view());
  const CudaMatrix from = both.gpu.upload(x.view());
  for (const std::size_t bytes : {128UL, 256UL, 512UL}) {
    CAPTURE(bytes);
    CudaMatrix y = both.gpu.matrix(rows, 200);
    both.gpu.fill(y, poison_value);
    spmm(device, there, nullptr, from.view(), y.view(), 0, {bytes});
    check_near(both.gpu.download(std::move(y)), expected, 1e-5);
  }
  const CudaSpmmMatrix marked(device, both.gpu_context.threads(), a.view(), 3000);
  for (const std::size_t bytes : {64UL, 128UL, 256UL}) {
    CAPTURE(bytes);
    CudaMatrix y = both.gpu.matrix(rows, 200);
    both.gpu.fill(y, poison_value);
    spmm(device, marked, nullptr, from.view(), y.view(), 0, {bytes});
    check_near(both.gpu.download(std::move(y)), expected, 1e-5);
  }
}

TEST_CASE("the columns that most entries name are found, by a sample where there are many") {
  Csr a = test::random_csr(5000, 700, 0.02, false, 8);
  for (std::size_t e = 0; e < a.targets.size(); ++e) {  // half to column 7, an eighth to 300, the rest all over
    if (e % 2 == 0) a.targets[e] = node_id(7);
    if (e % 8 == 1) a.targets[e] = node_id(300);
  }
  CHECK(most_named_columns(a.view(), 2) == std::vector<std::uint32_t>{7, 300});
  CHECK(most_named_columns(a.view(), 0).empty());
  CHECK(most_named_columns(a.view(), 10'000).size() == 700);

  Csr large = test::random_csr(20'000, 1000, 0.1, false, 9);
  REQUIRE(large.targets.size() > 1'500'000);
  for (std::size_t e = 0; e < large.targets.size(); ++e) {
    if (e % 7 == 0) large.targets[e] = node_id(999);
  }
  CHECK(most_named_columns(large.view(), 1) == std::vector<std::uint32_t>{999});

  const Csr nothing = test::random_csr(10, 10, 0, false, 1);
  CHECK(most_named_columns(nothing.view(), 5).empty());
}

TEST_CASE("SpMM on a GPU that keeps hot rows at hand has the bits of one that does not") {
  if (!test::has_gpu()) return;
  Both both;
  CudaContext& device = CudaContext::of(both.gpu_context);
  const Threads& threads = both.gpu_context.threads();
  for (const std::size_t columns : test::size_on_gpu<Sizes>({1, 31, 33, 128, 200, 1000}, {1, 33, 200})) {
    for (const bool weighted : {false, true}) {
      const Csr a = matrix_with_hubs(6000, weighted, columns);
      const std::size_t rows = a.view().row_count();
      const std::vector<float> scale = row_scales(rows);
      const CudaBackend::Vector scale_there = both.gpu.upload(std::span<const float>(scale));
      const Matrix x_here = random_matrix(6000, columns, columns);
      const CudaMatrix x = both.gpu.upload(x_here.view());
      CudaHalfMatrix halves = both.gpu.matrix<CudaHalfMatrix>(6000, columns);
      both.gpu.convert(x, halves);
      const CudaSignMatrix signs =
          both.gpu.random_signs([](std::size_t i) { return i; }, 3, 1, std::vector<float>(6000, 0.5F), columns);
      const CudaSpmmMatrix plain(device, threads, a.view());
      // Fewer than there is room for, about as many, and all.
      for (const std::size_t hot : {1UL, 500UL, 2000UL, 6000UL}) {
        CAPTURE(columns);
        CAPTURE(weighted);
        CAPTURE(hot);
        const CudaSpmmMatrix marked(device, threads, a.view(), hot);
        CHECK(marked.hot.count() > 0);
        CHECK(marked.hot.count() <= hot);
        const auto check_same = [&](const auto& from, auto y, auto expected, std::size_t slice_bytes) {
          both.gpu.fill(y, poison_value);
          both.gpu.fill(expected, poison_value);
          if constexpr (std::is_same_v<std::decay_t<decltype(from)>, CudaSignMatrix>) {
            spmm(device, plain, scale_there.data(), from.view(), expected.view());
            spmm(device, marked, scale_there.data(), from.view(), y.view());
          } else {
            using Scalar = std::remove_pointer_t<decltype(from.view().data())>;
            const MatrixView<const std::remove_const_t<Scalar>, Cuda> view = from.view();
            spmm(device, plain, scale_there.data(), view, expected.view(), 0, {slice_bytes});
            spmm(device, marked, scale_there.data(), view, y.view(), 0, {slice_bytes});
          }
          CHECK(same_bits(both.gpu.download(std::move(y)), both.gpu.download(std::move(expected))));
        };
        const auto floats = [&] { return both.gpu.matrix(rows, columns); };
        const auto half_floats = [&] { return both.gpu.matrix<CudaHalfMatrix>(rows, columns); };
        check_same(x, floats(), floats(), 128);
        check_same(x, half_floats(), half_floats(), 256);
        check_same(halves, floats(), floats(), 256);
        check_same(halves, half_floats(), half_floats(), 128);
        check_same(signs, floats(), floats(), 0);
      }
    }
  }
}

TEST_CASE("SpMM on a GPU of some runs of rows gives those rows, long ones at the ends among them") {
  if (!test::has_gpu()) return;
  Both both;
  const std::size_t rows = 2 * RowItems::rows_per_run + 77;
  const Csr a = matrix_with_hubs(6000, false, 4, rows);
  const Matrix x = random_matrix(6000, 9, 4);
  Matrix expected(rows, 9);
  spmm(both.cpu_context, a.view(), {}, x.view(), expected.view());
  CudaContext& device = CudaContext::of(both.gpu_context);
  const CudaSpmmMatrix there(device, both.gpu_context.threads(), a.view());
  const CudaMatrix from = both.gpu.upload(x.view());
  constexpr std::size_t run = RowItems::rows_per_run;
  for (const auto& [first, count] : {std::pair{0UL, run}, {run, run}, {2 * run, 77UL}, {run, run + 77}, {run, 0UL}}) {
    CAPTURE(first);
    CudaMatrix y = both.gpu.matrix(count, 9);
    both.gpu.fill(y, poison_value);
    spmm(device, there, nullptr, from.view(), y.view(), first);
    const Matrix found = both.gpu.download(std::move(y));
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < 9; ++j) {
        REQUIRE(found(i, j) == doctest::Approx(expected(first + i, j)).epsilon(1e-5).scale(100));
      }
    }
  }
}

TEST_CASE("the share of entries that the longest rows have is told to a factor of two in their length") {
  if (!test::has_gpu()) return;
  Both both;
  CudaContext& device = CudaContext::of(both.gpu_context);
  const auto share = [&](const Csr& a, std::size_t rows) {
    return RowItems(device, both.gpu_context.threads(), a.view()).share_of_longest(rows);
  };
  const Csr hubs = matrix_with_hubs(6000, false, 4);
  CHECK(share(hubs, 0) == 0);
  CHECK(share(hubs, 1) == doctest::Approx(5000.0 / static_cast<double>(hubs.targets.size())));
  CHECK(share(hubs, 203) == doctest::Approx(1));
  CHECK(share(hubs, 1000) == doctest::Approx(1));
  const Csr even = test::random_csr(300, 64, 0.5, false, 1);
  CHECK(share(even, 75) > 0.2);
  CHECK(share(even, 75) < 0.5);
}

TEST_CASE("SpMM of signs on a GPU equals the processor's") {
  if (!test::has_gpu()) return;
  Both both;
  for (const std::size_t columns : odd_columns) {
    for (const bool weighted : {false, true}) {
      CAPTURE(columns);
      CAPTURE(weighted);
      const Csr a = matrix_with_hubs(6000, weighted, columns);
      const std::vector<float> own = row_scales(6000);
      const std::vector<float> scale = row_scales(a.view().row_count());
      const auto key = [](std::size_t row) { return std::uint64_t{row} * 77; };
      const auto signs = random_signs(both.cpu_context, key, 3, 2, own, columns);
      Matrix expected(a.view().row_count(), columns);
      spmm(both.cpu_context, a.view(), scale, signs, expected.view());
      const auto signs_there = both.gpu.random_signs(key, 3, 2, own, columns);
      CudaMatrix y = both.gpu.matrix(a.view().row_count(), columns);
      CudaHalfMatrix halves = both.gpu.matrix<CudaHalfMatrix>(a.view().row_count(), columns);
      both.gpu.fill(y, poison_value);
      both.gpu.fill(halves, poison_value);
      both.gpu.spmm(both.gpu.upload(a.view()), both.gpu.upload(scale), signs_there, y);
      both.gpu.spmm(both.gpu.upload(a.view()), both.gpu.upload(scale), signs_there, halves);
      check_near(both.gpu.download(std::move(y)), expected, 1e-5);
      check_near(both.gpu.download(std::move(halves)), expected, 5e-3);
    }
  }
}

TEST_CASE("matrices without rows, without entries and without columns have their products") {
  if (!test::has_gpu()) return;
  Both both;
  for (const std::size_t rows : {0UL, 5UL}) {
    Csr a;
    a.column_count = 4;
    a.offsets = Array<EdgeOffset>(rows + 1, EdgeOffset{0});
    const CudaSparse there = both.gpu.upload(a.view());
    CudaMatrix x = both.gpu.matrix(4, 7);
    both.gpu.fill(x, 1);
    CudaMatrix y = both.gpu.matrix(rows, 7);
    both.gpu.fill(y, poison_value);
    both.gpu.spmm(there, {}, x, y);
    check_near(both.gpu.download(std::move(y)), Matrix(rows, 7, 0.0F), 1e-9);
  }
  const Csr a = test::random_csr(20, 20, 0.2, false, 1);
  CudaMatrix x = both.gpu.matrix(20, 0);
  CudaMatrix y = both.gpu.matrix(20, 0);
  both.gpu.spmm(both.gpu.upload(a.view()), {}, x, y);
  CHECK(both.gpu.download(std::move(y)).columns() == 0);
}

TEST_CASE("the combining SpMM on a GPU equals the processor's, over one of its terms too") {
  if (!test::has_gpu()) return;
  Both both;
  const auto run = [](auto& backend, const Csr& a, std::size_t columns, bool normalize) {
    using Backend = std::remove_cvref_t<decltype(backend)>;
    using Buffer = typename Backend::DenseMatrix;
    using Half = typename Backend::HalfMatrix;
    using Vector = typename Backend::Vector;
    const std::size_t n = a.view().row_count();
    const std::vector<float> numbers = row_scales(n);
    const Vector scale = backend.upload(std::span<const float>(numbers));
    const auto there = backend.upload(a.view());
    const auto random = [&](std::size_t rows, std::uint64_t key) {
      const Matrix here = random_matrix(rows, columns, key);
      return backend.upload(here.view());
    };
    const Buffer x = random(a.column_count, 1);
    const Buffer first = random(n, 2);
    Buffer out = random(n, 3);
    const std::vector<DenseTerm<Buffer, Vector>> terms{{&first, 0.5F, normalize, &scale}, {&out, -2.0F, false}};
    backend.spmm_combine(there, scale, x, 3.0F, normalize, terms, out);
    Half narrowed = backend.template matrix<Half>(n, columns);
    backend.convert(first, narrowed);
    const std::vector<DenseTerm<Half, Vector>> half_terms{{&narrowed, 1.5F, normalize}};
    Buffer second = backend.matrix(n, columns);
    backend.spmm_combine(there, {}, x, 1.0F, false, half_terms, second);
    std::vector<Matrix> found;
    found.push_back(backend.download(std::move(out)));
    found.push_back(backend.download(std::move(second)));
    return found;
  };
  for (const std::size_t columns : {1UL, 31UL, 128UL, 200UL, 1000UL}) {
    for (const bool normalize : {false, true}) {
      CAPTURE(columns);
      CAPTURE(normalize);
      const Csr a = matrix_with_hubs(6000, true, columns);
      const auto expected = run(both.cpu, a, columns, normalize);
      const auto found = run(both.gpu, a, columns, normalize);
      for (std::size_t k = 0; k < expected.size(); ++k) check_near(found[k], expected[k], 2e-5);
    }
  }
}

TEST_CASE("a matrix that does not fit on a GPU is multiplied panel by panel") {
  if (!test::has_gpu()) return;
  const Csr a = matrix_with_hubs(20'000, true, 9);
  const Matrix x = random_matrix(20'000, 8, 9);
  RunContext cpu_context(test::on_cpu());
  Matrix expected(a.view().row_count(), 8);
  spmm(cpu_context, a.view(), {}, x.view(), expected.view());
  RunSettings settings = test::on_gpu();
  settings.device_memory = 1 << 20;  // x takes 640 KB of it, the matrix would take 75
  RunContext context(settings);
  const CudaBackend gpu(context);
  const CudaMatrix from = gpu.upload(x.view());
  std::optional<DeviceArray<char>> filler;
  filler.emplace(CudaContext::of(context), CudaContext::of(context).free_bytes() - 120'000);
  const CudaSparse there = gpu.upload(a.view());
  CHECK_FALSE(there.resident());
  CudaMatrix y = gpu.matrix(a.view().row_count(), 8);
  gpu.fill(y, poison_value);
  gpu.spmm(there, {}, from, y);
  filler.reset();
  check_near(gpu.download(std::move(y)), expected, 1e-5);
}
