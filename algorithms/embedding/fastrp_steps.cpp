#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include <adjoin/algorithms/embedding/fastrp_steps.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::detail {
namespace {

constexpr std::size_t degrees_per_chunk = 1 << 14;

void drop_zeros_at_end(std::vector<float>& weights) {
  while (!weights.empty() && weights.back() == 0) weights.pop_back();
}

struct DegreeTotals {
  double sum = 0;     // of the degrees that count
  float largest = 0;  // sum of a node's weights
};

/// Writes the number of neighbours over the sums of weights, where the dialect goes by it; marks the nodes without any.
DegreeTotals take_degrees(RunContext& context, const CsrView& a, bool counts_neighbors, std::span<float> degrees,
                          std::span<std::uint8_t> without_neighbors) {
  return context.threads().reduce_ordered(
      degrees.size(), degrees_per_chunk, DegreeTotals{},
      [&](Chunk chunk) {
        DegreeTotals part;
        for (std::size_t v = chunk.begin; v < chunk.end; ++v) {
          part.largest = std::max(part.largest, degrees[v]);
          without_neighbors[v] = degrees[v] > 0 ? 0 : 1;
          if (counts_neighbors) degrees[v] = static_cast<float>(a.row_size(v));
          part.sum += static_cast<double>(degrees[v]);
        }
        return part;
      },
      [](DegreeTotals x, const DegreeTotals& y) {
        return DegreeTotals{x.sum + y.sum, std::max(x.largest, y.largest)};
      });
}

}  // namespace

std::size_t FastRPSteps::hops_with_weight() const noexcept {
  return hop_weights.size() - static_cast<std::size_t>(std::ranges::count(hop_weights, 0.0F));
}

float FastRPSteps::isolated_weight() const noexcept {
  return isolated_own ? std::accumulate(hop_weights.begin(), hop_weights.end(), 0.0F) : 0.0F;
}

bool FastRPSteps::repeats_first_hop() const noexcept {
  return fused() && hops() > 3 && hop_weights.front() != 0;
}

bool FastRPSteps::needs_third_buffer() const noexcept {
  if (!fused()) return true;
  return hops() > 4 &&
         std::any_of(hop_weights.begin() + 1, hop_weights.begin() + static_cast<std::ptrdiff_t>(hops() - 3),
                     [](float weight) { return weight != 0; });
}

FastRPSteps fastrp_steps(const FastRPOptions& options) {
  FastRPSteps steps;
  steps.start_weight = options.self_influence;
  steps.hop_weights = options.weights;
  steps.isolated_own = options.isolated == FastRPIsolated::own;
  switch (options.dialect) {
    case FastRPDialect::adjoin:
    case FastRPDialect::gtmac:
      break;
    case FastRPDialect::paper:
      steps.unit_rows = UnitRows::never;
      steps.relative_degree = true;
      steps.standardizes = false;
      break;
    case FastRPDialect::gds:
      steps.counts_neighbors = true;
      steps.standardizes = false;
      break;
    case FastRPDialect::tigergraph:
      steps.unit_rows = UnitRows::always;
      steps.counts_neighbors = true;
      steps.relative_degree = true;
      steps.gathers_start_first = true;
      steps.gathers_self = true;
      steps.standardizes = false;
      for (float& weight : steps.hop_weights) weight /= static_cast<float>(options.weights.size());
      break;
    case FastRPDialect::fastrp_rs:
      steps.unit_rows = UnitRows::never;
      steps.scales_by_degree = false;
      steps.counts_neighbors = true;
      steps.standardizes = false;
      if (!steps.hop_weights.empty()) {
        steps.start_weight += steps.hop_weights.front();
        steps.hop_weights.erase(steps.hop_weights.begin());
      }
      break;
  }
  drop_zeros_at_end(steps.hop_weights);
  return steps;
}

