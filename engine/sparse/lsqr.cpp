#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/lsqr.hpp>

namespace adjoin {
namespace {

constexpr std::size_t grain = 1 << 14;

double norm(const RunContext& context, std::span<const double> x) {
  const double squares = context.threads().reduce_ordered(
      x.size(), grain, 0.0,
      [&](Chunk chunk) {
        double sum = 0;
        for (std::size_t i = chunk.begin; i < chunk.end; ++i) sum += x[i] * x[i];
        return sum;
      },
      [](double a, double b) { return a + b; });
  return std::sqrt(squares);
}

/// to = scale * to + factor * from
void combine(const RunContext& context, double scale, std::span<double> to, double factor,
             std::span<const double> from) {
  context.threads().for_chunks(to.size(), grain, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) to[i] = scale * to[i] + factor * from[i];
  });
}

/// Makes x a unit vector and returns how long it was; one of length 0 stays.
double normalize(const RunContext& context, std::span<double> x) {
  const double length = norm(context, x);
  if (length > 0) combine(context, 1 / length, x, 0, x);
  return length;
}

}  // namespace

LeastSquares lsqr(RunContext& context, VectorProduct multiply, VectorProduct multiply_transposed, std::size_t columns,
                  std::span<const double> b, const LsqrOptions& options) {
  if (!(options.tolerance > 0)) {
    throw InvalidOption(fmt::format("least squares end at a tolerance above 0, not {}", options.tolerance));
  }
  const std::size_t rows = b.size();
  const std::uint64_t most = options.max_iterations > 0 ? options.max_iterations : 4 * (rows + columns);
  LeastSquares result{Array<double>(columns, 0.0)};
  Array<double> u(rows);
  std::copy(b.begin(), b.end(), u.begin());
  Array<double> v(columns, 0.0);
  Array<double> product(std::max(rows, columns));
  const std::span<double> in_rows = product.span().first(rows);
  const std::span<double> in_columns = product.span().first(columns);
  const double length = normalize(context, u.span());
  result.residual_norm = length;
  if (length == 0) return result;
  multiply_transposed(u.span(), v.span());
  double alpha = normalize(context, v.span());
  result.normal_residual_norm = alpha * length;
  Array<double> direction = v.copy();
  double rho_bar = alpha;
  double squares = alpha * alpha;  // of the bidiagonal matrix: its norm is about that of A
  const auto is_done = [&] { return result.normal_residual_norm <= options.tolerance * std::sqrt(squares) * length; };
  while (!is_done()) {
    context.check_cancelled();
    if (result.iterations == most) {
      result.converged = false;
      break;
    }
    ++result.iterations;
    multiply(v.span(), in_rows);
    combine(context, -alpha, u.span(), 1, in_rows);
    const double beta = normalize(context, u.span());
    multiply_transposed(u.span(), in_columns);
    combine(context, -beta, v.span(), 1, in_columns);
    alpha = normalize(context, v.span());
    squares += alpha * alpha + beta * beta;
    // The rotation that takes beta out of the bidiagonal matrix.
    const double rho = std::hypot(rho_bar, beta);
    const double cosine = rho_bar / rho;
    const double sine = beta / rho;
    const double phi = cosine * result.residual_norm;
    result.residual_norm *= sine;
    rho_bar = -cosine * alpha;
    combine(context, 1, result.x.span(), phi / rho, direction.span());
    combine(context, -sine * alpha / rho, direction.span(), 1, v.span());
    result.normal_residual_norm = result.residual_norm * alpha * std::abs(cosine);
  }
  return result;
}

}  // namespace adjoin
