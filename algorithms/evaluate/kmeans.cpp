#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <span>

#include <fmt/format.h>

#include <adjoin/algorithms/evaluate/kmeans.hpp>
#include <adjoin/engine/dense/finite.hpp>
#include <adjoin/engine/dense/panel_products.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/runtime/random.hpp>
#include <adjoin/engine/runtime/text.hpp>

namespace adjoin {
namespace {

/// Rows whose products with a panel stay in the nearest cache.
constexpr std::size_t points_per_chunk = 96;
constexpr std::size_t columns_per_task = 64;
/// Rows with a larger square of their length have distances that leave the range of a float.
constexpr float most_square = 1e36F;

/// The squared distance of two vectors by their squared lengths and their product, which is 0 where it is no more than
/// what rounding leaves of the difference.
float squared_distance(float square, float other_square, float product) {
  constexpr float rounding = 1e-6F;
  const float squares = square + other_square;
  const float distance = squares - 2 * product;
  return distance > rounding * squares ? distance : 0;
}

double squared_distance(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t j = 0; j < a.size(); ++j) {
    const double difference = static_cast<double>(a[j]) - static_cast<double>(b[j]);
    sum += difference * difference;
  }
  return sum;
}

double squared_length(std::span<const float> a) {
  double sum = 0;
  for (const float value : a) sum += static_cast<double>(value) * static_cast<double>(value);
  return sum;
}

/// The rows of each cluster, and their means.
class Clusters {
 public:
  Clusters(std::span<const std::uint32_t> assignment, std::size_t k) : begins_(k + 1, 0), rows_(assignment.size()) {
    for (const std::uint32_t cluster : assignment) ++begins_[cluster + 1];
    std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
    std::vector<std::size_t> next(begins_.begin(), begins_.end() - 1);
    for (std::size_t i = 0; i < assignment.size(); ++i) rows_[next[assignment[i]]++] = static_cast<std::uint32_t>(i);
  }

  std::span<const std::uint32_t> rows(std::size_t cluster) const {
    return {rows_.data() + begins_[cluster], begins_[cluster + 1] - begins_[cluster]};
  }

  /// Row c becomes the mean of cluster c's rows, added in their order; that of an empty cluster stays.
  void means(const Threads& threads, MatrixView<const float> x, MatrixView<float> centers) const {
    const std::size_t blocks = chunk_count(x.columns(), columns_per_task);
    threads.for_tasks(centers.rows() * blocks, [&](std::size_t task) {
      const std::size_t cluster = task / blocks;
      const std::size_t first = task % blocks * columns_per_task;
      const std::size_t columns = std::min(columns_per_task, x.columns() - first);
      if (rows(cluster).empty()) return;
      std::array<double, columns_per_task> sums{};
      for (const std::uint32_t i : rows(cluster)) {
        for (std::size_t j = 0; j < columns; ++j) sums[j] += static_cast<double>(x(i, first + j));
      }
      const auto count = static_cast<double>(rows(cluster).size());
      for (std::size_t j = 0; j < columns; ++j) centers(cluster, first + j) = static_cast<float>(sums[j] / count);
    });
  }

 private:
  std::vector<std::size_t> begins_;
  std::vector<std::uint32_t> rows_;
};

/// Some vectors in panels, and the squares of their lengths.
class Panels {
 public:
  Panels(std::size_t vectors, std::size_t columns)
      : columns_(columns),
        values_(chunk_count(vectors, panel_width) * panel_width * columns, 0.0F),
        squares_(vectors) {}

  void put(std::size_t position, std::span<const float> vector) {
    const std::size_t size = panel_width * columns_;
    put_in_panel(vector, 1, position % panel_width, values_.span().subspan(position / panel_width * size, size));
    squares_[position] = static_cast<float>(squared_length(vector));
  }

  std::size_t size() const { return squares_.size(); }
  float square(std::size_t position) const { return squares_[position]; }