double projection_sparsity(const FastRPOptions& options, std::size_t node_count, double degree_sum) {
  if (options.sparsity != 0) return static_cast<double>(options.sparsity);
  switch (options.dialect) {
    case FastRPDialect::paper:
      return std::max(1.0, std::sqrt(degree_sum / 2));
    case FastRPDialect::gtmac:
      return std::max(1.0, std::sqrt(static_cast<double>(node_count)));
    case FastRPDialect::adjoin:
    case FastRPDialect::gds:
    case FastRPDialect::tigergraph:
    case FastRPDialect::fastrp_rs:
      break;
  }
  return 3;
}

double projection_magnitude(const FastRPOptions& options, double sparsity) {
  switch (options.dialect) {
    // Achlioptas' sqrt(s) keeps lengths in expectation over the columns together,
    case FastRPDialect::paper:
    case FastRPDialect::tigergraph:
    case FastRPDialect::fastrp_rs:
      return std::sqrt(sparsity);
    // the others divide by the number of columns as well.
    case FastRPDialect::adjoin:
    case FastRPDialect::gtmac:
    case FastRPDialect::gds:
      break;
  }
  return std::sqrt(sparsity / static_cast<double>(options.dim));
}

std::size_t property_columns(const FastRPOptions& options) {
  return static_cast<std::size_t>(static_cast<float>(options.dim) * options.property_ratio);
}

NodeScales node_scales(RunContext& context, const CsrView& a, const NodeIndex& nodes, const FastRPOptions& options,
                       const FastRPSteps& steps) {
  const std::size_t n = a.row_count();
  WeightedDegrees weighted = weighted_degrees(context, a, nodes);
  NodeScales scales{Array<float>(n), std::move(weighted.values), Array<std::uint8_t>(n), weighted.without_neighbors, 0};
  const std::span<float> degrees = scales.product.span();  // turned into scales in place, below
  const DegreeTotals totals =
      take_degrees(context, a, steps.counts_neighbors, degrees, scales.without_neighbors.span());
  scales.degree_sum = totals.sum;

  // A node without neighbours counts as one of degree 1, so that no power of 0 is taken.
  const double unit = steps.relative_degree ? std::max(totals.sum, 1.0) : 1.0;
  // Sums over neighbours grow by the degree at every hop. Where each hop's rows are brought to length one anyway, a
  // common factor, a power of two, keeps them inside the range of a float without changing a bit of the result.
  int exponent = 0;
  if (steps.adds_units()) std::frexp(totals.largest, &exponent);
  const float common = std::ldexp(1.0F, -exponent);
  context.threads().for_chunks(n, degrees_per_chunk, [&](Chunk chunk) {
    for (std::size_t v = chunk.begin; v < chunk.end; ++v) {
      const double degree = degrees[v] > 0 ? static_cast<double>(degrees[v]) : 1;
      scales.start[v] = steps.scales_by_degree
                            ? static_cast<float>(std::pow(degree / unit, static_cast<double>(options.beta)))
                            : 1.0F;
      if (options.matrix == NeighborMatrix::adjacency || steps.gathers_self) {
        scales.product[v] = common;
      } else {
        scales.product[v] = degrees[v] > 0 ? 1.0F / degrees[v] : 0.0F;
      }
    }
  });
  return scales;
}

void remark_isolated(std::uint64_t count, const FastRPSteps& steps, RunRecord& record) {
  if (count == 0) return;
  record.remarks.push_back({steps.adds_start() ? "nodes without neighbours, whose rows are their own vectors"
                                               : "nodes without neighbours, whose rows are zero",
                            count});
}

void check_fastrp(const FastRPOptions& options, const FastRPSteps& steps) {
  validate(options);
  if (options.sparsity != 0 && options.sparsity < 1) {
    throw InvalidOption(
        fmt::format("sparsity = {} is between 0 and 1; use 1 or more, or 0 for the dialect's own", options.sparsity));
  }
  if (options.precision == FastRPPrecision::bf16 && steps.unit_rows == UnitRows::always) {
    throw InvalidOption("hops of the dialect tigergraph are kept in float32; leave precision out");
  }
  if (steps.hops() == 0 && steps.start_weight == 0) {
    throw InvalidOption(
        "weights and self-influence are all 0, which leaves nothing to embed; give one of them a weight");
  }
}

}  // namespace adjoin::detail
