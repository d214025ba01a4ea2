#include <algorithm>

#include <adjoin/engine/learn/layout.hpp>
#include <adjoin/engine/learn/shape_error.hpp>
#include <adjoin/engine/runtime/error.hpp>

namespace adjoin::learn {
namespace {

template <class View>
View row_block(View x, std::size_t first, std::size_t count) {
  return {x.data() + first * x.stride(), count, x.columns(), x.stride()};
}

template <class Real>
void copy_rows(RunContext& context, MatrixView<const Real> from, const Gradient<Real>& to) {
  for_rows(context, from.rows(), from.columns(), [&](std::size_t i) {
    const Real* const row = from.row(i).data();
    to.put_row(i, [&](std::size_t j) { return row[j]; });
  });
}

template <class Real>
class Concatenate final : public Operation<Real> {
 public:
  explicit Concatenate(bool rows) : rows_(rows) {}

  std::string_view name() const noexcept override { return rows_ ? "concatenate_rows" : "concatenate_columns"; }
  BackwardReads backward_reads() const noexcept override { return {.inputs = 0, .output = false}; }
  void forward(Step<Real>& step) const override {
    std::size_t first = 0;
    for (std::size_t k = 0; k < step.input_count(); ++k) {
      const MatrixView<const Real> from = step.input(k);
      copy_rows<Real>(step.context(), from, {block(step.output(), first, from)});
      first += extent(from);
    }
  }
  void backward(Step<Real>& step) const override {
    std::size_t first = 0;
    for (std::size_t k = 0; k < step.input_count(); ++k) {
      const MatrixView<const Real> like = step.input(k);  // its shape alone
      if (step.wants_gradient(k)) {
        copy_rows<Real>(step.context(), block(step.output_gradient(), first, like), step.gradient(k));
      }
      first += extent(like);
    }
  }

 private:
  std::size_t extent(MatrixView<const Real> part) const noexcept { return rows_ ? part.rows() : part.columns(); }
  template <class View>
  View block(View whole, std::size_t first, MatrixView<const Real> part) const noexcept {
    return rows_ ? row_block(whole, first, part.rows()) : whole.column_block(first, part.columns());
  }

  bool rows_;
};

template <class Real>
class Slice final : public Operation<Real> {
 public:
  Slice(bool rows, std::size_t first) : rows_(rows), first_(first) {}

  std::string_view name() const noexcept override { return rows_ ? "slice_rows" : "slice_columns"; }
  BackwardReads backward_reads() const noexcept override { return {.inputs = 0, .output = false}; }
  void forward(Step<Real>& step) const override {
    copy_rows<Real>(step.context(), block(step.input(0), step.output()), {step.output()});
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> result = step.output_gradient();
    copy_rows<Real>(step.context(), result, {block(step.gradient_to_add_to(0), result), true});
  }

 private:
  template <class View>
  View block(View whole, MatrixView<const Real> part) const noexcept {
    return rows_ ? row_block(whole, first_, part.rows()) : whole.column_block(first_, part.columns());
  }

  bool rows_;
  std::size_t first_;
};

template <class Real>
Tensor concatenate(BasicTape<Real>& tape, std::span<const Tensor> parts, bool rows) {
  const std::string_view name = rows ? "concatenate_rows" : "concatenate_columns";
  if (parts.empty()) throw InvalidOption(std::string(name) + " needs at least one matrix");
  Shape shape = rows ? Shape{0, tape.shape(parts.front()).columns} : Shape{tape.shape(parts.front()).rows, 0};
  for (const Tensor part : parts) {
    const Shape add = tape.shape(part);
    require_shapes(rows ? add.columns == shape.columns : add.rows == shape.rows, tape, name, parts.front(), part,
                   rows ? "all have as many columns" : "all have as many rows");
    (rows ? shape.rows : shape.columns) += rows ? add.rows : add.columns;
  }
  return tape.template record<Concatenate<Real>>(shape, parts, rows);
}

}  // namespace

template <class Real>
Tensor concatenate_columns(BasicTape<Real>& tape, std::span<const Tensor> parts) {
  return concatenate(tape, parts, false);
}

template <class Real>
Tensor concatenate_rows(BasicTape<Real>& tape, std::span<const Tensor> parts) {
  return concatenate(tape, parts, true);
}

template <class Real>
Tensor slice_columns(BasicTape<Real>& tape, Tensor x, std::size_t first, std::size_t count) {
  const Shape shape = tape.shape(x);
  require_shape(first <= shape.columns && count <= shape.columns - first, tape, "slice_columns", x,
                "the columns asked for are among them");
  return tape.template record<Slice<Real>>({shape.rows, count}, {x}, false, first);
}

template <class Real>
Tensor slice_rows(BasicTape<Real>& tape, Tensor x, std::size_t first, std::size_t count) {
  const Shape shape = tape.shape(x);
  require_shape(first <= shape.rows && count <= shape.rows - first, tape, "slice_rows", x,
                "the rows asked for are among them");
  return tape.template record<Slice<Real>>({count, shape.columns}, {x}, true, first);
}

#define ADJOIN_INSTANTIATE(Real)                                                           \
  template Tensor concatenate_columns<Real>(BasicTape<Real>&, std::span<const Tensor>);    \
  template Tensor concatenate_rows<Real>(BasicTape<Real>&, std::span<const Tensor>);       \
  template Tensor slice_columns<Real>(BasicTape<Real>&, Tensor, std::size_t, std::size_t); \
  template Tensor slice_rows<Real>(BasicTape<Real>&, Tensor, std::size_t, std::size_t);
ADJOIN_INSTANTIATE(float)
ADJOIN_INSTANTIATE(double)
#undef ADJOIN_INSTANTIATE

}  // namespace adjoin::learn
