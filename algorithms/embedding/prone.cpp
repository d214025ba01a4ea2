#include <algorithm>
#include <cmath>
#include <utility>

#include <adjoin/algorithms/embedding/prone.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/sparse/backend.hpp>
#include <adjoin/engine/sparse/device_room.hpp>
#include <adjoin/engine/sparse/row_chunks.hpp>
#include <adjoin/engine/sparse/spmv.hpp>

namespace adjoin {
namespace {

constexpr std::size_t nodes_per_chunk = 1 << 14;
/// Of the distribution that negative samples are drawn from (Mikolov et al. 2013; Zhang et al. 2019, section 3.1).
constexpr double negative_power = 0.75;
/// Squares of singular values below this share of the largest are rounding, and count as 0.
constexpr double square_is_zero = 1e-12;

/// Columns of the random matrix that finds the range: ten more than asked for (Halko, Martinsson, Tropp 2011), whole
/// registers and cache lines.
std::size_t sketch_columns(const ProNEOptions& options) {
  constexpr std::size_t more = 10;
  constexpr std::size_t unit = 16;
  return (static_cast<std::size_t>(options.dim) + more + unit - 1) / unit * unit;
}

/// F and its transpose, each as weights beside the graph's own offsets and targets.
struct Factors {
  Array<float> weights;
  Array<float> transposed_weights;
};

/// weights[e] = ln(a_ij) - of_row[i] - of_column[j] for each entry e = (i, j); 0 where a_ij is 0.
Array<float> log_weights(RunContext& context, const CsrView& a, std::span<const float> of_row,
                         std::span<const float> of_column) {
  constexpr std::size_t work_per_chunk = 1 << 16;
  Array<float> weights(a.nonzero_count());
  context.for_tasks(
      row_chunk_count(a, work_per_chunk),
      [&](std::size_t k) {
        const Chunk rows = row_chunk(a, work_per_chunk, k);
        for (std::size_t row = rows.begin; row < rows.end; ++row) {
          for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
            const float weight = a.weighted() ? a.weights[e] : 1;
            const float log = a.weighted() ? std::log(weight) : 0;
            weights[e] = weight > 0 ? log - of_row[row] - of_column[index(a.targets[e])] : 0;
          }
        }
      },
      [](std::size_t) { return std::uint64_t{0}; });
  return weights;
}

Factors shifted_logarithms(RunContext& context, const Neighbors& neighbors, std::span<const float> degrees) {
  const std::size_t n = degrees.size();
  // The sums of the columns of D^-1 S, then their logarithms.
  Array<float> of_row = reciprocals(degrees);
  Array<float> of_column(n);
  spmv(context, neighbors.transpose, of_row.span(), of_column.span());
  const double total = context.threads().reduce_ordered(
      n, nodes_per_chunk, 0.0,
      [&](Chunk chunk) {
        double sum = 0;
        for (std::size_t v = chunk.begin; v < chunk.end; ++v) {
          sum += std::pow(static_cast<double>(of_column[v]), negative_power);
        }
        return sum;
      },
      [](double a, double b) { return a + b; });
  const double log_total = std::log(std::max(total, 1e-300));
  context.for_chunks(n, nodes_per_chunk, [&](Chunk chunk) {
    for (std::size_t v = chunk.begin; v < chunk.end; ++v) {
      // A node that no entry leads to, or from, is looked up by none.
      const double column = of_column[v];
      of_column[v] = column > 0 ? static_cast<float>(negative_power * std::log(column) - log_total) : 0;
      of_row[v] = degrees[v] > 0 ? std::log(degrees[v]) : 0;
    }
  });
  return {log_weights(context, neighbors.rows, of_row.span(), of_column.span()),
          log_weights(context, neighbors.transpose, of_column.span(), of_row.span())};
}

/// Coefficients of 1, y, y^2, ... of 1 - sum over i < order of the i-th term of the Chebyshev expansion of exp(-theta
/// y) on [-1, 1]: I_0(theta) + 2 sum (-1)^i I_i(theta) T_i(y).
std::vector<double> filter_coefficients(const ProNEOptions& options) {
  const auto order = static_cast<std::size_t>(options.order);
  std::vector<double> result(order);
  result[0] = 1;
  std::vector<double> before;        // T_(i-1)
  std::vector<double> chebyshev{1};  // T_i
  for (std::size_t i = 0; i < order; ++i) {
    const double bessel = std::cyl_bessel_i(static_cast<double>(i), static_cast<double>(options.theta));
    const double factor = (i == 0 ? 1 : 2) * (i % 2 == 0 ? 1 : -1) * bessel;
    for (std::size_t k = 0; k < chebyshev.size(); ++k) result[k] -= factor * chebyshev[k];
    // T_(i+1) = 2 y T_i - T_(i-1), and T_1 = y T_0.
    std::vector<double> next(chebyshev.size() + 1);
    for (std::size_t k = 0; k < chebyshev.size(); ++k) next[k + 1] = (i == 0 ? 1 : 2) * chebyshev[k];
    for (std::size_t k = 0; k < before.size(); ++k) next[k] -= before[k];
    before = std::exchange(chebyshev, std::move(next));
  }
  return result;
}

/// The first columns of the eigenvectors, column j times power(value j); zero where the value is.
template <class Power>
SmallMatrix scaled_vectors(const SymmetricEigen& eigen, std::size_t columns, Power&& power) {
  const std::size_t d = eigen.values.size();
  SmallMatrix result(d, columns);
  for (std::size_t j = 0; j < std::min(columns, d); ++j) {
    if (!(eigen.values[j] > square_is_zero * eigen.values[0])) break;
    const double scale = power(eigen.values[j]);
    for (std::size_t i = 0; i < d; ++i) result(i, j) = scale * eigen.vectors(i, j);
  }
  return result;
}

/// One run on one device.
template <Backend Device>
class ProNERun {
 public:
  ProNERun(RunContext& context, Device device, const Neighbors& neighbors, const NodeIndex& nodes,
           std::span<const float> degrees, const ProNEOptions& options)
      : context_(context),
        device_(device),
        neighbors_(neighbors),
        nodes_(nodes),
        degrees_(degrees),
        options_(options),
        n_(degrees.size()),
        dim_(static_cast<std::size_t>(options.dim)) {}

