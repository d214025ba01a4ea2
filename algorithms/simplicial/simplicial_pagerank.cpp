#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include <adjoin/algorithms/simplicial/check_triples.hpp>
#include <adjoin/algorithms/simplicial/simplicial_pagerank.hpp>
#include <adjoin/engine/sparse/block_solve.hpp>
#include <adjoin/engine/sparse/identity.hpp>
#include <adjoin/engine/sparse/resolvent.hpp>
#include <adjoin/engine/sparse/select_rows.hpp>
#include <adjoin/engine/sparse/spgemm.hpp>
#include <adjoin/engine/sparse/sum.hpp>

namespace adjoin {
namespace {

constexpr std::size_t no_edge = static_cast<std::size_t>(-1);

/// The numbers of S and its three parts.
constexpr std::size_t part_count = 4;

struct OwnedMatrix {
  Csr pattern;
  Array<double> values;
  DoubleCsrView view() const noexcept { return {pattern.view(), values.span()}; }
};

/// Values as doubles, each over what it is scaled by.
template <class Scale>
Array<double> scaled_values(const CsrView& a, Scale&& scale) {
  Array<double> values(a.nonzero_count());
  for (std::size_t row = 0; row < a.row_count(); ++row) {
    for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
      const double weight = a.weighted() ? static_cast<double>(a.weights[e]) : 1;
      values[e] = weight * scale(row, index(a.targets[e]));
    }
  }
  return values;
}

/// No eigenvalue is larger: the largest sum of a row's entries, without signs.
double norm_bound(const DoubleCsrView& a) {
  double largest = 0;
  for (std::size_t row = 0; row < a.pattern.row_count(); ++row) {
    double sum = 0;
    for (std::size_t e = a.pattern.row_begin(row); e < a.pattern.row_end(row); ++e) sum += std::abs(a.values[e]);
    largest = std::max(largest, sum);
  }
  return largest;
}

/// The matrices of the method. One of edges by edges has entries only where a closed triangle has both, since the rest
/// of L_1 goes through the nodes.
class EdgeSpace {
 public:
  EdgeSpace(RunContext& context, const SimplicialComplex& complex, bool parts) : edge_count_(complex.edges.size()) {
    Boundaries boundaries = boundaries_of(context, complex);
    const CsrView faces = boundaries.triangles.matrix.view();
    const CsrView nodes = boundaries.edges.matrix.view();
    roots_ = Array<double>(edge_count_);
    for (std::size_t e = 0; e < edge_count_; ++e) {
      const auto [i, j] = complex.edges[e];
      roots_[e] =
          std::sqrt(static_cast<double>(faces.row_size(e) + nodes.row_size(index(i)) + nodes.row_size(index(j))));
    }
    const Csr up = spgemm(context, faces, boundaries.triangles.transpose.view());
    to_nodes_ = {std::move(boundaries.edges.matrix), {}};
    to_edges_ = {std::move(boundaries.edges.transpose), {}};
    boundaries.triangles = {};
    // With every diagonal entry, since A = I - 2 H has them.
    const Csr diagonals = identity_matrix(edge_count_);
    local_.pattern = sum(context, up.view(), diagonals.view());
    local_.values = scaled_values(local_.pattern.view(),
                                  [&](std::size_t e, std::size_t f) { return -2 / (roots_[e] * roots_[f]); });
    for (std::size_t e = 0; e < edge_count_; ++e) local_.values[diagonal(e)] += 1 + 2 / (roots_[e] * roots_[e]);
    to_nodes_.values =
        scaled_values(to_nodes_.pattern.view(), [&](std::size_t, std::size_t e) { return 1 / roots_[e]; });
    to_edges_.values =
        scaled_values(to_edges_.pattern.view(), [&](std::size_t e, std::size_t) { return 1 / roots_[e]; });
    if (!parts) return;
    make_up_laplacian(context, up);
    signs_ = scaled_values(to_nodes_.pattern.view(), [](std::size_t, std::size_t) { return 1.0; });
    graph_.pattern = spgemm(context, to_nodes_.pattern.view(), to_edges_.pattern.view());
    graph_.values = scaled_values(graph_.pattern.view(), [](std::size_t, std::size_t) { return 1.0; });
  }

