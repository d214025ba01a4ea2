// Eigen's threads and vector width would be set by whoever compiles it; here it is one thread at the build's own level.
#define EIGEN_DONT_PARALLELIZE
#define EIGEN_MPL2_ONLY
#include <algorithm>

#include <Spectra/SymEigsSolver.h>
#include <fmt/format.h>

#include <adjoin/engine/dense/decompose.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/spectral_radius.hpp>

namespace adjoin {
namespace {

constexpr Eigen::Index basis_size = 20;

double entry(const CsrView& a, std::size_t e) noexcept {
  return a.weighted() ? static_cast<double>(a.weights[e]) : 1;
}

/// x -> A x, as Spectra asks for it.
class Operator {
 public:
  using Scalar = double;

  Operator(RunContext& context, const CsrView& a) : context_(context), a_(a) {}

  Eigen::Index rows() const { return static_cast<Eigen::Index>(a_.row_count()); }
  Eigen::Index cols() const { return rows(); }

  void perform_op(const double* x, double* y) const {
    constexpr std::size_t rows_per_chunk = 1 << 12;
    context_.check_cancelled();
    context_.threads().for_chunks(a_.row_count(), rows_per_chunk, [&](Chunk rows) {
      for (std::size_t row = rows.begin; row < rows.end; ++row) {
        double sum = 0;
        for (std::size_t e = a_.row_begin(row); e < a_.row_end(row); ++e) sum += entry(a_, e) * x[index(a_.targets[e])];
        y[row] = sum;
      }
    });
  }

 private:
  RunContext& context_;
  CsrView a_;
};

double dense_radius(const CsrView& a) {
  SmallMatrix all(a.row_count(), a.row_count());
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) all(row, index(a.targets[e])) = entry(a, e);
  }
  return symmetric_eigen(all).values.front();
}

}  // namespace

double spectral_radius(RunContext& context, const CsrView& a) {
  constexpr double tolerance = 1e-13;
  constexpr Eigen::Index most_restarts = 10'000;
  if (a.nonzero_count() == 0) return 0;
  if (a.row_count() <= most_rows_of_dense_radius) return dense_radius(a);
  Operator product(context, a);
  Spectra::SymEigsSolver<Operator> solver(product, 1, basis_size);
  solver.init();
  if (solver.compute(Spectra::SortRule::LargestAlge, most_restarts, tolerance) == 0) {
    throw InvalidData(fmt::format("the largest eigenvalue of a matrix of {} rows was not found in {} restarts",
                                  a.row_count(), most_restarts));
  }
  return solver.eigenvalues()[0];
}

std::uint64_t estimate_spectral_radius_memory(std::size_t row_count) noexcept {
  constexpr auto vectors = static_cast<std::uint64_t>(basis_size) + 5;
  const std::uint64_t n = std::max(row_count, most_rows_of_dense_radius);
  return n * vectors * sizeof(double) + 4 * most_rows_of_dense_radius * most_rows_of_dense_radius * sizeof(double);
}

}  // namespace adjoin
