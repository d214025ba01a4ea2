// Eigen's threads and vector width would be set by whoever compiles it; here it is one thread at the build's own level.
#define EIGEN_DONT_PARALLELIZE
#define EIGEN_MPL2_ONLY
#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

#include <adjoin/algorithms/linkpred/components.hpp>
#include <adjoin/algorithms/linkpred/eigen_positions.hpp>
#include <adjoin/algorithms/linkpred/resistance_exact.hpp>
#include <adjoin/algorithms/linkpred/scratch_pool.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include <Eigen/OrderingMethods>
#include <Eigen/SparseCholesky>

namespace adjoin::detail {
namespace {

using Laplacian = Eigen::SparseMatrix<double>;
using Factor = Eigen::SimplicialLDLT<Laplacian, Eigen::Upper, Eigen::NaturalOrdering<int>>;
using Column = Eigen::VectorXd;

constexpr std::uint64_t most_entries = std::numeric_limits<int>::max();

void require_countable(std::uint64_t entries) {
  if (entries <= most_entries) return;
  throw InvalidOption(
      "exact resistance distances of this graph would take a factor of more than 2^31 - 1 entries; take --method "
      "projected");
}

/// The entries of a and of its transpose, and a diagonal, without which Eigen would take a node for a dense one.
Eigen::SparseMatrix<int> pattern_of(const CsrView& a) {
  const int n = as_int(a.row_count());
  Eigen::SparseMatrix<int, Eigen::RowMajor> rows(n, n);
  rows.reserve(as_int(a.nonzero_count()));
  for (int row = 0; row < n; ++row) {
    rows.startVec(row);
    for (const NodeId target : a.row_targets(static_cast<std::size_t>(row))) {
      rows.insertBack(row, as_int(index(target))) = 1;
    }
  }
  rows.finalize();
  const Eigen::SparseMatrix<int> columns(rows);
  Eigen::SparseMatrix<int> diagonal(n, n);
  diagonal.setIdentity();
  return columns + Eigen::SparseMatrix<int>(rows.transpose()) + diagonal;
}

/// The entries of the factor below its diagonal: those of row k are the nodes on the ways up the elimination tree from
/// the earlier neighbours of k (Davis: Direct Methods for Sparse Linear Systems, 2006, section 4.4).
std::uint64_t count_entries(const Eigen::SparseMatrix<int>& pattern, const std::vector<NodeId>& order) {
  std::vector<int> place(order.size());
  for (std::size_t k = 0; k < order.size(); ++k) place[index(order[k])] = as_int(k);
  std::vector<int> parent(order.size(), -1);
  std::vector<int> seen(order.size(), -1);  // the last row in which a node was counted
  std::uint64_t entries = 0;
  for (int k = 0; k < as_int(order.size()); ++k) {
    seen[static_cast<std::size_t>(k)] = k;
    const auto node = as_int(index(order[static_cast<std::size_t>(k)]));
    for (Eigen::SparseMatrix<int>::InnerIterator entry(pattern, node); entry; ++entry) {
      auto i = static_cast<std::size_t>(place[static_cast<std::size_t>(entry.row())]);
      if (as_int(i) > k) continue;
      while (seen[i] != k) {
        if (parent[i] < 0) parent[i] = k;
        seen[i] = k;
        ++entries;
        i = static_cast<std::size_t>(parent[i]);
      }
    }
    require_countable(entries);
  }
  return entries;
}

/// The Laplacian without one node of each component, the one that would be eliminated last.
struct Grounded {
  Components components;
  std::vector<int> row;        // of each node; no_row of one that is left out
  std::vector<NodeId> node;    // of each row
  std::vector<NodeId> ground;  // of each component, what is left out
  Laplacian upper;