  /// Calls body(i, v, x_i . vector v) for all rows of the chunk and all vectors; those of a row in order.
  template <class Body>
  void for_products(MatrixView<const float> x, Chunk chunk, Body&& body) const {
    std::array<float, points_per_chunk * panel_width> products;
    for (std::size_t first = 0; first < size(); first += panel_width) {
      const std::size_t width = std::min(panel_width, size() - first);
      panel_products(x, chunk.begin, chunk.size(), values_.data() + first * columns_, width, products.data());
      for (std::size_t i = 0; i < chunk.size(); ++i) {
        for (std::size_t v = 0; v < width; ++v) body(chunk.begin + i, first + v, products[i * panel_width + v]);
      }
    }
  }

 private:
  std::size_t columns_;
  Array<float> values_;
  std::vector<float> squares_;
};

/// Draws the rows that are the first centres.
class Seeding {
 public:
  Seeding(RunContext& context, MatrixView<const float> x, std::span<const float> squares, RandomSequence random)
      : context_(context),
        x_(x),
        squares_(squares),
        random_(random),
        nearest_(x.rows(), std::numeric_limits<float>::max()) {}

  Matrix draw(std::size_t k) {
    const std::size_t tries = 2 + static_cast<std::size_t>(std::log(static_cast<double>(k)));
    Matrix centers(k, x_.columns());
    std::size_t row = random_.next_below(x_.rows());
    for (std::size_t c = 0; c < k; ++c) {
      context_.check_cancelled();
      if (c > 0) row = draw_row(tries);
      std::ranges::copy(x_.row(row), centers.row(c).begin());
      take(row);
    }
    return centers;
  }

 private:
  using Sums = std::array<double, panel_width>;

  void take(std::size_t row) {
    Panels center(1, x_.columns());
    center.put(0, x_.row(row));
    sums_.assign(chunk_count(x_.rows(), points_per_chunk), 0.0);
    context_.threads().for_chunks(x_.rows(), points_per_chunk, [&](Chunk chunk) {
      center.for_products(x_, chunk, [&](std::size_t i, std::size_t, float product) {
        nearest_[i] = std::min(nearest_[i], squared_distance(squares_[i], center.square(0), product));
        sums_[chunk.index] += static_cast<double>(nearest_[i]);
      });
    });
  }

  /// Of the rows drawn, the one with which the sum of the distances is smallest; the first of several.
  std::size_t draw_row(std::size_t tries) {
    std::vector<std::size_t> rows;
    Panels candidates(tries, x_.columns());  // one panel: even of a million centres it is 15
    for (std::size_t t = 0; t < candidates.size(); ++t) {
      rows.push_back(row_by_distance());
      candidates.put(t, x_.row(rows.back()));
    }
    const Sums sums = context_.threads().reduce_ordered(
        x_.rows(), points_per_chunk, Sums{},
        [&](Chunk chunk) {
          Sums part{};
          candidates.for_products(x_, chunk, [&](std::size_t i, std::size_t t, float product) {
            const float distance = squared_distance(squares_[i], candidates.square(t), product);
            part[t] += static_cast<double>(std::min(nearest_[i], distance));
          });
          return part;
        },
        [](Sums a, const Sums& b) {
          for (std::size_t t = 0; t < a.size(); ++t) a[t] += b[t];
          return a;
        });
    return rows[static_cast<std::size_t>(std::min_element(sums.begin(), sums.begin() + candidates.size()) -
                                         sums.begin())];
  }

  /// A row with a probability proportional to its distance; any row where all of them are centres.
  std::size_t row_by_distance() {
    const double total = std::accumulate(sums_.begin(), sums_.end(), 0.0);
    if (total <= 0) return random_.next_below(x_.rows());
    double rest = random_.next_uniform() * total;
    std::size_t chunk = 0;
    while (chunk + 1 < sums_.size() && rest >= sums_[chunk]) rest -= sums_[chunk++];
    // Rounding may lead past the last row that is far from all centres: then it is taken.
    std::size_t last = chunk * points_per_chunk;
    for (std::size_t i = last; i < std::min(x_.rows(), (chunk + 1) * points_per_chunk); ++i) {
      if (nearest_[i] <= 0) continue;
      last = i;
      if (rest < static_cast<double>(nearest_[i])) break;
      rest -= static_cast<double>(nearest_[i]);
    }
    return last;
  }

