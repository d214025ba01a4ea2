// Eigen at its best here: row-major sparse times row-major dense (the form it runs in parallel), 32-bit indices,
// OpenMP, this machine's instructions, buffers on huge pages. The product's buffers are made before the clock starts;
// FastRP goes from a graph in memory to a matrix that was not there before, so it makes its own, as adjoin's does.
#include <cmath>
#include <exception>
#include <iostream>
#include <limits>
#include <random>
#include <stdexcept>

#include <omp.h>

#include "driver.hpp"
#include <Eigen/Core>
#include <Eigen/SparseCore>

namespace {

using peers::Measure;
using Sparse = Eigen::SparseMatrix<float, Eigen::RowMajor, int>;
using SparseMap = Eigen::Map<const Sparse>;
using Dense = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using DenseMap = Eigen::Map<Dense, Eigen::Aligned64>;
using RowSums = Eigen::Array<double, 1, Eigen::Dynamic>;

struct Buffer {
  std::unique_ptr<float[], peers::Free> values;
  Eigen::Index rows = 0;
  Eigen::Index columns = 0;

  void make(std::size_t row_count, std::size_t column_count) {
    if (values) return;
    values = peers::huge_array<float>(row_count * column_count);
    rows = static_cast<Eigen::Index>(row_count);
    columns = static_cast<Eigen::Index>(column_count);
  }
  DenseMap map() const { return {values.get(), rows, columns}; }
};

class Runner {
 public:
  Runner(const peers::Settings& settings, const peers::GraphArrays& graph)
      : settings_(settings),
        graph_(graph),
        n_(graph.row_count),
        dim_(settings.dim),
        offsets_(peers::huge_array<int>(n_ + 1)),
        values_(peers::huge_array<float>(graph.entry_count)) {
    if (graph.entry_count > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
      throw std::runtime_error("the graph has more non-zeros than 32-bit indices can number");
    }
    for (std::size_t i = 0; i <= n_; ++i) offsets_[i] = static_cast<int>(graph.offsets[i]);
  }

  Measure product() {
    first_.make(n_, dim_);
    if (!second_.values) {
      second_.make(n_, dim_);
      second_.map().setZero();
    }
    peers::fill_input(first_.values.get(), n_, dim_);
    set_values([](std::size_t) { return 1.0F; });
    const SparseMap a = adjacency();
    const DenseMap x = first_.map();
    DenseMap y = second_.map();
    const peers::Stopwatch watch;
    y.noalias() = a * x;
    const double seconds = watch.seconds();
    return {seconds, peers::product_checksum(y.data(), n_, dim_), ""};
  }

  Measure fastrp() {
    const peers::Stopwatch watch;
    Buffer state;
    Buffer spare;
    Buffer sum;
    state.make(n_, dim_);
    spare.make(n_, dim_);
    sum.make(n_, dim_);
    set_values([&](std::size_t row) { return 1.0F / static_cast<float>(graph_.degree(row)); });
    project(state.map());
    bool nothing_added = true;
    for (const float weight : settings_.weights) {
      spare.map().noalias() = adjacency() * state.map();
      std::swap(state, spare);
      if (weight == 0) continue;
      add_unit_rows(weight, state.map(), nothing_added, sum.map());
      nothing_added = false;
    }
    standardize(sum.map());
    const double seconds = watch.seconds();
    return {seconds, peers::neighbor_cosine(graph_, sum.values.get(), dim_), ""};
  }

 private:
  SparseMap adjacency() const {
    const auto n = static_cast<Eigen::Index>(n_);
    return {n, n, static_cast<Eigen::Index>(graph_.entry_count), offsets_.get(), graph_.targets.get(), values_.get()};
  }

  template <class OfRow>
  void set_values(OfRow of_row) {
#pragma omp parallel for schedule(dynamic, 4096)
    for (std::size_t i = 0; i < n_; ++i) {
      if (graph_.degree(i) > 0) std::fill(values_.get() + offsets_[i], values_.get() + offsets_[i + 1], of_row(i));
    }
  }

