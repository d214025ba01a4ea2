// FastRP on one device, written once over its backend.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <adjoin/algorithms/embedding/fastrp_steps.hpp>
#include <adjoin/engine/runtime/hash.hpp>
#include <adjoin/engine/sparse/backend.hpp>

namespace adjoin::detail {

/// The key of a feature's random vector: a control character keeps it apart from every node's name.
inline std::uint64_t feature_key(std::size_t feature) {
  return hash_name(
      "\x01"
      "feature " +
      std::to_string(feature));
}

/// The start vectors are signs, a sixteenth of a buffer, unless features or the caller gave them: then they are a
/// buffer, and everything below takes either. State is what hops are kept in: the device's DenseMatrix or HalfMatrix.
template <Backend Device, class State>
class FastRPRun {
 public:
  FastRPRun(RunContext& context, Device device, const CsrView& a, const NodeIndex& nodes, const NodeScales& scales,
            const FastRPOptions& options, const FastRPSteps& steps, const FastRPInputs& inputs)
      : context_(context),
        device_(device),
        a_(device_.upload(a)),
        nodes_(nodes),
        scales_(scales),
        options_(options),
        steps_(steps),
        inputs_(inputs),
        n_(a.row_count()),
        dim_(static_cast<std::size_t>(options.dim)),
        sparsity_(projection_sparsity(options, n_, scales.degree_sum)),
        scale_(device_.upload(scales.product.span())) {}

  using Buffer = typename Device::DenseMatrix;

  /// The vectors, where the device has made them.
  Buffer run() {
    context_.begin_stage("project", "rows", n_);
    if (inputs_.start.columns() > 0) return run_from(device_.upload(inputs_.start));
    if (property_columns(options_) > 0) return run_from(start_with_features());
    return run_from(random_start(dim_));
  }

  /// The vectors in the host's memory.
  Matrix run_and_download() {
    Buffer result = run();
    if (device_.free_bytes()) context_.begin_stage("download", "rows", n_);
    return device_.download(std::move(result));
  }

 private:
  using Signs = typename Device::SignMatrix;
  using Vector = typename Device::Vector;
  template <class M>
  using Terms = std::vector<DenseTerm<M, Vector>>;
  static constexpr bool in_floats = std::same_as<State, Buffer>;

  float magnitude() const { return static_cast<float>(projection_magnitude(options_, sparsity_)); }

  /// The first columns of N_0 = L R.
  Signs random_start(std::size_t columns) {
    return device_.random_signs([&](std::size_t v) { return nodes_.name_hash(node_id(v)) ^ inputs_.projection; },
                                sparsity_, magnitude(), scales_.start.span(), columns);
  }

  Buffer start_with_features() {
    const std::size_t width = property_columns(options_);
    Buffer start = device_.matrix(n_, dim_);
    device_.fill(start, 0);
    if (width < dim_) device_.add_rows(1, random_start(dim_ - width), false, start, 0);
    const Array<float> ones(inputs_.features.column_count, 1.0F);
    const Signs vectors =
        device_.random_signs([](std::size_t f) { return feature_key(f); }, sparsity_, magnitude(), ones.span(), width);
    Buffer part = device_.matrix(n_, width);
    auto features = device_.upload(inputs_.features);
    device_.spmm(features, {}, vectors, part);
    device_.add_rows(1, part, false, start, dim_ - width);
    return start;
  }

  template <class Start>
  Buffer run_from(Start start) {
    return options_.concatenate ? concatenated(start) : summed(start);
  }

  template <class Start>
  Buffer summed(Start& start) {
    Buffer result;
    if (steps_.hops() == 0) {
      result = device_.matrix(n_, dim_);
      device_.fill(result, 0);
    } else {
      result = steps_.fused() ? propagate(start) : propagate_with_self(start);
    }
    if (steps_.start_weight != 0) device_.add_rows(steps_.start_weight, start, units(), result, 0);
    if (steps_.isolated_own) {
      device_.add_rows(steps_.isolated_weight(), start, units(), result, 0, scales_.without_neighbors.span());
    }
    if (steps_.standardizes) standardize(result);
    return result;
  }

