#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <adjoin/engine/learn/attention.hpp>
#include <adjoin/engine/learn/shape_error.hpp>
#include <adjoin/engine/runtime/error.hpp>
#include <adjoin/engine/sparse/row_chunks.hpp>

namespace adjoin::learn {
namespace {

template <class Real>
Real dot(const Real* a, const Real* b, std::size_t count) {
  Real sum = 0;
  for (std::size_t j = 0; j < count; ++j) sum += a[j] * b[j];
  return sum;
}

template <class Real>
class Attention final : public Operation<Real> {
 public:
  Attention(std::span<const EdgeOffset> offsets, std::size_t heads, std::size_t key_width, std::size_t value_width)
      : lists_{0, offsets, {}, {}},
        heads_(heads),
        key_width_(key_width),
        value_width_(value_width),
        scale_(1 / std::sqrt(static_cast<Real>(std::max<std::size_t>(1, key_width)))) {}

  std::string_view name() const noexcept override { return "attention"; }
  BackwardReads backward_reads() const noexcept override { return {.output = false}; }
  /// Saved: what each head gives to each key.
  Workspace workspace() const noexcept override {
    const std::size_t shares = adjoin::index(lists_.offsets.back()) * heads_ * sizeof(Real);
    return {.saved = shares, .backward = shares};
  }
  void forward(Step<Real>& step) const override {
    const MatrixView<const Real> queries = step.input(0);
    const MatrixView<const Real> keys = step.input(1);
    const MatrixView<const Real> values = step.input(2);
    const MatrixView<Real> out = step.output();
    const auto saved = step.template saved<Real>();
    for_lists(step.context(), [&](std::size_t i, std::size_t begin, std::size_t end) {
      std::ranges::fill(out.row(i), Real{0});
      for (std::size_t head = 0; head < heads_; ++head) {
        const auto share = [&](std::size_t e) -> Real& { return saved[e * heads_ + head]; };
        Real largest = -std::numeric_limits<Real>::infinity();
        for (std::size_t e = begin; e < end; ++e) {
          share(e) =
              scale_ * dot(of_head(queries, i, head, key_width_), of_head(keys, e, head, key_width_), key_width_);
          largest = std::max(largest, share(e));
        }
        Real sum = 0;
        for (std::size_t e = begin; e < end; ++e) sum += share(e) = std::exp(share(e) - largest);
        Real* const to = of_head(out, i, head, value_width_);
        for (std::size_t e = begin; e < end; ++e) {
          share(e) /= sum;
          const Real* const from = of_head(values, e, head, value_width_);
          for (std::size_t j = 0; j < value_width_; ++j) to[j] += share(e) * from[j];
        }
      }
    });
  }
  void backward(Step<Real>& step) const override {
    const MatrixView<const Real> queries = step.input(0);
    const MatrixView<const Real> keys = step.input(1);
    const MatrixView<const Real> values = step.input(2);
    const MatrixView<const Real> result = step.output_gradient();
    const auto saved = step.template saved<const Real>();
    const auto scores = step.template scratch<Real>();  // the gradients of the scaled products
    for_lists(step.context(), [&](std::size_t i, std::size_t begin, std::size_t end) {
      for (std::size_t head = 0; head < heads_; ++head) {
        const Real* const from = of_head(result, i, head, value_width_);
        Real along = 0;
        for (std::size_t e = begin; e < end; ++e) {
          Real& score = scores[e * heads_ + head];
          score = dot(from, of_head(values, e, head, value_width_), value_width_);
          along += saved[e * heads_ + head] * score;
        }
        for (std::size_t e = begin; e < end; ++e) {
          Real& score = scores[e * heads_ + head];
          score = saved[e * heads_ + head] * (score - along) * scale_;
        }
      }
    });
    if (step.wants_gradient(0)) {
      const MatrixView<Real> gradient = step.gradient_to_add_to(0);
      for_lists(step.context(), [&](std::size_t i, std::size_t begin, std::size_t end) {
        for (std::size_t e = begin; e < end; ++e) {
          for (std::size_t head = 0; head < heads_; ++head) {
            const Real score = scores[e * heads_ + head];
            const Real* const from = of_head(keys, e, head, key_width_);
            Real* const to = of_head(gradient, i, head, key_width_);
            for (std::size_t j = 0; j < key_width_; ++j) to[j] += score * from[j];
          }
        }
      });
    }
    if (step.wants_gradient(1)) spread(step, 1, scores, queries, key_width_);
    if (step.wants_gradient(2)) spread(step, 2, saved, result, value_width_);
  }

 private:
  template <class View>
  static auto* of_head(const View& x, std::size_t i, std::size_t head, std::size_t width) noexcept {
    return x.row(i).data() + head * width;
  }

  template <class Body>
  void for_lists(RunContext& context, Body&& body) const {
    const std::size_t work = rows_per_chunk(heads_ * (key_width_ + value_width_));
    context.for_tasks(row_chunk_count(lists_, work), [&](std::size_t task) {
      const Chunk chunk = row_chunk(lists_, work, task);
      for (std::size_t i = chunk.begin; i < chunk.end; ++i) body(i, lists_.row_begin(i), lists_.row_end(i));
    });
  }

  /// The gradient of row e of input k is the row of `from` that its query has, each head times its factor.
  void spread(Step<Real>& step, std::size_t k, std::span<const Real> factors, MatrixView<const Real> from,
              std::size_t width) const {
    const Gradient<Real> gradient = step.gradient(k);
    for_lists(step.context(), [&](std::size_t i, std::size_t begin, std::size_t end) {
      const Real* const row = from.row(i).data();
      for (std::size_t e = begin; e < end; ++e) {
        gradient.put_row(e, [&](std::size_t j) { return factors[e * heads_ + j / width] * row[j]; });
      }
    });
  }

  CsrView lists_;
  std::size_t heads_;
  std::size_t key_width_;    // of a head
  std::size_t value_width_;  // of a head
  Real scale_;
};

}  // namespace

template <class Real>
Tensor attention(BasicTape<Real>& tape, Tensor queries, Tensor keys, Tensor values, std::span<const EdgeOffset> offsets,
                 std::size_t heads) {
  const Shape query = tape.shape(queries);
  const Shape key = tape.shape(keys);
  const Shape value = tape.shape(values);
  require_shapes(query.columns == key.columns, tape, "attention", queries, keys, "queries are as wide as keys");
  require_shapes(key.rows == value.rows, tape, "attention", keys, values, "there is a value for each key");
  require_shape(offsets.size() == query.rows + 1 && adjoin::index(offsets.back()) == key.rows, tape, "attention", keys,
                "there is an offset for each query and one more, the number of keys");
  if (heads == 0 || key.columns % heads != 0 || value.columns % heads != 0) {
    throw InvalidOption(fmt::format("attention: {} heads cannot share {} columns of keys and {} of values evenly",
                                    heads, key.columns, value.columns));
  }
  return tape.template record<Attention<Real>>({query.rows, value.columns}, {queries, keys, values}, offsets, heads,
                                               key.columns / heads, value.columns / heads);
}

template Tensor attention<float>(BasicTape<float>&, Tensor, Tensor, Tensor, std::span<const EdgeOffset>, std::size_t);
template Tensor attention<double>(BasicTape<double>&, Tensor, Tensor, Tensor, std::span<const EdgeOffset>, std::size_t);

}  // namespace adjoin::learn
