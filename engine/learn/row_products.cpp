#include <algorithm>

#include <adjoin/engine/learn/column_sums.hpp>
#include <adjoin/engine/learn/row_products.hpp>
#include <adjoin/engine/learn/shape_error.hpp>

namespace adjoin::learn {
namespace {

template <class Real>
class RowDot final : public Operation<Real> {
 public:
  std::string_view name() const noexcept override { return "row_dot"; }
  BackwardReads backward_reads() const noexcept override { return {.output = false}; }
  void forward(Step<Real>& step) const override {
    const MatrixView<const Real> a = step.input(0);
    const MatrixView<const Real> b = step.input(1);
    const MatrixView<Real> out = step.output();
    for_rows(step.context(), a.rows(), a.columns(), [&](std::size_t i) {
      const Real* const first = a.row(i).data();
      const Real* const second = b.row(i).data();
      Real dot = 0;
      for (std::size_t j = 0; j < a.columns(); ++j) dot += first[j] * second[j];
      out(i, 0) = dot;
    });
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> result = step.output_gradient();
    for (std::size_t k = 0; k < 2; ++k) {
      if (!step.wants_gradient(k)) continue;
      const MatrixView<const Real> other = step.input(1 - k);
      const Gradient<Real> gradient = step.gradient(k);
      for_rows(step.context(), other.rows(), other.columns(), [&](std::size_t i) {
        const Real* const row = other.row(i).data();
        const Real factor = result(i, 0);
        gradient.put_row(i, [&](std::size_t j) { return factor * row[j]; });
      });
    }
  }
};

template <class Real>
class HeadDot final : public Operation<Real> {
 public:
  HeadDot(Shape shape, std::size_t heads) : shape_(shape), heads_(heads) {}

  std::string_view name() const noexcept override { return "head_dot"; }
  BackwardReads backward_reads() const noexcept override { return {.output = false}; }
  Workspace workspace() const noexcept override { return {.backward = column_sum_bytes(shape_, shape_.columns)}; }
  void forward(Step<Real>& step) const override {
    const MatrixView<const Real> x = step.input(0);
    const Real* const weights = step.input(1).data();
    const std::size_t width = shape_.columns / heads_;
    const Gradient<Real> out = {step.output()};
    for_rows(step.context(), shape_.rows, shape_.columns, [&](std::size_t i) {
      const Real* const row = x.row(i).data();
      out.put_row(i, [&](std::size_t head) {
        Real dot = 0;
        for (std::size_t j = head * width; j < (head + 1) * width; ++j) dot += row[j] * weights[j];
        return dot;
      });
    });
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> x = step.input(0);
    const MatrixView<const Real> result = step.output_gradient();
    const std::size_t width = shape_.columns / heads_;
    if (step.wants_gradient(0)) {
      const Real* const weights = step.input(1).data();
      const Gradient<Real> gradient = step.gradient(0);
      for_rows(step.context(), shape_.rows, shape_.columns, [&](std::size_t i) {
        Real* const to = gradient.view.row(i).data();
        for (std::size_t head = 0; head < heads_; ++head) {
          const Real factor = result(i, head);
          for (std::size_t j = head * width; j < (head + 1) * width; ++j) {
            to[j] = gradient.add ? to[j] + factor * weights[j] : factor * weights[j];
          }
        }
      });
    }
    if (step.wants_gradient(1)) {
      const auto totals = sum_columns(step.context(), shape_, shape_.columns, step.template scratch<double>(),
                                      [&](std::size_t i, double* sums) {
                                        for (std::size_t head = 0; head < heads_; ++head) {
                                          const Real factor = result(i, head);
                                          for (std::size_t j = head * width; j < (head + 1) * width; ++j) {
                                            sums[j] += static_cast<double>(x(i, j) * factor);
                                          }
                                        }
                                      });
      step.gradient(1).put_row(0, [&](std::size_t j) { return static_cast<Real>(totals[j]); });
    }
  }

 private:
  Shape shape_;
  std::size_t heads_;
};

template <class Real>
class BlockProduct final : public Operation<Real> {
 public:
  BlockProduct(std::size_t p, std::size_t q, std::size_t f, bool transposed)
      : p_(p), q_(q), f_(f), transposed_(transposed) {}

