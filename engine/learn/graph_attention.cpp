#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <adjoin/engine/learn/column_sums.hpp>
#include <adjoin/engine/learn/graph_attention.hpp>
#include <adjoin/engine/learn/shape_error.hpp>
#include <adjoin/engine/learn/sparse_rows.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::learn {
namespace {

/// The entries of a row become their softmax, column by column.
template <class Real>
void softmax_of_row(const CsrView& a, std::size_t i, MatrixView<Real> scores) {
  for (std::size_t head = 0; head < scores.columns(); ++head) {
    Real largest = -std::numeric_limits<Real>::infinity();
    for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) largest = std::max(largest, scores(e, head));
    Real sum = 0;
    for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) {
      sum += scores(e, head) = std::exp(scores(e, head) - largest);
    }
    for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) scores(e, head) /= sum;
  }
}

/// The gradients of a row's scores from those of their softmax.
template <class Real>
void softmax_gradient(const CsrView& a, std::size_t i, MatrixView<const Real> shares, MatrixView<const Real> result,
                      MatrixView<Real> scores) {
  for (std::size_t head = 0; head < shares.columns(); ++head) {
    Real along = 0;
    for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) along += shares(e, head) * result(e, head);
    for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) {
      scores(e, head) = shares(e, head) * (result(e, head) - along);
    }
  }
}

template <class Real>
struct ScoreRelu {
  Real slope;

  Real operator()(Real x) const noexcept { return x > 0 ? x : slope * x; }
  Real derivative(Real x) const noexcept { return x > 0 ? Real{1} : slope; }
};

template <class Real>
class AttentionWeights final : public Operation<Real> {
 public:
  AttentionWeights(const SparseOperand* a, std::size_t heads, Real slope) : a_(a), heads_(heads), relu_{slope} {}

  std::string_view name() const noexcept override { return "attention_weights"; }
  Workspace workspace() const noexcept override {
    return {.backward = a_->matrix().nonzero_count() * heads_ * sizeof(Real)};
  }
  void forward(Step<Real>& step) const override {
    const CsrView& a = a_->matrix();
    const MatrixView<const Real> targets = step.input(0);
    const MatrixView<const Real> sources = step.input(1);
    const MatrixView<Real> out = step.output();
    for_sparse_rows(step.context(), a, heads_, [&](std::size_t i) {
      for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) {
        const std::size_t j = adjoin::index(a.targets[e]);
        for (std::size_t head = 0; head < heads_; ++head) out(e, head) = relu_(targets(i, head) + sources(j, head));
      }
      softmax_of_row(a, i, out);
    });
  }
  void backward(Step<Real>& step) const override {
    const CsrView& a = a_->matrix();
    const MatrixView<const Real> targets = step.input(0);
    const MatrixView<const Real> sources = step.input(1);
    const MatrixView<const Real> result = step.output_gradient();
    const MatrixView<Real> scores(step.template scratch<Real>().data(), a.nonzero_count(), heads_);
    for_sparse_rows(step.context(), a, heads_, [&](std::size_t i) {
      softmax_gradient(a, i, MatrixView<const Real>(step.output()), result, scores);
      for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) {
        const std::size_t j = adjoin::index(a.targets[e]);
        for (std::size_t head = 0; head < heads_; ++head) {
          scores(e, head) *= relu_.derivative(targets(i, head) + sources(j, head));
        }
      }
    });
    if (step.wants_gradient(0)) {
      const Gradient<Real> gradient = step.gradient(0);
      for_sparse_rows(step.context(), a, heads_, [&](std::size_t i) {
        gradient.put_row(i, [&](std::size_t head) {
          Real sum = 0;
          for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) sum += scores(e, head);
          return sum;
        });
      });
    }
    if (step.wants_gradient(1)) {
      const CsrView back = a_->transposed();
      const auto origins = a_->origins();
      const Gradient<Real> gradient = step.gradient(1);
      for_sparse_rows(step.context(), back, heads_, [&](std::size_t j) {
        gradient.put_row(j, [&](std::size_t head) {
          Real sum = 0;
          for (std::size_t e = back.row_begin(j); e < back.row_end(j); ++e)
            sum += scores(adjoin::index(origins[e]), head);
          return sum;
        });
      });
    }
  }

 private:
  const SparseOperand* a_;
  std::size_t heads_;
  ScoreRelu<Real> relu_;
};