  Matrix run() {
    Buffer vectors = factorize();
    if (options_.order > 1) vectors = propagate(std::move(vectors));
    return device_.download(std::move(vectors));
  }

 private:
  using Sparse = typename Device::SparseMatrix;
  using Buffer = typename Device::DenseMatrix;
  using Vector = typename Device::Vector;
  using Terms = std::vector<DenseTerm<Buffer, Vector>>;

  /// The rows of U sqrt(sigma), of length one.
  Buffer factorize() {
    const auto iterations = static_cast<std::size_t>(options_.iterations);
    context_.begin_stage("factorize", "rows", (6 * iterations + 8) * n_);  // products, and two passes a basis
    const Factors factors = shifted_logarithms(context_, neighbors_, degrees_);
    const auto with_weights = [](CsrView a, const Array<float>& weights) {
      a.weights = weights.span();
      return a;
    };
    const Sparse f = device_.upload(with_weights(neighbors_.rows, factors.weights));
    const Sparse transposed = device_.upload(with_weights(neighbors_.transpose, factors.transposed_weights));
    const std::size_t columns = sketch_columns(options_);
    Buffer other = device_.random_normals([&](std::size_t v) { return nodes_.name_hash(node_id(v)); },
                                          RandomStream::prone, n_, columns);
    Buffer basis = device_.matrix(n_, columns);
    device_.spmm(f, {}, other, basis);
    device_.orthonormalize_columns(basis);
    for (std::size_t i = 0; i < iterations; ++i) {
      device_.spmm(transposed, {}, basis, other);
      device_.orthonormalize_columns(other);
      device_.spmm(f, {}, other, basis);
      device_.orthonormalize_columns(basis);
    }
    // With B = basis^T F, the left singular vectors of F are basis times the eigenvectors of B B^T.
    device_.spmm(transposed, {}, basis, other);
    const SymmetricEigen eigen = symmetric_eigen(device_.gram_matrix(other));
    other = Buffer();
    Buffer vectors = device_.matrix(n_, dim_);
    device_.multiply_tall(basis, scaled_vectors(eigen, dim_, [](double square) { return std::pow(square, 0.25); }),
                          vectors);
    device_.normalize_rows(vectors);
    return vectors;
  }

