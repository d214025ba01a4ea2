// Eigen's threads and vector width would be set by whoever compiles it; here it is one thread at the build's own level.
#define EIGEN_DONT_PARALLELIZE
#define EIGEN_MPL2_ONLY
#include <algorithm>
#include <cmath>
#include <vector>

#include <Spectra/SymEigsSolver.h>

#include <adjoin/algorithms/linkpred/check_pairs.hpp>
#include <adjoin/algorithms/linkpred/components.hpp>
#include <adjoin/algorithms/linkpred/eigen_positions.hpp>
#include <adjoin/algorithms/linkpred/spectral.hpp>
#include <adjoin/algorithms/linkpred/walk_matrix.hpp>

#include <Eigen/Eigenvalues>

namespace adjoin {
namespace {

using detail::position;

using Square = Eigen::MatrixXd;
using Column = Eigen::VectorXd;
using Vectors = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;  // a row a node

/// N without the eigenvectors of the components, as a product with a vector: what Spectra asks for.
class Remainder {
 public:
  using Scalar = double;

  Remainder(RunContext& context, const CsrView& a)
      : context_(context), a_(a), pieces_(detail::components(a)), inverse_roots_(a.row_count()), units_(a.row_count()) {
    std::vector<double> volumes(pieces_.size.size(), 0.0);
    std::vector<double> degrees(a.row_count(), 0.0);
    for (std::size_t v = 0; v < degrees.size(); ++v) {
      for (std::size_t e = a.row_begin(v); e < a.row_end(v); ++e) degrees[v] += detail::walk_weight(a, e);
      volumes[pieces_.of[v]] += degrees[v];
    }
    for (std::size_t v = 0; v < degrees.size(); ++v) {
      inverse_roots_[v] = degrees[v] > 0 ? 1 / std::sqrt(degrees[v]) : 0;
      units_[v] = degrees[v] > 0 ? std::sqrt(degrees[v] / volumes[pieces_.of[v]]) : 0;
    }
  }

  static std::uint64_t bytes(std::size_t n) noexcept {
    return detail::estimate_components_memory(n) + 5 * n * sizeof(double);
  }

  Eigen::Index rows() const { return position(a_.row_count()); }
  Eigen::Index cols() const { return rows(); }

  /// y = (N - sum over components of their eigenvector times its transpose) x. x, y: size n, not overlapping.
  void perform_op(const double* x, double* y) const {
    context_.check_cancelled();
    std::vector<double> along(pieces_.size.size(), 0.0);
    for (std::size_t v = 0; v < units_.size(); ++v) along[pieces_.of[v]] += units_[v] * x[v];
    constexpr std::size_t rows_per_chunk = 1024;
    context_.threads().for_chunks(a_.row_count(), rows_per_chunk, [&](Chunk rows) {
      for (std::size_t v = rows.begin; v < rows.end; ++v) {
        double sum = 0;
        for (std::size_t e = a_.row_begin(v); e < a_.row_end(v); ++e) {
          const std::size_t other = index(a_.targets[e]);
          sum += detail::walk_weight(a_, e) * inverse_roots_[other] * x[other];
        }
        y[v] = inverse_roots_[v] * sum - units_[v] * along[pieces_.of[v]];
      }
    });
  }

  /// What the eigenvectors of the components add to a score.
  double component_part(NodeId x, NodeId y) const noexcept {
    return pieces_.of[index(x)] == pieces_.of[index(y)] ? units_[index(x)] * units_[index(y)] : 0;
  }

 private:
  RunContext& context_;
  CsrView a_;
  detail::Components pieces_;
  std::vector<double> inverse_roots_;  // D^-1/2
  std::vector<double> units_;          // the eigenvectors of all components, which do not overlap
};

/// The largest eigenvalues, falling, and their vectors as columns.
struct Spectrum {
  Column values;
  Vectors vectors;
  bool converged = true;
};

Spectrum dense_spectrum(const Remainder& matrix, Eigen::Index rank) {
  Square all(matrix.rows(), matrix.rows());
  Column unit = Column::Zero(matrix.rows());
  for (Eigen::Index column = 0; column < matrix.rows(); ++column) {
    unit[column] = 1;
    matrix.perform_op(unit.data(), all.col(column).data());
    unit[column] = 0;
  }
  const Eigen::SelfAdjointEigenSolver<Square> solver(all);
  return {solver.eigenvalues().tail(rank).reverse(), solver.eigenvectors().rightCols(rank).rowwise().reverse()};
}

Eigen::Index basis_size(std::size_t n, const SpectralOptions& options) {
  return std::min(position(n), Eigen::Index{2 * options.rank + 20});
}

Spectrum lanczos_spectrum(const Remainder& matrix, const SpectralOptions& options) {
  Remainder own(matrix);  // Spectra wants to be able to change it
  Spectra::SymEigsSolver<Remainder> solver(own, options.rank,
                                           basis_size(static_cast<std::size_t>(matrix.rows()), options));
  solver.init();
  const Eigen::Index found = solver.compute(Spectra::SortRule::LargestAlge, options.max_iterations, options.tolerance);
  return {solver.eigenvalues(), solver.eigenvectors(), found == options.rank};
}

Spectrum spectrum_of(const Remainder& matrix, const SpectralOptions& options) {
  const auto n = static_cast<std::size_t>(matrix.rows());
  const auto rank = std::min(matrix.rows(), Eigen::Index{options.rank});
  if (rank == 0) return {Column(), Vectors(matrix.rows(), 0)};
  return n <= most_nodes_of_dense_spectrum ? dense_spectrum(matrix, rank) : lanczos_spectrum(matrix, options);
}

}  // namespace

SpectralScores spectral_scores(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                               const SpectralOptions& options) {
  validate(options);
  detail::check_pairs(graph, pairs);
  context.require_memory(resident_bytes() + estimate_spectral_memory(graph, pairs.size(), options),
                         "lower the rank, give fewer pairs, or raise --memory");
  const detail::WalkMatrix matrix = detail::walk_matrix(context, graph, NeighborDirection::both, options.use_weights);
  context.begin_stage("spectrum", "rows of nodes", graph.node_count());
  const Remainder remainder(context, matrix.rows);
  const Spectrum spectrum = spectrum_of(remainder, options);
  context.advance(graph.node_count());
  context.end_stage();
  SpectralScores result{Array<float>(pairs.size()), static_cast<int>(spectrum.values.size()), spectrum.converged};
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto [x, y] = std::minmax(pairs[i].source, pairs[i].target);
    double score = remainder.component_part(x, y);
    for (Eigen::Index k = 0; k < spectrum.values.size(); ++k) {
      score += spectrum.values[k] * spectrum.vectors(position(index(x)), k) * spectrum.vectors(position(index(y)), k);
    }
    result.scores[i] = static_cast<float>(score);
  }
  return result;
}

std::uint64_t estimate_spectral_memory(GraphView graph, std::size_t pair_count, const SpectralOptions& options) {
  const std::uint64_t n = graph.node_count();
  const auto rank = static_cast<std::uint64_t>(options.rank);
  const auto basis = static_cast<std::uint64_t>(basis_size(n, options));
  const std::uint64_t vectors =
      n <= most_nodes_of_dense_spectrum ? 3 * n * n + n * rank : n * (2 * basis + 2 * rank + 6) + 4 * basis * basis;
  return vectors * sizeof(double) + 2 * Remainder::bytes(n) +
         detail::estimate_walk_matrix_memory(graph, NeighborDirection::both) + pair_count * sizeof(float);
}

}  // namespace adjoin