  std::size_t edge_count() const noexcept { return edge_count_; }
  std::size_t node_count() const noexcept { return to_nodes_.pattern.view().row_count(); }
  /// sqrt(D_e)
  double root(std::size_t edge) const noexcept { return roots_[edge]; }

  /// y = scale A x - y, where A = I - 2 H. of_nodes: a block.
  void multiply(double scale, std::span<const double> x, std::span<double> y, std::span<double> of_nodes) const {
    multiply_block(to_nodes_.view(), 1, x, 0, of_nodes);
    multiply_block(local_.view(), scale, x, -1, y);
    multiply_block(to_edges_.view(), -2 * scale, of_nodes, 1, y);
  }

  /// Edges of closed triangles.
  std::span<const NodeId> faces() const noexcept { return faces_; }

  /// B_1; B_1 B_1^T; and B_2 B_2^T, of the edges that are faces.
  DoubleCsrView boundary() const noexcept { return {to_nodes_.pattern.view(), signs_.span()}; }
  DoubleCsrView graph_laplacian() const noexcept { return graph_.view(); }
  DoubleCsrView up_laplacian() const noexcept { return up_.view(); }

 private:
  /// up: with a row for each edge.
  void make_up_laplacian(RunContext& context, const Csr& up) {
    std::vector<NodeId> places(edge_count_);
    for (std::size_t e = 0; e < edge_count_; ++e) {
      if (up.view().row_size(e) == 0) continue;
      places[e] = node_id(faces_.size());
      faces_.push_back(node_id(e));
    }
    up_.pattern = select_rows(context, up.view(), faces_);
    up_.pattern.column_count = faces_.size();
    for (NodeId& target : up_.pattern.targets) target = places[index(target)];
    up_.values = scaled_values(up_.pattern.view(), [](std::size_t, std::size_t) { return 1.0; });
  }

  std::size_t diagonal(std::size_t edge) const noexcept {
    const CsrView a = local_.pattern.view();
    const auto row = a.row_targets(edge);
    return a.row_begin(edge) + static_cast<std::size_t>(std::ranges::lower_bound(row, node_id(edge)) - row.begin());
  }

  std::size_t edge_count_;
  Array<double> roots_;
  OwnedMatrix to_nodes_;  // B_1 D^-1/2
  OwnedMatrix to_edges_;  // D^-1/2 B_1^T
  OwnedMatrix local_;     // I - 2 D^-1/2 B_2 B_2^T D^-1/2
  OwnedMatrix up_;
  std::vector<NodeId> faces_;
  Array<double> signs_;
  OwnedMatrix graph_;
};

/// Which triples an edge is of: place p of triple t stands as 3 t + p.
struct EdgesOfTriples {
  Array<std::array<std::size_t, 3>> edges;  // of each triple; no_edge where there is none
  std::vector<NodeId> columns;              // edges of some triple, rising
  std::vector<std::size_t> begins;          // of each column, in places; one more at the end
  Array<std::uint64_t> places;
};

std::size_t edge_between(const SimplicialComplex& complex, NodeId u, NodeId v) noexcept {
  const auto [low, high] = std::minmax(u, v);
  const std::size_t edge = complex.edge_of(low, high);
  const bool there = edge < index(complex.first_edge_of[index(low) + 1]) && complex.edges[edge].target == high;
  return there ? edge : no_edge;
}

EdgesOfTriples edges_of_triples(RunContext& context, const SimplicialComplex& complex,
                                std::span<const NodeTriple> triples) {
  constexpr std::size_t triples_per_chunk = 1 << 12;
  EdgesOfTriples result;
  result.edges = Array<std::array<std::size_t, 3>>(triples.size());
  context.threads().for_chunks(triples.size(), triples_per_chunk, [&](Chunk chunk) {
    for (std::size_t t = chunk.begin; t < chunk.end; ++t) {
      const auto [a, b, c] = triples[t];
      result.edges[t] = {edge_between(complex, a, b), edge_between(complex, a, c), edge_between(complex, b, c)};
      std::ranges::sort(result.edges[t]);  // so that the order of the nodes plays no part
    }
  });
  std::vector<std::size_t> counts(complex.edges.size(), 0);
  for (const auto& edges : result.edges) {
    for (const std::size_t edge : edges) {
      if (edge != no_edge) ++counts[edge];
    }
  }
  result.begins.push_back(0);
  for (std::size_t edge = 0; edge < counts.size(); ++edge) {
    if (counts[edge] == 0) continue;
    result.columns.push_back(node_id(edge));
    result.begins.push_back(result.begins.back() + std::exchange(counts[edge], result.begins.back()));
  }
  result.places = Array<std::uint64_t>(result.begins.back());
  for (std::size_t t = 0; t < result.edges.size(); ++t) {
    for (std::size_t p = 0; p < 3; ++p) {
      const std::size_t edge = result.edges[t][p];
      if (edge != no_edge) result.places[counts[edge]++] = 3 * t + p;
    }
  }
  return result;
}

/// A block's arrays.
struct Scratch {
  explicit Scratch(const EdgeSpace& space)
      : column(space.edge_count() * block_width),
        part(space.edge_count() * block_width),
        residual(space.faces().size() * block_width),
        solution(space.faces().size() * block_width),
        direction(space.faces().size() * block_width),
        product(space.faces().size() * block_width),
        of_nodes(space.node_count() * block_width, 0.0),
        node_residual(space.node_count() * block_width, 0.0),
        node_direction(space.node_count() * block_width),
        node_product(space.node_count() * block_width) {}

