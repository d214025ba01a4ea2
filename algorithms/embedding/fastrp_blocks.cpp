#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <adjoin/algorithms/embedding/fastrp_blocks.hpp>
#include <adjoin/algorithms/embedding/fastrp_steps.hpp>
#include <adjoin/engine/dense/rowwise.hpp>
#include <adjoin/engine/dense/sign_matrix.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/spmm.hpp>

namespace adjoin {
namespace {

using detail::FastRPSteps;
using detail::NodeScales;

constexpr std::size_t rows_per_chunk = 1 << 12;

void check_blocks(const RunContext& context, const FastRPOptions& options, const FastRPSteps& steps,
                  std::size_t block) {
  detail::check_fastrp(options, steps);
  if (context.device().kind != DeviceKind::cpu) {
    throw DeviceError("blocks of columns are computed on the cpu only; use --device cpu");
  }
  if (block == 0 || block % SignMatrix::signs_per_word != 0) {
    throw InvalidOption(fmt::format("block = {} is not a multiple of {}", block, SignMatrix::signs_per_word));
  }
  const auto refuse = [](std::string_view what) {
    throw InvalidOption(fmt::format("{} cannot be computed in blocks; leave --block out", what));
  };
  if (!steps.fused()) refuse("the dialect tigergraph, whose hops need the lengths of those before them,");
  if (options.concatenate) refuse("concatenated hops");
  if (options.property_ratio > 0) refuse("vectors that start from features");
  if (options.precision == FastRPPrecision::bf16) refuse("hops in bf16");
}

class BlockRun {
 public:
  BlockRun(RunContext& context, GraphView graph, const FastRPOptions& options, const FastRPSteps& steps,
           std::size_t block)
      : context_(context),
        graph_(graph),
        options_(options),
        steps_(steps),
        neighbors_(gathered_neighbors(context, graph, options.direction, false)),
        a_(neighbors_.rows),
        scales_(detail::node_scales(context, a_, graph.nodes(), options, steps)),
        n_(graph.node_count()),
        dim_(static_cast<std::size_t>(options.dim)),
        block_(std::min(block, dim_)),
        sparsity_(detail::projection_sparsity(options, n_, scales_.degree_sum)) {}
  BlockRun(const BlockRun&) = delete;
  BlockRun& operator=(const BlockRun&) = delete;

  std::uint64_t without_neighbors() const { return scales_.without_neighbors_count; }

  void run(const ColumnSink& sink) {
    const std::size_t sweeps = measures_lengths() ? 2 : 1;
    context_.begin_stage("propagate", "rows", sweeps * chunk_count(dim_, block_) * steps_.hops() * n_);
    if (measures_lengths()) {
      measure_lengths();
      turn_into_factors();
    }
    for (std::size_t first = 0; first < dim_; first += block_) {
      const std::size_t width = std::min(block_, dim_ - first);
      Matrix columns = summed(first, width);
      if (steps_.standardizes) standardize(columns);
      sink(first, columns.view());
    }
    context_.end_stage();
  }

 private:
  bool measures_lengths() const { return steps_.adds_units(); }

  SignMatrix start(std::size_t first, std::size_t width) {
    return random_signs(
        context_, [&](std::size_t v) { return graph_.nodes().name_hash(node_id(v)); }, sparsity_,
        static_cast<float>(detail::projection_magnitude(options_, sparsity_)), scales_.start.span(), width, first);
  }

  void measure_lengths() {
    lengths_.resize(steps_.hops() + 1);
    for (std::size_t hop = 0; hop <= steps_.hops(); ++hop) {
      if (hop == 0 ? steps_.adds_start() : steps_.weight(hop) != 0) lengths_[hop] = Array<float>(n_, 0.0F);
    }
    for (std::size_t first = 0; first < dim_; first += block_) {
      const std::size_t width = std::min(block_, dim_ - first);
      const SignMatrix signs = start(first, width);
      Matrix state(n_, width);
      if (steps_.adds_start()) {
        Matrix rows(n_, width, 0.0F);
        add_rows(context_, 1, signs, false, rows.view());
        lengthen(0, rows);
      }
      Matrix next(n_, width);
      for (std::size_t hop = 1; hop <= steps_.hops(); ++hop) {
        if (hop == 1) {
          spmm(context_, a_, scale(), signs, state.view());
        } else {
          spmm(context_, a_, scale(), std::as_const(state).view(), next.view());
          std::swap(state, next);
        }
        if (steps_.weight(hop) != 0) lengthen(hop, state);
      }
    }
  }

  /// Adds a block's share to the lengths of a hop's rows.
  void lengthen(std::size_t hop, const Matrix& rows) {
    Array<float> part(n_);
    row_norms(context_, rows.view(), part.span());
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
    }
  }

  /// By what row v of a hop is multiplied before it is added; empty where lengths are left alone.
  std::span<const float> factor(std::size_t hop) const {
    return measures_lengths() ? lengths_[hop].span() : std::span<const float>{};
  }