  /// The polynomial of y = M^2 / 2 - I by Horner's rule, two products for each power; then the singular vectors.
  Buffer propagate(Buffer x) {
    const std::vector<double> coefficients = filter_coefficients(options_);
    context_.begin_stage("propagate", "rows", 2 * coefficients.size() * n_);
    const Sparse a = device_.upload(neighbors_.rows);
    Array<float> walks(n_);  // (I + D)^-1
    Array<float> stays(n_);  // the diagonal of M without that of S
    context_.for_chunks(n_, nodes_per_chunk, [&](Chunk chunk) {
      for (std::size_t v = chunk.begin; v < chunk.end; ++v) {
        walks[v] = 1 / (1 + degrees_[v]);
        stays[v] = 1 - options_.mu - walks[v];
      }
    });
    const Vector walk = device_.upload(walks.span());
    const Vector stay = device_.upload(stays.span());
    Buffer sum = device_.matrix(n_, dim_);
    Buffer half = device_.matrix(n_, dim_);
    const auto step = [&](const Buffer& from, float factor, float coefficient) {
      device_.spmm_combine(a, walk, from, -1, false, Terms{{&from, 1, false, &stay}}, half);
      const Terms terms{{&half, factor / 2, false, &stay}, {&from, -factor}, {&x, coefficient}};
      device_.spmm_combine(a, walk, half, -factor / 2, false, terms, sum);
    };
    std::size_t power = coefficients.size() - 1;
    step(x, static_cast<float>(coefficients[power]), static_cast<float>(coefficients[power - 1]));
    while (--power > 0) step(sum, 1, static_cast<float>(coefficients[power - 1]));
    device_.spmm_combine(a, {}, sum, 1, false, Terms{{&sum, 1}}, half);
    x = Buffer();
    sum = Buffer();
    context_.begin_stage("orthogonalize", "rows", 3 * n_);
    const SymmetricEigen eigen = symmetric_eigen(device_.gram_matrix(half));
    device_.multiply_tall(half, scaled_vectors(eigen, dim_, [](double square) { return std::pow(square, -0.25); }),
                          half);
    device_.normalize_rows(half);
    return half;
  }

  RunContext& context_;
  Device device_;
  const Neighbors& neighbors_;
  const NodeIndex& nodes_;
  std::span<const float> degrees_;
  const ProNEOptions& options_;
  std::size_t n_;
  std::size_t dim_;
};

}  // namespace

ProNEResult prone(RunContext& context, GraphView graph, const ProNEOptions& options) {
  validate(options);
  context.require_memory(resident_bytes() + estimate_prone_memory(graph, options, context.threads().count()),
                         "lower --dim, or raise --memory");
  context.begin_stage("degrees", "rows", graph.node_count());
  const Neighbors neighbors = gathered_neighbors(context, graph, options.direction, true);
  const WeightedDegrees degrees = weighted_degrees(context, neighbors.rows, graph.nodes());
  // Of the two factors with weights of their own, and of the graph.
  const std::vector<CsrView> matrices{neighbors.rows, neighbors.rows, neighbors.transpose, neighbors.transpose};
  const DeviceRoom room(matrices, 4, {.tall_products = true});
  const auto run_on = [&](auto device) {
    return ProNERun(context, device, neighbors, graph.nodes(), degrees.values.span(), options).run();
  };
  Matrix embedding = on_device(
      context, run_on, [&](std::uint64_t free) { return room.columns_that_fit(sketch_columns(options), free) > 0; });
  RunRecord record = context.record("prone", option_values(options));
  if (degrees.without_neighbors > 0) {
    record.remarks.push_back({"nodes without neighbours, whose rows are zero", degrees.without_neighbors});
  }
  return {std::move(embedding), std::move(record)};
}

std::uint64_t estimate_prone_memory(GraphView graph, const ProNEOptions& options, int threads) {
  const std::uint64_t n = graph.node_count();
  const auto dim = static_cast<std::uint64_t>(options.dim);
  const std::uint64_t sketch = sketch_columns(options);
  const bool both = graph.directed() && options.direction == NeighborDirection::both;
  const std::uint64_t entries = graph.out().nonzero_count() * (both ? 2 : 1);
  const std::uint64_t factorize = (2 * n * sketch + 2 * entries) * sizeof(float) +
                                  estimate_tall_product_memory(n, sketch, threads) + 2 * n * sizeof(float);
  const std::uint64_t propagate = 3 * n * dim * sizeof(float) + 2 * n * sizeof(float);
  return n * sizeof(float) + std::max(factorize, propagate) + estimate_neighbors_memory(graph, options.direction, true);
}

}  // namespace adjoin
