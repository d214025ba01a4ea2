#include <algorithm>
#include <cmath>
#include <limits>

#include <adjoin/engine/learn/segments.hpp>
#include <adjoin/engine/learn/shape_error.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/row_chunks.hpp>

namespace adjoin::learn {
namespace {

/// The segments as the rows of a matrix of which nothing but the offsets is looked at.
template <class Body>
void for_segments(RunContext& context, std::span<const EdgeOffset> offsets, std::size_t columns, Body&& body) {
  const CsrView segments = {0, offsets, {}, {}};
  const std::size_t work = rows_per_chunk(columns);
  context.for_tasks(row_chunk_count(segments, work), [&](std::size_t task) {
    const Chunk chunk = row_chunk(segments, work, task);
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) body(i, segments.row_begin(i), segments.row_end(i));
  });
}

template <class Real>
class SegmentSum final : public Operation<Real> {
 public:
  SegmentSum(std::span<const EdgeOffset> offsets, bool mean) : offsets_(offsets), mean_(mean) {}

  std::string_view name() const noexcept override { return mean_ ? "segment_mean" : "segment_sum"; }
  BackwardReads backward_reads() const noexcept override { return {.inputs = 0, .output = false}; }
  void forward(Step<Real>& step) const override {
    const MatrixView<const Real> x = step.input(0);
    const MatrixView<Real> out = step.output();
    for_segments(step.context(), offsets_, x.columns(), [&](std::size_t i, std::size_t begin, std::size_t end) {
      Real* const sum = out.row(i).data();
      std::fill_n(sum, x.columns(), Real{0});
      for (std::size_t e = begin; e < end; ++e) {
        const Real* const row = x.row(e).data();
        for (std::size_t j = 0; j < x.columns(); ++j) sum[j] += row[j];
      }
      const Real factor = share(begin, end);
      for (std::size_t j = 0; j < x.columns(); ++j) sum[j] *= factor;
    });
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> result = step.output_gradient();
    const Gradient<Real> gradient = step.gradient(0);
    for_segments(step.context(), offsets_, result.columns(), [&](std::size_t i, std::size_t begin, std::size_t end) {
      const Real* const from = result.row(i).data();
      const Real factor = share(begin, end);
      for (std::size_t e = begin; e < end; ++e) gradient.put_row(e, [&](std::size_t j) { return factor * from[j]; });
    });
  }

 private:
  Real share(std::size_t begin, std::size_t end) const noexcept {
    return mean_ && end > begin ? 1 / static_cast<Real>(end - begin) : Real{1};
  }

  std::span<const EdgeOffset> offsets_;
  bool mean_;
};

template <class Real>
class SegmentMax final : public Operation<Real> {
 public:
  SegmentMax(std::span<const EdgeOffset> offsets, Shape shape) : offsets_(offsets), shape_(shape) {}

  std::string_view name() const noexcept override { return "segment_max"; }
  BackwardReads backward_reads() const noexcept override { return {.inputs = 0, .output = false}; }
  /// Saved: which row of its segment each entry of the result is from.
  Workspace workspace() const noexcept override { return {.saved = shape_.size() * sizeof(std::uint32_t)}; }
  void forward(Step<Real>& step) const override {
    const MatrixView<const Real> x = step.input(0);
    const MatrixView<Real> out = step.output();
    const auto from = step.template saved<std::uint32_t>();
    for_segments(step.context(), offsets_, x.columns(), [&](std::size_t i, std::size_t begin, std::size_t end) {
      Real* const largest = out.row(i).data();
      std::uint32_t* const place = from.data() + i * shape_.columns;
      std::fill_n(largest, shape_.columns, Real{0});
      std::fill_n(place, shape_.columns, 0U);
      for (std::size_t e = begin; e < end; ++e) {
        const Real* const row = x.row(e).data();
        for (std::size_t j = 0; j < shape_.columns; ++j) {
          // A NaN wins, so that it is seen.
          if (e != begin && !(row[j] > largest[j]) && !std::isnan(row[j])) continue;
          largest[j] = row[j];
          place[j] = static_cast<std::uint32_t>(e - begin);
        }
      }
    });
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> result = step.output_gradient();
    const auto from = step.template saved<const std::uint32_t>();
    const Gradient<Real> gradient = step.gradient(0);
    for_segments(step.context(), offsets_, shape_.columns, [&](std::size_t i, std::size_t begin, std::size_t end) {
      const Real* const part = result.row(i).data();
      const std::uint32_t* const place = from.data() + i * shape_.columns;
      for (std::size_t e = begin; e < end; ++e) {
        gradient.put_row(e, [&](std::size_t j) { return place[j] == e - begin ? part[j] : Real{0}; });
      }
    });
  }