  Array<double> column;  // of S
  Array<double> part;    // what of it is looked at
  Array<double> residual;
  Array<double> solution;
  Array<double> direction;
  Array<double> product;
  Array<double> of_nodes;
  Array<double> node_residual;
  Array<double> node_direction;
  Array<double> node_product;
};

/// To 36 binary places, more than an order above what rounding and the ends of solutions leave open: triples that are
/// alike in every way are tied, and a part that is not there is 0.
double rounded(double score) noexcept {
  constexpr int places = 36;
  return std::ldexp(std::nearbyint(std::ldexp(score, places)), -places);
}

/// One number for each edge of each triple: of column f, the sum of |S_ef| over the triple's other edges.
class TripleSums {
 public:
  TripleSums(const EdgesOfTriples& edges, std::size_t parts) : edges_(edges) {
    for (std::size_t part = 0; part < parts; ++part) values_[part] = Array<double>(3 * edges.edges.size(), 0.0);
  }

  /// The k-th column of the block is columns[first + k].
  void take(std::size_t part, Chunk columns, std::span<const double> block) {
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const std::size_t column = columns.begin + k;
      const std::size_t edge = index(edges_.columns[column]);
      for (std::size_t at = edges_.begins[column]; at < edges_.begins[column + 1]; ++at) {
        const std::uint64_t place = edges_.places[at];
        double sum = 0;
        for (const std::size_t other : edges_.edges[place / 3]) {
          if (other != edge && other != no_edge) sum += std::abs(block[other * block_width + k]);
        }
        values_[part][place] = sum;
      }
    }
  }

  /// From the least, so that triples of equal numbers have equal sums.
  Array<double> scores(std::size_t part) const {
    Array<double> result(edges_.edges.size());
    for (std::size_t t = 0; t < result.size(); ++t) {
      std::array<double, 3> of_triple{};
      std::copy_n(values_[part].begin() + 3 * t, 3, of_triple.begin());
      std::ranges::sort(of_triple);
      result[t] = rounded(of_triple[0] + of_triple[1] + of_triple[2]);
    }
    return result;
  }

 private:
  const EdgesOfTriples& edges_;
  std::array<Array<double>, part_count> values_;
};

BlockNumbers lengths_of(std::span<const double> block) noexcept {
  BlockNumbers lengths = dot_columns(block, block);
  for (double& length : lengths) length = std::sqrt(length);
  return lengths;
}