  /// The weighted sum over the hops in two buffers, or two of half the size and one for the result. Before the last hop
  /// h, `state` holds N_(h-1) and `spare` still holds N_(h-2); the last pass adds both to the product and, in floats,
  /// writes over `spare`. N_1, if that was before them, is made once more from the start vectors, which costs less than
  /// a buffer where these are signs. Only a hop between needs a third one, `early`.
  template <class Start>
  Buffer propagate(Start& start) {
    const std::size_t hops = steps_.hops();
    const auto weight = [&](std::size_t hop) { return steps_.weight(hop); };
    context_.begin_stage("propagate", "rows", (hops + (steps_.repeats_first_hop() ? 1 : 0)) * n_);
    if (hops == 1) {
      Buffer result = device_.matrix(n_, dim_);
      device_.spmm_combine(a_, scale_, start, weight(1), units(), Terms<Buffer>{}, result);
      return result;
    }
    State state = device_.template matrix<State>(n_, dim_);
    device_.spmm(a_, scale_, start, state);
    State spare = state_after(start);
    Buffer early = device_.matrix(steps_.needs_third_buffer() ? n_ : 0, dim_);
    device_.fill(early, 0);
    for (std::size_t hop = 2; hop < hops; ++hop) {
      device_.spmm(a_, scale_, state, spare);
      std::swap(state, spare);
      if (weight(hop) != 0 && hop + 2 < hops) device_.add_rows(weight(hop), state, units(), early, 0);
    }
    Terms<State> terms;
    if (hops >= 3 && weight(hops - 2) != 0) terms.push_back({&spare, weight(hops - 2), units()});
    if (weight(hops - 1) != 0) terms.push_back({&state, weight(hops - 1), units()});
    const auto finish = [&](Buffer& result) {
      device_.spmm_combine(a_, scale_, state, weight(hops), units(), terms, result);
      if (steps_.repeats_first_hop()) {
        device_.spmm_combine(a_, scale_, start, weight(1), units(), Terms<Buffer>{{&result, 1, false}}, result);
      }
      if (steps_.needs_third_buffer()) device_.add_rows(1, early, false, result, 0);
    };
    if constexpr (in_floats) {
      finish(spare);
      return spare;
    } else {
      Buffer result = device_.matrix(n_, dim_);
      finish(result);
      return result;
    }
  }

  /// A state that is normalised for good cannot be had from the product alone: every hop is finished before it is
  /// added.
  template <class Start>
  Buffer propagate_with_self(Start& start) {
    context_.begin_stage("propagate", "rows", (steps_.hops() + 1) * n_);
    Buffer state = device_.matrix(n_, dim_);
    if (steps_.gathers_start_first) {
      device_.spmm(a_, scale_, start, state);
    } else {
      device_.fill(state, 0);
      device_.add_rows(1, start, false, state, 0);
    }
    Buffer next = device_.matrix(n_, dim_);
    Buffer total = device_.matrix(n_, dim_);
    device_.fill(total, 0);
    for (std::size_t hop = 1; hop <= steps_.hops(); ++hop) {
      advance(state, next);
      if (steps_.weight(hop) != 0) device_.add_rows(steps_.weight(hop), state, units(), total, 0);
    }
    return total;
  }

  /// One hop from `state`, which it replaces; `next` is room for it.
  template <class M>
  void advance(M& state, M& next) {
    if (steps_.gathers_self) {
      device_.spmm_combine(a_, scale_, state, 1, false, Terms<M>{{&state, 1, false}}, next);
    } else {
      device_.spmm(a_, scale_, state, next);
    }
    if constexpr (std::same_as<M, Buffer>) {
      if (steps_.unit_rows == UnitRows::always) device_.normalize_rows(next);
    }
    std::swap(state, next);
  }

  /// Every hop with a weight beside the one before it, the start vectors first.
  template <class Start>
  Buffer concatenated(const Start& start) {
    const std::size_t blocks = steps_.hops_with_weight() + (steps_.start_weight != 0 ? 1 : 0);
    Buffer result = device_.matrix(n_, blocks * dim_);
    device_.fill(result, 0);
    std::size_t column = 0;
    const auto append = [&](float weight, const auto& rows) {
      device_.add_rows(weight, rows, units(), result, column);
      column += dim_;
    };
    if (steps_.start_weight != 0) append(steps_.start_weight, start);
    const std::size_t products = steps_.hops() + (steps_.gathers_start_first ? 1 : 0);
    context_.begin_stage("propagate", "rows", products * n_);
    State state = device_.template matrix<State>(n_, dim_);
    State next = device_.template matrix<State>(n_, dim_);
    if (products > 0) device_.spmm(a_, scale_, start, state);
    for (std::size_t hop = 1; hop <= steps_.hops(); ++hop) {
      if (hop > 1 || steps_.gathers_start_first) advance(state, next);
      if (steps_.weight(hop) == 0) continue;
      if (steps_.isolated_own) {
        device_.add_rows(steps_.weight(hop), start, units(), result, column, scales_.without_neighbors.span());
      }
      append(steps_.weight(hop), state);
    }
    return result;
  }

  void standardize(Buffer& result) {
    context_.begin_stage("standardize", "rows", 2 * n_);
    // Zero rows stay zero: they say that nothing is known of a node.
    const bool zero_rows = steps_.start_weight == 0 && options_.isolated == FastRPIsolated::zero;
    device_.standardize_columns(result, zero_rows ? scales_.without_neighbors.span() : std::span<const std::uint8_t>{});
  }

  /// Room for a second hop, the first being made: the start vectors' own where they are not wanted any more.
  template <class Start>
  State state_after(Start& start) {
    if constexpr (std::same_as<Start, State>) {
      if (!steps_.keeps_start()) return std::move(start);
    }
    if (!steps_.keeps_start()) start = Start();
    return device_.template matrix<State>(n_, dim_);
  }

  bool units() const { return steps_.adds_units(); }

  RunContext& context_;
  Device device_;
  typename Device::SparseMatrix a_;
  const NodeIndex& nodes_;
  const NodeScales& scales_;
  const FastRPOptions& options_;
  const FastRPSteps& steps_;
  const FastRPInputs& inputs_;
  std::size_t n_;
  std::size_t dim_;
  double sparsity_;
  Vector scale_;  // of the products
};

}  // namespace adjoin::detail