  static constexpr int no_row = -1;
};

Grounded grounded_laplacian(const CsrView& a, const Elimination& elimination) {
  Grounded result{components(a), std::vector<int>(a.row_count(), Grounded::no_row), {}, {}, {}};
  result.ground.resize(result.components.size.size());
  std::vector<std::uint32_t> left = result.components.size;
  for (const NodeId node : elimination.order) {
    const std::uint32_t piece = result.components.of[index(node)];
    if (--left[piece] == 0) {
      result.ground[piece] = node;
      continue;
    }
    result.row[index(node)] = as_int(result.node.size());
    result.node.push_back(node);
  }
  const int rows = as_int(result.node.size());
  result.upper.resize(rows, rows);
  result.upper.reserve(as_int(a.nonzero_count()) / 2 + rows);
  std::vector<std::pair<int, double>> column;
  for (int k = 0; k < rows; ++k) {
    const std::size_t node = index(result.node[static_cast<std::size_t>(k)]);
    column.clear();
    double degree = 0;
    for (std::size_t e = a.row_begin(node); e < a.row_end(node); ++e) {
      const std::size_t target = index(a.targets[e]);
      if (target == node) continue;
      degree += walk_weight(a, e);
      if (result.row[target] != Grounded::no_row && result.row[target] < k) {
        column.emplace_back(result.row[target], -walk_weight(a, e));
      }
    }
    std::ranges::sort(column);
    result.upper.startVec(k);
    for (const auto& [row, value] : column) result.upper.insertBack(row, k) = value;
    result.upper.insertBack(k, k) = degree;
  }
  result.upper.finalize();
  return result;
}

/// G, the inverse of the grounded Laplacian with rows and columns of 0 for what was left out, by its factors L D L^T.
class Solver {
 public:
  explicit Solver(const Grounded& grounded) : grounded_(grounded) {
    if (grounded.node.empty()) return;
    factor_.compute(grounded.upper);
    diagonal_ = factor_.vectorD();
    if (factor_.info() == Eigen::Success && (diagonal_.array() > 0).all()) return;
    throw InvalidData(
        "the weights of the graph are too far apart for exact resistance distances; take --method projected, or leave "
        "use-weights out");
  }

  /// What `energy` works in: zeros before and after.
  Column scratch() const { return Column::Zero(as_int(grounded_.node.size())); }

  /// b^T G b for b = e_x - e_y, which is |D^-1/2 L^-1 b|^2. What is not 0 of L^-1 b lies on the ways from x and y up
  /// the elimination tree, where the parent of a column is its first entry below the diagonal.
  double energy(NodeId x, NodeId y, Column& values) const {
    const int end = as_int(grounded_.node.size());
    const auto start = [&](NodeId node, double value) {
      const int row = grounded_.row[index(node)];
      if (row == Grounded::no_row) return end;
      values[row] = value;
      return row;
    };
    int of_x = start(x, 1);
    int of_y = start(y, -1);
    double sum = 0;
    while (std::min(of_x, of_y) < end) {
      const int k = std::min(of_x, of_y);
      const double value = std::exchange(values[k], 0.0);
      sum += value * value / diagonal_[k];
      const auto& below = factor_.matrixL().nestedExpression();
      int parent = end;
      for (std::remove_cvref_t<decltype(below)>::InnerIterator entry(below, k); entry; ++entry) {
        if (parent == end) parent = as_int(static_cast<std::size_t>(entry.row()));
        values[entry.row()] -= entry.value() * value;
      }
      if (of_x == k) of_x = parent;
      if (of_y == k) of_y = parent;
    }
    return sum;
  }

  Column row_sums() const {
    if (grounded_.node.empty()) return {};
    return factor_.solve(Column::Ones(as_int(grounded_.node.size())));
  }

