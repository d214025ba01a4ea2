#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>

#include <fmt/format.h>

#include <adjoin/engine/learn/message_passing.hpp>
#include <adjoin/engine/learn/shape_error.hpp>
#include <adjoin/engine/learn/sparse_rows.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/head_products.hpp>
#include <adjoin/engine/sparse/spmm.hpp>

namespace adjoin::learn {
namespace {

void product(RunContext& context, const CsrView& a, MatrixView<const float> x, const Gradient<float>& out) {
  if (out.add) {
    const std::array<RowTerm, 1> before = {RowTerm{.matrix = MatrixView<const float>(out.view)}};
    adjoin::spmm_combine(context, a, {}, x, 1.0F, false, before, out.view);
  } else {
    adjoin::spmm(context, a, {}, x, out.view);
  }
}

void product(RunContext& context, const CsrView& a, MatrixView<const double> x, const Gradient<double>& out) {
  for_sparse_rows(context, a, x.columns(), [&](std::size_t i) {
    if (!out.add) std::ranges::fill(out.view.row(i), 0.0);
    for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) {
      const double weight = a.weighted() ? static_cast<double>(a.weights[e]) : 1.0;
      for (std::size_t j = 0; j < x.columns(); ++j) out.view(i, j) += weight * x(adjoin::index(a.targets[e]), j);
    }
  });
}

template <class Real>
class SpMM final : public Operation<Real> {
 public:
  explicit SpMM(const SparseOperand* a) : a_(a) {}

  std::string_view name() const noexcept override { return "spmm"; }
  BackwardReads backward_reads() const noexcept override { return {.inputs = 0, .output = false}; }
  void forward(Step<Real>& step) const override {
    product(step.context(), a_->matrix(), step.input(0), {step.output(), false});
  }
  void backward(Step<Real>& step) const override {
    product(step.context(), a_->transposed(), step.output_gradient(), step.gradient(0));
  }

 private:
  const SparseOperand* a_;
};

/// The products of head_products.hpp in double precision.
void spmm_heads(RunContext& context, const CsrView& a, MatrixView<const double> values,
                std::span<const EdgeOffset> rows, MatrixView<const double> x, bool add, MatrixView<double> out) {
  const std::size_t width = x.columns() / values.columns();
  for_sparse_rows(context, a, x.columns(), [&](std::size_t i) {
    if (!add) std::ranges::fill(out.row(i), 0.0);
    for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) {
      const std::size_t row = rows.empty() ? e : adjoin::index(rows[e]);
      for (std::size_t j = 0; j < x.columns(); ++j) {
        out(i, j) += values(row, j / width) * x(adjoin::index(a.targets[e]), j);
      }
    }
  });
}

void entry_dots(RunContext& context, const CsrView& a, MatrixView<const double> left, MatrixView<const double> right,
                bool add, MatrixView<double> out) {
  const std::size_t width = left.columns() / out.columns();
  for_sparse_rows(context, a, left.columns(), [&](std::size_t i) {
    for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) {
      for (std::size_t head = 0; head < out.columns(); ++head) {
        double dot = 0;
        for (std::size_t j = head * width; j < (head + 1) * width; ++j) {
          dot += left(i, j) * right(adjoin::index(a.targets[e]), j);
        }
        out(e, head) = add ? out(e, head) + dot : dot;
      }
    }
  });
}

template <class Real>
class SpMMLearned final : public Operation<Real> {
 public:
  SpMMLearned(const SparseOperand* a, std::size_t heads) : a_(a), one_head_(heads == 1) {}

  std::string_view name() const noexcept override { return "spmm_learned"; }
  BackwardReads backward_reads() const noexcept override { return {.output = false}; }
  /// Backwards with one head: its values in the order of the transpose.
  Workspace workspace() const noexcept override {
    const bool moved = one_head_ && std::is_same_v<Real, float>;
    return {.backward = moved ? a_->matrix().nonzero_count() * sizeof(float) : 0};
  }
  void forward(Step<Real>& step) const override {
    if constexpr (std::is_same_v<Real, float>) {
      const MatrixView<const float> values = step.input(0);
      if (one_head_ && values.contiguous()) {
        return product(step.context(), with_weights(a_->matrix(), {values.data(), values.rows()}), step.input(1),
                       {step.output(), false});
      }
    }
    spmm_heads(step.context(), a_->matrix(), step.input(0), {}, step.input(1), false, step.output());
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> values = step.input(0);
    const MatrixView<const Real> result = step.output_gradient();
    if (step.wants_gradient(0)) {
      const Gradient<Real> gradient = step.gradient(0);
      entry_dots(step.context(), a_->matrix(), result, step.input(1), gradient.add, gradient.view);
    }
    if (step.wants_gradient(1)) {
      const auto origins = a_->origins();
      if constexpr (std::is_same_v<Real, float>) {
        if (one_head_) {
          const std::span<float> moved = step.template scratch<float>();
          step.context().for_chunks(origins.size(), rows_per_chunk(1), [&](Chunk chunk) {
            for (std::size_t e = chunk.begin; e < chunk.end; ++e) moved[e] = values(adjoin::index(origins[e]), 0);
          });
          return product(step.context(), with_weights(a_->transposed(), moved), result, step.gradient(1));
        }
      }
      const Gradient<Real> gradient = step.gradient(1);
      spmm_heads(step.context(), a_->transposed(), values, origins, result, gradient.add, gradient.view);
    }
  }