  /// diag(degree^beta) times sparse signs with one entry in sqrt(n) not zero, found by the lengths of the gaps.
  void project(DenseMap out) const {
#pragma omp parallel for
    for (Eigen::Index i = 0; i < out.rows(); ++i) out.row(i).setZero();
    const double s = std::sqrt(static_cast<double>(n_));
    const auto magnitude = static_cast<float>(std::sqrt(s / static_cast<double>(dim_)));
    std::mt19937_64 random(1);
    std::geometric_distribution<std::size_t> gap(1 / s);
    for (std::size_t place = gap(random); place < n_ * dim_; place += 1 + gap(random)) {
      const float degree = static_cast<float>(std::max<std::size_t>(graph_.degree(place / dim_), 1));
      const float sign = (random() & 1U) != 0 ? 1.0F : -1.0F;
      out.data()[place] = sign * magnitude * std::pow(degree, settings_.beta);
    }
  }

  static void add_unit_rows(float weight, const DenseMap& state, bool first, DenseMap sum) {
#pragma omp parallel for schedule(static)
    for (Eigen::Index i = 0; i < sum.rows(); ++i) {
      const float length = state.row(i).norm();
      const float scale = length > 0 ? weight / length : 0;
      if (first) {
        sum.row(i) = scale * state.row(i);
      } else {
        sum.row(i) += scale * state.row(i);
      }
    }
  }

  /// Columns to mean 0 and variance 1 over the nodes that have neighbours; the others stay zero. The squares are of
  /// differences from the mean, as in StandardScaler.
  void standardize(DenseMap x) const {
    RowSums mean = column_sums([&](Eigen::Index i, RowSums& sums) { sums += x.row(i).array().cast<double>(); });
    double count = 0;
    for (std::size_t i = 0; i < n_; ++i) count += graph_.degree(i) > 0 ? 1 : 0;
    mean /= std::max(count, 1.0);
    const RowSums variance =
        column_sums([&](Eigen::Index i, RowSums& sums) { sums += (x.row(i).array().cast<double>() - mean).square(); }) /
        std::max(count, 1.0);
    const Eigen::Array<float, 1, Eigen::Dynamic> shift = mean.cast<float>();
    const Eigen::Array<float, 1, Eigen::Dynamic> scale = (variance > 0).select(variance.rsqrt(), 1).cast<float>();
#pragma omp parallel for schedule(static)
    for (Eigen::Index i = 0; i < x.rows(); ++i) {
      if (graph_.degree(static_cast<std::size_t>(i)) > 0) x.row(i).array() = (x.row(i).array() - shift) * scale;
    }
  }

  /// add(row, sums) for every node that has neighbours, a partial sum a thread.
  template <class Add>
  RowSums column_sums(Add add) const {
    const auto rows = static_cast<Eigen::Index>(n_);
    RowSums total = RowSums::Zero(static_cast<Eigen::Index>(dim_));
#pragma omp parallel
    {
      RowSums part = RowSums::Zero(static_cast<Eigen::Index>(dim_));
#pragma omp for schedule(static)
      for (Eigen::Index i = 0; i < rows; ++i) {
        if (graph_.degree(static_cast<std::size_t>(i)) > 0) add(i, part);
      }
#pragma omp critical
      total += part;
    }
    return total;
  }

  const peers::Settings& settings_;
  const peers::GraphArrays& graph_;
  std::size_t n_;
  std::size_t dim_;
  std::unique_ptr<int[], peers::Free> offsets_;
  std::unique_ptr<float[], peers::Free> values_;
  Buffer first_;
  Buffer second_;
};

}  // namespace

int main(int argc, char** argv) {
  try {
    const peers::Settings settings = peers::parse_arguments(argc, argv);
    omp_set_num_threads(settings.threads);
    Eigen::setNbThreads(settings.threads);
    const peers::GraphArrays graph = peers::read_graph(settings.folder);
    Runner runner(settings, graph);
    const std::string version = std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
                                std::to_string(EIGEN_MINOR_VERSION);
    return peers::drive(settings, "eigen", version,
                        {{"spmm", [&] { return runner.product(); }}, {"embed", [&] { return runner.fastrp(); }}});
  } catch (const std::exception& failure) {
    std::cerr << "error: " << failure.what() << '\n';
    return 1;
  }
}