template <class Real>
class DynamicAttentionWeights final : public Operation<Real> {
 public:
  DynamicAttentionWeights(const SparseOperand* a, std::size_t heads, std::size_t columns, Real slope)
      : a_(a), heads_(heads), columns_(columns), relu_{slope} {}

  std::string_view name() const noexcept override { return "dynamic_attention_weights"; }
  /// Backwards: the gradients of the scores, then sums for the gradient of the weights.
  Workspace workspace() const noexcept override {
    return {.backward = score_bytes() + column_sum_bytes(target_shape(), columns_)};
  }
  void forward(Step<Real>& step) const override {
    const CsrView& a = a_->matrix();
    const MatrixView<const Real> targets = step.input(0);
    const MatrixView<const Real> sources = step.input(1);
    const Real* const weights = step.input(2).data();
    const MatrixView<Real> out = step.output();
    for_sparse_rows(step.context(), a, columns_, [&](std::size_t i) {
      const Real* const target = targets.row(i).data();
      for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) {
        const Real* const source = sources.row(adjoin::index(a.targets[e])).data();
        for (std::size_t head = 0; head < heads_; ++head) {
          Real score = 0;
          for (std::size_t j = head * width(); j < (head + 1) * width(); ++j) {
            score += weights[j] * relu_(target[j] + source[j]);
          }
          out(e, head) = score;
        }
      }
      softmax_of_row(a, i, out);
    });
  }
  void backward(Step<Real>& step) const override {
    const CsrView& a = a_->matrix();
    const MatrixView<const Real> targets = step.input(0);
    const MatrixView<const Real> sources = step.input(1);
    const MatrixView<const Real> result = step.output_gradient();
    const std::span<std::byte> scratch = step.template scratch<std::byte>();
    const MatrixView<Real> scores(static_cast<Real*>(static_cast<void*>(scratch.data())), a.nonzero_count(), heads_);
    for_sparse_rows(step.context(), a, heads_, [&](std::size_t i) {
      softmax_gradient(a, i, MatrixView<const Real>(step.output()), result, scores);
    });
    if (step.wants_gradient(0)) {
      const auto entry = [](std::size_t e) { return e; };
      put_ends(step, a, entry, targets, sources, scores, step.gradient(0));
    }
    if (step.wants_gradient(1)) {
      const auto origins = a_->origins();
      const auto entry = [&](std::size_t e) { return adjoin::index(origins[e]); };
      put_ends(step, a_->transposed(), entry, sources, targets, scores, step.gradient(1));
    }
    if (step.wants_gradient(2)) put_weights(step, targets, sources, scores, scratch.subspan(score_bytes()));
  }

 private:
  std::size_t width() const noexcept { return columns_ / heads_; }
  Shape target_shape() const noexcept { return {a_->matrix().row_count(), columns_}; }
  /// A multiple of 8, as numbers of double precision stand behind.
  std::size_t score_bytes() const noexcept {
    return (a_->matrix().nonzero_count() * heads_ * sizeof(Real) + 7) / 8 * 8;
  }

  /// The gradient of the rows on one side: of row i, what its entries in `along` bring.
  template <class EntryOf>
  void put_ends(Step<Real>& step, const CsrView& along, EntryOf&& entry_of, MatrixView<const Real> here,
                MatrixView<const Real> there, MatrixView<const Real> scores, const Gradient<Real>& gradient) const {
    const Real* const weights = step.input(2).data();
    for_sparse_rows(step.context(), along, columns_, [&](std::size_t i) {
      const Real* const own = here.row(i).data();
      Real* const sum = gradient.view.row(i).data();
      if (!gradient.add) std::fill_n(sum, columns_, Real{0});
      for (std::size_t e = along.row_begin(i); e < along.row_end(i); ++e) {
        const Real* const other = there.row(adjoin::index(along.targets[e])).data();
        const Real* const score = scores.row(entry_of(e)).data();
        for (std::size_t head = 0; head < heads_; ++head) {
          for (std::size_t j = head * width(); j < (head + 1) * width(); ++j) {
            sum[j] += score[head] * weights[j] * relu_.derivative(own[j] + other[j]);
          }
        }
      }
    });
  }
  void put_weights(Step<Real>& step, MatrixView<const Real> targets, MatrixView<const Real> sources,
                   MatrixView<const Real> scores, std::span<std::byte> scratch) const {
    const CsrView& a = a_->matrix();
    const std::span<double> partial(static_cast<double*>(static_cast<void*>(scratch.data())),
                                    scratch.size() / sizeof(double));
    const auto totals =
        sum_columns(step.context(), target_shape(), columns_, partial, [&](std::size_t i, double* sums) {
          for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) {
            const Real* const source = sources.row(adjoin::index(a.targets[e])).data();
            for (std::size_t head = 0; head < heads_; ++head) {
              const Real score = scores(e, head);
              for (std::size_t j = head * width(); j < (head + 1) * width(); ++j) {
                sums[j] += static_cast<double>(score * relu_(targets(i, j) + source[j]));
              }
            }
          }
        });
    step.gradient(2).put_row(0, [&](std::size_t j) { return static_cast<Real>(totals[j]); });
  }

  const SparseOperand* a_;
  std::size_t heads_;
  std::size_t columns_;
  ScoreRelu<Real> relu_;
};