 private:
  /// One head's values are weights as any others: the product is that of constants.
  static CsrView with_weights(CsrView a, std::span<const float> weights) {
    a.weights = weights;
    return a;
  }

  const SparseOperand* a_;
  bool one_head_;
};

template <class Real>
class NeighborMax final : public Operation<Real> {
 public:
  NeighborMax(const SparseOperand* a, Shape shape) : a_(a), shape_(shape) {}

  std::string_view name() const noexcept override { return "neighbor_max"; }
  BackwardReads backward_reads() const noexcept override { return {.inputs = 0, .output = false}; }
  /// Saved: which row each entry of the result is from.
  Workspace workspace() const noexcept override { return {.saved = shape_.size() * sizeof(NodeId)}; }
  void forward(Step<Real>& step) const override {
    const CsrView& a = a_->matrix();
    const MatrixView<const Real> x = step.input(0);
    const MatrixView<Real> out = step.output();
    const auto from = step.template saved<NodeId>();
    for_sparse_rows(step.context(), a, shape_.columns, [&](std::size_t i) {
      Real* const largest = out.row(i).data();
      NodeId* const place = from.data() + i * shape_.columns;
      std::fill_n(largest, shape_.columns, Real{0});
      std::fill_n(place, shape_.columns, no_node);
      for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) {
        const Real* const row = x.row(adjoin::index(a.targets[e])).data();
        const bool first = e == a.row_begin(i);
        for (std::size_t j = 0; j < shape_.columns; ++j) {
          // A NaN wins, so that it is seen.
          if (!first && !(row[j] > largest[j]) && !std::isnan(row[j])) continue;
          largest[j] = row[j];
          place[j] = a.targets[e];
        }
      }
    });
  }
  void backward(Step<Real>& step) const override {
    const CsrView a = a_->transposed();
    const auto from = step.template saved<const NodeId>();
    const MatrixView<const Real> result = step.output_gradient();
    const MatrixView<Real> gradient = step.gradient_to_add_to(0);
    for_sparse_rows(step.context(), a, shape_.columns, [&](std::size_t row) {
      Real* const sum = gradient.row(row).data();
      for (std::size_t e = a.row_begin(row); e < a.row_end(row); ++e) {
        const std::size_t i = adjoin::index(a.targets[e]);
        const NodeId* const place = from.data() + i * shape_.columns;
        const Real* const part = result.row(i).data();
        for (std::size_t j = 0; j < shape_.columns; ++j) {
          if (place[j] == node_id(row)) sum[j] += part[j];
        }
      }
    });
  }

 private:
  const SparseOperand* a_;
  Shape shape_;
};

template <class Real>
class PageRankStep final : public Operation<Real> {
 public:
  PageRankStep(const SparseOperand* a, double restart)
      : a_(a), share_(static_cast<Real>(1 - restart)), restart_(static_cast<Real>(restart)) {}

  std::string_view name() const noexcept override { return "pagerank_step"; }
  BackwardReads backward_reads() const noexcept override { return {.inputs = 0, .output = false}; }
  void forward(Step<Real>& step) const override {
    const MatrixView<const Real> start = step.input(1);
    blend(step.context(), a_->matrix(), step.input(0), &start, {step.output(), false});
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> result = step.output_gradient();
    if (step.wants_gradient(0)) blend(step.context(), a_->transposed(), result, nullptr, step.gradient(0));
    if (!step.wants_gradient(1)) return;
    const Gradient<Real> gradient = step.gradient(1);
    for_rows(step.context(), result.rows(), result.columns(), [&](std::size_t i) {
      const Real* const from = result.row(i).data();
      gradient.put_row(i, [&](std::size_t j) { return restart_ * from[j]; });
    });
  }