 private:
  std::span<const EdgeOffset> offsets_;
  Shape shape_;
};

template <class Real>
class SegmentSoftmax final : public Operation<Real> {
 public:
  explicit SegmentSoftmax(std::span<const EdgeOffset> offsets) : offsets_(offsets) {}

  std::string_view name() const noexcept override { return "segment_softmax"; }
  BackwardReads backward_reads() const noexcept override { return {.inputs = 0}; }
  void forward(Step<Real>& step) const override {
    const MatrixView<const Real> x = step.input(0);
    const MatrixView<Real> out = step.output();
    for_segments(step.context(), offsets_, x.columns(), [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t j = 0; j < x.columns(); ++j) {  // a few heads
        Real largest = -std::numeric_limits<Real>::infinity();
        for (std::size_t e = begin; e < end; ++e) largest = std::max(largest, x(e, j));
        Real sum = 0;
        for (std::size_t e = begin; e < end; ++e) sum += out(e, j) = std::exp(x(e, j) - largest);
        for (std::size_t e = begin; e < end; ++e) out(e, j) /= sum;
      }
    });
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> result = step.output_gradient();
    const MatrixView<const Real> y = step.output();
    const Gradient<Real> gradient = step.gradient(0);
    for_segments(step.context(), offsets_, y.columns(), [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t j = 0; j < y.columns(); ++j) {
        Real along = 0;
        for (std::size_t e = begin; e < end; ++e) along += result(e, j) * y(e, j);
        for (std::size_t e = begin; e < end; ++e) {
          const Real value = y(e, j) * (result(e, j) - along);
          Real& to = gradient.view(e, j);
          to = gradient.add ? to + value : value;
        }
      }
    });
  }

 private:
  std::span<const EdgeOffset> offsets_;
};

template <class Real>
Shape segment_shape(const BasicTape<Real>& tape, std::string_view operation, std::span<const EdgeOffset> offsets,
                    Tensor x) {
  require_shape(!offsets.empty() && adjoin::index(offsets.back()) == tape.shape(x).rows, tape, operation, x,
                "the last of the offsets is the number of its rows");
  return {offsets.size() - 1, tape.shape(x).columns};
}

}  // namespace

template <class Real>
Tensor segment_sum(BasicTape<Real>& tape, std::span<const EdgeOffset> offsets, Tensor x) {
  return tape.template record<SegmentSum<Real>>(segment_shape(tape, "segment_sum", offsets, x), {x}, offsets, false);
}

template <class Real>
Tensor segment_mean(BasicTape<Real>& tape, std::span<const EdgeOffset> offsets, Tensor x) {
  return tape.template record<SegmentSum<Real>>(segment_shape(tape, "segment_mean", offsets, x), {x}, offsets, true);
}

template <class Real>
Tensor segment_max(BasicTape<Real>& tape, std::span<const EdgeOffset> offsets, Tensor x) {
  const Shape shape = segment_shape(tape, "segment_max", offsets, x);
  return tape.template record<SegmentMax<Real>>(shape, {x}, offsets, shape);
}

template <class Real>
Tensor segment_softmax(BasicTape<Real>& tape, std::span<const EdgeOffset> offsets, Tensor x) {
  segment_shape(tape, "segment_softmax", offsets, x);
  return tape.template record<SegmentSoftmax<Real>>(tape.shape(x), {x}, offsets);
}

#define ADJOIN_INSTANTIATE(Real)                                                             \
  template Tensor segment_sum<Real>(BasicTape<Real>&, std::span<const EdgeOffset>, Tensor);  \
  template Tensor segment_mean<Real>(BasicTape<Real>&, std::span<const EdgeOffset>, Tensor); \
  template Tensor segment_max<Real>(BasicTape<Real>&, std::span<const EdgeOffset>, Tensor);  \
  template Tensor segment_softmax<Real>(BasicTape<Real>&, std::span<const EdgeOffset>, Tensor);
ADJOIN_INSTANTIATE(float)
ADJOIN_INSTANTIATE(double)
#undef ADJOIN_INSTANTIATE

}  // namespace adjoin::learn