  RunContext& context_;
  MatrixView<const float> x_;
  std::span<const float> squares_;
  RandomSequence random_;
  std::vector<float> nearest_;  // squared distance of each row to its nearest centre
  std::vector<double> sums_;    // of nearest_, a chunk each
};

/// One restart of Lloyd's method.
class Lloyd {
 public:
  Lloyd(RunContext& context, MatrixView<const float> x, std::span<const float> squares, Matrix centers)
      : context_(context), x_(x), squares_(squares), distances_(x.rows()) {
    result_.assignment.assign(x.rows(), 0);
    result_.centers = std::move(centers);
  }

  KMeansResult run(int max_iterations, double most_move) {
    assign();
    while (!result_.converged && result_.iterations < max_iterations) {
      context_.check_cancelled();
      ++result_.iterations;
      const double move = move_centers();
      const bool changed = assign();
      result_.converged = !changed || move <= most_move;
    }
    result_.inertia = inertia();
    return std::move(result_);
  }

 private:
  /// Gives each row its nearest centre; says whether one of them changed.
  bool assign() {
    const Matrix& centers = result_.centers;
    Panels panels(centers.rows(), centers.columns());
    for (std::size_t c = 0; c < centers.rows(); ++c) panels.put(c, centers.row(c));
    const std::size_t changes = context_.threads().reduce_ordered(
        x_.rows(), points_per_chunk, std::size_t{0}, [&](Chunk chunk) { return assign_chunk(panels, chunk); },
        std::plus<>());
    return changes > 0;
  }

  std::size_t assign_chunk(const Panels& panels, Chunk chunk) {
    std::array<float, points_per_chunk> best;
    std::array<float, points_per_chunk> products_of_best{};
    std::array<std::uint32_t, points_per_chunk> nearest{};
    best.fill(std::numeric_limits<float>::max());
    panels.for_products(x_, chunk, [&](std::size_t i, std::size_t c, float product) {
      const float score = panels.square(c) - 2 * product;  // the squared distance less the row's own square
      if (score >= best[i - chunk.begin]) return;
      best[i - chunk.begin] = score;
      products_of_best[i - chunk.begin] = product;
      nearest[i - chunk.begin] = static_cast<std::uint32_t>(c);
    });
    std::size_t changes = 0;
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      const std::uint32_t cluster = nearest[i - chunk.begin];
      if (result_.assignment[i] != cluster) ++changes;
      result_.assignment[i] = cluster;
      distances_[i] = squared_distance(squares_[i], panels.square(cluster), products_of_best[i - chunk.begin]);
    }
    return changes;
  }

  /// Returns the sum of the squared distances by which centres moved.
  double move_centers() {
    const std::size_t k = result_.centers.rows();
    fill_empty_clusters();
    Matrix old(k, x_.columns());
    std::copy_n(result_.centers.view().data(), k * x_.columns(), old.view().data());
    Clusters(result_.assignment, k).means(context_.threads(), x_, result_.centers.view());
    double move = 0;
    for (std::size_t c = 0; c < k; ++c) move += squared_distance(old.row(c), result_.centers.row(c));
    return move;
  }

  /// Each empty cluster takes the row that is farthest from its centre, if one is away from it at all and not alone.
  void fill_empty_clusters() {
    std::vector<std::size_t> sizes(result_.centers.rows(), 0);
    for (const std::uint32_t cluster : result_.assignment) ++sizes[cluster];
    for (std::size_t empty = 0; empty < sizes.size(); ++empty) {
      if (sizes[empty] > 0) continue;
      std::size_t farthest = 0;
      float distance = 0;
      for (std::size_t i = 0; i < distances_.size(); ++i) {
        if (distances_[i] <= distance || sizes[result_.assignment[i]] == 1) continue;
        distance = distances_[i];
        farthest = i;
      }
      if (distance <= 0) return;
      --sizes[result_.assignment[farthest]];
      ++sizes[empty];
      result_.assignment[farthest] = static_cast<std::uint32_t>(empty);
    }
  }