  std::string_view name() const noexcept override { return "block_product"; }
  BackwardReads backward_reads() const noexcept override { return {.output = false}; }
  void forward(Step<Real>& step) const override {
    multiply(step.context(), step.input(0), step.input(1), {step.output(), false}, transposed_);
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> result = step.output_gradient();
    if (step.wants_gradient(0)) {
      const MatrixView<const Real> x = step.input(1);
      const Gradient<Real> gradient = step.gradient(0);
      // dB = dY X^T, or X dY^T: entry (a, b) is a dot product of two runs of f numbers.
      for_rows(step.context(), x.rows(), p_ * q_ * f_, [&](std::size_t i) {
        const Real* const left = (transposed_ ? x : result).row(i).data();
        const Real* const right = (transposed_ ? result : x).row(i).data();
        gradient.put_row(i, [&](std::size_t entry) {
          const Real* const a = left + entry / q_ * f_;
          const Real* const b = right + entry % q_ * f_;
          Real dot = 0;
          for (std::size_t j = 0; j < f_; ++j) dot += a[j] * b[j];
          return dot;
        });
      });
    }
    if (step.wants_gradient(1)) {
      multiply(step.context(), step.input(0), result, step.gradient(1), !transposed_);
    }
  }

 private:
  void multiply(RunContext& context, MatrixView<const Real> blocks, MatrixView<const Real> x, const Gradient<Real>& out,
                bool transposed) const {
    const std::size_t rows = transposed ? q_ : p_;
    const std::size_t depth = transposed ? p_ : q_;
    for_rows(context, x.rows(), p_ * q_ * f_, [&](std::size_t i) {
      const Real* const block = blocks.row(i).data();
      const Real* const from = x.row(i).data();
      Real* const to = out.view.row(i).data();
      if (!out.add) std::fill_n(to, rows * f_, Real{0});
      for (std::size_t a = 0; a < rows; ++a) {
        for (std::size_t b = 0; b < depth; ++b) {
          const Real factor = transposed ? block[b * q_ + a] : block[a * q_ + b];
          for (std::size_t j = 0; j < f_; ++j) to[a * f_ + j] += factor * from[b * f_ + j];
        }
      }
    });
  }

  std::size_t p_;
  std::size_t q_;
  std::size_t f_;
  bool transposed_;
};

}  // namespace

template <class Real>
Tensor row_dot(BasicTape<Real>& tape, Tensor a, Tensor b) {
  require_shapes(tape.shape(a) == tape.shape(b), tape, "row_dot", a, b, "both have one shape");
  return tape.template record<RowDot<Real>>({tape.shape(a).rows, 1}, {a, b});
}

template <class Real>
Tensor head_dot(BasicTape<Real>& tape, Tensor x, Tensor weights, std::size_t heads) {
  const Shape shape = tape.shape(x);
  require_shapes(tape.shape(weights) == Shape{1, shape.columns}, tape, "head_dot", x, weights,
                 "the second is one row as wide as the first");
  require_shape(heads > 0 && shape.columns % heads == 0, tape, "head_dot", x,
                "its columns are shared out evenly among the heads");
  return tape.template record<HeadDot<Real>>({shape.rows, heads}, {x, weights}, shape, heads);
}

template <class Real>
Tensor block_product(BasicTape<Real>& tape, Tensor blocks, Tensor x, std::size_t block_rows, std::size_t block_columns,
                     bool transposed) {
  const Shape shape = tape.shape(x);
  const std::size_t depth = transposed ? block_rows : block_columns;
  require_shapes(
      tape.shape(blocks) == Shape{shape.rows, block_rows * block_columns} && depth > 0 && shape.columns % depth == 0,
      tape, "block_product", blocks, x,
      "a row of the first is a block, one of the second a matrix with as many rows as the block has columns");
  const std::size_t f = shape.columns / depth;
  return tape.template record<BlockProduct<Real>>({shape.rows, (transposed ? block_columns : block_rows) * f},
                                                  {blocks, x}, block_rows, block_columns, f, transposed);
}

#define ADJOIN_INSTANTIATE(Real)                                                 \
  template Tensor row_dot<Real>(BasicTape<Real>&, Tensor, Tensor);               \
  template Tensor head_dot<Real>(BasicTape<Real>&, Tensor, Tensor, std::size_t); \
  template Tensor block_product<Real>(BasicTape<Real>&, Tensor, Tensor, std::size_t, std::size_t, bool);
ADJOIN_INSTANTIATE(float)
ADJOIN_INSTANTIATE(double)
#undef ADJOIN_INSTANTIATE

}  // namespace adjoin::learn