 private:
  /// out (+)= share * A x + restart * start.
  void blend(RunContext& context, const CsrView& a, MatrixView<const float> x, const MatrixView<const float>* start,
             const Gradient<float>& out) const {
    std::array<RowTerm, 2> terms;
    std::size_t count = 0;
    if (start != nullptr) terms[count++] = {.matrix = *start, .coefficient = restart_};
    if (out.add) terms[count++] = {.matrix = MatrixView<const float>(out.view)};
    adjoin::spmm_combine(context, a, {}, x, share_, false, std::span(terms).first(count), out.view);
  }
  void blend(RunContext& context, const CsrView& a, MatrixView<const double> x, const MatrixView<const double>* start,
             const Gradient<double>& out) const {
    for_sparse_rows(context, a, x.columns(), [&](std::size_t i) {
      for (std::size_t j = 0; j < x.columns(); ++j) {
        double sum = 0;
        for (std::size_t e = a.row_begin(i); e < a.row_end(i); ++e) {
          sum += (a.weighted() ? static_cast<double>(a.weights[e]) : 1.0) * x(adjoin::index(a.targets[e]), j);
        }
        const double value = share_ * sum + (start != nullptr ? restart_ * (*start)(i, j) : 0.0);
        out.view(i, j) = out.add ? out.view(i, j) + value : value;
      }
    });
  }

  const SparseOperand* a_;
  Real share_;
  Real restart_;
};

template <class Real>
void require_rows_of(const BasicTape<Real>& tape, std::string_view operation, const SparseOperand& a, Tensor x) {
  require_shape(tape.shape(x).rows == a.matrix().column_count, tape, operation, x,
                "it has a row for each column of the sparse matrix");
}

}  // namespace

template <class Real>
Tensor spmm(BasicTape<Real>& tape, const SparseOperand& a, Tensor x) {
  require_rows_of(tape, "spmm", a, x);
  return tape.template record<SpMM<Real>>({a.matrix().row_count(), tape.shape(x).columns}, {x}, &a);
}

template <class Real>
Tensor spmm(BasicTape<Real>& tape, const SparseOperand& a, Tensor values, Tensor x) {
  require_rows_of(tape, "spmm", a, x);
  const Shape heads = tape.shape(values);
  require_shape(heads.rows == a.matrix().nonzero_count(), tape, "spmm", values,
                "it has a row for each entry of the sparse matrix");
  require_shapes(heads.columns > 0 && tape.shape(x).columns % heads.columns == 0, tape, "spmm", x, values,
                 "the columns of the first are shared out evenly among those of the second");
  return tape.template record<SpMMLearned<Real>>({a.matrix().row_count(), tape.shape(x).columns}, {values, x}, &a,
                                                 heads.columns);
}

template <class Real>
Tensor neighbor_max(BasicTape<Real>& tape, const SparseOperand& a, Tensor x) {
  require_rows_of(tape, "neighbor_max", a, x);
  const Shape shape = {a.matrix().row_count(), tape.shape(x).columns};
  return tape.template record<NeighborMax<Real>>(shape, {x}, &a, shape);
}

template <class Real>
Tensor pagerank_step(BasicTape<Real>& tape, const SparseOperand& a, Tensor x, Tensor start, double restart) {
  require_rows_of(tape, "pagerank_step", a, x);
  require_shapes(tape.shape(start) == Shape{a.matrix().row_count(), tape.shape(x).columns}, tape, "pagerank_step", x,
                 start, "the second has a row for each row of the sparse matrix, as wide as the first");
  if (!(restart >= 0 && restart <= 1)) {
    throw InvalidOption(fmt::format("pagerank_step: restart = {} is outside 0 to 1", restart));
  }
  return tape.template record<PageRankStep<Real>>(tape.shape(start), {x, start}, &a, restart);
}

#define ADJOIN_INSTANTIATE(Real)                                                      \
  template Tensor spmm<Real>(BasicTape<Real>&, const SparseOperand&, Tensor);         \
  template Tensor spmm<Real>(BasicTape<Real>&, const SparseOperand&, Tensor, Tensor); \
  template Tensor neighbor_max<Real>(BasicTape<Real>&, const SparseOperand&, Tensor); \
  template Tensor pagerank_step<Real>(BasicTape<Real>&, const SparseOperand&, Tensor, Tensor, double);
ADJOIN_INSTANTIATE(float)
ADJOIN_INSTANTIATE(double)
#undef ADJOIN_INSTANTIATE

}  // namespace adjoin::learn
