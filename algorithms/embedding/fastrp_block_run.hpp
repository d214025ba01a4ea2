// FastRP by blocks of columns on one device, written once over its backend: what fastrp_in_blocks runs, and fastrp
// where a GPU has no room for whole matrices.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <adjoin/algorithms/embedding/fastrp_blocks.hpp>
#include <adjoin/algorithms/embedding/fastrp_steps.hpp>
#include <adjoin/engine/runtime/memory.hpp>
#include <adjoin/engine/sparse/backend.hpp>

namespace adjoin::detail {

/// Two sweeps where rows are brought to length one: lengths, then sums. Lengths and the vectors made of them stand in
/// the host's memory. Not for what check_blocks refuses.
template <Backend Device>
class FastRPBlockRun {
 public:
  FastRPBlockRun(RunContext& context, Device device, const CsrView& a, const NodeIndex& nodes, const NodeScales& scales,
                 const FastRPOptions& options, const FastRPSteps& steps, std::size_t block)
      : context_(context),
        device_(device),
        a_(device_.upload(a)),
        nodes_(nodes),
        scales_(scales),
        options_(options),
        steps_(steps),
        n_(a.row_count()),
        dim_(static_cast<std::size_t>(options.dim)),
        block_(std::min(block, dim_)),
        sparsity_(projection_sparsity(options, n_, scales.degree_sum)),
        scale_(device_.upload(scales.product.span())) {}

  void run(const ColumnSink& sink) {
    const std::size_t sweeps = measures_lengths() ? 2 : 1;
    context_.begin_stage("propagate", "rows", sweeps * chunk_count(dim_, block_) * steps_.hops() * n_);
    if (measures_lengths()) {
      measure_lengths();
      turn_into_factors();
    }
    for (std::size_t first = 0; first < dim_; first += block_) {
      Buffer columns = summed(first, std::min(block_, dim_ - first));
      if (steps_.standardizes) standardize(columns);
      const Matrix there = device_.download(std::move(columns));
      sink(first, there.view());
    }
    context_.end_stage();
  }

 private:
  using Buffer = typename Device::DenseMatrix;
  using Signs = typename Device::SignMatrix;
  using Vector = typename Device::Vector;
  using Terms = std::vector<DenseTerm<Buffer, Vector>>;

  bool measures_lengths() const { return steps_.adds_units(); }

  Signs start(std::size_t first, std::size_t width) {
    return device_.random_signs([&](std::size_t v) { return nodes_.name_hash(node_id(v)); }, sparsity_,
                                static_cast<float>(projection_magnitude(options_, sparsity_)), scales_.start.span(),
                                width, first);
  }

  void measure_lengths() {
    lengths_.resize(steps_.hops() + 1);
    for (std::size_t hop = 0; hop <= steps_.hops(); ++hop) {
      if (hop == 0 ? steps_.adds_start() : steps_.weight(hop) != 0) lengths_[hop] = Array<float>(n_, 0.0F);
    }
    for (std::size_t first = 0; first < dim_; first += block_) {
      const std::size_t width = std::min(block_, dim_ - first);
      const Signs signs = start(first, width);
      Buffer state = device_.matrix(n_, width);
      Buffer next = device_.matrix(n_, width);
      if (steps_.adds_start()) {
        device_.fill(next, 0);
        device_.add_rows(1, signs, false, next, 0);
        lengthen(0, next);
      }
      for (std::size_t hop = 1; hop <= steps_.hops(); ++hop) {
        if (hop == 1) {
          device_.spmm(a_, scale_, signs, state);
        } else {
          device_.spmm(a_, scale_, state, next);
          std::swap(state, next);
        }
        if (steps_.weight(hop) != 0) lengthen(hop, state);
      }
    }
  }

  /// Adds a block's share to the lengths of a hop's rows.
  void lengthen(std::size_t hop, const Buffer& rows) {
    const Array<float> part = device_.row_norms(rows);
    const std::span<float> whole = lengths_[hop].span();
    context_.threads().for_chunks(n_, rows_per_chunk, [&](Chunk chunk) {
      for (std::size_t v = chunk.begin; v < chunk.end; ++v) {
        whole[v] = static_cast<float>(std::hypot(static_cast<double>(whole[v]), static_cast<double>(part[v])));
      }
    });
  }

