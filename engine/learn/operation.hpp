// What an operation of the tape is, and what it sees while it runs. For those who add one: README.md says how.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <adjoin/engine/dense/matrix_view.hpp>
#include <adjoin/engine/runtime/run_context.hpp>

namespace adjoin::learn {

/// A matrix on a tape, by its number there.
enum class Tensor : std::uint32_t {};

constexpr std::size_t index(Tensor tensor) noexcept {
  return static_cast<std::size_t>(tensor);
}

struct Shape {
  std::size_t rows = 0;
  std::size_t columns = 0;

  std::size_t size() const noexcept { return rows * columns; }
  bool operator==(const Shape&) const = default;
};

/// One pass over a tape.
struct Pass {
  bool training = true;    // whether dropout drops and batch normalisation takes the batch's own mean and variance
  std::uint64_t step = 0;  // which numbers dropout draws: the same step again drops the same entries
};

/// Bytes that an operation asks for beside its result: kept from its forward to its backward run, or during one.
struct Workspace {
  std::size_t saved = 0;
  std::size_t forward = 0;
  std::size_t backward = 0;
};

/// What a backward run looks at. Everything else may be gone by then, and its memory used again.
struct BackwardReads {
  std::uint32_t inputs = ~std::uint32_t{0};  // a bit for each input, all of those past the 31st share the last bit
  bool output = true;

  bool input(std::size_t k) const noexcept { return (inputs >> (k < 31 ? k : 31) & 1U) != 0; }
};

/// Whether memory may be used again at once, entry by entry: the result stands where the first input stood, if nobody
/// reads that later; the gradient of the first input where the gradient of the result stood, if it is set and not added
/// to. Only for operations that look at a place before they write it, and do not come back to it.
struct InPlace {
  bool forward = false;
  bool backward = false;
};

/// Where a backward run puts the gradient of an input: with `add`, something stands there already.
template <class Real>
struct Gradient {
  MatrixView<Real> view;
  bool add = false;

  /// Entry j of row i becomes value(j), or is added to by it.
  template <class Value>
  void put_row(std::size_t i, Value&& value) const {
    Real* const to = view.row(i).data();
    if (add) {
      for (std::size_t j = 0; j < view.columns(); ++j) to[j] += value(j);
    } else {
      for (std::size_t j = 0; j < view.columns(); ++j) to[j] = value(j);
    }
  }
};

/// What an operation sees while it runs.
template <class Real>
class Step {
 public:
  virtual RunContext& context() const noexcept = 0;
  virtual const Pass& pass() const noexcept = 0;

  virtual std::size_t input_count() const noexcept = 0;
  virtual MatrixView<const Real> input(std::size_t k) const noexcept = 0;
  /// To be filled by the forward run, every entry of it; to be read by the backward run.
  virtual MatrixView<Real> output() const noexcept = 0;

  /// The gradient of the result, for the backward run.
  virtual MatrixView<const Real> output_gradient() const noexcept = 0;
  virtual bool wants_gradient(std::size_t k) const noexcept = 0;
  /// To be asked for once for each input that wants one, in the order in which they are written.
  virtual Gradient<Real> gradient(std::size_t k) const noexcept = 0;
  /// The same for an operation that adds here and there: zeros stand where nothing else does.
  MatrixView<Real> gradient_to_add_to(std::size_t k) const;

  template <class Value = Real>
  std::span<Value> saved() const noexcept {
    return typed<Value>(saved_bytes());
  }
  /// Of the run in progress.
  template <class Value = Real>
  std::span<Value> scratch() const noexcept {
    return typed<Value>(scratch_bytes());
  }

 protected:
  ~Step() = default;
  virtual std::span<std::byte> saved_bytes() const noexcept = 0;
  virtual std::span<std::byte> scratch_bytes() const noexcept = 0;

 private:
  template <class Value>
  static std::span<Value> typed(std::span<std::byte> bytes) noexcept {
    return {static_cast<Value*>(static_cast<void*>(bytes.data())), bytes.size() / sizeof(Value)};
  }
};

/// A differentiable function of matrices. An object holds what the function depends on beside its inputs, by view or
/// value; it is never destroyed, its memory is just used again.
template <class Real>
class Operation {
 public:
  virtual std::string_view name() const noexcept = 0;
  virtual Workspace workspace() const noexcept { return {}; }
  virtual BackwardReads backward_reads() const noexcept { return {}; }
  virtual InPlace in_place() const noexcept { return {}; }
  virtual void forward(Step<Real>& step) const = 0;
  /// Called if the result has a gradient and an input wants one.
  virtual void backward(Step<Real>& step) const = 0;

 protected:
  Operation() = default;
  Operation(const Operation&) = default;
  Operation& operator=(const Operation&) = default;
  ~Operation() = default;
};

/// Rows of a matrix in chunks of some ten thousand numbers, whatever the number of threads.
constexpr std::size_t rows_per_chunk(std::size_t columns) noexcept {
  constexpr std::size_t numbers = 1 << 14;
  return columns >= numbers ? 1 : numbers / (columns == 0 ? 1 : columns);
}

template <class Body>
void for_rows(RunContext& context, std::size_t rows, std::size_t columns, Body&& body) {
  context.for_chunks(rows, rows_per_chunk(columns), [&](Chunk chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) body(i);
  });
}

/// Partial sums that sum_rows needs, of which a workspace has to have room.
constexpr std::size_t partial_sums(const Shape& shape) noexcept {
  return chunk_count(shape.rows, rows_per_chunk(shape.columns));
}

/// gradient = result, or with `add` += it. Nothing is left to do where they are one.
template <class Real>
void pass_on(RunContext& context, MatrixView<const Real> result, const Gradient<Real>& gradient) {
  if (!gradient.add && gradient.view.data() == result.data()) return;
  for_rows(context, result.rows(), result.columns(), [&](std::size_t i) {
    const Real* const from = result.row(i).data();
    gradient.put_row(i, [&](std::size_t j) { return from[j]; });
  });
}

/// The sum of body(i) over the rows i, in double, chunks joined in order. partial: partial_sums(shape) at least.
template <class Body>
double sum_rows(RunContext& context, const Shape& shape, std::span<double> partial, Body&& body) {
  context.for_chunks(shape.rows, rows_per_chunk(shape.columns), [&](Chunk chunk) {
    double sum = 0;
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) sum += static_cast<double>(body(i));
    partial[chunk.index] = sum;
  });
  double sum = 0;
  for (std::size_t k = 0; k < partial_sums(shape); ++k) sum += partial[k];
  return sum;
}

template <class Real>
MatrixView<Real> Step<Real>::gradient_to_add_to(std::size_t k) const {
  const Gradient<Real> result = gradient(k);
  if (!result.add) {
    for_rows(context(), result.view.rows(), result.view.columns(), [&](std::size_t i) {
      for (Real& entry : result.view.row(i)) entry = 0;
    });
  }
  return result.view;
}

}  // namespace adjoin::learn
