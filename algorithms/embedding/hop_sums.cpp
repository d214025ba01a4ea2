#include <algorithm>
#include <cmath>

#include <adjoin/algorithms/embedding/hop_sums.hpp>

namespace adjoin::detail {
namespace {

constexpr std::size_t summed_rows_per_chunk = 4096;

FastRPOptions side_by_side(FastRPOptions options) {
  std::ranges::fill(options.weights, 1.0F);
  options.self_influence = 0;
  options.concatenate = true;
  return options;
}

std::size_t moment_kinds(std::size_t hops) {
  return hops + hops * (hops + 1) / 2;
}

}  // namespace

HopSums::HopSums(RunContext& context, GraphView graph, const FastRPOptions& options)
    : hop_count_(options.weights.size()),
      dim_(static_cast<std::size_t>(options.dim)),
      standardized_(options.dialect != FastRPDialect::paper),
      hops_(fastrp(context, graph, side_by_side(options)).embedding) {
  if (standardized_) take_moments(context, graph, options.direction);
}

void HopSums::take_moments(RunContext& context, GraphView graph, NeighborDirection direction) {
  const std::size_t n = hops_.rows();
  context.begin_stage("moments", "rows", n);
  const auto any_weight = [](const CsrView& a, std::size_t v) {
    const auto weights = a.row_weights(v);
    return a.weighted() ? std::ranges::any_of(weights, [](float w) { return w > 0; }) : a.row_size(v) > 0;
  };
  const CsrView out = graph.out();
  const CsrView in = direction == NeighborDirection::out ? out : graph.in(context);
  has_neighbors_.resize(n);
  std::size_t counted = 0;
  for (std::size_t v = 0; v < n; ++v) {
    has_neighbors_[v] = (direction != NeighborDirection::in && any_weight(out, v)) ||
                        (direction != NeighborDirection::out && any_weight(in, v));
    counted += has_neighbors_[v];
  }
  // Rows without neighbours are zero: they add nothing to these sums.
  using Sums = std::vector<double>;
  const std::size_t size = moment_kinds(hop_count_) * dim_;
  moments_ = context.threads().reduce_ordered(
      n, summed_rows_per_chunk, Sums(),
      [&](Chunk rows) {
        Sums sums(size, 0.0);
        for (std::size_t v = rows.begin; v < rows.end; ++v) {
          double* to = sums.data();
          for (std::size_t a = 0; a < hop_count_; ++a, to += dim_) {
            const float* const x = hops_.row(v).data() + a * dim_;
            for (std::size_t j = 0; j < dim_; ++j) to[j] += static_cast<double>(x[j]);
          }
          for (std::size_t a = 0; a < hop_count_; ++a) {
            const float* const x = hops_.row(v).data() + a * dim_;
            for (std::size_t b = a; b < hop_count_; ++b, to += dim_) {
              const float* const y = hops_.row(v).data() + b * dim_;
              for (std::size_t j = 0; j < dim_; ++j) to[j] += static_cast<double>(x[j]) * static_cast<double>(y[j]);
            }
          }
        }
        return sums;
      },
      [](Sums left, Sums right) {
        if (left.empty()) return right;
        for (std::size_t i = 0; i < left.size(); ++i) left[i] += right[i];
        return left;
      });
  moments_.resize(size, 0.0);
  if (counted == 0) return;
  for (double& value : moments_) value /= static_cast<double>(counted);
  for (std::size_t a = 0, kind = hop_count_; a < hop_count_; ++a) {
    for (std::size_t b = a; b < hop_count_; ++b, ++kind) {
      for (std::size_t j = 0; j < dim_; ++j) moment(kind, j) -= moment(a, j) * moment(b, j);
    }
  }
}

void HopSums::rows(const Threads& threads, std::span<const float> weights, std::span<const NodeId> nodes,
                   MatrixView<float> out) const {
  std::vector<float> shift(dim_, 0.0F);
  std::vector<float> scale(dim_, 1.0F);
  for (std::size_t j = 0; standardized_ && j < dim_; ++j) {
    double mean = 0;
    double variance = 0;
    double squares = 0;
    for (std::size_t a = 0, kind = hop_count_; a < hop_count_; ++a) {
      const auto weight = static_cast<double>(weights[a]);
      mean += weight * moment(a, j);
      for (std::size_t b = a; b < hop_count_; ++b, ++kind) {
        const double share = (a == b ? 1 : 2) * weight * static_cast<double>(weights[b]);
        variance += share * moment(kind, j);
        squares += share * (moment(kind, j) + moment(a, j) * moment(b, j));
      }
    }
    shift[j] = static_cast<float>(mean);
    // What is left of a constant column is the rounding of its squares.
    if (variance > 1e-13 * squares) scale[j] = static_cast<float>(1 / std::sqrt(variance));
  }
  constexpr std::size_t rows_per_copy = 64;
  threads.for_chunks(nodes.size(), rows_per_copy, [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      const std::span<float> row = out.row(i);
      std::ranges::fill(row, 0.0F);
      const std::size_t v = index(nodes[i]);
      if (standardized_ && has_neighbors_[v] == 0) continue;
      for (std::size_t a = 0; a < hop_count_; ++a) {
        if (weights[a] == 0) continue;
        const float* const x = hops_.row(v).data() + a * dim_;
        for (std::size_t j = 0; j < dim_; ++j) row[j] += weights[a] * x[j];
      }
      for (std::size_t j = 0; j < dim_; ++j) row[j] = (row[j] - shift[j]) * scale[j];
    }
  });
}

std::uint64_t estimate_hop_sums_memory(GraphView graph, const FastRPOptions& options) {
  const std::uint64_t n = graph.node_count();
  const std::uint64_t moments =
      moment_kinds(options.weights.size()) * static_cast<std::uint64_t>(options.dim) * sizeof(double);
  // The sums of all chunks stand beside the hops, but the two buffers of fastrp are gone by then.
  const std::uint64_t hops = n * options.weights.size() * static_cast<std::uint64_t>(options.dim) * sizeof(float);
  return std::max(estimate_fastrp_memory(graph, side_by_side(options)),
                  hops + (chunk_count(n, summed_rows_per_chunk) + 2) * moments) +
         n;
}

}  // namespace adjoin::detail