 private:
  const Grounded& grounded_;
  Factor factor_;
  Column diagonal_;  // D, of which the factor would make a copy each time
};

/// The sum of all entries of G in each component.
std::vector<double> sums_by_component(const Grounded& grounded, const Column& row_sums) {
  std::vector<double> sums(grounded.components.size.size(), 0.0);
  for (std::size_t row = 0; row < grounded.node.size(); ++row) {
    sums[grounded.components.of[index(grounded.node[row])]] += row_sums[as_int(row)];
  }
  return sums;
}

}  // namespace

Elimination elimination_of(const CsrView& a) {
  require_countable(2 * std::uint64_t{a.nonzero_count()});
  const Eigen::SparseMatrix<int> pattern = pattern_of(a);
  Eigen::AMDOrdering<int>::PermutationType ordering;
  if (a.row_count() > 0) Eigen::AMDOrdering<int>()(pattern, ordering);
  Elimination result;
  result.order.reserve(a.row_count());
  for (const int node : ordering.indices()) result.order.push_back(node_id(static_cast<std::size_t>(node)));
  result.entries = count_entries(pattern, result.order);
  return result;
}

Array<double> exact_resistances(RunContext& context, const WalkMatrix& matrix, const Elimination& elimination,
                                std::span<const Edge> pairs, UnconnectedPairs unconnected) {
  context.begin_stage("factorize", "rows", matrix.rows.row_count());
  const Grounded grounded = grounded_laplacian(matrix.rows, elimination);
  const Solver solver(grounded);
  const Components& components = grounded.components;
  const bool pseudo_inverse = unconnected == UnconnectedPairs::pseudo_inverse;
  const Column row_sums = pseudo_inverse ? solver.row_sums() : Column();
  const std::vector<double> sums = pseudo_inverse ? sums_by_component(grounded, row_sums) : std::vector<double>();
  // l+_xx: with the projection P = I - 1 1^T / k of a component of k nodes, L+ = P G P.
  const auto of_pseudo_inverse = [&](NodeId x, Column& scratch) {
    const std::uint32_t piece = components.of[index(x)];
    const auto k = static_cast<double>(components.size[piece]);
    const int row = grounded.row[index(x)];
    const double row_sum = row == Grounded::no_row ? 0 : row_sums[row];
    const double own = solver.energy(x, grounded.ground[piece], scratch);
    return std::max(0.0, own - 2 * row_sum / k + sums[piece] / (k * k));  // rounding may go below
  };
  Array<double> values(pairs.size());
  ScratchPool<Column> pool;
  context.begin_stage("resistances", "pairs of nodes", pairs.size());
  constexpr std::size_t pairs_per_chunk = 16;
  context.for_chunks(pairs.size(), pairs_per_chunk, [&](Chunk chunk) {
    pool.borrow([&] { return solver.scratch(); },
                [&](Column& scratch) {
                  for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
                    const auto [x, y] = std::minmax(pairs[i].source, pairs[i].target);
                    if (components.of[index(x)] == components.of[index(y)]) {
                      values[i] = solver.energy(x, y, scratch);
                    } else if (pseudo_inverse) {
                      values[i] = of_pseudo_inverse(x, scratch) + of_pseudo_inverse(y, scratch);
                    } else {
                      values[i] = std::numeric_limits<double>::infinity();
                    }
                  }
                });
  });
  context.end_stage();
  return values;
}

std::uint64_t estimate_exact_resistance_memory(const CsrView& a, std::uint64_t factor_entries, int threads) {
  const std::uint64_t n = a.row_count();
  constexpr std::uint64_t entry = sizeof(double) + sizeof(int);
  const std::uint64_t patterns = 5 * (2 * sizeof(int) * a.nonzero_count() + sizeof(int) * n);  // of ordering
  const std::uint64_t matrix = entry * (a.nonzero_count() + n);
  const std::uint64_t factor = entry * (factor_entries + n) + 4 * sizeof(double) * n;
  const std::uint64_t tables = n * (4 * sizeof(NodeId) + 4 * sizeof(int));
  const std::uint64_t columns = sizeof(double) * n * (static_cast<std::uint64_t>(threads) + 3);
  return std::max(patterns, matrix + factor + columns) + tables;
}

}  // namespace adjoin::detail