BlockNumbers goals_of(const BlockNumbers& norms, double share) noexcept {
  BlockNumbers goals = norms;
  for (double& goal : goals) goal *= share;
  return goals;
}

/// Columns of S into `scratch.column`.
void make_columns(const RunContext& context, const EdgeSpace& space, const ResolventSeries& series, double b,
                  std::span<const NodeId> columns, Scratch& scratch) {
  const auto product = [&](double scale, std::span<const double> x, std::span<double> y) {
    space.multiply(scale, x, y, scratch.of_nodes.span());
  };
  resolvent_columns(context, product, series, columns, scratch.column.span(), scratch.part.span());
  BlockNumbers factors{};
  for (std::size_t k = 0; k < columns.size(); ++k) factors[k] = b / (b + 0.5) / space.root(index(columns[k]));
  for (std::size_t e = 0; e < space.edge_count(); ++e) {
    for (std::size_t k = 0; k < block_width; ++k) scratch.column[e * block_width + k] *= factors[k] * space.root(e);
  }
}

/// The gradient part of `scratch.column` into `scratch.part`: differences of z, where B_1 B_1^T z = B_1 s.
bool make_gradient(const RunContext& context, const EdgeSpace& space, const SimplicialComplex& complex,
                   const BlockNumbers& norms, const SimplicialPageRankOptions& options, double bound,
                   Scratch& scratch) {
  multiply_block(space.boundary(), 1, scratch.column.span(), 0, scratch.node_residual.span());
  const BlockSolution solved =
      solve_block(context, space.graph_laplacian(), scratch.node_residual.span(), scratch.of_nodes.span(),
                  goals_of(norms, options.error * std::sqrt(bound)), static_cast<std::uint64_t>(options.max_iterations),
                  {scratch.node_direction.span(), scratch.node_product.span()});
  for (std::size_t e = 0; e < space.edge_count(); ++e) {
    const auto [i, j] = complex.edges[e];
    for (std::size_t k = 0; k < block_width; ++k) {
      scratch.part[e * block_width + k] =
          scratch.of_nodes[index(j) * block_width + k] - scratch.of_nodes[index(i) * block_width + k];
    }
  }
  return solved.converged;
}

/// The curl part of `scratch.column` into `scratch.part`: the y of the image of B_2 with B_2 B_2^T y = B_2 B_2^T s.
bool make_curl(const RunContext& context, const EdgeSpace& space, const BlockNumbers& norms,
               const SimplicialPageRankOptions& options, double bound, Scratch& scratch) {
  const std::span<const NodeId> faces = space.faces();
  for (std::size_t f = 0; f < faces.size(); ++f) {
    std::copy_n(scratch.column.begin() + index(faces[f]) * block_width, block_width,
                scratch.product.begin() + f * block_width);
  }
  std::ranges::fill(scratch.residual, 0.0);
  multiply_block(space.up_laplacian(), 1, scratch.product.span(), 0, scratch.residual.span());
  const BlockSolution solved =
      solve_block(context, space.up_laplacian(), scratch.residual.span(), scratch.solution.span(),
                  goals_of(norms, options.error * bound), static_cast<std::uint64_t>(options.max_iterations),
                  {scratch.direction.span(), scratch.product.span()});
  std::ranges::fill(scratch.part, 0.0);
  for (std::size_t f = 0; f < faces.size(); ++f) {
    std::copy_n(scratch.solution.begin() + f * block_width, block_width,
                scratch.part.begin() + index(faces[f]) * block_width);
  }
  return solved.converged;
}

/// What the part leaves of the column.
void subtract_part(Scratch& scratch) noexcept {
  for (std::size_t i = 0; i < scratch.column.size(); ++i) scratch.column[i] -= scratch.part[i];
}

}  // namespace

