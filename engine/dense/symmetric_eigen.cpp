// Eigen's threads and vector width would be set by whoever compiles it; here it is one thread at the build's own level.
#define EIGEN_DONT_PARALLELIZE
#define EIGEN_MPL2_ONLY
#include <adjoin/engine/dense/decompose.hpp>
#include <adjoin/engine/runtime/error.hpp>

#include <Eigen/Eigenvalues>

namespace adjoin {

SymmetricEigen symmetric_eigen(const SmallMatrix& a) {
  const std::size_t d = a.rows();
  SymmetricEigen result{std::vector<double>(d), SmallMatrix(d, d)};
  if (d == 0) return result;
  using Square = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto size = static_cast<Eigen::Index>(d);
  const Eigen::SelfAdjointEigenSolver<Square> solver(Eigen::Map<const Square>(a.data(), size, size));
  if (solver.info() != Eigen::Success) throw InvalidData("the eigenvalues of a small matrix were not found");
  for (std::size_t j = 0; j < d; ++j) {
    const auto from = static_cast<Eigen::Index>(d - 1 - j);  // Eigen's values rise
    result.values[j] = solver.eigenvalues()[from];
    const double sign = solver.eigenvectors().col(from).sum() < 0 ? -1 : 1;
    for (std::size_t i = 0; i < d; ++i) {
      result.vectors(i, j) = sign * solver.eigenvectors()(static_cast<Eigen::Index>(i), from);
    }
  }
  return result;
}

}  // namespace adjoin
