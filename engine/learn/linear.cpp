#include <algorithm>

#include <adjoin/engine/dense/matrix_product.hpp>
#include <adjoin/engine/learn/column_sums.hpp>
#include <adjoin/engine/learn/linear.hpp>
#include <adjoin/engine/learn/shape_error.hpp>

namespace adjoin::learn {
namespace {

template <class Real>
struct Side {
  MatrixView<const Real> matrix;
  bool transposed;

  std::size_t rows() const noexcept { return transposed ? matrix.columns() : matrix.rows(); }
  std::size_t columns() const noexcept { return transposed ? matrix.rows() : matrix.columns(); }
  Real operator()(std::size_t i, std::size_t j) const noexcept { return transposed ? matrix(j, i) : matrix(i, j); }
};

void multiply(RunContext& context, const Side<float>& a, const Side<float>& b, const Gradient<float>& out,
              std::span<float> scratch) {
  matrix_product(context, {a.matrix, a.transposed}, {b.matrix, b.transposed}, out.add, out.view, scratch);
}

void multiply(RunContext& context, const Side<double>& a, const Side<double>& b, const Gradient<double>& out,
              std::span<double> /*scratch*/) {
  for_rows(context, out.view.rows(), out.view.columns(), [&](std::size_t i) {
    out.put_row(i, [&](std::size_t j) {
      double sum = 0;
      for (std::size_t p = 0; p < a.columns(); ++p) sum += a(i, p) * b(p, j);
      return sum;
    });
  });
}

template <class Real>
class MatMul final : public Operation<Real> {
 public:
  MatMul(Transposed transposed, std::size_t rows, std::size_t depth, std::size_t columns)
      : transposed_(transposed), rows_(rows), depth_(depth), columns_(columns) {}

  std::string_view name() const noexcept override { return "matmul"; }
  BackwardReads backward_reads() const noexcept override { return {.output = false}; }
  Workspace workspace() const noexcept override {
    const auto bytes = [](std::size_t n, std::size_t d, std::size_t k) {
      return matrix_product_scratch(n, d, k) * sizeof(Real);
    };
    return {.forward = bytes(rows_, columns_, depth_),
            .backward = std::max({bytes(rows_, depth_, columns_), bytes(depth_, rows_, columns_),
                                  bytes(depth_, columns_, rows_), bytes(columns_, depth_, rows_)})};
  }
  void forward(Step<Real>& step) const override {
    multiply(step.context(), {step.input(0), transposed_.first}, {step.input(1), transposed_.second},
             {step.output(), false}, step.template scratch<Real>());
  }
  void backward(Step<Real>& step) const override {
    const auto scratch = step.template scratch<Real>();
    const MatrixView<const Real> result = step.output_gradient();
    if (step.wants_gradient(0)) {
      const Side<Real> second = {step.input(1), transposed_.second};
      if (transposed_.first) {
        multiply(step.context(), second, {result, true}, step.gradient(0), scratch);
      } else {
        multiply(step.context(), {result, false}, {second.matrix, !second.transposed}, step.gradient(0), scratch);
      }
    }
    if (step.wants_gradient(1)) {
      const Side<Real> first = {step.input(0), transposed_.first};
      if (transposed_.second) {
        multiply(step.context(), {result, true}, first, step.gradient(1), scratch);
      } else {
        multiply(step.context(), {first.matrix, !first.transposed}, {result, false}, step.gradient(1), scratch);
      }
    }
  }

 private:
  Transposed transposed_;
  std::size_t rows_;
  std::size_t depth_;
  std::size_t columns_;
};

template <class Real>
class AddRow final : public Operation<Real> {
 public:
  explicit AddRow(Shape shape) : shape_(shape) {}

  std::string_view name() const noexcept override { return "add_row"; }
  BackwardReads backward_reads() const noexcept override { return {.inputs = 0, .output = false}; }
  InPlace in_place() const noexcept override { return {.forward = true, .backward = true}; }
  Workspace workspace() const noexcept override { return {.backward = column_sum_bytes(shape_, shape_.columns)}; }
  void forward(Step<Real>& step) const override {
    const MatrixView<const Real> x = step.input(0);
    const std::span<const Real> row = step.input(1).row(0);
    const Gradient<Real> out = {step.output()};
    for_rows(step.context(), shape_.rows, shape_.columns, [&](std::size_t i) {
      const std::span<const Real> from = x.row(i);
      out.put_row(i, [&](std::size_t j) { return from[j] + row[j]; });
    });
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> result = step.output_gradient();
    if (step.wants_gradient(0)) {
      pass_on(step.context(), result, step.gradient(0));
    }
    if (step.wants_gradient(1)) {
      const auto sums = sum_columns(step.context(), shape_, shape_.columns, step.template scratch<double>(),
                                    [&](std::size_t i, double* totals) {
                                      const std::span<const Real> from = result.row(i);
                                      for (std::size_t j = 0; j < from.size(); ++j) {
                                        totals[j] += static_cast<double>(from[j]);
                                      }
                                    });
      step.gradient(1).put_row(0, [&](std::size_t j) { return static_cast<Real>(sums[j]); });
    }
  }

 private:
  Shape shape_;
};

}  // namespace

template <class Real>
Tensor matmul(BasicTape<Real>& tape, Tensor a, Tensor b, Transposed transposed) {
  const Shape first = tape.shape(a);
  const Shape second = tape.shape(b);
  const std::size_t rows = transposed.first ? first.columns : first.rows;
  const std::size_t depth = transposed.first ? first.rows : first.columns;
  const std::size_t columns = transposed.second ? second.rows : second.columns;
  require_shapes(depth == (transposed.second ? second.columns : second.rows), tape, "matmul", a, b,
                 "the columns of the first, as it enters, are as many as the rows of the second");
  return tape.template record<MatMul<Real>>({rows, columns}, {a, b}, transposed, rows, depth, columns);
}

template <class Real>
Tensor add_row(BasicTape<Real>& tape, Tensor x, Tensor row) {
  require_shapes(tape.shape(row) == Shape{1, tape.shape(x).columns}, tape, "add_row", x, row,
                 "the second is one row as wide as the first");
  return tape.template record<AddRow<Real>>(tape.shape(x), {x, row}, tape.shape(x));
}

#define ADJOIN_INSTANTIATE(Real)                                              \
  template Tensor matmul<Real>(BasicTape<Real>&, Tensor, Tensor, Transposed); \
  template Tensor add_row<Real>(BasicTape<Real>&, Tensor, Tensor);
ADJOIN_INSTANTIATE(float)
ADJOIN_INSTANTIATE(double)
#undef ADJOIN_INSTANTIATE

}  // namespace adjoin::learn