  /// The weighted sum over the hops of one block, as FastRPRun::propagate has it.
  Matrix summed(std::size_t first, std::size_t width) {
    const std::size_t hops = steps_.hops();
    const SignMatrix signs = start(first, width);
    Matrix state(n_, width);
    if (hops == 0) {
      add_start(signs, state, true);
      return state;
    }
    if (hops == 1) {
      spmm_combine(context_, a_, scale_of_sum(1).span(), signs, steps_.weight(1), false, {}, state.view());
      add_start(signs, state, false);
      return state;
    }
    spmm(context_, a_, scale(), signs, state.view());
    Matrix spare(n_, width);
    Matrix early(steps_.needs_third_buffer() ? n_ : 0, width, 0.0F);
    for (std::size_t hop = 2; hop < hops; ++hop) {
      spmm(context_, a_, scale(), std::as_const(state).view(), spare.view());
      std::swap(state, spare);
      if (steps_.weight(hop) != 0 && hop + 2 < hops) add_scaled(hop, state, early);
    }
    std::vector<RowTerm> terms;
    if (hops >= 3 && steps_.weight(hops - 2) != 0) terms.push_back(term(hops - 2, spare));
    if (steps_.weight(hops - 1) != 0) terms.push_back(term(hops - 1, state));
    spmm_combine(context_, a_, scale_of_sum(hops).span(), std::as_const(state).view(), steps_.weight(hops), false,
                 terms, spare.view());
    if (steps_.repeats_first_hop()) {
      const std::vector<RowTerm> sum{{std::as_const(spare).view()}};
      spmm_combine(context_, a_, scale_of_sum(1).span(), signs, steps_.weight(1), false, sum, spare.view());
    }
    if (early.rows() > 0) add_rows(context_, 1, early.view(), false, spare.view());
    add_start(signs, spare, false);
    return spare;
  }

  /// What scales a product that is added to the sum rather than kept.
  Array<float> scale_of_sum(std::size_t hop) const {
    Array<float> scales = scales_.product.copy();
    const std::span<const float> factors = factor(hop);
    for (std::size_t v = 0; v < factors.size(); ++v) scales[v] *= factors[v];
    return scales;
  }

  RowTerm term(std::size_t hop, const Matrix& matrix) const {
    return {matrix.view(), steps_.weight(hop), false, factor(hop)};
  }

  void add_scaled(std::size_t hop, const Matrix& rows, Matrix& total) {
    const std::span<const float> factors = factor(hop);
    context_.threads().for_chunks(n_, rows_per_chunk, [&](Chunk chunk) {
      for (std::size_t v = chunk.begin; v < chunk.end; ++v) {
        const float times = steps_.weight(hop) * (factors.empty() ? 1.0F : factors[v]);
        for (std::size_t j = 0; j < rows.columns(); ++j) total(v, j) += times * rows(v, j);
      }
    });
  }

  /// What the start vectors add to the sum; with `clear` there is nothing yet.
  void add_start(const SignMatrix& signs, Matrix& total, bool clear) {
    if (clear) std::fill_n(total.view().data(), total.rows() * total.columns(), 0.0F);
    if (!steps_.adds_start()) return;
    const std::span<const float> factors = factor(0);
    const float isolated = steps_.isolated_weight();
    context_.threads().for_chunks(n_, rows_per_chunk, [&](Chunk chunk) {
      for (std::size_t v = chunk.begin; v < chunk.end; ++v) {
        const float weight = steps_.start_weight + (scales_.without_neighbors[v] != 0 ? isolated : 0.0F);
        const float times = weight * signs.row_scale()[v] * (factors.empty() ? 1.0F : factors[v]);
        if (times == 0) continue;
        for (std::size_t j = 0; j < total.columns(); ++j) total(v, j) += times * static_cast<float>(signs.sign(v, j));
      }
    });
  }

  void standardize(Matrix& columns) {
    standardize_columns(context_, columns.view(),
                        steps_.adds_start() ? std::span<const std::uint8_t>{} : scales_.without_neighbors.span());
  }

  std::span<const float> scale() const { return scales_.product.span(); }

  RunContext& context_;
  GraphView graph_;
  const FastRPOptions& options_;
  const FastRPSteps& steps_;
  Neighbors neighbors_;
  CsrView a_;
  NodeScales scales_;
  std::size_t n_;
  std::size_t dim_;
  std::size_t block_;
  double sparsity_;
  std::vector<Array<float>> lengths_;  // of each hop's rows, 0 being the start; then one over them
};

}  // namespace

RunRecord fastrp_in_blocks(RunContext& context, GraphView graph, const FastRPOptions& options, std::size_t block,
                           const ColumnSink& sink) {
  const FastRPSteps steps = detail::fastrp_steps(options);
  check_blocks(context, options, steps, block);
  context.require_memory(resident_bytes() + estimate_fastrp_blocks_memory(graph, options, block),
                         "lower --block, or raise --memory");
  BlockRun run(context, graph, options, steps, block);
  run.run(sink);
  RunRecord record = context.record("fastrp", option_values(options));
  detail::remark_isolated(run.without_neighbors(), steps, record);
  return record;
}

std::uint64_t estimate_fastrp_blocks_memory(GraphView graph, const FastRPOptions& options, std::size_t block) {
  const FastRPSteps steps = detail::fastrp_steps(options);
  const std::uint64_t n = graph.node_count();
  const std::size_t width = std::min(block, static_cast<std::size_t>(options.dim));
  const std::uint64_t buffers = steps.needs_third_buffer() ? 3 : 2;
  const std::uint64_t lengths =
      steps.adds_units() ? steps.hops_with_weight() + 2 : 1;  // one while they are added up or used
  return buffers * n * width * sizeof(float) + lengths * n * sizeof(float) + SignMatrix::bytes(n, width) +
         detail::NodeScales::bytes(n) + estimate_neighbors_memory(graph, options.direction, false);
}

}  // namespace adjoin