  void turn_into_factors() {
    for (Array<float>& lengths : lengths_) {
      for (float& length : lengths) length = length > 0 ? 1 / length : 0.0F;
      factors_.push_back(device_.upload(std::as_const(lengths).span()));
    }
  }

  /// By what rows of a hop are multiplied before they are added; nullptr where lengths are left alone.
  const Vector* factor(std::size_t hop) const { return measures_lengths() ? &factors_[hop] : nullptr; }

  /// The weighted sum over the hops of one block, as FastRPRun::propagate has it.
  Buffer summed(std::size_t first, std::size_t width) {
    const std::size_t hops = steps_.hops();
    const Signs signs = start(first, width);
    Buffer state = device_.matrix(n_, width);
    if (hops == 0) {
      device_.fill(state, 0);
      add_start(signs, state);
      return state;
    }
    if (hops == 1) {
      add_product(1, signs, {}, state);
      add_start(signs, state);
      return state;
    }
    device_.spmm(a_, scale_, signs, state);
    Buffer spare = device_.matrix(n_, width);
    Buffer early = device_.matrix(steps_.needs_third_buffer() ? n_ : 0, width);
    device_.fill(early, 0);
    for (std::size_t hop = 2; hop < hops; ++hop) {
      device_.spmm(a_, scale_, state, spare);
      std::swap(state, spare);
      if (steps_.weight(hop) != 0 && hop + 2 < hops) add_hop(hop, state, early);
    }
    Terms terms;
    if (hops >= 3 && steps_.weight(hops - 2) != 0) terms.push_back(term(hops - 2, spare));
    if (steps_.weight(hops - 1) != 0) terms.push_back(term(hops - 1, state));
    add_product(hops, state, terms, spare);
    if (steps_.repeats_first_hop()) add_product(1, signs, Terms{{&spare}}, spare);
    if (steps_.needs_third_buffer()) device_.add_rows(1, early, false, spare, 0);
    add_start(signs, spare);
    return spare;
  }

  /// out = the weighted product that is hop `hop`, and the terms.
  template <class X>
  void add_product(std::size_t hop, const X& x, const Terms& terms, Buffer& out) {
    Array<float> scales = scales_.product.copy();
    if (measures_lengths()) {
      for (std::size_t v = 0; v < n_; ++v) scales[v] *= lengths_[hop][v];
    }
    const Vector there = device_.upload(std::as_const(scales).span());
    device_.spmm_combine(a_, there, x, steps_.weight(hop), false, terms, out);
  }

  DenseTerm<Buffer, Vector> term(std::size_t hop, const Buffer& matrix) const {
    return {&matrix, steps_.weight(hop), false, factor(hop)};
  }

  void add_hop(std::size_t hop, const Buffer& rows, Buffer& total) {
    if (measures_lengths()) {
      device_.add_scaled_rows(steps_.weight(hop), factors_[hop], rows, total);
    } else {
      device_.add_rows(steps_.weight(hop), rows, false, total, 0);
    }
  }

  /// What the start vectors add to the sum.
  void add_start(const Signs& signs, Buffer& total) {
    if (!steps_.adds_start()) return;
    Array<float> weights(n_);
    const float isolated = steps_.isolated_weight();
    for (std::size_t v = 0; v < n_; ++v) {
      weights[v] = steps_.start_weight + (scales_.without_neighbors[v] != 0 ? isolated : 0.0F);
      if (measures_lengths()) weights[v] *= lengths_[0][v];
    }
    const Vector there = device_.upload(std::as_const(weights).span());
    device_.add_scaled_rows(1, there, signs, total);
  }

  void standardize(Buffer& columns) {
    device_.standardize_columns(
        columns, steps_.adds_start() ? std::span<const std::uint8_t>{} : scales_.without_neighbors.span());
  }

  static constexpr std::size_t rows_per_chunk = 1 << 12;

  RunContext& context_;
  Device device_;
  typename Device::SparseMatrix a_;
  const NodeIndex& nodes_;
  const NodeScales& scales_;
  const FastRPOptions& options_;
  const FastRPSteps& steps_;
  std::size_t n_;
  std::size_t dim_;
  std::size_t block_;
  double sparsity_;
  Vector scale_;                       // of the products
  std::vector<Array<float>> lengths_;  // of each hop's rows, 0 being the start; then one over them
  std::vector<Vector> factors_;        // those, on the device
};

}  // namespace adjoin::detail
