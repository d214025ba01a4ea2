// Eigen's threads and vector width would be set by whoever compiles it; here it is one thread at the build's own level.
#define EIGEN_DONT_PARALLELIZE
#define EIGEN_MPL2_ONLY
#include <vector>

#include <adjoin/algorithms/linkpred/check_pairs.hpp>
#include <adjoin/algorithms/linkpred/eigen_positions.hpp>
#include <adjoin/algorithms/linkpred/matrix_factorization.hpp>
#include <adjoin/algorithms/linkpred/walk_matrix.hpp>
#include <adjoin/algorithms/linkpred/walk_sums.hpp>
#include <adjoin/engine/runtime/random.hpp>

#include <Eigen/Cholesky>

namespace adjoin {
namespace {

using detail::position;

using Square = Eigen::MatrixXd;
using Column = Eigen::VectorXd;
using Vectors = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;  // a row a node

constexpr std::size_t factor_rows_per_chunk = 256;

/// Normal numbers by the node's name. Their size is of no account: the first turn only takes the directions.
Vectors first_vectors(RunContext& context, const NodeIndex& nodes, int rank) {
  Vectors vectors(position(nodes.size()), rank);
  context.threads().for_chunks(nodes.size(), factor_rows_per_chunk, [&](Chunk rows) {
    for (std::size_t v = rows.begin; v < rows.end; ++v) {
      RandomSequence random(context.seed(), RandomStream::matrix_factorization, nodes.name_hash(node_id(v)));
      for (int k = 0; k < rank; ++k) vectors(position(v), k) = random.next_normal();
    }
  });
  return vectors;
}

/// The sum over nodes of y y^T.
Square gram_matrix(const Threads& threads, const Vectors& y) {
  const Square zero = Square::Zero(y.cols(), y.cols());
  return threads.reduce_ordered(
      static_cast<std::size_t>(y.rows()), factor_rows_per_chunk, zero,
      [&](Chunk rows) -> Square {
        const auto part = y.middleRows(position(rows.begin), position(rows.size()));
        return part.transpose() * part;
      },
      [](const Square& a, const Square& b) -> Square { return a + b; });
}

/// Each row of x becomes what is best for the rows of y that its node has edges to.
void solve_rows(RunContext& context, const CsrView& edges, const MatrixFactorizationOptions& options, const Vectors& y,
                Vectors& x) {
  Square without_edges = gram_matrix(context.threads(), y);
  without_edges.diagonal().array() += options.lambda;
  context.for_chunks(edges.row_count(), factor_rows_per_chunk, [&](Chunk rows) {
    Square system(y.cols(), y.cols());
    Column right(y.cols());
    for (std::size_t node = rows.begin; node < rows.end; ++node) {
      system = without_edges;
      right.setZero();
      for (std::size_t e = edges.row_begin(node); e < edges.row_end(node); ++e) {
        const double weight = detail::walk_weight(edges, e);
        if (weight == 0) continue;
        const auto other = y.row(position(index(edges.targets[e]))).transpose();
        system.selfadjointView<Eigen::Lower>().rankUpdate(other, options.alpha * weight);
        right += (1 + options.alpha * weight) * other;
      }
      x.row(position(node)) = system.selfadjointView<Eigen::Lower>().llt().solve(right).transpose();
    }
  });
}

}  // namespace

Array<float> matrix_factorization_scores(RunContext& context, GraphView graph, std::span<const Edge> pairs,
                                         const MatrixFactorizationOptions& options) {
  validate(options);
  detail::check_pairs(graph, pairs);
  context.require_memory(
      resident_bytes() + estimate_matrix_factorization_memory(graph, pairs.size(), options, context.threads().count()),
      "lower the rank, give fewer pairs, or raise --memory");
  const detail::WalkMatrix matrix = detail::walk_matrix(context, graph, options.direction, options.use_weights);
  const std::size_t n = graph.node_count();
  Vectors targets = first_vectors(context, graph.nodes(), options.rank);
  Vectors sources(targets.rows(), targets.cols());
  context.begin_stage("factorize", "vectors of nodes", 2 * n * static_cast<std::uint64_t>(options.iterations));
  for (int round = 0; round < options.iterations; ++round) {
    solve_rows(context, matrix.rows, options, targets, sources);
    solve_rows(context, matrix.columns, options, sources, targets);
  }
  context.end_stage();
  const auto product = [&](NodeId x, NodeId y) {
    return sources.row(position(index(x))).dot(targets.row(position(index(y))));
  };
  const bool symmetric = !graph.directed() || options.direction == NeighborDirection::both;
  Array<double> scores(pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto [x, y] = pairs[i];
    scores[i] = symmetric ? (product(x, y) + product(y, x)) / 2 : product(x, y);
  }
  return detail::rounded_sums(graph, pairs, scores.span(), "lower alpha or the weights of the graph");
}

std::uint64_t estimate_matrix_factorization_memory(GraphView graph, std::size_t pair_count,
                                                   const MatrixFactorizationOptions& options, int threads) {
  const std::uint64_t n = graph.node_count();
  const auto rank = static_cast<std::uint64_t>(options.rank);
  const std::uint64_t squares = chunk_count(n, factor_rows_per_chunk) + 4 * (static_cast<std::uint64_t>(threads) + 1);
  return 2 * n * rank * sizeof(double) + squares * rank * rank * sizeof(double) +
         detail::estimate_walk_matrix_memory(graph, options.direction) + pair_count * (sizeof(double) + sizeof(float));
}

}  // namespace adjoin