SimplicialPageRank simplicial_pagerank_scores(RunContext& context, const Projection& projection,
                                              std::span<const NodeTriple> triples,
                                              const SimplicialPageRankOptions& options) {
  validate(options);
  detail::check_triples(triples, projection.incidence.node_count());
  const SimplicialComplex complex = simplicial_complex(context, projection);
  context.require_memory(
      resident_bytes() +
          estimate_simplicial_pagerank_memory(complex.size(), triples.size(), options.parts, context.threads().count()),
      "lower --threads or raise --memory");
  const EdgeSpace space(context, complex, options.parts);
  const EdgesOfTriples edges = edges_of_triples(context, complex, triples);
  const double b = 1 / options.alpha - 1;
  const ResolventSeries series = resolvent_series(0.5 / (b + 0.5), options.error);
  const double graph_bound = options.parts ? norm_bound(space.graph_laplacian()) : 0;
  const double up_bound = options.parts ? norm_bound(space.up_laplacian()) : 0;
  TripleSums sums(edges, options.parts ? part_count : 1);
  SimplicialPageRank result;
  result.columns = edges.columns.size();
  std::vector<std::uint8_t> not_converged(chunk_count(edges.columns.size(), block_width), 0);
  context.begin_stage("simplicial pagerank", "edges", edges.columns.size());
  context.for_chunks(edges.columns.size(), block_width, [&](Chunk columns) {
    Scratch scratch(space);
    make_columns(context, space, series, b, std::span(edges.columns).subspan(columns.begin, columns.size()), scratch);
    sums.take(0, columns, scratch.column.span());
    if (!options.parts) return;
    const BlockNumbers norms = lengths_of(scratch.column.span());
    bool converged = make_gradient(context, space, complex, norms, options, graph_bound, scratch);
    sums.take(1, columns, scratch.part.span());
    subtract_part(scratch);  // the gradient has no curl, so what is left has the same
    converged = make_curl(context, space, norms, options, up_bound, scratch) && converged;
    sums.take(2, columns, scratch.part.span());
    subtract_part(scratch);
    sums.take(3, columns, scratch.column.span());
    not_converged[columns.index] = converged ? 0 : 1;
  });
  context.end_stage();
  result.combined = sums.scores(0);
  if (options.parts) {
    result.gradient = sums.scores(1);
    result.curl = sums.scores(2);
    result.harmonic = sums.scores(3);
  }
  for (const std::uint8_t flag : not_converged) result.not_converged += flag;
  result.record = context.record("simplicial pagerank", option_values(options));
  if (result.not_converged > 0) {
    result.record.remarks.push_back({"blocks of edges whose parts did not converge", result.not_converged});
  }
  return result;
}

std::uint64_t estimate_simplicial_pagerank_memory(const ComplexSize& complex, std::uint64_t triple_count, bool parts,
                                                  int threads) noexcept {
  const std::uint64_t m = complex.edges;
  const std::uint64_t n = complex.nodes;
  const std::uint64_t t = complex.triangles;
  constexpr std::uint64_t csr_entry = sizeof(NodeId) + sizeof(float);
  // Entries of B_2 and its transpose, of B_2 B_2^T and it with its diagonal, with the two arrays of doubles.
  const std::uint64_t matrices = 6 * t * csr_entry + (m + 6 * t) * 2 * (csr_entry + sizeof(double)) +
                                 4 * m * (csr_entry + 2 * sizeof(double)) + (n + 2 * m) * (csr_entry + sizeof(double)) +
                                 4 * (m + n + t) * sizeof(EdgeOffset);
  const std::uint64_t of_triples = triple_count * (3 * (sizeof(std::size_t) + sizeof(std::uint64_t)) +
                                                   (parts ? part_count : 1) * 4 * sizeof(double));
  const std::uint64_t of_edges = m * (sizeof(double) + 2 * sizeof(std::size_t) + 2 * sizeof(NodeId));
  const std::uint64_t a_thread = (2 * m + 4 * std::min(m, 3 * t) + 4 * n) * block_width * sizeof(double);
  const std::uint64_t at_once =
      std::min<std::uint64_t>(static_cast<std::uint64_t>(threads), chunk_count(m, block_width));
  return matrices + of_triples + of_edges + at_once * a_thread;
}

}  // namespace adjoin
