#include <cmath>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/simplicial/hodge_decomposition.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/spmv.hpp>

namespace adjoin {
namespace {

struct Part {
  LeastSquares solution;
  Array<double> flow;  // A x
};

/// The point of the image of A nearest to the flow. transposed: A^T.
Part nearest(RunContext& context, const Csr& a, const Csr& transposed, std::span<const double> flow,
             const LsqrOptions& options) {
  const auto multiply = [&](std::span<const double> x, std::span<double> y) { spmv(context, a.view(), x, y); };
  const auto back = [&](std::span<const double> x, std::span<double> y) { spmv(context, transposed.view(), x, y); };
  Part part{lsqr(context, multiply, back, a.column_count, flow, options), Array<double>(flow.size())};
  multiply(part.solution.x.span(), part.flow.span());
  return part;
}

}  // namespace

HodgeDecomposition hodge_decomposition(RunContext& context, const SimplicialComplex& complex,
                                       const Boundaries& boundaries, std::span<const double> flow,
                                       const LsqrOptions& options) {
  if (flow.size() != complex.edges.size()) {
    throw InvalidData(
        fmt::format("the flow has {} numbers, and the complex has {} edges", flow.size(), complex.edges.size()));
  }
  for (std::size_t edge = 0; edge < flow.size(); ++edge) {
    if (!std::isfinite(flow[edge])) {
      throw InvalidData(fmt::format("the flow along edge {} is {}; every edge needs a number", edge, flow[edge]));
    }
  }
  context.require_memory(resident_bytes() + estimate_hodge_decomposition_memory(complex), "raise --memory");
  context.begin_stage("hodge decomposition", "parts", 2);
  const auto& [b1, t1] = boundaries.edges;
  const auto& [b2, t2] = boundaries.triangles;
  Part gradient = nearest(context, t1, b1, flow, options);
  context.advance(1);
  Part curl = nearest(context, b2, t2, flow, options);
  context.advance(1);
  context.end_stage();
  HodgeDecomposition result;
  result.harmonic = Array<double>(flow.size());
  for (std::size_t e = 0; e < flow.size(); ++e) result.harmonic[e] = flow[e] - gradient.flow[e] - curl.flow[e];
  result.iterations = gradient.solution.iterations + curl.solution.iterations;
  result.converged = gradient.solution.converged && curl.solution.converged;
  result.gradient = std::move(gradient.flow);
  result.curl = std::move(curl.flow);
  result.potential = std::move(gradient.solution.x);
  result.circulation = std::move(curl.solution.x);
  result.record = context.record("hodge decomposition", {});
  return result;
}

std::uint64_t estimate_hodge_decomposition_memory(const SimplicialComplex& complex) noexcept {
  const std::uint64_t m = complex.edges.size();
  const std::uint64_t n = complex.node_count;
  const std::uint64_t t = complex.triangles.size();
  return (3 * m + n + t) * sizeof(double) + std::max(estimate_lsqr_memory(m, n), estimate_lsqr_memory(m, t));
}

}  // namespace adjoin
