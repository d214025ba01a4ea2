#include <algorithm>

#include <fmt/format.h>

#include <adjoin/algorithms/embedding/principal_components.hpp>
#include <adjoin/engine/dense/decompose.hpp>
#include <adjoin/engine/dense/finite.hpp>
#include <adjoin/engine/dense/tall_products.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin {
namespace {

std::vector<double> column_means(MatrixView<const float> x) {
  std::vector<double> means(x.columns(), 0);
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t j = 0; j < x.columns(); ++j) means[j] += static_cast<double>(x(i, j));
  }
  for (double& mean : means) mean /= static_cast<double>(x.rows());
  return means;
}

SmallMatrix covariance(RunContext& context, MatrixView<const float> x, const std::vector<double>& means) {
  SmallMatrix result = gram_matrix(context, x);
  for (std::size_t i = 0; i < result.rows(); ++i) {
    for (std::size_t j = 0; j < result.columns(); ++j) {
      result(i, j) = result(i, j) / static_cast<double>(x.rows()) - means[i] * means[j];
    }
  }
  return result;
}

void check(RunContext& context, MatrixView<const float> x, int k) {
  if (k < 1 || static_cast<std::size_t>(k) > x.columns()) {
    throw InvalidOption(
        fmt::format("{} principal components of vectors of {} numbers; give 1 to {}", k, x.columns(), x.columns()));
  }
  if (x.rows() == 0) throw InvalidData("there are no vectors, so they have no principal components");
  if (const auto row = first_row_not_finite(context, x)) {
    throw InvalidData(fmt::format("row {} of the vectors has a value that is not finite", *row));
  }
}

}  // namespace

PrincipalComponents principal_components(RunContext& context, MatrixView<const float> x, int k) {
  check(context, x, k);
  const auto count = static_cast<std::size_t>(k);
  const std::vector<double> means = column_means(x);
  const SymmetricEigen eigen = symmetric_eigen(covariance(context, x, means));
  SmallMatrix directions(x.columns(), count);
  std::vector<double> origin(count, 0);  // where the mean lies along each direction
  for (std::size_t i = 0; i < x.columns(); ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      directions(i, j) = eigen.vectors(i, j);
      origin[j] += means[i] * directions(i, j);
    }
  }
  double variance = 0;
  for (const double value : eigen.values) variance += std::max(value, 0.0);
  PrincipalComponents result{Matrix(x.rows(), count), {}};
  multiply_tall(context, x, directions, result.coordinates.view());
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t j = 0; j < count; ++j) result.coordinates(i, j) -= static_cast<float>(origin[j]);
  }
  for (std::size_t j = 0; j < count; ++j) {
    result.shares.push_back(variance > 0 ? std::max(eigen.values[j], 0.0) / variance : 0);
  }
  return result;
}

std::uint64_t estimate_principal_components_memory(std::uint64_t rows, std::uint64_t columns, int k, int threads) {
  const auto count = static_cast<std::uint64_t>(k);
  constexpr std::uint64_t square_matrices = 4;  // covariance, eigenvectors, and the solver's two
  return rows * count * sizeof(float) + square_matrices * columns * columns * sizeof(double) +
         estimate_tall_product_memory(rows, columns, threads);
}

}  // namespace adjoin