template <class Real>
void require_ends(const BasicTape<Real>& tape, std::string_view operation, const SparseOperand& a, Tensor targets,
                  Tensor sources, double slope) {
  require_shape(tape.shape(targets).rows == a.matrix().row_count(), tape, operation, targets,
                "it has a row for each row of the sparse matrix");
  require_shape(tape.shape(sources).rows == a.matrix().column_count, tape, operation, sources,
                "it has a row for each column of the sparse matrix");
  require_shapes(tape.shape(targets).columns == tape.shape(sources).columns, tape, operation, targets, sources,
                 "both have as many columns");
  if (!(slope > 0)) throw InvalidOption(fmt::format("{}: slope = {} is not above 0", operation, slope));
}

}  // namespace

template <class Real>
Tensor attention_weights(BasicTape<Real>& tape, const SparseOperand& a, Tensor targets, Tensor sources, double slope) {
  require_ends(tape, "attention_weights", a, targets, sources, slope);
  const std::size_t heads = tape.shape(targets).columns;
  return tape.template record<AttentionWeights<Real>>({a.matrix().nonzero_count(), heads}, {targets, sources}, &a,
                                                      heads, static_cast<Real>(slope));
}

template <class Real>
Tensor dynamic_attention_weights(BasicTape<Real>& tape, const SparseOperand& a, Tensor targets, Tensor sources,
                                 Tensor weights, std::size_t heads, double slope) {
  require_ends(tape, "dynamic_attention_weights", a, targets, sources, slope);
  const std::size_t columns = tape.shape(sources).columns;
  require_shapes(tape.shape(weights) == Shape{1, columns}, tape, "dynamic_attention_weights", sources, weights,
                 "the second is one row as wide as the first");
  require_shape(heads > 0 && columns % heads == 0, tape, "dynamic_attention_weights", sources,
                "its columns are shared out evenly among the heads");
  return tape.template record<DynamicAttentionWeights<Real>>(
      {a.matrix().nonzero_count(), heads}, {targets, sources, weights}, &a, heads, columns, static_cast<Real>(slope));
}

#define ADJOIN_INSTANTIATE(Real)                                                                                  \
  template Tensor attention_weights<Real>(BasicTape<Real>&, const SparseOperand&, Tensor, Tensor, double);        \
  template Tensor dynamic_attention_weights<Real>(BasicTape<Real>&, const SparseOperand&, Tensor, Tensor, Tensor, \
                                                  std::size_t, double);
ADJOIN_INSTANTIATE(float)
ADJOIN_INSTANTIATE(double)
#undef ADJOIN_INSTANTIATE

}  // namespace adjoin::learn
