// Eigen's threads and vector width would be set by whoever compiles it; here it is one thread at the build's own level.
#define EIGEN_DONT_PARALLELIZE
#define EIGEN_MPL2_ONLY
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <adjoin/algorithms/linkpred/components.hpp>
#include <adjoin/algorithms/linkpred/eigen_positions.hpp>
#include <adjoin/algorithms/linkpred/resistance_projected.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/random.hpp>

#include <Eigen/IterativeLinearSolvers>
#include <Eigen/SparseCore>

namespace adjoin::detail {
namespace {

using LaplacianRows = Eigen::SparseMatrix<double, Eigen::RowMajor>;
using ProjectionSolver = Eigen::ConjugateGradient<LaplacianRows, Eigen::Lower | Eigen::Upper>;
using Column = Eigen::VectorXd;

constexpr std::size_t dimensions_at_once = 16;
constexpr std::size_t projected_rows_per_chunk = 1024;

LaplacianRows laplacian_of(const CsrView& a) {
  const int n = as_int(a.row_count());
  LaplacianRows result(n, n);
  result.reserve(as_int(a.nonzero_count() + a.row_count()));
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    double degree = 0;
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
      if (index(a.targets[e]) != row) degree += walk_weight(a, e);
    }
    result.startVec(as_int(row));
    bool placed = false;
    const auto place_degree = [&] {
      if (!placed) result.insertBack(as_int(row), as_int(row)) = degree;
      placed = true;
    };
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
      const std::size_t target = index(a.targets[e]);
      if (target >= row) place_degree();
      if (target != row) result.insertBack(as_int(row), as_int(target)) = -walk_weight(a, e);
    }
    place_degree();
  }
  result.finalize();
  return result;
}

/// Rows of random signs over the edges, times W^(1/2) B. A sign belongs to the names of an edge's ends, and so does the
/// direction in which the edge is taken.
class RandomCuts {
 public:
  RandomCuts(std::uint64_t seed, const NodeIndex& nodes, const CsrView& a) : seed_(seed), a_(a), hashes_(nodes.size()) {
    for (std::size_t v = 0; v < hashes_.size(); ++v) hashes_[v] = nodes.name_hash(node_id(v));
  }

  /// Entry `node` of rows first .. first + dimensions_at_once - 1, into out[0], out[1] ...
  void entries(std::size_t node, std::size_t first, std::span<double> out) const noexcept {
    std::ranges::fill(out, 0.0);
    for (std::size_t e = a_.row_begin(node); e < a_.row_end(node); ++e) {
      const std::size_t other = index(a_.targets[e]);
      if (other == node) continue;
      const std::uint64_t low = std::min(hashes_[node], hashes_[other]);
      const std::uint64_t high = std::max(hashes_[node], hashes_[other]);
      const std::uint32_t signs = philox(seed_, RandomStream::resistance, low * 0x9E3779B97F4A7C15ULL ^ high,
                                         static_cast<std::uint32_t>(first / dimensions_at_once))[0];
      const double root = std::sqrt(walk_weight(a_, e)) * (hashes_[node] == low ? 1 : -1);
      for (std::size_t i = 0; i < out.size(); ++i) out[i] += (signs >> i & 1U) == 1 ? root : -root;
    }
  }

 private:
  std::uint64_t seed_;
  CsrView a_;
  std::vector<std::uint64_t> hashes_;
};

/// Takes from each entry the mean of its component: what is left is L+ times the right side.
void center(const Components& components, Column& values) {
  std::vector<double> means(components.size.size(), 0.0);
  for (std::size_t v = 0; v < components.of.size(); ++v) means[components.of[v]] += values[as_int(v)];
  for (std::size_t c = 0; c < means.size(); ++c) means[c] /= static_cast<double>(components.size[c]);
  for (std::size_t v = 0; v < components.of.size(); ++v) values[as_int(v)] -= means[components.of[v]];
}

struct SolveEnd {
  double residual = 0;
  bool converged = true;
};

}  // namespace

ResistanceDistances projected_resistances(RunContext& context, const NodeIndex& nodes, const WalkMatrix& matrix,
                                          std::span<const Edge> pairs, const ResistanceOptions& options) {
  const std::size_t n = matrix.rows.row_count();
  if (matrix.rows.nonzero_count() + n > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw InvalidOption("resistance distances are for graphs of fewer than 2^31 entries");
  }
  const auto dimensions = static_cast<std::size_t>(std::ceil(2 / (options.epsilon * options.epsilon)));
  context.begin_stage("resistances", "source nodes", dimensions);
  const Components pieces = components(matrix.rows);
  const LaplacianRows laplacian = laplacian_of(matrix.rows);
  const RandomCuts cuts(context.seed(), nodes, matrix.rows);
  const auto together = [&](const Edge& pair) {
    return pieces.of[index(pair.source)] == pieces.of[index(pair.target)];
  };
  std::vector<Column> rows(dimensions_at_once);
  std::vector<SolveEnd> ends(dimensions);
  ResistanceDistances result{Array<double>(pairs.size(), 0.0), static_cast<int>(dimensions)};
  for (std::size_t first = 0; first < dimensions; first += dimensions_at_once) {
    const std::size_t count = std::min(dimensions_at_once, dimensions - first);
    for (Column& row : rows) row.resize(as_int(n));
    context.threads().for_chunks(n, projected_rows_per_chunk, [&](Chunk chunk) {
      std::array<double, dimensions_at_once> entries{};
      for (std::size_t node = chunk.begin; node < chunk.end; ++node) {
        cuts.entries(node, first, entries);
        for (std::size_t i = 0; i < count; ++i) rows[i][as_int(node)] = entries[i];
      }
    });
    context.for_tasks(count, [&](std::size_t i) {
      ProjectionSolver solver;
      solver.setTolerance(options.tolerance);
      solver.setMaxIterations(options.max_iterations);
      solver.compute(laplacian);
      rows[i] = solver.solve(rows[i]).eval();
      center(pieces, rows[i]);
      ends[first + i] = {solver.error(), solver.error() <= options.tolerance};
    });
    context.threads().for_chunks(pairs.size(), projected_rows_per_chunk, [&](Chunk chunk) {
      for (std::size_t p = chunk.begin; p < chunk.end; ++p) {
        for (std::size_t i = 0; i < count; ++i) {
          const double x = rows[i][as_int(index(pairs[p].source))];
          const double y = rows[i][as_int(index(pairs[p].target))];
          result.values[p] += together(pairs[p]) ? (x - y) * (x - y) : x * x + y * y;
        }
      }
    });
  }
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    result.values[p] = together(pairs[p]) || options.unconnected == UnconnectedPairs::pseudo_inverse
                           ? result.values[p] / static_cast<double>(dimensions)
                           : std::numeric_limits<double>::infinity();
  }
  for (const SolveEnd& end : ends) {
    result.largest_residual = std::max(result.largest_residual, end.residual);
    result.not_converged += end.converged ? 0 : 1;
  }
  context.end_stage();
  return result;
}

std::uint64_t estimate_projected_resistance_memory(const CsrView& a, int threads) {
  const std::uint64_t n = a.row_count();
  const std::uint64_t matrix = (sizeof(double) + sizeof(int)) * (2 * a.nonzero_count() + n);
  const std::uint64_t rows = dimensions_at_once * sizeof(double) * n;
  return matrix + rows + sizeof(std::uint64_t) * n + static_cast<std::uint64_t>(threads) * 7 * sizeof(double) * n;
}

}  // namespace adjoin::detail