  double inertia() const {
    return context_.threads().reduce_ordered(
        x_.rows(), points_per_chunk, 0.0,
        [&](Chunk chunk) {
          double sum = 0;
          for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
            sum += squared_distance(x_.row(i), result_.centers.row(result_.assignment[i]));
          }
          return sum;
        },
        std::plus<>());
  }

  RunContext& context_;
  MatrixView<const float> x_;
  std::span<const float> squares_;
  std::vector<float> distances_;  // squared, of each row to its centre
  KMeansResult result_;
};

void check(RunContext& context, MatrixView<const float> x, const KMeansOptions& options) {
  validate(options);
  if (options.k == 0) throw InvalidOption("k = 0 makes no clusters; say how many there shall be");
  if (x.rows() < static_cast<std::size_t>(options.k)) {
    throw InvalidData(fmt::format("{} cannot make {}; lower k", counted(x.rows(), "vector", "vectors"),
                                  counted(static_cast<std::uint64_t>(options.k), "cluster", "clusters")));
  }
  if (const auto bad = first_row_not_finite(context, x)) {
    throw InvalidData(fmt::format("row {} has a value that is not finite", *bad));
  }
}

/// The rows less the mean of all.
struct Centered {
  Centered(const Threads& threads, MatrixView<const float> given)
      : mean(1, given.columns(), 0.0F), x(given.rows(), given.columns()), squares(given.rows()) {
    const std::vector<std::uint32_t> one_cluster(given.rows(), 0);
    Clusters(one_cluster, 1).means(threads, given, mean.view());
    threads.for_chunks(given.rows(), points_per_chunk, [&](Chunk chunk) {
      for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
        for (std::size_t j = 0; j < given.columns(); ++j) x(i, j) = given(i, j) - mean(0, j);
        squares[i] = static_cast<float>(squared_length(x.row(i)));
      }
    });
    for (std::size_t i = 0; i < squares.size(); ++i) {
      if (squares[i] <= most_square) continue;
      throw InvalidData(
          fmt::format("row {} lies too far from the others for 32-bit floats; scale the vectors down", i));
    }
  }

  Matrix mean;                 // 1 x d
  Matrix x;                    // n x d
  std::vector<float> squares;  // of the rows' lengths
};

}  // namespace

KMeansResult kmeans(RunContext& context, MatrixView<const float> x, const KMeansOptions& options, std::uint32_t round) {
  check(context, x, options);
  context.require_memory(resident_bytes() + estimate_kmeans_memory(x.rows(), x.columns(), options), "raise --memory");
  const Centered centered(context.threads(), x);
  double variance = 0;  // the mean of a column's
  for (const float square : centered.squares) variance += static_cast<double>(square);
  variance /= static_cast<double>(x.rows() * std::max<std::size_t>(1, x.columns()));

  KMeansResult best;
  context.begin_stage("kmeans", "restarts", static_cast<std::uint64_t>(options.restarts));
  for (int restart = 0; restart < options.restarts; ++restart) {
    const std::uint64_t key = std::uint64_t{round} << 32 | static_cast<std::uint64_t>(restart);
    Seeding seeding(context, centered.x.view(), centered.squares, {context.seed(), RandomStream::kmeans, key});
    Lloyd lloyd(context, centered.x.view(), centered.squares, seeding.draw(static_cast<std::size_t>(options.k)));
    KMeansResult result = lloyd.run(options.max_iterations, options.tolerance * variance);
    if (restart == 0 || result.inertia < best.inertia) best = std::move(result);
    context.advance(1);
  }
  for (std::size_t c = 0; c < best.centers.rows(); ++c) {
    for (std::size_t j = 0; j < x.columns(); ++j) best.centers(c, j) += centered.mean(0, j);
  }
  best.record = context.record("kmeans", option_values(options));
  return best;
}

std::uint64_t estimate_kmeans_memory(std::size_t rows, std::size_t columns, const KMeansOptions& options) {
  const auto k = static_cast<std::uint64_t>(options.k);
  // The rows; squares, distances, order and two assignments of each; centres new, old, best and in panels.
  return rows * (columns * sizeof(float) + 3 * sizeof(float) + 3 * sizeof(std::uint32_t)) +
         (4 * k + panel_width) * (columns + 1) * sizeof(float) + 3 * k * sizeof(std::size_t);
}

}  // namespace adjoin
